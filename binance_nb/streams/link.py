"""How a connection stands, and by which rules it is kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from binance_nb.streams.backoff import Backoff

__all__ = ["IDLE", "LinkState", "LinkStatus", "Policy", "TryLater", "real_time"]

LinkStatus: TypeAlias = Literal["connecting", "live", "lost", "closed"]
"""``connecting`` until it is live for the first time, ``lost`` whenever it is not live later, ``closed`` at its end."""

_HOUR_SECONDS = 3600


@dataclass(frozen=True)
class LinkState:
    """How a connection stands.

    Attributes:
        status: In a word.
        attempt: How many tries have failed since it was last live.
        retry_in_seconds: When the next try follows; None while none is due.
        reason: Why it is as it is, in a sentence for a person; empty where there is nothing to say.
        reconnects: How often it was live again, replacements that were planned among them.
        since_ms: Since when, in ms since 1970 by this computer's clock.
    """

    status: LinkStatus
    attempt: int = 0
    retry_in_seconds: float | None = None
    reason: str = ""
    reconnects: int = 0
    since_ms: int = 0


IDLE = LinkState("connecting")
"""Nothing was tried yet."""


@dataclass(frozen=True)
class Policy:
    """By which rules connections are kept. What the exchange limits, these keep below with a margin.

    Attributes:
        connect_seconds: How long a handshake may take.
        answer_seconds: How long an answer may take.
        silence_seconds: How long nothing at all may come, for the exchange pings every 20 s; real seconds, because it
            is the line that has to be alive and not the market.
        steady_seconds: How long a connection has to last, by the exchange's clock, before failures are forgotten.
        grace_seconds: How long a stream is kept that nobody wants any more.
        gather_seconds: How long wishes are gathered into one message.
        overlap_seconds: How long both connections are open when one replaces the other.
        renew_hours: When a connection is replaced by itself, drawn from between these two, by the exchange's clock;
            the exchange ends it after 24.
        messages_per_second: How many messages are sent at most; the exchange takes five, pongs among them.
        streams_per_connection: How many streams one connection carries.
        streams_per_message: How many of them one message names.
        backoff: How long to wait between tries.
        draw: A number from 0 up to 1; a test gives its own.
    """

    connect_seconds: float = 10.0
    answer_seconds: float = 10.0
    silence_seconds: float = 60.0
    steady_seconds: float = 30.0
    grace_seconds: float = 2.0
    gather_seconds: float = 0.02
    overlap_seconds: float = 2.0
    renew_hours: tuple[float, float] = (23.0, 23.0 + 50 / 60)
    messages_per_second: int = 3
    streams_per_connection: int = 1024
    streams_per_message: int = 200
    backoff: Backoff = field(default_factory=Backoff)
    draw: Callable[[], float] = random.random

    def lifetime_seconds(self) -> float:
        """Draw how long a connection is kept before it is replaced.

        Returns:
            Seconds of the exchange's clock.
        """
        earliest, latest = self.renew_hours
        return (earliest + (latest - earliest) * self.draw()) * _HOUR_SECONDS


class TryLater(Exception):
    """A connection failed in a way that another try may mend.

    Args:
        reason: Why, in a sentence for a person.
        wait_seconds: How long the exchange wants to be left alone; None leaves it to the backoff.
    """

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_seconds = wait_seconds


def real_time() -> float:
    """Return the rate of a clock that goes as fast as life.

    Returns:
        Seconds of the exchange per second here: 1.
    """
    return 1.0
