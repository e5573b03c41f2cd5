"""The line of a feed that is recorded."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any

from binance_nb.streams.line import Line, is_glance
from binance_nb.streams.link import LinkState
from binance_nb.streams.patience import Patience
from binance_nb.tape.streams.happenings import body_of, private_body_of, state_fields, without_place

if TYPE_CHECKING:
    from binance_nb.client import ServerClock

__all__ = ["RecordedLine", "Writer"]

# A callback that waits for whoever looks must not stop both for ever.
_LONGEST_SECONDS = 2.0


class Writer:
    """Writes lines about streams.

    Args:
        add: Writes one; raises nothing.
        clock: The exchange's clock.
        first: The number of the first feed.
    """

    def __init__(self, add: Callable[[dict[str, Any]], None], clock: ServerClock, first: int = 1) -> None:
        self._add = add
        self._clock = clock
        self._numbers = itertools.count(first)
        self._guard = Lock()

    def line(self, streams: Sequence[str], *, is_private: bool = False) -> RecordedLine:
        """Return a line for a feed that is opened.

        Args:
            streams: What it listens to.
            is_private: Whether that is about an account.
        """
        with self._guard:
            number = next(self._numbers)
        line = RecordedLine(self, number, is_private=is_private)
        line.note("open", streams=list(streams))
        return line

    def now_ms(self) -> int:
        """Return the exchange's time."""
        return self._clock.estimate_ms()

    def write(self, number: int, what: str, fields: dict[str, Any]) -> None:  # Any: JSON
        """Write a line.

        Args:
            number: Whose.
            what: What happened.
            fields: More of it; ``at`` is now where they do not say so.
        """
        self._add({"at": self.now_ms(), "event": what, "feed": number, **fields})


class RecordedLine(Line):
    """Writes down what comes, and where somebody looks.

    Args:
        writer: Writes.
        number: The feed's.
        is_private: Whether it is about an account.
    """

    def __init__(self, writer: Writer, number: int, *, is_private: bool = False) -> None:
        self._writer = writer
        self._number = number
        self._body_of = private_body_of if is_private else body_of
        self._guard = RLock()
        # A loop that looks until something has come looks a thousand times: one line, when something else follows.
        self._looks: dict[str, Any] = {}
        self.is_closed = False

    @contextmanager
    def still(self, what: str) -> Iterator[None]:
        """Let nothing more come while somebody looks; see `Line.still`."""
        with self._held():
            if what and not is_glance():
                self._look(what)
            yield

    def note(self, what: str, **fields: Any) -> None:  # Any: JSON
        """Note something; see `Line.note`."""
        with self._held():
            if not self.is_closed:
                self._write_looks()
                self._writer.write(self._number, what, fields)

    def message(self, stream: str, data: Any, received_ms: int, deliver: Callable[[], object], **more: Any) -> None:
        """Write down what came, and hand it on.

        Args:
            stream: By which stream.
            data: The payload.
            received_ms: When.
            deliver: Hands it on.
            **more: What else is to be known of it.
        """
        with self._held():
            if self.is_closed:
                return
            self.note("message", stream=stream, received=received_ms, body=self._body_of(data), **more)
            deliver()

    def state(self, state: LinkState, deliver: Callable[[], object], **more: Any) -> None:  # Any: JSON
        """Write down how the connection stands, and hand it on.

        Args:
            state: How.
            deliver: Hands it on.
            **more: What else is to be known of it.
        """
        with self._held():
            self.note("state", state=state_fields(state), **more)
            deliver()

    def close(self) -> None:
        """Write down that the feed was closed."""
        with self._held():
            self.note("close")
            self.is_closed = True

    def patience(self, patience: Patience) -> Patience:
        """Return what waits, and writes down how a wait ended."""
        return _RecordedPatience(patience, self)

    def _look(self, what: str) -> None:
        if self._looks.get("for") != what:
            self._write_looks()
            self._looks = {"at": self._writer.now_ms(), "for": what, "times": 0}
        self._looks["times"] += 1

    def _write_looks(self) -> None:
        looks, self._looks = self._looks, {}
        if looks and not self.is_closed:
            times = looks.pop("times")
            self._writer.write(self._number, "look", looks if times == 1 else {**looks, "times": times})

    @contextmanager
    def _held(self) -> Iterator[None]:
        is_held = self._guard.acquire(timeout=_LONGEST_SECONDS)
        try:
            yield
        finally:
            if is_held:
                self._guard.release()


class _RecordedPatience(Patience):
    """Waits as another does, and notes how a wait ended.

    Args:
        inner: How that waits.
        line: Where it is noted.
    """

    def __init__(self, inner: Patience, line: RecordedLine) -> None:
        super().__init__(inner._rate, inner._on_wait, inner._ticks)
        self._line = line

    def sit_out(self, seconds: float, is_over: Callable[[], str | None], reason: Callable[[], str]) -> str:
        """Wait to the end of a time; see `Patience.sit_out`."""
        note = super().sit_out(seconds, is_over, reason)
        self._line.note("look", **{"for": "sat", "note": without_place(note)})
        return note
