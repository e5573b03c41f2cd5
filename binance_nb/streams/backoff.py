"""How long to wait before the next try to connect."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Backoff"]

# Beyond this a power of two says nothing that the longest wait does not say.
_MOST_DOUBLINGS = 32


@dataclass(frozen=True)
class Backoff:
    """Exponential, with full jitter: anything from nothing up to a bound that doubles with each failure.

    Kernels that lost the exchange in the same moment would otherwise come back in the same moment too.

    Attributes:
        first_seconds: The bound before the second try.
        longest_seconds: Where it stops growing.
        draw: A number from 0 up to 1; a test gives its own.
    """

    first_seconds: float = 0.5
    longest_seconds: float = 30.0
    draw: Callable[[], float] = random.random

    def bound_seconds(self, failures: int) -> float:
        """Return the longest wait after so many failures in a row.

        Args:
            failures: How many there were, 1 or more.

        Returns:
            Seconds.
        """
        doubled: float = self.first_seconds * 2 ** min(failures - 1, _MOST_DOUBLINGS)
        return min(self.longest_seconds, doubled)

    def wait_seconds(self, failures: int) -> float:
        """Draw a wait.

        Args:
            failures: As for `bound_seconds`.

        Returns:
            Seconds.
        """
        return self.bound_seconds(failures) * self.draw()
