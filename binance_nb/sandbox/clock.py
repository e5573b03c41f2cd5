"""The sandbox's own time: real, standing still, or running fast, but always steady."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["Clock", "moment_ms"]

# Datetimes end with the year 9999. This clock ends a year before, for the present candle closes in the future.
_LAST_MS = 253_370_764_799_999
_LAST_US = _LAST_MS * 1000


def moment_ms(text: str) -> int:
    """Read a moment.

    Args:
        text: Milliseconds since 1970, or ISO 8601; without a zone it is UTC.

    Returns:
        Milliseconds since 1970, UTC.

    Raises:
        ValueError: It is neither.
    """
    if text.isascii() and text.isdecimal():
        moment = int(text)
    else:
        parsed = datetime.fromisoformat(text)
        moment = round((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)
    if not 0 <= moment <= _LAST_MS:
        raise ValueError(f"{text} lies outside the years 1970 to 9998")
    return moment


class Clock:
    """Sandbox time, counted from an origin at a fixed rate.

    It follows the monotonic clock, so that a correction of the machine's clock never moves it. A fast one stops at the
    end of the year 9998.

    Args:
        origin_ms: What it shows at first; None for the machine's present.
        rate: Sandbox seconds per real second; 0 stands still.
        monotonic: Where real seconds come from.
    """

    def __init__(
        self, origin_ms: int | None = None, rate: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._origin_us = time.time_ns() // 1000 if origin_ms is None else origin_ms * 1000
        self._monotonic = monotonic
        self._anchor_seconds = monotonic()
        self.rate = rate

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self.rate == 0

    def now_us(self) -> int:
        """Return the present in microseconds since 1970."""
        passed_seconds = self._monotonic() - self._anchor_seconds
        return min(self._origin_us + int(passed_seconds * self.rate * 1_000_000), _LAST_US)

    def now_ms(self) -> int:
        """Return the present in milliseconds since 1970."""
        return self.now_us() // 1000

    def advance(self, by_ms: int) -> None:
        """Turn it forward; it goes on from there as before.

        Args:
            by_ms: How far.

        Raises:
            ValueError: That is backwards, or past the last moment it can show.
        """
        if not 0 <= by_ms <= _LAST_MS - self.now_ms():
            raise ValueError(f"a clock is turned forward, and not past the year 9998: {by_ms} ms")
        self._origin_us += by_ms * 1000

    def stated(self, now_ms: int) -> str:
        """Return what the clock header says: the present and the rate.

        Args:
            now_ms: The present.

        Returns:
            Text such as ``1717243200000;60``.
        """
        return f"{now_ms};{self.rate:g}"
