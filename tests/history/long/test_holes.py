"""Holes are where candles are missing, each with its kind; filling closes those that are known to be empty."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.history.long.holes import Hole, count_breaks, filled, holes_frame, holes_of
from binance_nb.history.long.stamps import stamps_of
from binance_nb.store import Dataset, Span, laid_over
from binance_nb.store.spans import State
from tests.store.conftest import JUNE, MINUTE_MS, candles

CANDLES = Dataset("here", "klines", "BTCUSDT", "1m")
MONTHS = Dataset("here", "klines", "BTCUSDT", "1M")
LONG = 120
STATES: tuple[State, ...] = ("have", "empty", "unfinished")


def of_minutes(minutes: set[int]) -> pd.DataFrame:
    """Candles of some of the minutes after JUNE."""
    return candles(JUNE, LONG).iloc[sorted(minutes)]


def at(minute: float) -> int:
    return JUNE + int(minute * MINUTE_MS)


def month(number: int, day: int = 1) -> int:
    return int(datetime(2024, number, day, tzinfo=UTC).timestamp() * 1000)


def of_months(numbers: list[int]) -> pd.DataFrame:
    frame = candles(JUNE, len(numbers))
    opens, closes = ([month(number + later) for number in numbers] for later in (0, 1))
    frame.index = pd.DatetimeIndex(np.array(opens).view("M8[ms]"), tz="UTC").rename("open_time")
    frame["close_time"] = pd.DatetimeIndex(np.array(closes).view("M8[ms]") - 1, tz="UTC")
    return frame


# Edges in half minutes: what is known need not begin or end where a candle opens.
spans = st.lists(
    st.tuples(st.integers(0, 2 * LONG - 1), st.integers(1, 60), st.sampled_from(STATES)),
    max_size=5,
).map(
    lambda parts: laid_over(
        [], [Span(at(first / 2), at((first + count) / 2), state, "api") for first, count, state in parts]
    )
)


@given(st.sets(st.integers(0, LONG - 1)), spans, st.integers(0, LONG // 2), st.integers(1, LONG))
def test_every_minute_is_a_candle_or_in_one_hole(
    present: set[int], known: tuple[Span, ...], first: int, count: int
) -> None:
    """And the hole says whether the exchange was asked about that very minute."""
    stop = min(LONG, first + count)
    frame = of_minutes({minute for minute in present if first <= minute < stop})

    holes = holes_of(frame, CANDLES, at(first), at(stop), known)

    told = {
        (hole.start_ms - JUNE) // MINUTE_MS + step: hole.kind for hole in holes for step in range(hole.candles or 0)
    }
    asked = {
        minute
        for minute in range(LONG)
        for span in known
        if span.state != "unfinished" and span.start_ms <= at(minute) < span.end_ms
    }
    assert set(range(first, stop)) - present == set(told)
    assert {minute for minute in told if told[minute] == "not fetched"} == set(told) - asked
    assert list(holes) == sorted(holes, key=lambda hole: hole.start_ms)
    assert all(hole.end_ms - hole.start_ms == (hole.candles or 0) * MINUTE_MS for hole in holes)


@given(st.sets(st.integers(0, LONG - 1), min_size=1), spans)
def test_filling_closes_what_is_known_to_be_empty_and_nothing_else(present: set[int], known: tuple[Span, ...]) -> None:
    """What was there stays bit for bit; what is put in stands at the last close, and is marked."""
    frame = of_minutes(present)
    holes = holes_of(frame, CANDLES, JUNE, at(LONG), known)

    whole = filled(frame, CANDLES, holes)

    quiet = {
        stamp
        for hole in holes
        if hole.kind == "none there" and hole.start_ms > at(min(present))
        for stamp in range(hole.start_ms, hole.end_ms, MINUTE_MS)
    }
    put_in = whole[whole["filled"]]
    pd.testing.assert_frame_equal(frame, whole[~whole["filled"]].drop(columns="filled"), check_freq=False)
    assert quiet == set(stamps_of(put_in.index).tolist())
    assert (stamps_of(whole["close_time"]) - stamps_of(whole.index) == MINUTE_MS - 1).all()
    assert (put_in[["open", "high", "low"]].to_numpy() == put_in[["close"]].to_numpy()).all()
    assert not put_in[["volume", "quote_volume", "trade_count"]].to_numpy().any()
    assert (whole["close"].to_numpy() == frame["close"].reindex(whole.index).ffill().to_numpy()).all()
    assert whole.dtypes.drop("filled").to_dict() == frame.dtypes.to_dict()


def test_what_lies_before_the_first_candle_of_all_is_before_the_listing() -> None:
    """Only where the store knows it: an outage where the range begins is none."""
    frame = of_minutes({10, 11, 12})
    listed = (Span(0, at(10), "empty"), Span(at(10), at(13)))
    down = (Span(at(0), at(10), "empty"), Span(at(10), at(13)))

    kinds = [holes_of(frame, CANDLES, JUNE, at(13), known)[0].kind for known in (listed, down)]

    assert ["before listing", "none there"] == kinds


def test_a_range_before_the_listing_has_one_hole() -> None:
    """Without a single candle, too."""
    [hole] = holes_of(of_minutes(set()), CANDLES, at(0), at(5), [Span(0, at(10), "empty")])

    assert Hole(at(0), at(5), 5, "before listing") == hole


def test_months_are_counted_by_the_calendar() -> None:
    """A range that begins in the middle of one has no hole before the next; the last one is not over yet."""
    known = [Span(month(1), month(8))]

    whole = holes_of(of_months([2, 3, 4]), MONTHS, month(1, 15), month(5, 20), known)
    broken = holes_of(of_months([2, 5]), MONTHS, month(1, 15), month(7, 2), known)

    assert () == whole
    assert [(month(3), month(5), 2), (month(6), month(7), 1)] == [
        (hole.start_ms, hole.end_ms, hole.candles) for hole in broken
    ]
    closes = stamps_of(filled(of_months([2, 5]), MONTHS, broken)["close_time"]).tolist()
    assert [month(number) - 1 for number in (3, 4, 5, 6, 7)] == closes


def test_years_of_seconds_take_no_memory() -> None:
    """A hole is its edges, however long it is."""
    seconds = Dataset("here", "klines", "BTCUSDT", "1s")

    [hole] = holes_of(of_minutes(set()), seconds, 0, 1_700_000_000_000, [])

    assert 1_700_000_000 == hole.candles


@pytest.mark.parametrize("holes", [[], [Hole(JUNE, at(2), 2, "none there"), Hole(at(5), at(6), None, "not fetched")]])
def test_holes_are_a_frame_with_times(holes: list[Hole]) -> None:
    """The same columns and dtypes, with rows or without."""
    frame = holes_frame(holes)

    assert ["start", "end", "candles", "kind"] == list(frame)
    assert ["datetime64[ms, UTC]", "datetime64[ms, UTC]", "Int64"] == [str(kind) for kind in frame.dtypes[:3]]
    assert len(holes) == len(frame)


def test_breaks_between_candles_are_counted() -> None:
    """Two stretches missing in the middle are two; a range that is dense has none."""
    dense = candles(JUNE, 30)

    assert 0 == count_breaks(dense)
    assert 2 == count_breaks(dense.drop(dense.index[[5, 6, 20]]))
    assert 0 == count_breaks(dense.iloc[:0])
