"""Replies in microseconds, for callers that ask for them."""

from __future__ import annotations

from typing import Any

from binance_nb.catalog import ColumnKind, Endpoint
from binance_nb.catalog.replies import kind_of
from binance_nb.sandbox.refusals import Refusal

__all__ = ["in_microseconds", "wants_microseconds"]


def wants_microseconds(header: str | None) -> bool:
    """Read the header that chooses the unit.

    Args:
        header: X-MBX-TIME-UNIT, if it was sent.

    Returns:
        True for microseconds.

    Raises:
        Refusal: -1194 for any other word.
    """
    unit = (header or "MILLISECOND").upper()
    if unit not in ("MICROSECOND", "MILLISECOND"):
        raise Refusal(-1194)
    return unit == "MICROSECOND"


def in_microseconds(reply: Any, endpoint: Endpoint) -> Any:  # Any: JSON passes through here
    """Turn a reply's times into microseconds.

    Args:
        reply: The reply in milliseconds.
        endpoint: What it answers, which tells the places of times in rows without names.

    Returns:
        A new reply.
    """
    times = {column.field: column.name for column in endpoint.rows.columns if column.kind is ColumnKind.TIME}

    def scaled(value: Any, field: str | int | None) -> Any:
        if isinstance(value, dict):
            return {name: scaled(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [scaled(item, place) for place, item in enumerate(value)]
        is_time = field in times or (isinstance(field, str) and kind_of(field) is ColumnKind.TIME)
        if not is_time or not isinstance(value, int) or value < 0:
            return value
        # A candle closes with the last microsecond before the next one.
        return value * 1000 + (999 if times.get(field or 0) == "close_time" and field != "closeTime" else 0)

    return scaled(reply, None)
