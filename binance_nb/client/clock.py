"""The exchange's time, as seen from here."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from binance_nb.client.clock_report import ClockReport, Drift, Look, drift_of

__all__ = ["ClockReading", "Moments", "ServerClock", "waking_seconds"]

_HALF_SECOND_MS = 500
# A Date header counts whole seconds and is a little old; within this the computer's own clock is the finer one.
_COARSE_MS = 2_000
# Apart by more than this, one of the two clocks here was set, or stood still while the computer slept.
_JUMP_SECONDS = 0.25
_LOOKS_KEPT = 64


def waking_seconds() -> float:
    """Return the seconds of a clock that never goes back, and goes on while the computer sleeps where there is one."""
    # Linux has it by this name. Elsewhere the monotonic clock does the same, or its sleep shows beside the wall clock.
    return time.monotonic() if _BOOT_TIME is None else time.clock_gettime(_BOOT_TIME)


_BOOT_TIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)


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


class Moments(Protocol):
    """Says what "now" means."""

    def __call__(self) -> int:
        """Return it in milliseconds since 1970 UTC."""
        ...

    def held(self) -> AbstractContextManager[int]:
        """Keep for a block what it was last."""
        ...


class ServerClock:
    """A monotonic clock that follows the server's, whatever the computer's clock says.

    It asks the server when first needed, not at construction, and again when told that it is off, or when a clock here
    was set or stood still.

    Args:
        look: Asks the server once.
        ticks: Monotonic seconds; a test gives its own.
        wall: Seconds since 1970 by the computer's clock, for the offset that is shown.

    Attributes:
        moments: Says what "now" means to a person, where that is not the present: on a tape. None elsewhere.
    """

    def __init__(
        self,
        look: Callable[[], ClockReading],
        *,
        ticks: Callable[[], float] = waking_seconds,
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
        self._wall_at = 0.0
        self._last_ms = 0
        self._offset_ms: float | None = None
        self._looks: deque[Look] = deque(maxlen=_LOOKS_KEPT)
        self._jumps = 0
        self.moments: Moments | None = None

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
            self._take(self._measured(asked_at, self._looked_at, reading))

    def examine(
        self, samples: int = 8, *, pause_seconds: float = 0.1, sleep: Callable[[float], None] = time.sleep
    ) -> ClockReport:
        """Look several times, go by the look that took the shortest, and tell what was found.

        Args:
            samples: How many times.
            pause_seconds: How long to wait between two looks.
            sleep: Waits; a test gives its own.

        Returns:
            What was found.
        """
        looks: list[Look] = []
        while len(looks) < max(1, samples) and (not looks or looks[0].rate):  # a standing clock shows the same again
            if looks:
                sleep(pause_seconds)
            asked_at = self._ticks()
            reading = self._look()
            looks.append(self._measured(asked_at, self._ticks(), reading))
        best = min(looks, key=lambda look: look.error_ms)
        with self._looking:
            self._looked_at = self._ticks()
            self._take(best)
        return ClockReport(
            server_ms=self.estimate_ms(),
            offset_ms=self.offset_ms,
            error_ms=best.error_ms * best.rate,
            round_trips_ms=tuple(sorted(look.error_ms * 2 for look in looks)),
            rate=best.rate,
            drift=self._drift(),
            jumps=self._jumps,
        )

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
            self._wall_at = self._wall() - age_seconds
            self._offset_ms = reading.server_ms - self._wall_at * 1000
            # After a step backwards the new reading holds, or each call would fail with -1021.
            self._last_ms = 0

    def now_ms(self) -> int:
        """Return the server's time, asking the server first if it never was, or if a clock here has jumped.

        Returns:
            Milliseconds since 1970 UTC; never less than the last answer since the last look.
        """
        if self._reading is None or self._has_jumped():
            self.synchronise()
        return self.estimate_ms()

    def moment_ms(self) -> int:
        """Return what "now" means in the words of a person, such as ``-30d``; a request is stamped by `now_ms`.

        Returns:
            Milliseconds since 1970 UTC.
        """
        return self.now_ms() if self.moments is None else self.moments()

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Let "now" mean the same for all that is asked in a block, where anybody keeps account of it."""
        if self.moments is None:
            yield
            return
        self.moments()
        with self.moments.held():
            yield

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

    def _has_jumped(self) -> bool:
        """Whether one of the clocks here was set, or stood still, since the server was asked."""
        with self._guard:
            if self.rate == 0:
                return False
            by_wall, by_ticks = self._wall() - self._wall_at, self._ticks() - self._read_at
            return abs(by_wall - by_ticks) > _JUMP_SECONDS

    def _measured(self, asked_at: float, heard_at: float, reading: ClockReading) -> Look:
        took_seconds = heard_at - asked_at
        return Look((asked_at + heard_at) / 2, reading.server_ms, took_seconds * 500, reading.rate)

    def _take(self, look: Look) -> None:
        with self._guard:
            is_led_to = not self._looks or self._looks[-1].leads_to(look)
            if self._reading is not None and (not is_led_to or self._has_jumped()):
                self._jumps += 1
            if not is_led_to:
                self._looks.clear()  # a clock was set: what was before tells nothing about how fast it runs
            self._looks.append(look)
            self.follow(ClockReading(look.server_ms, look.error_ms, look.rate), self._ticks() - look.at_seconds)

    def _drift(self) -> Drift | None:
        with self._guard:
            return drift_of(tuple(self._looks))
