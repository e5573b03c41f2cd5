"""The exchange's time, as seen from here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["ClockReading", "ServerClock"]

_HALF_SECOND_MS = 500
# A Date header counts whole seconds and is a little old; within this the computer's own clock is the finer one.
_COARSE_MS = 2_000


@dataclass(frozen=True)
class ClockReading:
    """One look at the server's clock.

    Attributes:
        server_ms: What it showed.
        error_ms: How far off it may be, either way: half the time the look took.
        rate: Server seconds per second here; 0 for a clock that stands, 1 for a real exchange.
    """

    server_ms: int
    error_ms: float = 0.0
    rate: float = 1.0


class ServerClock:
    """A monotonic clock that follows the server's, whatever the computer's clock says.

    It asks the server when first needed, not at construction, and again when told that it is off.

    Args:
        look: Asks the server once.
        ticks: Monotonic seconds; a test gives its own.
        wall: Seconds since 1970 by the computer's clock, for the offset that is shown.
    """

    def __init__(
        self,
        look: Callable[[], ClockReading],
        *,
        ticks: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._look = look
        self._ticks = ticks
        self._wall = wall
        self._guard = threading.RLock()
        self._looking = threading.Lock()
        self._looked_at = float("-inf")
        self._rough_offset_ms = 0.0
        self._reading: ClockReading | None = None
        self._read_at = 0.0
        self._last_ms = 0
        self._offset_ms: float | None = None

    @property
    def is_synchronised(self) -> bool:
        """Whether the server has been asked yet."""
        return self._reading is not None

    @property
    def offset_ms(self) -> float | None:
        """How far the server is ahead of the computer's clock; None before the first look, or of a made-up clock."""
        reading = self._reading
        return self._offset_ms if reading is not None and reading.rate == 1 else None

    @property
    def error_ms(self) -> float | None:
        """How far off the clock may be, either way; None before the first look."""
        return None if self._reading is None else self._reading.error_ms

    @property
    def rate(self) -> float:
        """Server seconds per second here."""
        return 1.0 if self._reading is None else self._reading.rate

    def synchronise(self) -> None:
        """Ask the server for its time; threads that want to at once share one look."""
        wanted_at = self._ticks()
        with self._looking:
            if self._looked_at > wanted_at:
                return
            asked_at = self._ticks()
            reading = self._look()
            self._looked_at = self._ticks()
            took_seconds = self._looked_at - asked_at
            self.follow(ClockReading(reading.server_ms, took_seconds * 500, reading.rate), took_seconds / 2)

    def hear(self, server_ms: int) -> None:
        """Take note of a time that a reply states to the second: good enough to correct a clock that is far off.

        Args:
            server_ms: The time stated.
        """
        offset_ms = server_ms + _HALF_SECOND_MS - self._wall() * 1000
        self._rough_offset_ms = offset_ms if abs(offset_ms) > _COARSE_MS else 0.0

    def follow(self, reading: ClockReading, age_seconds: float = 0.0) -> None:
        """Go by a reading from now on.

        Args:
            reading: What the server's clock showed.
            age_seconds: How long ago.
        """
        with self._guard:
            self._reading = reading
            self._read_at = self._ticks() - age_seconds
            self._offset_ms = reading.server_ms - (self._wall() - age_seconds) * 1000
            # After a step backwards the new reading holds, or each call would fail with -1021.
            self._last_ms = 0

    def now_ms(self) -> int:
        """Return the server's time, asking the server first if it never was.

        Returns:
            Milliseconds since 1970 UTC; never less than the last answer since the last look.
        """
        if self._reading is None:
            self.synchronise()
        return self.estimate_ms()

    def estimate_ms(self) -> int:
        """Return the server's time as well as it is known, without asking anybody."""
        with self._guard:
            reading = self._reading
            if reading is None:
                return int(self._wall() * 1000 + self._rough_offset_ms)
            gone_seconds = self._ticks() - self._read_at
            self._last_ms = max(self._last_ms, reading.server_ms + int(gone_seconds * 1000 * reading.rate))
            return self._last_ms

    def seconds_until(self, server_ms: int) -> float:
        """Return how long it takes here until the server's clock shows a time.

        Args:
            server_ms: The time awaited.

        Returns:
            Seconds by the clock on this wall; 0 when it has passed, or when the server's clock stands still.
        """
        if self.rate == 0:
            return 0.0
        return max(0.0, (server_ms - self.estimate_ms()) / 1000 / self.rate)
