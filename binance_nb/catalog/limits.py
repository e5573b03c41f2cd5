"""How much the exchange takes from one address and one account, window by window of its clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from binance_nb.catalog.enums import ENUMS

__all__ = ["DEFAULT_LIMITS", "RateLimit", "parse_limits"]

_LENGTHS_MS = ENUMS["rate_limit_interval"].milliseconds


@dataclass(frozen=True)
class RateLimit:
    """One limit.

    Attributes:
        kind: What is counted: ``REQUEST_WEIGHT`` or ``RAW_REQUESTS`` of an address, unfilled ``ORDERS`` of an account.
        interval: ``SECOND``, ``MINUTE``, ``HOUR`` or ``DAY``.
        interval_num: How many of them one window lasts.
        limit: The most that one window takes.
    """

    kind: str
    interval: str
    interval_num: int
    limit: int

    @property
    def window_ms(self) -> int:
        """Length of a window; windows lie end to end from 1970-01-01 UTC, and the count starts anew with each."""
        length = _LENGTHS_MS[self.interval]
        assert length is not None  # of all intervals only the month of candles has no fixed length
        return self.interval_num * length

    @property
    def header_suffix(self) -> str:
        """The window as response headers name it: ``1M`` in ``X-MBX-USED-WEIGHT-1M``."""
        return f"{self.interval_num}{self.interval[0]}"

    def resets_at(self, now_ms: int) -> int:
        """Return when the current window ends.

        Args:
            now_ms: Server time in ms.

        Returns:
            Server time in ms at which the count starts anew.
        """
        return (now_ms // self.window_ms + 1) * self.window_ms


DEFAULT_LIMITS = (
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 6_000),
    RateLimit("ORDERS", "SECOND", 10, 100),
    RateLimit("ORDERS", "DAY", 1, 200_000),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, 300_000),
)
"""What to go by until exchange_info has told the limits of today."""


def parse_limits(entries: Iterable[Mapping[str, Any]]) -> tuple[RateLimit, ...]:  # Any: JSON enters here
    """Read the limits that exchange_info or rate_limit_order lists.

    Args:
        entries: The items of ``rateLimits``.

    Returns:
        The limits in the same order. One over an interval of unknown length is left out: nobody could keep it.

    Raises:
        KeyError: An entry lacks a field.
        ValueError: A number is none.
    """
    return tuple(
        RateLimit(entry["rateLimitType"], entry["interval"], int(entry["intervalNum"]), int(entry["limit"]))
        for entry in entries
        if entry["interval"] in _LENGTHS_MS
    )
