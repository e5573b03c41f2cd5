"""Replies read from their digits against the same replies parsed as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import ReplyError
from binance_nb.frames import decode
from binance_nb.frames.arrays import Reading
from binance_nb.frames.digits import Text, decimals
from binance_nb.frames.fast_path import read_digits

NOW_MS = 1_700_000_000_000


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def eight_places(*numbers: float) -> list[str]:
    return [f"{number:.8f}" for number in numbers]


def candle(number: int) -> list[Any]:
    prices = eight_places(60_000.5 + number, 123_456_789.125 * number, 0.00000001 * number, 1, 98_765.4321)
    times = [NOW_MS + 60_000 * number, NOW_MS + 60_000 * number + 59_999]
    return [times[0], *prices, times[1], *eight_places(1e9 * number), number, *eight_places(0.25, 3), "0"]


def trade(number: int) -> dict[str, Any]:
    price, quantity = eight_places(0.5 + number, 1 / (number + 1))
    ids = {"f": 10 * number, "l": 10 * number + 9, "T": NOW_MS + number}
    return {"a": number, "p": price, "q": quantity, **ids, "m": number % 3 == 0, "M": number % 2 == 0}


def book(bids: int, asks: int) -> dict[str, Any]:
    return {
        "lastUpdateId": 14_527_958_487,
        "bids": [eight_places(100 - level / 4, level) for level in range(bids)],
        "asks": [eight_places(101 + level / 4, level) for level in range(asks)],
    }


BODIES = {
    "klines": compact([candle(number) for number in range(4)]),
    "agg_trades": compact([trade(number) for number in range(7)]),
    "depth": compact(book(3, 5)),
}


def is_fast(name: str, body: bytes, **options: Any) -> bool:
    return read_digits(ENDPOINTS[name], body, Reading(**options)) is not None


def with_space(body: bytes) -> bytes:
    """The same JSON, but written as the fast path does not know it."""
    return body + b" "


def outcome(name: str, body: bytes, **options: Any) -> pd.DataFrame | str:
    try:
        return decode(ENDPOINTS[name], body, **options)
    except ReplyError as error:
        return str(error.details["reason"])


def assert_same_outcome(name: str, body: bytes, **options: Any) -> None:
    """Assert that the decoder gives the frame, or the reason, that the JSON parser gives."""
    expected, actual = outcome(name, with_space(body), **options), outcome(name, body, **options)

    if isinstance(expected, str) or isinstance(actual, str):
        # Only bytes that are not JSON at all may end in a space and in an error, too.
        assert expected == actual
        return
    assert_frame_equal(expected, actual, check_exact=True, check_column_type=True, check_index_type=True)
    assert expected.attrs == actual.attrs


@pytest.mark.parametrize("name", ["klines", "agg_trades", "depth", "trades", "historical_trades"])
def test_recorded_replies(recorded: Callable[[str], bytes], name: str) -> None:
    """What the exchange has sent, written without spaces as it was, is fast and gives the parser's frame."""
    body = compact(json.loads(recorded(name)))

    assert is_fast(name, body)
    assert_same_outcome(name, body, now_ms=1_634_943_900_000, parameters={"symbol": "BTCUSDT"})


@pytest.mark.parametrize(
    "name", ["klines", "ui_klines", "agg_trades", "depth", "trades", "historical_trades", "historical_block_trades"]
)
def test_documented_replies(examples: Callable[[str], list[dict[str, Any]]], name: str) -> None:
    """The documentation's examples give the parser's frame; only its trades are written otherwise than real ones."""
    for example in examples(name):
        body = compact(example["body"])

        assert is_fast(name, body) == (not name.endswith("trades") or name == "agg_trades")
        assert_same_outcome(name, body)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("now_ms", [None, NOW_MS, NOW_MS + 120_000])
def test_made_replies(name: str, now_ms: int | None) -> None:
    """Numbers of all lengths, flags of both kinds and sides of unequal length give the parser's frame."""
    assert is_fast(name, BODIES[name])
    assert_same_outcome(name, BODIES[name], now_ms=now_ms)


def test_a_thousand_rows() -> None:
    """A full page is read to the last row."""
    assert_same_outcome("klines", compact([candle(number) for number in range(1000)]), now_ms=NOW_MS + 3_600_000)


def test_microseconds() -> None:
    """Times in microseconds are read when they were asked for, and refused as the parser's are when not."""
    body = re.sub(rb'("T":[0-9]+)', rb"\g<1>000", BODIES["agg_trades"])

    assert is_fast("agg_trades", body, unit="us")
    assert_same_outcome("agg_trades", body, time_unit="us")
    assert_same_outcome("agg_trades", body)
    assert "microseconds" in str(outcome("agg_trades", body))


def row(place: int, value: object) -> bytes:
    cells = candle(1)
    cells[place] = value
    return compact([candle(0), cells])


