"""Pages read one by one against the same pages read as one reply."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import ReplyError
from binance_nb.frames import Gathering, decode

NOW_MS = 1_700_000_090_000
PARAMETERS = {"symbol": "BTCUSDT", "interval": "1m", "signature": "not to be kept"}

Row = Any  # a row of JSON
Page = tuple[list[Row], bool]  # its rows, and whether they are written with spaces

digits = st.integers(0, 10**16).map(lambda number: f"{number // 10**8}.{number % 10**8:08}")
# More digits than are read at once, fewer places, and a number without a point: all are for the parser.
odd_decimals = st.sampled_from(["12345678901234567890.00000001", "1.5", "9007199254740993.00000000", "7"])


def stamps(unit: str) -> st.SearchStrategy[int]:
    return st.integers(0, 10**13).map(lambda ms: ms * 1000 + 7 if unit == "us" else ms)


def candles(unit: str, decimals: st.SearchStrategy[str]) -> st.SearchStrategy[Row]:
    one, count = decimals, st.integers(0, 10**12)
    cells = (stamps(unit), one, one, one, one, one, stamps(unit), one, count, one, one, st.just("0"))
    return st.tuples(*cells).map(list)


def agg_trades(unit: str, decimals: st.SearchStrategy[str]) -> st.SearchStrategy[Row]:
    whole, flag = st.integers(0, 10**12), st.booleans()
    return st.fixed_dictionaries(
        {"a": whole, "p": decimals, "q": decimals, "f": whole, "l": whole, "T": stamps(unit), "m": flag, "M": flag}
    )


def longer(row: Row) -> Row:
    """The row with a field that nobody declared."""
    return [*row, "12.5"] if isinstance(row, list) else {**row, "newField": "12.5"}


def gappy(row: Row) -> Row:
    """The row without the number of its trades, or without a flag."""
    return [*row[:8], None, *row[9:]] if isinstance(row, list) else {**row, "m": None}


def written(rows: list[Row], with_spaces: bool = False) -> bytes:
    return json.dumps(rows, separators=None if with_spaces else (",", ":")).encode()


@st.composite
def ranges(draw: st.DrawFn) -> tuple[str, str, list[Page]]:
    """An endpoint, the unit of its times, and pages: most plain, some empty, some odd in one way or another."""
    name, make = draw(st.sampled_from([("klines", candles), ("agg_trades", agg_trades)]))
    unit = draw(st.sampled_from(["ms", "us"]))
    plain, odd = make(unit, digits), make(unit, odd_decimals)
    shapes = [st.lists(plain.map(longer), max_size=3), st.lists(plain.map(gappy), max_size=3)]
    page = st.one_of(*[st.lists(plain, max_size=5)] * 6, st.lists(odd, max_size=3), *shapes)
    spaced = st.integers(0, 9).map(lambda number: number == 0)
    return name, unit, draw(st.lists(st.tuples(page, spaced), min_size=1, max_size=8))


def gathered(name: str, unit: str, bodies: dict[int, bytes], rooms: list[int]) -> pd.DataFrame:
    """The frame of bodies that land in the order of the mapping."""
    gathering = Gathering(ENDPOINTS[name], rooms, time_unit=unit)
    for place, body in bodies.items():
        gathering.add(place, body)
    return gathering.finish(parameters=PARAMETERS, now_ms=NOW_MS)


@settings(deadline=None)
@given(ranges(), st.randoms(use_true_random=False), st.integers(0, 3))
def test_pages_make_the_frame_that_they_make_joined(case: tuple[str, str, list[Page]], dice: Any, spare: int) -> None:
    """Whatever the pages hold, however long they are and in whatever order they land."""
    name, unit, pages = case
    joined = written([row for rows, _ in pages for row in rows])
    expected = decode(ENDPOINTS[name], joined, parameters=PARAMETERS, now_ms=NOW_MS, time_unit=unit)
    bodies = [(place, written(rows, with_spaces)) for place, (rows, with_spaces) in enumerate(pages)]
    dice.shuffle(bodies)

    frame = gathered(name, unit, dict(bodies), [len(rows) + spare for rows, _ in pages])

    assert_frame_equal(expected, frame, check_exact=True)
    assert expected.attrs == frame.attrs


def candle(number: int) -> Row:
    opens_ms = 1_700_000_000_000 + number * 60_000
    return [opens_ms, *["1.00000000"] * 5, opens_ms + 59_999, "2.00000000", number, *["3.00000000"] * 2, "0"]


def test_a_page_that_never_came_is_a_hole() -> None:
    """What came is there, in order."""
    bodies = {2: written([candle(4), candle(5)]), 0: written([candle(0), candle(1)])}

    frame = gathered("klines", "ms", bodies, [2, 2, 2])

    assert [0, 1, 4, 5] == frame["trade_count"].tolist()
    assert [True, False, False, False] == frame["closed"].tolist()


def test_no_page_at_all_is_an_empty_frame() -> None:
    """With the columns and dtypes that it would have had."""
    frame = gathered("klines", "ms", {}, [2, 2])

    assert_frame_equal(decode(ENDPOINTS["klines"], b"[]", now_ms=NOW_MS), frame)


def test_without_the_time_nobody_knows_what_is_closed() -> None:
    """As of any frame."""
    gathering = Gathering(ENDPOINTS["klines"], [1])
    gathering.add(0, written([candle(0)]))

    assert gathering.finish()["closed"].isna().all()


def test_more_rows_than_there_is_room_for_are_kept() -> None:
    """A page that is longer than it was asked to be loses nothing."""
    bodies = {0: written([candle(0), candle(1), candle(2)]), 1: written([candle(3)])}

    assert [0, 1, 2, 3] == gathered("klines", "ms", bodies, [2, 2])["trade_count"].tolist()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "it is not JSON"),
        (b'{"code":0}', "it came as object instead of array"),
        (written([[1, 2]]), "a row has 2 values where 11 or more belong"),
        (written([candle(0)]).replace(b"1700000000000", b"1700000000000000"), "microseconds"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    """At once, not when all have come."""
    gathering = Gathering(ENDPOINTS["klines"], [2])

    with pytest.raises(ReplyError, match=reason):
        gathering.add(0, body)


def peak_bytes(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_gathering_takes_little_more_memory_than_its_frame() -> None:
    """Neither the text of all pages nor a second copy of their numbers is held."""
    body = written([candle(number) for number in range(1000)])
    frame = gathered("klines", "ms", {0: body}, [1000])
    frame_bytes = 100 * int(frame.memory_usage().sum())

    peak = peak_bytes(lambda: gathered("klines", "ms", dict.fromkeys(range(100), body), [1000] * 100))

    assert peak < frame_bytes + 5_000_000
