"""What "now" means while a tape is on: the same for all that is asked together, so that it can be asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

__all__ = ["Moments"]

_FRESH_SECONDS = 1.0


class Moments:
    """Keeps what "now" means from when the first call of a group is worded until the last of them is answered.

    ``--start -30d`` becomes a number before it is sent. Were that number another for each of several calls in flight,
    no replay could guess which had got which.

    Args:
        now_ms: The exchange's time.
        ticks: Monotonic seconds; a test gives its own.
    """

    def __init__(self, now_ms: Callable[[], int], ticks: Callable[[], float] = monotonic) -> None:
        self._now_ms = now_ms
        self._ticks = ticks
        self._guard = Lock()
        self._moment_ms: int | None = None
        self._taken_at = 0.0
        self._held = 0
        self._is_used = False

    def __call__(self) -> int:
        """Return what "now" means, in ms."""
        with self._guard:
            is_over = not self._held and (self._is_used or self._ticks() - self._taken_at > _FRESH_SECONDS)
            if self._moment_ms is None or is_over:
                self._moment_ms, self._taken_at, self._is_used = self._now_ms(), self._ticks(), False
            return self._moment_ms

    @contextmanager
    def held(self) -> Iterator[int]:
        """Keep what "now" meant last for as long as a block runs; a call is sent later than it is worded."""
        with self._guard:
            if self._moment_ms is None:
                self._moment_ms, self._taken_at = self._now_ms(), self._ticks()
            self._held += 1
        try:
            yield self._moment_ms
        finally:
            with self._guard:
                self._held -= 1
                self._is_used = True
