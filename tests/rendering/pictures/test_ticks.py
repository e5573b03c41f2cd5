from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.rendering.pictures.ticks import number_scale, time_ticks, write_exactly, write_number

DAY = 86_400_000


def stamp(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def texts(start: str, end: str, most: int = 9) -> list[str]:
    return [tick.text for tick in time_ticks(stamp(start), stamp(end), most)]


@given(st.floats(-1e250, 1e250), st.floats(-1e250, 1e250), st.integers(1, 20))
def test_a_scale_holds_its_range_with_round_steps(one: float, other: float, most: int) -> None:
    """Steps of 1, 2 or 5 times a power of ten, no more of them than asked for, and all within."""
    low, high = sorted((one, other))
    scale = number_scale(low, high, most)
    steps = {f"{later - earlier:.3e}"[0] for earlier, later in pairwise(scale.ticks)}

    assert scale.low <= low <= high <= scale.high
    assert len(scale.ticks) <= most + 2
    assert len(steps) <= 1 or math.ulp(high) * 1e3 > (high - low)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (57_200.0, 64_600.0, ["58,000", "60,000", "62,000", "64,000"]),
        (0.00001212, 0.00001239, ["0.0000121", "0.0000122", "0.0000123", "0.0000124"]),
        (-0.04, 0.09, ["−0.05", "0.00", "0.05"]),
    ],
)
def test_prices_stand_at_round_numbers(low: float, high: float, ticks: list[str]) -> None:
    """With just as many decimals as tell them apart."""
    scale = number_scale(low, high, 4 if high > 1 else 5)

    written = [write_number(tick, scale.decimals) for tick in scale.ticks]

    assert [text for text in ticks if text in written] == written


def test_a_flat_price_stands_in_the_middle() -> None:
    """Also where it is nought."""
    assert [number_scale(price, price).share(price) for price in (5.0, 1e-8, 0.0)] == pytest.approx([0.5, 0.5, 0.5])


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(62_728.63, 4, "62,728.63"), (62_728.0, 2, "62,728"), (0.000012345, 6, "0.000012"), (-0.0001, 2, "0.00")],
)
def test_the_last_price_has_its_own_digits(value: float, decimals: int, text: str) -> None:
    """No more than it has, and no more than there is room for."""
    assert write_exactly(value, decimals) == text


def test_hours_are_told_with_the_days_between_them() -> None:
    """Midnight is the name of its day, and stands out."""
    ticks = time_ticks(stamp("2024-05-31T05:00"), stamp("2024-06-02T03:00"), 9)

    assert [tick.text for tick in ticks] == ["06:00", "12:00", "18:00", "1 Jun", "06:00", "12:00", "18:00", "2 Jun"]
    assert [tick.text for tick in ticks if tick.is_border] == ["1 Jun", "2 Jun"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-05-29T00:00", "2024-06-03T12:00", ["29 May", "30 May", "31 May", "Jun", "2 Jun", "3 Jun"]),
        ("2024-05-20T00:00", "2024-06-20T00:00", ["21 May", "26 May", "Jun", "6 Jun", "11 Jun", "16 Jun"]),
        ("2023-10-20T00:00", "2024-03-02T00:00", ["Nov", "Dec", "2024", "Feb", "Mar"]),
        ("2017-03-01T00:00", "2024-03-02T00:00", ["2018", "2019", "2020", "2021", "2022", "2023", "2024"]),
        ("2024-06-01T12:00:00", "2024-06-01T12:00:40", ["12:00:00", "12:00:05", "12:00:10", "12:00:15", "12:00:20"]),
    ],
)
def test_days_months_and_years_begin_where_the_calendar_says(start: str, end: str, expected: list[str]) -> None:
    """Of UTC, in which no hour is missing or comes twice."""
    assert texts(start, end)[: len(expected)] == expected


@given(st.integers(0, 200 * 365 * DAY), st.integers(1, 100 * 365 * DAY), st.integers(2, 20))
def test_times_lie_in_their_range_and_no_two_at_one_place(start: int, extent: int, most: int) -> None:
    """Ascending, and never too many to read."""
    stamps = [tick.stamp_ms for tick in time_ticks(start, start + extent, most)]

    assert stamps == sorted(set(stamps))
    assert all(start <= each <= start + extent for each in stamps)
    assert len(stamps) <= most + 3