@pytest.mark.parametrize(
    "body",
    {
        "no rows": b"[]",
        "nine places": re.sub(rb"(\.[0-9]+)", rb"\g<1>5", BODIES["klines"]),
        "a decimal that has lost its digits to a number": b"["
        + compact(candle(1)).replace(b'"60001.5', b'6000"1.5')
        + b"]",
        "nothing": b"",
        "digits only": b"12",
        "one decimal with other places": row(1, "1.5"),
        "a decimal without a point": row(2, "15"),
        "a decimal that begins with its point": row(3, ".50000000"),
        "a decimal that ends with its point": row(3, "123456789."),
        "a sign behind": row(1, "1.0000000-"),
        "a letter among digits": row(1, "1O1.00000000"),
        "a digit too many beside a letter too few": row(1, "1.0000000O").replace(b'"0"]', b'"00"]'),
        "more behind the commas": BODIES["klines"][:-1] + b",1]",
        "two points": row(3, "1.0.50000000"),
        "a point too many in a number": row(0, 1.5),
        "a sign": row(1, "-1.00000000"),
        "an exponent": row(1, "1E-00000008"),
        "a null": row(8, None),
        "a number as text": row(8, "8"),
        "a decimal as number": row(1, 1.00000001),
        "a slash": row(1, "1/00000000"),
        "seventeen digits before the point": row(5, "12345678901234567.00000000"),
        "2**53 before the point": row(5, "9007199254740992.00000000"),
        "a count of seventeen digits": row(8, 12_345_678_901_234_567),
        "a count beyond int64": row(8, 10**19),
        "a count with a leading zero": row(8, 777).replace(b"777", b"007"),
        "nothing where a count belongs": row(8, 777).replace(b"777", b""),
        "a short row": compact([candle(0), candle(1)[:-1]]),
        "a long row": compact([candle(0), [*candle(1), 7]]),
        "rows of rows": compact([[candle(0)]]),
        "one row alone": compact(candle(0)),
        "numbers that have all moved by one character": re.sub(rb"([0-9.]+)(.)", rb"\2\1", compact([candle(1)])),
        "a number that has moved by one character": BODIES["klines"].replace(b"[[1700000000000,", b"[[,1700000000000"),
        "a row whose numbers have moved": BODIES["klines"].replace(b"],[1", b"],1["),
        "a second reply": compact([candle(0)]) * 2,
    }.items(),
    ids=lambda named: named[0],
)
def test_odd_candles_are_left_to_the_parser(body: tuple[str, bytes]) -> None:
    """Whatever is not written exactly as usual is declined, so that the parser's frame or its error comes."""
    assert not is_fast("klines", body[1])
    assert_same_outcome("klines", body[1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"a":', b'"b":'),
        (b'"a":0,', b""),
        (b'"m":true', b'"m":t'),
        (b'"m":true', b'"m":1'),
        (b'"m":true', b'"m":null'),
        (b'"m":true', b'"m":"true"'),
        (b'"M":true}]', b'"M":t'),
        (b'"M":true}]', b'"M":'),
        (b'"p":"', b'"p" :"'),
        (b'"p":"', b'"p":"\\u0030'),
        (b'},{', b'},\n{'),
        (b'}]', b',"n":1}]'),
        (b'}]', b'}]\xff'),
        (b'[', b'\xef\xbb\xbf['),
        (b'"m":true', b'"m":tr5ue'),
        (b'"m":true', b'"m":True'),
        (b'"m":true', b'"m":tree'),
        (b'"m":false', b'"m":falls'),
        (b'"m":true', b'"m":tru'),
        (b'"m":true', b'"m":\x01\x00\x00\x00\x00\x00\x00'),
        (b'"p":"0.5', b'"5p":"0.'),
        (b'"p":"0.5', b'"p5":"0.'),
        (b'"f":0', b'"f":-'),
    ],
)  # fmt: skip
def test_odd_trades_are_left_to_the_parser(old: bytes, new: bytes) -> None:
    """Other keys, flags, spaces, escapes or bytes are declined."""
    body = BODIES["agg_trades"].replace(old, new)

    assert body != BODIES["agg_trades"]
    assert not is_fast("agg_trades", body)
    assert_same_outcome("agg_trades", body)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"lastUpdateId":14527958487,', b"{"),
        (b'"lastUpdateId":1', b'"lastUpdateId":01'),
        (b'"lastUpdateId":1', b'"lastUpdateId":-1'),
        (b'"lastUpdateId":1', b'"lastUpdateId":123456789012345678'),
        (b'"asks"', b'"offers"'),
        (b'"asks"', b'"bids"'),
        (b'"lastUpdateId"', b'"asks":[],"lastUpdateId"'),
        (b"]}", b'],"asks":[]}'),
        (b"]}", b"]"),
        (b"]}", b"]}}"),
        (b',"asks":[[', b',"asks":[],"more":[['),
    ],
)
def test_odd_books_are_left_to_the_parser(old: bytes, new: bytes) -> None:
    """Another head, other sides or another end are declined."""
    body = BODIES["depth"].replace(old, new)

    assert body != BODIES["depth"]
    assert not is_fast("depth", body)
    assert_same_outcome("depth", body)


