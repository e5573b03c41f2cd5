"""A hub that plays what the streams of a tape brought."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from binance_nb.errors import StreamError, TapeMissError
from binance_nb.streams.link import LinkState
from binance_nb.tape.streams.happenings import ACCOUNT, Fields
from binance_nb.tape.streams.played_line import PlayedLine, Player

if TYPE_CHECKING:
    from binance_nb.client import ServerClock
    from binance_nb.streams.attachment import Sink
    from binance_nb.tape.tape import Tape

__all__ = ["PlayedHub"]


class PlayedHub:
    """Brings what was recorded for the same streams; where they were opened more than once, in that order.

    Args:
        tape: The tape.
        clock: The clock that follows what is played.
        pace: As of `PlayedLine`.
    """

    def __init__(self, tape: Tape, clock: ServerClock, pace: float | None = None) -> None:
        self._tape = tape
        self._clock = clock
        self._pace = pace
        self._guard = Lock()
        self._opened: dict[int, tuple[str, ...]] = {}
        self._lines: dict[int, list[Fields]] = {}
        self._taken: set[int] = set()
        self._playing: weakref.WeakSet[PlayedLine] = weakref.WeakSet()
        for fields in tape.events:
            number = fields["feed"]
            if fields["event"] == "open":
                self._opened[number] = tuple(fields["streams"])
            self._lines.setdefault(number, []).append(fields)

    @property
    def newest(self) -> int:
        """The number of the last feed; 0 where there is none."""
        return max(self._opened, default=0)

    def attach(self, streams: Iterable[str], sink: Sink) -> _PlayedHold:
        """Have streams brought that were recorded; see `StreamHub.attach`.

        Raises:
            TapeMissError: These were not, or not so often.
        """
        return _PlayedHold(list(streams), sink, self)

    def holds(self, streams: Sequence[str]) -> bool:
        """Return whether there is a recording left of streams.

        Args:
            streams: Which.
        """
        return self._find(streams) is not None

    def line(self, streams: Sequence[str], player: Player) -> PlayedLine:
        """Return the line of a feed.

        Args:
            streams: What it listens to.
            player: Who takes what it brings.

        Raises:
            TapeMissError: It was not recorded.
        """
        with self._guard:
            number = self._find(streams)
            if number is None:
                raise self._miss(streams)
            self._taken.add(number)
        line = PlayedLine(self._lines[number][1:], player, self._clock, self._pace)
        self._playing.add(line)
        return line

    def left(self) -> list[tuple[str, ...]]:
        """Return the streams of the feeds that were not opened."""
        return [streams for number, streams in self._opened.items() if number not in self._taken]

    def close(self) -> None:
        """End every feed."""
        for line in list(self._playing):
            line.close("The tape was taken out.")

    def _find(self, streams: Sequence[str]) -> int | None:
        wanted = set(streams)
        left = (number for number in sorted(self._opened) if number not in self._taken)
        return next((number for number in left if set(self._opened[number]) == wanted), None)

    def _miss(self, streams: Sequence[str]) -> TapeMissError:
        wanted, what = set(streams), " ".join(streams)
        times = sum(set(held) == wanted for held in self._opened.values())
        known = "; ".join(dict.fromkeys(" ".join(held) for held in self._opened.values()))
        return TapeMissError(
            f"{self._tape.name} holds {what} {'once' if times == 1 else f'{times} times'}, and it was opened once more."
            if times
            else f"{self._tape.name} holds no recording of {what}.",
            hint=f"It holds {known}. Nothing was opened." if known else "It holds no streams. Nothing was opened.",
            suggestion=f"%binance record {self._tape.name} --mode all",
            operation="stream",
            culprit=streams[0] if streams and streams[0] != ACCOUNT else None,
        )


class _PlayedHold:
    """Somebody's hold on streams that are played; see `Attachment`."""

    error: StreamError | None = None

    def __init__(self, streams: Sequence[str], sink: Sink, hub: PlayedHub) -> None:
        self._sink = sink
        self._streams = dict.fromkeys(streams)
        self.line = hub.line(streams, self)
        if hasattr(sink, "line"):
            sink.line = self.line
        self.line.begin()

    @property
    def state(self) -> LinkState:
        return self.line.state

    @property
    def streams(self) -> tuple[str, ...]:
        return tuple(self._streams)

    def add(self, *streams: str) -> None:
        self.line.expect("add", streams)
        self._streams |= dict.fromkeys(streams)

    def remove(self, *streams: str) -> None:
        self.line.expect("remove", streams)
        for stream in streams:
            self._streams.pop(stream, None)

    def close(self) -> None:
        self.line.close()

    def wait_ready(self, seconds: float = 15.0) -> None:
        if not self.line.is_paced:
            self.line.bring(lambda: self.state.status == "live")
        if self.state.status != "live":
            raise StreamError(f"The stream was not there when it was recorded. {self.state.reason}".rstrip())

    def on_message(self, fields: Fields, data: Any) -> None:  # Any: JSON
        self._sink.on_message(fields["stream"], data, fields["received"])

    def on_state(self, state: LinkState, fields: Fields) -> None:
        self._sink.on_state(state)

    def on_note(self, what: str, fields: Fields) -> None:
        told = getattr(self._sink, "on_note", None)
        if told is not None:
            told(what, fields)
