"""Frames made easier to read."""

from __future__ import annotations

import pandas as pd
import pytest

from binance_nb.errors import UsageError
from binance_nb.frames import closed_only, describe, in_zone


def candles(closed: list[bool] | list[None], dtype: str = "bool") -> pd.DataFrame:
    index = pd.date_range("2024-03-31", periods=len(closed), freq="h", tz="UTC", name="open_time").as_unit("ms")
    frame = pd.DataFrame({"close": range(len(closed)), "closed": pd.Series(closed, index, dtype=dtype)}, index)
    return describe(frame, operation="klines")


def test_the_unfinished_candle_is_dropped() -> None:
    """Only finished candles stay, with the attributes."""
    frame = closed_only(candles([True, True, False]))

    assert [0, 1] == frame["close"].tolist()
    assert "klines" == frame.attrs["binance"]["operation"]


def test_candles_of_unknown_state_are_not_dropped_silently() -> None:
    """Where nobody knows which candles are finished, asking for those is an error."""
    with pytest.raises(UsageError, match="not known"):
        closed_only(candles([None, None], "boolean"))


def test_only_candles_can_be_unfinished() -> None:
    """A table without the flag has nothing to drop."""
    with pytest.raises(UsageError, match="Only candles"):
        closed_only(pd.DataFrame({"price": [1.0]}))


@pytest.mark.parametrize("tz", ["Europe/Berlin", "+05:30", "UTC"])
def test_times_are_shown_on_the_clocks_of_a_zone(tz: str) -> None:
    """Index and columns keep their moments and their unit; the frame that was given stays as it was."""
    given = candles([True] * 5).assign(close_time=lambda frame: frame.index + pd.Timedelta(hours=1))
    frame = in_zone(given, tz)

    assert given.index.tolist() == frame.index.tolist()
    assert given["close_time"].tolist() == frame["close_time"].tolist()
    assert pd.Timestamp("2024-03-31", tz="UTC").tz_convert(tz).hour == frame.index[0].hour
    assert "datetime64[ms, " == str(frame.index.dtype)[:15]
    assert ("open_time", "datetime64[ms, UTC]") == (frame.index.name, str(given.index.dtype))
    assert "klines" == frame.attrs["binance"]["operation"]


def test_a_table_without_times_has_no_zone() -> None:
    """Nothing to convert is no error."""
    frame = pd.DataFrame({"price": [1.0]})

    pd.testing.assert_frame_equal(frame, in_zone(frame, "Asia/Tokyo"))


def test_an_unknown_zone_is_named() -> None:
    """A typo in a zone is the reader's error."""
    with pytest.raises(UsageError) as caught:
        in_zone(candles([True]), "Europe/Berln")

    assert "Europe/Berln" == caught.value.culprit
