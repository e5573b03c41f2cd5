"""The line of a feed that is played."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.errors import StreamError
from binance_nb.streams.line import Line, is_glance
from binance_nb.streams.link import LinkState
from binance_nb.streams.patience import Duration, Patience, seconds_of
from binance_nb.tape.streams.happenings import Fields, read_state

if TYPE_CHECKING:
    from binance_nb.client import ServerClock

__all__ = ["PlayedLine", "Player"]

_LONGEST_PAUSE_SECONDS = 0.2


class Player(Protocol):
    """Who takes what a line brings."""

    def on_message(self, fields: Fields, data: Any) -> None:  # Any: JSON
        """Take in an event."""

    def on_state(self, state: LinkState, fields: Fields) -> None:
        """Take note of how the connection stood."""

    def on_note(self, what: str, fields: Fields) -> None:
        """Take note of anything else."""


class PlayedLine(Line):
    """Brings what was recorded, as far as somebody looks: up to where he looked when it was recorded.

    Args:
        lines: What was recorded, without its opening.
        player: Who takes it.
        clock: The clock of the tape.
        pace: How fast time passes, where a thread is to bring it as if it happened now; None to wait for nothing.
    """

    is_played = True

    def __init__(self, lines: Sequence[Fields], player: Player, clock: ServerClock, pace: float | None = None) -> None:
        self._lines = [line for line in lines for _ in range(line.get("times", 1))]
        self._player = player
        self._clock = clock
        self._pace = pace
        self._next = 0
        self._guard = threading.RLock()
        self._ended = threading.Event()
        self.state = LinkState("connecting")

    def begin(self) -> None:
        """Say how the connection stood at first; with a pace, go on from there."""
        with self._guard:
            while not self.is_over and self._lines[self._next]["event"] == "state":
                self._step()
        if self._pace is not None:
            threading.Thread(target=self._run, name="binance_nb tape", daemon=True).start()

    @property
    def is_paced(self) -> bool:
        """Whether a thread brings it."""
        return self._pace is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing more was recorded."""
        return self._next >= len(self._lines) or self._lines[self._next]["event"] == "close"

    @contextmanager
    def still(self, what: str) -> Iterator[None]:
        """Go as far as it was when somebody looked; see `Line.still`."""
        if not is_glance():
            self._go_to(what)
        with self._guard:
            yield

    def run_ahead(self) -> None:
        """Bring what came until somebody looked; see `Line.run_ahead`."""
        if self._pace is None:
            with self._guard:
                while not self.is_over and self._lines[self._next]["event"] != "look":
                    self._step()

    def bring(self, is_enough: Callable[[], bool]) -> None:
        """Bring one thing after the other.

        Args:
            is_enough: Whether it is enough.
        """
        with self._guard:
            while not (is_enough() or self.is_over):
                self._step()

    def expect(self, what: str, streams: Sequence[str]) -> None:
        """Go to where streams were added or removed.

        Args:
            what: ``add`` or ``remove``.
            streams: Which.

        Raises:
            StreamError: That was not done when it was recorded.
        """
        with self._guard:
            place = self._find(lambda line: line["event"] == what and line["streams"] == list(streams))
            if place is None:
                raise StreamError(
                    f"The tape knows of no {what} of {' '.join(streams)} to this feed.",
                    hint="A tape plays what was done when it was recorded.",
                    operation="stream",
                )
            self._advance(place)

    def close(self, reason: str = "It was closed.") -> None:
        """Bring what came until it was closed, and nothing more.

        Args:
            reason: Why.
        """
        with self._guard:
            if self.state.status == "closed":
                return
            if self._pace is None:
                self.bring(lambda: False)
            self._next = len(self._lines)
            self._ended.set()
            self._stand(LinkState("closed", reason=reason, since_ms=self.state.since_ms), {})

    def reach(self, what: str, is_enough: Callable[[], bool]) -> None:
        """Go to right before where somebody looked, or to the end.

        Args:
            what: What for.
            is_enough: Whether there is no harm in there being no more.
        """
        if self._pace is not None:
            self._go_to(what)
            return
        with self._guard:
            place = self._find(_look_for(what))
            self._advance((len(self._lines) if place is None else place) - 1)
            if place is None and not is_enough():
                self.end()

    def noted(self, what: str) -> str:
        """Go to where a wait ended, and return how.

        Args:
            what: What the look was for.
        """
        with self._guard:
            place = self._find(_look_for(what))
        self._go_to(what)
        return "" if place is None else str(self._lines[place].get("note", ""))

    def patience(self, patience: Patience) -> Patience:
        """Return what waits for nothing."""
        return _PlayedPatience(patience, self)

    def end(self) -> None:
        """Say that nothing more was recorded."""
        with self._guard:
            if self.state.status != "closed":
                self._next = len(self._lines)
                self._ended.set()
                self._stand(LinkState("closed", reason="The tape has no more of it.", since_ms=self.state.since_ms), {})

    def _go_to(self, what: str) -> None:
        if self._pace is not None:
            if what in ("sat", "wait", "sync"):
                place = self._find(_look_for(what))
                while place is not None and self._next <= place and not self._ended.is_set():
                    self._ended.wait(_LONGEST_PAUSE_SECONDS / 10)
            return
        if what:
            with self._guard:
                place = self._find(_look_for(what))
                if place is None:
                    # Whoever looks more often than was recorded sees no more than the next look may.
                    self.run_ahead()
                else:
                    self._advance(place)

    def _find(self, is_it: Callable[[Fields], bool]) -> int | None:
        places = range(self._next, len(self._lines))
        return next((place for place in places if is_it(self._lines[place])), None)

    def _advance(self, place: int) -> None:
        """Bring everything up to a place, which may be passed meanwhile: a callback may look, too."""
        while self._next <= place and not self.is_over:
            self._step()

    def _step(self) -> None:
        fields = self._lines[self._next]
        self._next += 1
        self._follow(fields["at"])
        if fields["event"] == "message":
            self._player.on_message(fields, json.loads(fields["body"]))
        elif fields["event"] == "state":
            self._stand(read_state(fields["state"]), fields)
        elif fields["event"] != "look":
            self._player.on_note(fields["event"], fields)

    def _stand(self, state: LinkState, fields: Fields) -> None:
        self.state = state
        self._player.on_state(state, fields)

    def _follow(self, at_ms: int) -> None:
        if at_ms > self._clock.estimate_ms():
            from binance_nb.client import ClockReading

            self._clock.follow(ClockReading(at_ms, rate=self._clock.rate))

    def _run(self) -> None:
        """Bring everything at its time."""
        assert self._pace
        while not self.is_over:
            before, fields = self._lines[max(0, self._next - 1)], self._lines[self._next]
            speed = 1000 * self._pace * (self._clock.rate or 1.0)
            pause = max(0, fields["at"] - before["at"]) / speed if self._next else 0.0
            if self._ended.wait(pause):
                return
            with self._guard:
                if not self.is_over:
                    self._step()


