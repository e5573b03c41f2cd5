"""How many connections one address may open."""

from __future__ import annotations

from collections import defaultdict, deque

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.refusals import Refusal

__all__ = ["MOST_HANDSHAKES", "Handshakes"]

MOST_HANDSHAKES = 300
"""How many attempts an address has in five minutes."""

_WINDOW_MS = 300_000
_TOO_MANY = 429


class Handshakes:
    """Counts attempts to connect, by the exchange's clock.

    Args:
        clock: The clock; on one that stands a window would never end, so nothing is refused there.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tried = defaultdict[str, deque[int]](lambda: deque(maxlen=MOST_HANDSHAKES))

    def count(self, address: str) -> None:
        """Count an attempt.

        Args:
            address: Where it comes from.

        Raises:
            Refusal: -1034, if there were too many.
        """
        now_ms, tried = self._clock.now_ms(), self._tried[address]
        is_full = len(tried) == MOST_HANDSHAKES and tried[0] > now_ms - _WINDOW_MS
        if is_full and not self._clock.is_frozen:
            # How the window is written, and the status, are guesses.
            raise Refusal(-1034, "from IP", MOST_HANDSHAKES, "5m", status=_TOO_MANY)
        tried.append(now_ms)