@pytest.mark.parametrize(("bids", "asks"), [(0, 0), (0, 2), (2, 0), (1, 1), (9, 2)])
def test_books_of_all_shapes(bids: int, asks: int) -> None:
    """The shorter side is padded, and an empty one is all missing."""
    assert is_fast("depth", compact(book(bids, asks))) == (bids > 0 and asks > 0)
    assert_same_outcome("depth", compact(book(bids, asks)))


@pytest.mark.parametrize("name", BODIES)
def test_exact_and_parts_are_parsed(name: str) -> None:
    """Decimals with the digits that came, and one side of the book, need the parser."""
    assert not is_fast(name, BODIES[name], exact=True)
    assert_same_outcome(name, BODIES[name], exact=True)
    assert list(decode(ENDPOINTS["depth"], BODIES["depth"], part="asks").columns) == ["price", "quantity"]


@pytest.mark.parametrize("name", BODIES)
def test_frames_can_be_changed(name: str) -> None:
    """A frame owns its columns: writing into one changes no other."""
    frame = decode(ENDPOINTS[name], BODIES[name], now_ms=NOW_MS)
    before = frame.copy(deep=True)

    frame.iloc[:, 1] = 7

    assert_frame_equal(before.drop(columns=frame.columns[1]), frame.drop(columns=frame.columns[1]))
    assert_frame_equal(before, decode(ENDPOINTS[name], BODIES[name], now_ms=NOW_MS))


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good reply of which a few bytes were changed, put in or left out, or which was cut."""
    name = draw(st.sampled_from(sorted(BODIES)))
    body = bytearray(BODIES[name])
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(body) - 1))
        # Mostly characters that replies are made of: others are noticed at once.
        some = bytes([draw(st.sampled_from(b'0123456789.,"[]{}:-+eE/ tfnul\\') | st.integers(0, 255))])
        body[place : place + draw(st.integers(0, 2))] = draw(st.sampled_from([some, b"", some * 2]))
    cut = draw(st.none() | st.integers(1, len(body)))
    return name, bytes(body[:cut])


@settings(max_examples=800, deadline=None)
@given(damaged(), st.sampled_from(["ms", "us"]))
def test_damaged_replies_end_alike(reply: tuple[str, bytes], unit: str) -> None:
    """A damaged reply gives the frame or the reason that the JSON parser gives."""
    name, body = reply

    assert_same_outcome(name, body, now_ms=NOW_MS, time_unit=unit)


@given(
    st.integers(1, 8).flatmap(
        lambda places: st.lists(
            st.lists(st.from_regex(rf"[0-9]{{1,16}}\.[0-9]{{{places}}}", fullmatch=True), min_size=2, max_size=2),
            min_size=1,
            max_size=4,
        )
    )
)
def test_books_of_any_digits(side: list[list[str]]) -> None:
    """Prices and quantities of all sizes are the doubles that float gives."""
    frame = decode(ENDPOINTS["depth"], compact({"lastUpdateId": 1, "bids": side, "asks": side[:1]}))

    assert [[float(price), float(size)] for price, size in side] == frame[
        ["bid_price", "bid_quantity"]
    ].to_numpy().tolist()


def fuzzed(generator: np.random.Generator, places: int, count: int) -> list[str]:
    """Decimals with 1 to 16 digits before the point, most of them random, some all nines, zeros or halves."""
    digits = generator.integers(1, 16, count, endpoint=True)
    wholes = generator.integers(0, 10**16, count) // 10 ** (16 - digits)
    wholes = np.minimum(wholes, 2**53 - 1)
    fractions = generator.integers(0, 10**places, count)
    special = generator.integers(0, 16, count)
    fractions[special == 0] = 10**places - 1
    fractions[special == 1] = 10**places // 2
    fractions[special == 2] = 0
    wholes[special == 3] = 2**26 - 1 + generator.integers(0, 3, np.count_nonzero(special == 3))
    padding = np.where(special == 4, 16, 1)
    rows = zip(wholes.tolist(), fractions.tolist(), padding.tolist(), strict=True)
    return [f"{whole:0{width}d}.{fraction:0{places}d}" for whole, fraction, width in rows]


@pytest.mark.parametrize("places", range(1, 9))
def test_a_million_decimals(places: int) -> None:
    """125,000 texts for each number of places: every double has the bits that float gives."""
    texts = fuzzed(np.random.default_rng(places), places, 125_000)
    text = Text(",".join([*texts, ""]).encode())
    lengths = np.array(list(map(len, texts)))
    ends = text.begins + np.cumsum(lengths + 1) - 1
    expected = np.array(list(map(float, texts)))

    actual = decimals(text, ends, lengths - places - 1, places)

    assert actual is not None
    assert [] == np.flatnonzero(actual.view(np.int64) != expected.view(np.int64)).tolist()