class _PlayedPatience(Patience):
    """Waits for nothing: what was waited for is brought.

    Args:
        inner: How waits would be.
        line: What brings it.
    """

    def __init__(self, inner: Patience, line: PlayedLine) -> None:
        super().__init__(inner._rate, None, inner._ticks)
        self._line = line

    def sleep(self, is_enough: Callable[[], bool], seconds: float = 0.0) -> None:
        """Bring what comes next; see `Patience.sleep`."""
        if self._line.is_paced:
            super().sleep(is_enough, seconds or _LONGEST_PAUSE_SECONDS)
            if not self._line.is_over:
                return
        else:
            self._line.bring(is_enough)
        if not is_enough():
            self._line.end()

    def until(self, is_enough: Callable[[], bool], seconds: Duration | None, is_over: Callable[[], str | None]) -> None:
        """Go to where the wait ended; see `Patience.until`."""
        if seconds is not None:
            self.real_seconds(seconds_of(seconds))
        self._line.reach("wait", is_enough)
        if not is_enough() and (why := is_over()) is not None:
            raise StreamError(why or "This feed is closed: nothing comes any more.", operation="stream")

    def sit_out(self, seconds: float, is_over: Callable[[], str | None], reason: Callable[[], str]) -> str:
        """Go to where the time was over; see `Patience.sit_out`."""
        self.real_seconds(seconds)
        return self._line.noted("sat")


def _look_for(what: str) -> Callable[[Fields], bool]:
    return lambda line: line["event"] == "look" and line["for"] == what
