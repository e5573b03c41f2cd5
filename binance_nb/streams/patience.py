"""Waiting for events: so many of them, or so long by the exchange's clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from binance_nb.errors import StreamError, UsageError
from binance_nb.grammar import parse_duration
from binance_nb.streams.threads import refuse_on_loop

__all__ = ["Duration", "Patience", "seconds_of"]

Duration = float | str | timedelta
"""A number of seconds, a text such as ``10s`` or ``2m``, or a timedelta."""

_GLANCE_SECONDS = 0.25
# What is over sooner needs no line that counts down.
_SHORT_SECONDS = 1.0


def seconds_of(duration: Duration) -> float:
    """Read how long something is to take.

    Args:
        duration: The time.

    Returns:
        Seconds.

    Raises:
        UsageError: It is no time, or none at all.
    """
    is_number = isinstance(duration, int | float) and not isinstance(duration, bool)
    seconds = float(duration) if isinstance(duration, int | float) and is_number else parse_duration(duration)
    if not 0 < seconds < float("inf"):
        raise UsageError(
            f"{duration} is no time to wait.",
            hint="Give a number of seconds, or a text such as 10s or 2m.",
            suggestion="10s",
            culprit=str(duration),
            operation="stream",
        )
    return seconds


class Patience:
    """Lets a thread wait until another has news.

    Args:
        rate: Seconds of the exchange per second here.
        on_wait: Told the seconds left and the reason; 0 when it is over.
        ticks: Monotonic seconds; a test gives its own.
    """

    def __init__(
        self,
        rate: Callable[[], float],
        on_wait: Callable[[float, str], None] | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._on_wait = on_wait
        self._ticks = ticks
        self._news = threading.Condition()
        self._waiting = 0

    def wake(self) -> None:
        """Let whoever waits look again."""
        if self._waiting:  # mostly nobody does, and this is called for every event
            with self._news:
                self._news.notify_all()

    def real_seconds(self, seconds: float) -> float:
        """Return how long a time of the exchange takes here.

        Args:
            seconds: By the exchange's clock.

        Raises:
            UsageError: That clock stands.
        """
        rate = self._rate()
        if rate <= 0:
            raise UsageError(
                "The clock of this sandbox stands still: no time passes there, and nothing would come.",
                hint="Go to one whose clock runs. Without a time, a feed tells what your own orders do to the book.",
                suggestion="%binance use sandbox",
                operation="stream",
            )
        return seconds / rate

    def sleep(self, is_enough: Callable[[], bool], seconds: float = _GLANCE_SECONDS) -> None:
        """Wait for news, but never long: an interrupt has to get through, on every system.

        Args:
            is_enough: Whether there is nothing to wait for.
            seconds: How long at most.
        """
        refuse_on_loop()
        with self._news:
            self._waiting += 1
            try:
                if not is_enough():
                    self._news.wait(min(seconds, _GLANCE_SECONDS))
            finally:
                self._waiting -= 1

    def until(self, is_enough: Callable[[], bool], seconds: Duration | None, is_over: Callable[[], str | None]) -> None:
        """Wait for something, or until a time has passed.

        Args:
            is_enough: Whether it is there.
            seconds: How long at most, by the exchange's clock; without end when None.
            is_over: Why nothing will come any more; None while something may.

        Raises:
            StreamError: It is over before there was enough.
            UsageError: As of `real_seconds` and `seconds_of`.
        """
        ends = float("inf") if seconds is None else self._ticks() + self.real_seconds(seconds_of(seconds))
        while not is_enough() and (left := ends - self._ticks()) > 0:
            if (why := is_over()) is not None:
                raise StreamError(why or "This feed is closed: nothing comes any more.", operation="stream")
            self.sleep(lambda: is_enough() or is_over() is not None, left)

    def sit_out(self, seconds: float, is_over: Callable[[], str | None], reason: Callable[[], str]) -> str:
        """Wait to the end of a time, and say how far it is; an interrupt ends it.

        Args:
            seconds: How long, by the exchange's clock.
            is_over: As of `until`.
            reason: What is waited for, in words.

        Returns:
            Why it ended early; empty when it did not.
        """
        real = self.real_seconds(seconds)
        began = self._ticks()
        try:
            while (left := began + real - self._ticks()) > 0:
                if (why := is_over()) is not None:
                    return f"It ended after {_spoken(seconds * (1 - left / real))} of {_spoken(seconds)}. {why}".strip()
                if self._on_wait is not None and real > _SHORT_SECONDS:
                    self._on_wait(left, reason())
                self.sleep(lambda: is_over() is not None, left)
        except KeyboardInterrupt:
            gone = (self._ticks() - began) * seconds / real
            return f"Interrupted after {_spoken(gone)} of {_spoken(seconds)}."
        finally:
            if self._on_wait is not None:
                self._on_wait(0, "")
        return ""


def _spoken(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 10 or seconds == int(seconds) else f"{seconds:.1f} s"
