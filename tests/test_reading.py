"""Reading options take what a person has at hand, and refuse the rest in words."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import UsageError
from binance_nb.grammar import find_zone
from binance_nb.reading import Reading, split_options

KLINES = ENDPOINTS["klines"]


class Nowhere(tzinfo):
    """A zone of one's own, without a name or a fixed offset."""

    def utcoffset(self, moment: object) -> None:
        return None

    dst = utcoffset

    def tzname(self, moment: object) -> None:
        return None


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (ZoneInfo("Europe/Berlin"), "Europe/Berlin"),
        (UTC, "UTC"),
        (timezone.utc, "UTC"),  # noqa: UP017  # as people write it
        (timezone(timedelta(hours=2)), "+02:00"),
        (timezone(-timedelta(hours=3, minutes=30)), "-03:30"),
        (timezone(timedelta(hours=1, seconds=5)), "+01:00:05"),
        ("Asia/Tokyo", "Asia/Tokyo"),
        (None, "UTC"),
    ],
)
def test_a_zone_may_be_an_object(zone: str | tzinfo | None, name: str) -> None:
    """Objects say the same as their texts."""
    reading = Reading(tz=zone)
    reading.check(KLINES)

    assert name == reading.zone
    if isinstance(zone, timezone):
        assert zone.utcoffset(None) == find_zone(name).utcoffset(None)


@pytest.mark.parametrize("zone", [5, 0, b"UTC", Nowhere(), pd.Series(["UTC"])])
def test_what_is_no_zone_is_refused(zone: Any) -> None:
    """With what would be one."""
    with pytest.raises(UsageError) as caught:
        Reading(tz=zone).check(KLINES)

    assert "Europe/Berlin" in (caught.value.hint or "")


def test_a_zone_object_reads_and_writes_times(session: Session) -> None:
    """A day in Berlin begins at its own midnight, and is shown there."""
    zone = ZoneInfo("Europe/Berlin")
    day = session.klines("BTCUSDT", "1h", start="2024-05-01", end="2024-05-02", tz=zone)

    assert (pd.Timestamp("2024-05-01", tz=zone), 24) == (day.index[0], len(day))
    assert "Europe/Berlin" == str(day.index.tz)  # type: ignore[attr-defined]  # an Index of times


@pytest.mark.parametrize("count", [1, 5, np.int64(5), 10**5000], ids=["one", "five", "numpy", "enormous"])
def test_a_whole_number_is_a_number_of_rows(count: Any) -> None:
    """Also one that NumPy counted."""
    Reading(max_rows=count).check(KLINES)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (True, "True"),
        (False, "False"),
        (1.5, "1.5"),
        (5.0, "5.0"),
        (float("nan"), "nan"),
        ("5", "'5'"),
        (0, "0"),
        (-1, "-1"),
        pytest.param(-(10**5000), "a value of type int", id="enormous"),
        (Decimal(5), "a value of type Decimal"),
        (pd.Series([1, 2]), "a value of type Series"),
    ],
)
def test_what_counts_no_rows_is_refused(count: Any, shown: str) -> None:
    """A slip is named, and what would be right."""
    with pytest.raises(UsageError, match="that is no number of rows") as caught:
        Reading(max_rows=count).check(KLINES)

    assert caught.value.message.startswith(f"max_rows is {shown}:")
    assert "whole number" in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["start", "end"])
def test_a_column_of_times_is_no_time(session: Session, name: str) -> None:
    """A Series is refused in words, by calls and on endpoints without times."""
    times = pd.Series(pd.to_datetime(["2024-05-01", "2024-05-02"]))

    with pytest.raises(UsageError, match="type Series is not a time"):
        session.call("klines", symbol="BTCUSDT", interval="1h", **{name: times})
    with pytest.raises(UsageError, match=f"depth has no option {name}"):
        session.call("depth", symbol="BTCUSDT", **{name: times})


def test_options_are_told_from_parameters() -> None:
    """None means not given."""
    words, reading = split_options({"symbol": "BTCUSDT", "raw": True, "tz": None})

    assert ({"symbol": "BTCUSDT"}, Reading(raw=True)) == (words, reading)
