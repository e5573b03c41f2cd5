"""How fast messages may be sent on a connection."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

__all__ = ["Pace"]

# Frames that left a second apart may arrive closer together.
_WINDOW_SECONDS = 1.05


class Pace:
    """Counts what was sent on one connection.

    Args:
        most: How many messages a second takes.
        seconds: The clock.
    """

    def __init__(self, most: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._sent = deque[float](maxlen=most)
        self._seconds = seconds

    def wait_seconds(self) -> float:
        """Return how long the next message has to wait.

        Returns:
            Seconds; 0 if it may be sent now.
        """
        if len(self._sent) < (self._sent.maxlen or 0):
            return 0.0
        return max(0.0, self._sent[0] + _WINDOW_SECONDS - self._seconds())

    def count(self) -> None:
        """Count a message that is sent now; a pong counts too, though it never waits."""
        self._sent.append(self._seconds())
