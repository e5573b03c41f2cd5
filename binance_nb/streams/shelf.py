"""The newest of what came: bounded, by stream and in all; it forgets the oldest, and counts what it forgot."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock

from binance_nb.errors import UsageError
from binance_nb.streams.events import Event

__all__ = ["ROOM", "Shelf", "checked_keep", "weight_of"]

ROOM = 2_500_000
"""How much a shelf holds in all, by `weight_of`: about half a gigabyte."""

# In units of some 200 bytes: what a level of a book takes, its two texts and their list.
_EVENT_WEIGHT = 5
# So many are forgotten at once where the whole is too much, for to find the heaviest stream takes a look at each.
_SHARE_FORGOTTEN = 16


def checked_keep(keep: object) -> int:
    """Return how many events are to be kept, if it is such a number.

    Args:
        keep: How many.

    Raises:
        UsageError: It is none.
    """
    if isinstance(keep, bool) or not isinstance(keep, int) or keep < 1:
        raise UsageError(
            f"keep is {str(keep)[:40]!r}: that is no number of events.",
            hint="Give a whole number of 1 or more.",
            culprit=str(keep)[:40],
            operation="stream",
        )
    return keep


def weight_of(event: Event) -> int:
    """Return how much memory an event takes, in units of some 200 bytes.

    Args:
        event: The event.
    """
    lists = (event.data.get(each.key) or () for each in event.declared.payload.inner if each.is_list)
    return _EVENT_WEIGHT + sum(map(len, lists))


class _Row:
    """The events of one stream."""

    __slots__ = ("dropped", "events", "weight")

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self.weight = 0
        self.dropped = 0


class Shelf:
    """Holds events, the newest of each stream; one thread fills it, and any thread looks at it.

    Args:
        keep: How many of each stream it holds at most.
        room: How much it holds in all, by `weight_of`; of the heaviest stream the oldest go where that is not enough.
    """

    def __init__(self, keep: int, room: int = ROOM) -> None:
        self._keep = keep
        self._room = room
        self._rows: dict[str, _Row] = {}
        self._weight = 0
        # A deque that grows while it is copied makes the copy fail.
        self._guard = Lock()

    def put(self, event: Event) -> None:
        """Put one in; the oldest go where there is no room.

        Args:
            event: The newest.
        """
        weight = weight_of(event)
        with self._guard:
            row = self._rows.get(event.stream)
            if row is None:
                row = self._rows[event.stream] = _Row()
            if len(row.events) == self._keep:
                self._forget_oldest(row)
            row.events.append(event)
            row.weight += weight
            self._weight += weight
            while self._weight > self._room:
                heaviest = max(self._rows.values(), key=lambda each: each.weight)
                for _ in range(len(heaviest.events) // _SHARE_FORGOTTEN + 1):
                    self._forget_oldest(heaviest)

    def events(self, streams: Iterable[str]) -> list[Event]:
        """Return what is held of some streams: one after the other, the oldest of each first.

        Args:
            streams: Which.
        """
        with self._guard:
            return [event for name in streams if name in self._rows for event in self._rows[name].events]

    def newest(self, streams: Iterable[str]) -> list[Event]:
        """Return the newest event of each of some streams of which there is one.

        Args:
            streams: Which.
        """
        with self._guard:
            rows = [self._rows[name] for name in streams if name in self._rows]
            return [row.events[-1] for row in rows if row.events]

    def dropped(self, streams: Sequence[str] | None = None) -> int:
        """Return how many events were forgotten.

        Args:
            streams: Of which streams; of all when None.
        """
        with self._guard:
            return sum(row.dropped for name, row in self._rows.items() if streams is None or name in streams)

    def clear(self, streams: Iterable[str]) -> None:
        """Let everything of some streams go, what is known of them too.

        Args:
            streams: Which.
        """
        with self._guard:
            for name in streams:
                row = self._rows.pop(name, None)
                self._weight -= 0 if row is None else row.weight

    def _forget_oldest(self, row: _Row) -> None:
        weight = weight_of(row.events.popleft())
        row.weight -= weight
        row.dropped += 1
        self._weight -= weight
