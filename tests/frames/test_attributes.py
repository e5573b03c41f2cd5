"""Facts that travel with a frame."""

from __future__ import annotations

import pandas as pd
import pytest

from binance_nb.frames import describe, is_as_delivered, seal
from binance_nb.frames.attributes import outer_scalars


def test_facts_are_added_to_those_there_are() -> None:
    """A later fact replaces an earlier one of its name and leaves the others."""
    frame = describe(pd.DataFrame(), operation="klines", weight=2)
    same = describe(frame, weight=4, environment="sandbox")

    assert same is frame
    assert {"operation": "klines", "weight": 4, "environment": "sandbox"} == frame.attrs["binance"]


@pytest.mark.parametrize("fact", [pd.Timestamp(0), [1], ("a",), pd.NA, {"inner": pd.Timestamp(0)}], ids=str)
def test_a_fact_that_parquet_cannot_hold_is_refused(fact: object) -> None:
    """A Timestamp in the attributes would make to_parquet fail much later; it fails here."""
    with pytest.raises(TypeError, match="JSON scalars only"):
        describe(pd.DataFrame(), when=fact)  # type: ignore[arg-type]  # what a caller without a type checker may do


def test_scalars_beside_the_rows_are_flattened() -> None:
    """Objects are named with dots, lists of scalars joined, lists of objects left out; in the reply's order."""
    payload = {
        "updateTime": 5,
        "commissionRates": {"maker": "0.10"},
        "permissions": ["A", "B"],
        "rows": [{"a": 1}],
        "taken": 1,
        "nothing": None,
    }
    found = outer_scalars(payload, {"taken"})

    assert [
        ("update_time", 5),
        ("commission_rates.maker", "0.10"),
        ("permissions", "A,B"),
        ("nothing", None),
    ] == list(found.items())


def test_a_key_with_a_dot_is_kept() -> None:
    """A name that nobody expects is no reason to fail."""
    assert {"last.update_id": 5} == outer_scalars({"last.updateId": 5, "rows": []}, {"rows"})


def test_a_sealed_frame_is_known_again() -> None:
    """A copy is the frame that was delivered; one with another number at its end is not, nor one without a seal."""
    frame = seal(pd.DataFrame({"price": [1.5, 2.5], "time": pd.DatetimeIndex([0, 1], tz="UTC"), "rules": [[1], [2]]}))
    other = frame.copy()
    other.loc[1, "price"] = 3.0

    assert [True, False, False] == [is_as_delivered(each) for each in (frame.copy(), other, pd.DataFrame())]


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame(index=range(1))], ids=str)
def test_a_frame_of_nothing_is_sealed_too(frame: pd.DataFrame) -> None:
    """Without rows, without columns, without both."""
    assert is_as_delivered(seal(frame))
