"""Frames made easier to read: without the unfinished candle, in the reader's own time zone."""

from __future__ import annotations

import pandas as pd

from binance_nb.errors import UsageError
from binance_nb.frames.layout import CLOSED
from binance_nb.grammar import find_zone

__all__ = ["closed_only", "in_zone"]


def closed_only(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose candle is finished.

    Args:
        frame: A frame with a ``closed`` flag.

    Returns:
        A frame without the rows that may still change.

    Raises:
        UsageError: The frame has no such flag, or nobody knew the server's time when it was made.
    """
    if CLOSED not in frame.columns:
        raise UsageError("Only candles can be unfinished.", hint="Leave --closed out here.", culprit="--closed")
    if frame[CLOSED].isna().any():
        raise UsageError(
            "Whether these candles are finished is not known.",
            hint="They were read without the server's time. Ask again with a connection.",
            culprit="--closed",
        )
    return frame[frame[CLOSED].astype(bool)]


def in_zone(frame: pd.DataFrame, tz: str) -> pd.DataFrame:
    """Return the same moments on the clocks of a time zone.

    Args:
        frame: A frame with times in its index or columns.
        tz: The zone: ``UTC``, an offset such as ``+02:00``, or a name such as ``Europe/Berlin``.

    Returns:
        A copy; the unit of its times is kept.

    Raises:
        UsageError: There is no such zone.
    """
    zone = find_zone(tz)
    is_aware = [isinstance(dtype, pd.DatetimeTZDtype) for dtype in frame.dtypes]
    converted = frame.assign(**{name: frame[name].dt.tz_convert(zone) for name in frame.columns[is_aware]})
    if isinstance(converted.index, pd.DatetimeIndex) and converted.index.tz is not None:
        converted.index = converted.index.tz_convert(zone)
    return converted
