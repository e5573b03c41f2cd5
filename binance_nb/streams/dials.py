"""When the next handshake with a host may be made."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

__all__ = ["Dials", "dials_of", "forget_dials"]

# The exchange takes 300 of an address, and other kernels of this computer share the address.
_MOST = 250
_WINDOW_SECONDS = 300.0


class Dials:
    """Counts handshakes with one host, and knows how long it wants to be left alone.

    Args:
        seconds: The clock.
        most: How many handshakes a window takes.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._made = deque[float](maxlen=most)
        self._shut_until = 0.0

    def wait_seconds(self) -> float:
        """Return how long the next handshake has to wait.

        Returns:
            Seconds; 0 if it may be made now.
        """
        now = self._seconds()
        free_at = self._made[0] + _WINDOW_SECONDS if len(self._made) == self._most else now
        return max(0.0, free_at - now, self._shut_until - now)

    def count(self) -> None:
        """Count a handshake that is about to be made."""
        self._made.append(self._seconds())

    def shut(self, wait_seconds: float) -> None:
        """Leave the host alone.

        Args:
            wait_seconds: How long.
        """
        self._shut_until = max(self._shut_until, self._seconds() + wait_seconds)


_by_host: dict[str, Dials] = {}


def dials_of(host: str) -> Dials:
    """Return the count of a host, which all connections of this process share.

    Args:
        host: Host and port.

    Returns:
        The count.
    """
    return _by_host.setdefault(host, Dials())


def forget_dials(host: str) -> None:
    """Begin a new count for a host: a sandbox that starts may get the port that another one had.

    Args:
        host: Host and port.
    """
    _by_host.pop(host, None)
