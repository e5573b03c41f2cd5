"""What may be asked of a book, and where its events come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from binance_nb.errors import UsageError
from binance_nb.streams.link import LinkState

__all__ = ["MOST_LEVELS", "Attached", "Attaching", "Listening", "check_count", "check_limit", "stream_ending"]

MOST_LEVELS = 5000
"""Levels a side that a snapshot has at most."""

_FEWEST_LEVELS = 100
_ENDINGS = {"100ms": "@100ms", "1000ms": "", "1s": ""}


class Listening(Protocol):
    """Who listens to a stream, as `binance_nb.streams.hub.Sink`."""

    def on_message(self, stream: str, data: Any, received_ms: int, /) -> None:  # Any: JSON
        """Take an event in."""

    def on_state(self, state: LinkState, /) -> None:
        """Take note of how the connection stands."""


class Attached(Protocol):
    """What is held of a hub, as `binance_nb.streams.hub.Attachment`."""

    def close(self) -> None:
        """Listen no more."""


class Attaching(Protocol):
    """Where streams come from, as `binance_nb.streams.hub.StreamHub`."""

    def attach(self, streams: Iterable[str], sink: Listening, /) -> Attached:
        """Listen to streams.

        Args:
            streams: Their names on the wire.
            sink: Who listens.
        """


def stream_ending(speed: str) -> str:
    """Return how the name of a diff stream ends.

    Args:
        speed: How often changes are wanted.

    Returns:
        What follows ``@depth``.

    Raises:
        UsageError: There is no such speed.
    """
    ending = _ENDINGS.get(speed)
    if ending is None:
        raise UsageError(
            f"A book has no speed {speed!r}.",
            hint="Changes come every 100ms or every 1000ms.",
            suggestion='speed="100ms"',
            culprit=str(speed),
        )
    return ending


def check_limit(limit: object) -> None:
    """Refuse what no snapshot has.

    Args:
        limit: How many levels a side are wanted.

    Raises:
        UsageError: They are too few, too many, or no whole number.
    """
    if not isinstance(limit, int) or not _FEWEST_LEVELS <= limit <= MOST_LEVELS:
        raise UsageError(
            f"A book cannot begin with {limit!r} levels.",
            hint=f"{_FEWEST_LEVELS} to {MOST_LEVELS}: with fewer the prices would soon run off what is known.",
            suggestion=f"limit={MOST_LEVELS}",
            culprit=str(limit),
        )


def check_count(count: object) -> None:
    """Refuse a count of levels that is none.

    Args:
        count: How many are wanted.

    Raises:
        UsageError: It is no positive whole number.
    """
    if not isinstance(count, int) or count < 1:
        raise UsageError(
            f"{count!r} is no number of levels.",
            hint="A whole number from 1 on; to_frame() gives all that are known.",
            suggestion="20",
            culprit=str(count),
        )
