"""How a snapshot and the events around it become one book: the documented procedure, without I/O.

Its join rule is the corrected one: the first event that is kept may begin with the id right after the snapshot's. While
a new snapshot is awaited the old book stays as it was, so that nobody ever sees one that is half built.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from binance_nb.streams.book.ladder import Ladder

__all__ = ["Event", "Heard", "Joined", "Procedure", "join"]

Event: TypeAlias = Mapping[str, Any]
"""A ``depthUpdate`` as it came; Any, for it is JSON."""

Heard: TypeAlias = Literal["applied", "skipped", "queued", "gap", "crossed", "unreadable", "dropped"]
"""What became of an event."""

Joined: TypeAlias = Literal["ok", "refetch_snapshot", "gap", "crossed", "unreadable"]
"""What became of a snapshot."""

# Longer than any snapshot takes; a wait for a limit takes hours, and each event some kilobytes.
_MOST_QUEUED = 2_000
_DEFECTS = (LookupError, TypeError, ValueError, ArithmeticError)


def join(ladder: Ladder, events: Iterable[Event]) -> tuple[Joined, list[Event]]:
    """Bring a snapshot up to date with the events that came before and after it was taken.

    Args:
        ladder: The snapshot; changed in place.
        events: Every event since before it was asked for, oldest first.

    Returns:
        What became of it, and the events that are still needed with the next snapshot: none when it is ``ok``.
    """
    snapshot_id = ladder.update_id
    left = [event for event in events if event["u"] > snapshot_id]
    if left and left[0]["U"] > snapshot_id + 1:
        return "refetch_snapshot", left
    for place, event in enumerate(left):
        if ladder.apply(event["U"], event["u"], event["b"], event["a"]) == "gap":
            return "gap", left[place:]
    return ("crossed", []) if ladder.is_crossed else ("ok", [])


class Procedure:
    """A book that is kept right, or says that it is not.

    Attributes:
        ladder: The newest whole book; None before the first, and after one that turned out wrong.
        is_in_sync: Whether the book is the exchange's as of its newest event.
        gaps: How often an event was missing.
        joins: How many snapshots became a book.
        turn: Counts the beginnings; a snapshot that was asked for before the newest is of no use.
    """

    def __init__(self) -> None:
        self.ladder: Ladder | None = None
        self.is_in_sync = False
        self.gaps = 0
        self.joins = 0
        self.turn = 0
        self._queue: deque[Event] | None = None

    @property
    def is_joining(self) -> bool:
        """Whether events are queued for a snapshot."""
        return self._queue is not None

    def begin(self, events: Iterable[Event] = ()) -> None:
        """Queue events from now on, for a snapshot that is asked for afterwards; a right book is kept up meanwhile.

        Args:
            events: Those that are known already.
        """
        self.turn += 1
        # Of a wait without end the oldest are let go: a snapshot that is taken later holds what they say.
        self._queue = deque(events, maxlen=_MOST_QUEUED)

    def halt(self) -> None:
        """Note that events come no more: the book stays as it is, and is not in sync."""
        self.turn += 1
        self.is_in_sync = False
        self._queue = None

    def hear(self, event: Event) -> Heard:
        """Take an event in.

        Args:
            event: The event.

        Returns:
            What became of it. After anything that is wrong, events are queued for a new snapshot.
        """
        queue = self._queue
        if queue is not None:
            queue.append(event)
        ladder = self.ladder
        if ladder is None or not self.is_in_sync:
            return "dropped" if queue is None else "queued"
        try:
            heard = ladder.apply(event["U"], event["u"], event["b"], event["a"])
            is_crossed = heard == "applied" and ladder.is_crossed
        except _DEFECTS:
            return self._fail("unreadable", ())
        if heard == "gap":
            self.gaps += 1
            self.is_in_sync = False
            self.begin((event,))
            return "gap"
        return self._fail("crossed", ()) if is_crossed else heard

    def take(self, ladder: Ladder, turn: int) -> Joined:
        """Take a snapshot in.

        Args:
            ladder: The snapshot.
            turn: What `turn` was before it was asked for.

        Returns:
            What became of it; unless it is ``ok`` another one is needed.
        """
        if self._queue is None or turn != self.turn:
            return "refetch_snapshot"
        try:
            joined, left = join(ladder, self._queue)
        except _DEFECTS:
            joined, left = "unreadable", []
        if joined == "ok":
            self.ladder, self.is_in_sync, self._queue = ladder, True, None
            self.joins += 1
        else:
            self.gaps += joined == "gap"
            self.begin(left)
        return joined

    def _fail(self, heard: Heard, events: Iterable[Event]) -> Heard:
        """Give up a book that cannot be right, whole as it may look."""
        self.is_in_sync = False
        self.ladder = None
        self.begin(events)
        return heard
