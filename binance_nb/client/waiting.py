"""Waits that a person can follow: told by the second, and taken back when they are over."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Waiting"]


class Waiting:
    """Lets time pass, and tells how much is left.

    Args:
        sleep: Waits; a test gives its own.
        on_wait: Told the seconds left and the reason, each second of a wait; 0 when it is over.
    """

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, on_wait: Callable[[float, str], None] | None = None
    ) -> None:
        self.sleep = sleep
        self.tell = on_wait or _keep_quiet

    def count_down(self, seconds: float, reason: str) -> None:
        """Wait, and tell of it.

        Args:
            seconds: How long; nothing is told of a wait that takes none.
            reason: Why.
        """
        tell = self.tell if seconds > 0 else _keep_quiet
        # A whisker longer, so that the server's window has surely turned; by the second, so that it can be counted.
        left = seconds + 0.01
        while left > 0:
            tell(left, reason)
            self.sleep(min(left, 1.0))
            left -= 1.0
        tell(0.0, reason)


def _keep_quiet(_seconds: float, _reason: str) -> None:
    """Tell nobody of a wait."""
