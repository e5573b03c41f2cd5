"""Whether a connection is too silent, or too old."""

from __future__ import annotations

from collections.abc import Callable

from binance_nb.streams.link import Policy

__all__ = ["Vigil"]

# The rate may become known, or a standing clock be turned, while a connection is open.
_LONGEST_LOOK_SECONDS = 5.0
_SHORTEST_LOOK_SECONDS = 0.01


class Vigil:
    """Counts the age of a connection by the exchange's clock, and its silence by ours.

    Args:
        policy: What is too much.
        rate: Seconds of the exchange per second here.
        now: The present in real seconds.
    """

    def __init__(self, policy: Policy, rate: Callable[[], float], now: float) -> None:
        self._policy = policy
        self._rate = rate
        self._looked_at = now
        self._age_seconds = 0.0
        self._age_here_seconds = 0.0
        self._lifetime_seconds = policy.lifetime_seconds()

    def look(self, now: float) -> None:
        """Let it grow older.

        Args:
            now: The present in real seconds.
        """
        passed = now - self._looked_at
        self._looked_at = now
        self._age_here_seconds += passed
        self._age_seconds += passed * self._rate()

    @property
    def is_old(self) -> bool:
        """Whether it is time for another connection."""
        return self._age_seconds >= self._lifetime_seconds

    @property
    def is_steady(self) -> bool:
        """Whether it has lasted long enough for earlier failures to be forgotten."""
        return max(self._age_seconds, self._age_here_seconds) >= self._policy.steady_seconds

    def is_silent(self, heard_at: float) -> bool:
        """Tell whether nothing has come for too long.

        Args:
            heard_at: When something came last, in real seconds.

        Returns:
            True if the line is dead.
        """
        return self._looked_at - heard_at >= self._policy.silence_seconds

    def next_look_seconds(self, heard_at: float) -> float:
        """Return when to look again.

        Args:
            heard_at: As for `is_silent`.

        Returns:
            Seconds from the last look.
        """
        until_silent = heard_at + self._policy.silence_seconds - self._looked_at
        rate = self._rate()
        until_old = (self._lifetime_seconds - self._age_seconds) / rate if rate else _LONGEST_LOOK_SECONDS
        return max(_SHORTEST_LOOK_SECONDS, min(_LONGEST_LOOK_SECONDS, until_silent, until_old))
