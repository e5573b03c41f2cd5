from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.rendering.sparkline import sparkline

BARS = "▁▂▃▄▅▆▇█"


def drawn(values: list[float], places: list[int] | None = None, most: int = 24) -> str:
    return sparkline(np.array(values, dtype="float64"), np.array(places or range(len(values)), dtype="int64"), most)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], BARS),
        ([7, 0], "█▁"),
        ([2.5, 2.5, 2.5], "▄▄▄"),
        ([1, float("nan"), 8], "▁·█"),
        ([1e-8, 1.0000001e-8], "▁█"),
        ([1], ""),
        ([], ""),
        ([float("nan")] * 3, ""),
    ],
)
def test_each_value_stands_as_high_as_between_lowest_and_highest(values: list[float], expected: str) -> None:
    """A flat path is neither high nor low, a missing value is a dot, and one value is no path."""
    assert drawn(values) == expected


def test_time_runs_evenly() -> None:
    """A stretch without a value is a gap, however many rows stand before and after it."""
    assert drawn([1, 2, 9, 3, 4], [0, 1, 2, 8, 9]) == "▁▂█·····▃▄"


def test_places_at_one_moment_make_no_path() -> None:
    """Trades of the same millisecond have no time between them."""
    assert drawn([1, 2, 3], [5, 5, 5]) == ""


def test_a_long_path_shows_where_each_stretch_ended() -> None:
    """Not a mean, which was never a price: the last value of each."""
    assert drawn([0, 100, 100, 0, 0, 100, 100, 0], most=4) == "█▁█▁"


@given(
    values=st.lists(st.floats(1e-8, 1e8), min_size=2, max_size=200),
    most=st.integers(2, 40),
)
def test_the_last_bar_is_the_last_value(values: list[float], most: int) -> None:
    """No longer than asked for, made of bars alone where rows come evenly, and true at its end."""
    path = drawn(values, most=most)
    low, high = min(values), max(values)
    expected = "▄" if low == high else BARS[min(7, int((values[-1] - low) / (high - low) * 8))]

    assert len(path) == min(most, len(values))
    assert set(path) <= set(BARS)
    assert path[-1] == expected
