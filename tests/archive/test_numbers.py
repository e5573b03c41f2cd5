"""Numbers and times of bulk files."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.archive import scaled_ints, time_unit, times_ms
from binance_nb.errors import StoreError


@given(st.decimals(min_value=0, max_value=10**12, places=8), st.integers(8, 12))
def test_scaling_is_exact(number: Decimal, decimals: int) -> None:
    """An integer over its scale is the number, however many decimals it stands for."""
    (scaled,) = scaled_ints([format(number, "f")], decimals, source="x")

    assert Decimal(scaled).scaleb(-decimals) == number


def test_zeros_beyond_the_scale_are_dropped() -> None:
    """Eight printed decimals fit a scale of two as long as the rest is zeros."""
    assert scaled_ints(["1.25000000", "7", "0.5"], 2, source="x") == [125, 700, 50]


@pytest.mark.parametrize("text", ["", ".", "-1", "1e5", "1_000", " 1", "1.2.3", "nan", "१"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    """Signs, exponents, underscores and other scripts' digits are refused, and the error names the file."""
    with pytest.raises(StoreError, match=r"a\.zip"):
        scaled_ints([text], 8, source="a.zip")


def test_digits_finer_than_the_scale_are_refused() -> None:
    """Nothing is rounded: a digit that does not fit is an error."""
    with pytest.raises(StoreError, match="more than 2 decimals"):
        scaled_ints(["1.234"], 2, source="a.zip")


def test_digits_tell_the_unit_of_time() -> None:
    """Thirteen digits are milliseconds and sixteen are microseconds."""
    assert time_unit("1577836800000", source="x") == "ms"
    assert time_unit("1577836800000000", source="x") == "us"
    assert times_ms(["1577836800000999"], "us", source="x") == [1577836800000]


@pytest.mark.parametrize("text", ["", "0", "157783680000", "15778368000000", "2020-01-01", "157783680000x"])
def test_other_times_are_refused(text: str) -> None:
    """A time of any other length is refused instead of guessed at."""
    with pytest.raises(StoreError, match="13 digits"):
        time_unit(text, source="a.zip")
