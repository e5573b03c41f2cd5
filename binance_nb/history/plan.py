"""What a pull will take, known before it is pulled, and where it stops."""

from __future__ import annotations

import math
from dataclasses import dataclass

from binance_nb.client import Client
from binance_nb.errors import UsageError

__all__ = ["AT_ONCE", "MAX_ROWS", "PAGES_AT_ONCE", "Plan", "estimate_seconds"]

MAX_ROWS = 100_000
"""The most rows of a pull that says no ``max_rows``; it may not take more than one minute's weight either."""

AT_ONCE = 8
"""Requests in flight together: enough to hide the way to the exchange, few enough to stay polite."""

PAGES_AT_ONCE = 32
"""Pages in flight together of a range whose size is known and allowed: what bounds it then is the weight."""

_MINUTE_MS = 60_000
_FROZEN_LATENCY_SECONDS = 0.1


@dataclass(frozen=True)
class Plan:
    """What a call takes in all.

    Attributes:
        operation: Catalog name of the call.
        rows: About how many rows come; None where one answer holds them and nobody was asked.
        requests: How many requests.
        weight: Request weight.
        weight_per_minute: Weight allowed per minute.
        seconds_estimate: About how long it takes, waiting for weight included.
        max_rows: The ceiling for rows.
        is_within_ceiling: Whether the call would be made.
        is_paced: Whether it waits for new minutes where one's weight is not enough; not where the clock stands.
    """

    operation: str
    rows: int | None
    requests: int
    weight: int
    weight_per_minute: int
    seconds_estimate: float
    max_rows: int = MAX_ROWS
    is_within_ceiling: bool = True
    is_paced: bool = True

    def __str__(self) -> str:
        rows = "one answer" if self.rows is None else _counted(self.rows, "row")
        return f"{rows}: {self._cost}"

    def __repr__(self) -> str:
        past = "" if self.is_within_ceiling else f"; past the ceiling, allow it with max_rows={self.rows}"
        return f"Plan({self.operation}: {self}{past})"

    @property
    def share(self) -> str:
        """The weight in words, as a share of what a minute allows."""
        share = self.weight / max(1, self.weight_per_minute)
        if share <= 1:
            return f"{math.ceil(share * 100)} % of a minute's"
        # Else it puzzles that minutes' worth of weight takes fewer minutes than that.
        pace = "one now, more as minutes begin" if self.is_paced else "no minute is waited for while the clock stands"
        return f"{share:.1f} minutes' worth: {pace}"

    @property
    def duration(self) -> str:
        """The time it takes, in words."""
        return _span(self.seconds_estimate)

    @property
    def _cost(self) -> str:
        return f"{_counted(self.requests, 'request')}, {self.weight:,} of weight ({self.share}), {self.duration}"

    def check(self, start: str) -> None:
        """Refuse a pull past the ceiling.

        Args:
            start: Where its range starts, as a person reads it.

        Raises:
            UsageError: It has too many rows, or takes too much weight.
        """
        if self.is_within_ceiling:
            return
        assert self.rows is not None
        bound = f"the ceiling of {self.max_rows:,}"
        if self.rows <= self.max_rows:
            bound = f"what a minute's weight of {self.weight_per_minute:,} can bring"
        raise UsageError(
            f"From {start} that is about {self.rows:,} rows, above {bound}: it was not pulled.",
            hint=f"It would take {self._cost}.",
            suggestion=f"--max-rows {self.rows}",
            operation=self.operation,
            details={"rows": self.rows, "requests": self.requests, "weight": self.weight},
        )


def estimate_seconds(client: Client, requests: int, price: int, latency_seconds: float) -> float:
    """Estimate how long requests take that fly together, minutes of waiting for weight included.

    Args:
        client: Knows the weight used, and the clock.
        requests: How many.
        price: Weight of one.
        latency_seconds: How long one took.

    Returns:
        Seconds.
    """
    rounds = math.ceil(requests / PAGES_AT_ONCE)
    if client.clock.rate == 0:
        # There no minute ends and none is waited for, and a plan has to read the same each time.
        return rounds * _FROZEN_LATENCY_SECONDS
    flying = rounds * latency_seconds
    now_ms, limit = client.clock.estimate_ms(), client.budget.limit
    missing = requests * price - max(0, limit - client.budget.used(now_ms))
    if missing <= 0:
        return flying
    turn = client.clock.seconds_until((now_ms // _MINUTE_MS + 1) * _MINUTE_MS)
    minutes = math.ceil(missing / limit) - 1
    return max(flying, turn + minutes * 60 / client.clock.rate)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / 60)} min"
