"""A fingerprint is the same for the same data, and another for any other."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Literal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.manifests import fingerprint

TIMES = pd.DatetimeIndex(["2024-01-01", "2024-01-02", "2024-01-03"], tz="UTC", name="open_time")


def frame(**columns: object) -> pd.DataFrame:
    """A frame with an index of times."""
    return pd.DataFrame(columns, index=TIMES)


def same(first: pd.DataFrame, second: pd.DataFrame) -> bool:
    """Whether two frames have one fingerprint."""
    return fingerprint(first) == fingerprint(second)


@given(values=st.lists(st.floats() | st.integers(-(2**53), 2**53).map(float), min_size=3, max_size=3))
def test_a_copy_has_the_same_fingerprint(values: list[float]) -> None:
    """Whatever numbers are in it."""
    assert same(frame(a=values), frame(a=list(values)))


@given(
    values=st.lists(st.floats(allow_nan=False), min_size=3, max_size=3),
    at=st.integers(0, 2),
    other=st.floats(allow_nan=False),
)
def test_one_other_value_is_another_fingerprint(values: list[float], at: int, other: float) -> None:
    """To the last bit."""
    changed = [*values[:at], other, *values[at + 1 :]]

    assert same(frame(a=values), frame(a=changed)) == (values[at] == other)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_unit_of_a_time_makes_no_difference(unit: Literal["s", "ms", "us", "ns"]) -> None:
    """Parquet and other versions of pandas have their own."""
    assert same(frame(a=[1, 2, 3]), frame(a=[1, 2, 3]).set_axis(TIMES.as_unit(unit), axis=0))


def test_the_zone_of_a_time_makes_no_difference() -> None:
    """It is the same moment."""
    there = TIMES.tz_convert("Asia/Tokyo")

    assert same(frame(a=TIMES), pd.DataFrame({"a": there}, index=there))


@pytest.mark.parametrize("dtype", ["object", "string", "str"])
def test_the_dtype_of_text_makes_no_difference(dtype: str) -> None:
    """It is another in each version of pandas."""
    assert same(frame(a=pd.Series(["x", "ü", None], TIMES)), frame(a=pd.Series(["x", "ü", None], TIMES, dtype=dtype)))


def test_an_optional_whole_number_is_as_good_as_a_plain_one() -> None:
    """Where none is missing."""
    assert same(frame(a=pd.array([1, 2, 3], dtype="Int64")), frame(a=[1, 2, 3]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (frame(a=[1, 2, 3]), frame(a=[1.0, 2.0, 3.0])),
        (frame(a=[1, 2, 3]), frame(b=[1, 2, 3])),
        (frame(a=[1, 2, 3], b=[4, 5, 6]), frame(b=[4, 5, 6], a=[1, 2, 3])),
        (frame(a=[1, 2, 3]), frame(a=[1, 2, 3]).reset_index()),
        (frame(a=[1, 2, 3]), frame(a=[1, 2, 3]).iloc[:2]),
        (frame(a=[1, 2, 3]), frame(a=[1, 2, 3]).rename_axis("time")),
        (frame(a=["1", "2", "3"]), frame(a=[1, 2, 3])),
        (frame(a=[Decimal("1.0")] * 3), frame(a=[Decimal("1.00")] * 3)),
        (frame(a=[True, False, True]), frame(a=[1, 0, 1])),
        (frame(a=pd.array([1, None, 3], dtype="Int64")), frame(a=pd.array([1, 0, 3], dtype="Int64"))),
        (frame(a=["x", "", "y"]), frame(a=["x", None, "y"])),
        (frame(a=[["x"], [], []]), frame(a=[["y"], [], []])),
    ],
    ids=str,
)
def test_another_frame_has_another_fingerprint(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Kinds, names, order, labels, digits and gaps count."""
    assert not same(one, other)


def test_nan_is_nan_and_minus_zero_is_zero() -> None:
    """As pandas compares them."""
    assert same(frame(a=[math.nan, 0.0, 1]), frame(a=[-math.nan, -0.0, 1]))


def test_it_stays_what_it_was() -> None:
    """A manifest written today holds tomorrow, and on another computer: this very number."""
    made = frame(price=[1.5, math.nan, -0.0], side=["BUY", None, "SELL"], count=[1, 2, 3], is_maker=[True, False, True])

    assert fingerprint(made).sha256 == "64ab2df70ad1b15e1330c8e13e335ceba02b478f29d5e0718c7a46f8f0421252"


def test_an_empty_frame_has_one_too() -> None:
    """By its columns."""
    empty = frame(a=[1.0, 2.0, 3.0]).iloc[:0]

    assert same(empty, empty.copy())
    assert fingerprint(empty).pieces == ""
    assert fingerprint(pd.DataFrame()).pieces == ""


@pytest.mark.parametrize("labels", [pd.RangeIndex(3), pd.Index([0, 1, 2])], ids=["range", "numbers"])
def test_an_index_that_only_counts_makes_no_difference(labels: pd.Index[int]) -> None:
    """Versions of pandas differ in when they keep a range."""
    assert same(pd.DataFrame({"a": [1, 2, 3]}), pd.DataFrame({"a": [1, 2, 3]}, index=labels))
    assert not same(pd.DataFrame({"a": [1, 2, 3]}), pd.DataFrame({"a": [1, 2, 3]}, index=labels + 1))
