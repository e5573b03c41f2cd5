"""What came by streams, and every way to look at it; where it comes from this file does not know."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Self

from binance_nb.errors import StreamError, UsageError
from binance_nb.grammar import did_you_mean, nearest
from binance_nb.streams.events import Declared, Event
from binance_nb.streams.link import LinkState
from binance_nb.streams.listeners import Callback, Listener, Subscriber
from binance_nb.streams.patience import Duration, Patience, seconds_of
from binance_nb.streams.shelf import Shelf, checked_keep

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.frames.attributes import Fact

__all__ = ["KEEP", "READY_SECONDS", "EventLog"]

KEEP = 10_000
"""How many events of each stream are kept when nobody says otherwise."""

READY_SECONDS = 30.0
"""How long it is waited for a connection when nobody says otherwise."""


class EventLog:
    """Keeps the newest events of each stream, and hands them out: as a frame, one by one, to callbacks.

    Args:
        keep: How many events of each stream it keeps.
        rate: Seconds of the exchange per second here.
        facts: What frames are to know of themselves.
        on_wait: Told the seconds left and the reason while somebody waits; 0 when it is over.
        ticks: Monotonic seconds; a test gives its own.

    Attributes:
        keep: As given.
    """

    has_source: ClassVar[bool] = False
    """Whether frames say of each event if it came by the stream, or was asked for because that had missed it."""

    def __init__(
        self,
        keep: int = KEEP,
        *,
        rate: Callable[[], float] = lambda: 1.0,
        facts: Mapping[str, Fact] | None = None,
        on_wait: Callable[[float, str], None] | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.keep = checked_keep(keep)
        self._facts = dict(facts or {})
        self._patience = Patience(rate, on_wait, ticks)
        self._shelf = Shelf(self.keep)
        # Replaced and never changed, so that the thread that brings events goes through it without a lock.
        self._listeners: tuple[Listener, ...] = ()
        self._guards_listeners = threading.Lock()
        self._received = 0
        self._missed = 0
        self._fault = ""
        self._ended: str | None = None

    # ---- for those who fill it

    def put(self, event: Event) -> None:
        """Take in an event and tell everybody; by one thread at a time.

        Args:
            event: The event.
        """
        self._shelf.put(event)
        self._received += 1
        for each in self._listeners:
            try:
                each.tell(event)
            except BaseException as error:  # noqa: BLE001 - it may raise anything, sys.exit() too, and all others go on
                self._fault = f"A callback failed and is told no more: {type(error).__name__}: {error}"
                self._forget(each)
        self._patience.wake()

    @property
    def state(self) -> LinkState:
        """How the connection stands."""
        raise NotImplementedError

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until events can come.

        Args:
            seconds: How long at most.

        Raises:
            StreamError: They cannot, or not in time.
        """
        raise NotImplementedError

    def _let_go(self) -> None:
        """Let go of the connection."""

    def _declared(self) -> Mapping[str, Declared]:
        """Return the streams that one may ask for, by their names here, each with its kind."""
        raise NotImplementedError

    def _called(self, name: str) -> str:
        """Return the name here of what a person calls otherwise."""
        return name

    def _shown(self, name: str) -> str:
        """Return how a person writes a stream."""
        return name

    def _facts_of(self, names: Sequence[str]) -> Mapping[str, Fact]:
        """Return what a frame of these streams is to know besides."""
        return {}

    # ---- how it stands

    @property
    def received(self) -> int:
        """How many events have come."""
        return self._received

    @property
    def dropped(self) -> int:
        """How many events are kept no longer, or passed by a loop that was too slow for them."""
        slow = sum(each.missed for each in self._listeners if isinstance(each, Subscriber))
        return self._shelf.dropped() + self._missed + slow

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence; empty when all is well."""
        if self._ended is not None:
            return self._ended or self._fault
        state = self.state
        return (state.reason if state.status != "live" else "") or self._fault

    @property
    def is_closed(self) -> bool:
        """Whether no more events will come."""
        return self._ended is not None or self.state.status == "closed"

    @property
    def environment(self) -> str:
        """Where it listens."""
        return str(self._facts.get("environment", ""))

    @property
    def title(self) -> str:
        """Its streams, as a person writes them."""
        return " ".join(map(self._shown, self._declared()))

    def __repr__(self) -> str:
        stands = "closed" if self.is_closed else self.state.status
        return f"{type(self).__name__}({self.title}: {stands}, {self._received:,} events)"

    # ---- what came

    def latest(self, stream: str | None = None) -> Event | None:
        """Return the newest event.

        Args:
            stream: Of which stream or kind; of any when None.

        Returns:
            The event; None where none has come.

        Raises:
            UsageError: There is no such stream here.
        """
        return max(self._shelf.newest(self._chosen(stream)), key=lambda event: event.received_ms, default=None)

    def events(self, stream: str | None = None) -> list[Event]:
        """Return the events that are kept.

        Args:
            stream: Of which stream or kind; of all when None.

        Returns:
            The events, oldest first.

        Raises:
            UsageError: There is no such stream here.
        """
        return self._kept(list(self._chosen(stream)), "events")

    def to_frame(self, stream: str | None = None, *, exact: bool = False) -> pd.DataFrame:
        """Return the events that are kept, as a frame.

        Args:
            stream: Of which stream (``BTCUSDT@trade``) or kind (``trade``); may be left out where all are of one kind.
            exact: Whether prices and quantities are Decimals with the digits that came, instead of float64.

        Returns:
            A row an event, oldest first; of books a row a level (``side``, ``price``, ``quantity``), of lists a row for
            each of what they list. Index ``event_time``, datetime64[ms, UTC]; ``received``, by this computer's clock,
            where events do not say when they were sent. Columns and dtypes by the declaration, as in the frames of
            calls, also where nothing has come. ``attrs["binance"]`` knows ``streams``, ``events`` and ``dropped``.

        Raises:
            UsageError: There is no such stream here, or there are several kinds and none is named.
            StreamError: An event is not what is declared.
        """
        return self._frame(*self._of_one_kind(stream), exact=exact)

    def _frame(self, names: Sequence[str], declared: Declared, *, exact: bool, note: str = "") -> pd.DataFrame:
        from binance_nb import frames
        from binance_nb.streams.tables import events_frame

        found = self._kept(names)
        frame = events_frame(found, declared, exact=exact, has_source=self.has_source)
        facts: dict[str, Fact] = {
            "operation": "stream",
            "kind": declared.name,
            "streams": " ".join(map(self._shown, names)),
            "events": len(found),
            "dropped": self._shelf.dropped(names),
            "source": "stream",
            **self._facts,
            **self._facts_of(names),
            **({"note": note} if note else {}),
        }
        return frames.seal(frames.describe(frame, **facts))

    def _kept(self, names: Sequence[str], _what: str = "frame") -> list[Event]:
        found = self._shelf.events(names)
        return sorted(found, key=_moment_ms) if len(names) > 1 else found

    def _of_one_kind(self, stream: str | None) -> tuple[list[str], Declared]:
        """Return the streams that a person means, if one frame can hold them, and what they tell."""
        found = self._chosen(stream)
        kinds = list({kind.name: kind for kind in found.values()}.values())
        if len(kinds) != 1:
            raise UsageError(
                f"Events of several kinds make no one frame: {', '.join(kind.name for kind in kinds)}."
                if kinds
                else "There is nothing here to make a frame of.",
                hint="Name one of them, or a stream.",
                suggestion=f'to_frame("{kinds[0].name}")' if kinds else None,
                operation="stream",
                details={"kinds": [kind.name for kind in kinds]},
            )
        return list(found), kinds[0]

    def _chosen(self, stream: str | None) -> Mapping[str, Declared]:
        """Return the streams that a person means, by their names here, each with its kind."""
        declared = self._declared()
        if stream is None:
            return declared
        if (name := self._called(stream)) in declared:
            return {name: declared[name]}
        if found := {name: kind for name, kind in declared.items() if kind.name == stream}:
            return found
        choices = [*dict.fromkeys(kind.name for kind in declared.values()), *map(self._shown, declared)]
        raise UsageError(
            f"There is no {stream!r} here.",
            hint=did_you_mean(stream, choices) or f"There are {', '.join(choices)}.",
            suggestion=next(iter(nearest(stream, choices)), None),
            culprit=stream,
            operation="stream",
        )

    # ---- what comes

    def on(self, callback: Callable[[Event], object]) -> Callback:
        """Tell a function of each event that comes from now on.

        It runs on the thread that reads the streams, so it has to be quick: what takes long belongs on a thread of its
        own. When it raises, it is told no more, and `problem` says so; nothing is printed.

        Args:
            callback: The function.

        Returns:
            What ends it: ``.cancel()``.
        """
        handle = Callback(callback, self._forget)
        self._remember(handle)
        return handle

    def __iter__(self) -> Iterator[Event]:
        """Go through the events that come from when the loop begins, until this is closed.

        Yields:
            Each event. Those that a slow loop leaves waiting beyond ``keep`` are dropped, and counted.

        Raises:
            StreamError: It was not closed by you.
        """
        mine = Subscriber(self.keep)
        self._remember(mine)
        try:
            while True:
                while mine.waiting:
                    yield mine.waiting.popleft()
                if self.is_closed:
                    break
                self._patience.sleep(lambda: bool(mine.waiting) or self.is_closed)
        finally:
            self._forget(mine)
            self._missed += mine.missed
        if why := self._why_over():
            raise StreamError(why, operation="stream")

    def wait(self, count: int | None = None, seconds: Duration | None = None) -> int:
        """Wait until so many events have come, or so much time has passed, whatever is first.

        Args:
            count: How many in all, those included that have come before.
            seconds: How long, by the exchange's clock: a number of seconds, ``10s``, ``2m`` or a timedelta.

        Returns:
            How many have come in all.

        Raises:
            UsageError: Neither is given, or the exchange's clock stands, so that no time passes there.
            StreamError: Nothing comes any more, and it were not enough.
        """
        if count is None and seconds is None:
            raise UsageError("wait needs a count or a time.", hint="Say count=100, or seconds=10.", operation="stream")
        self._patience.until(lambda: count is not None and self._received >= count, seconds, self._why_over)
        return self._received

    def collect(self, duration: Duration, stream: str | None = None, *, exact: bool = False) -> pd.DataFrame:
        """Let events come for a while, close, and return them as a frame.

        Args:
            duration: How long from when the connection stands, as of `wait`.
            stream: As of `to_frame`.
            exact: As of `to_frame`.

        Returns:
            As of `to_frame`. When it was interrupted, or came to an end before, what came until then;
            ``attrs["binance"]["note"]`` says so.

        Raises:
            UsageError: As of `to_frame` and `wait`; nothing is waited for then.
            StreamError: The exchange cannot be reached.
        """
        try:
            (names, declared), seconds = self._of_one_kind(stream), seconds_of(duration)
            self._patience.real_seconds(seconds)
            self.wait_ready()
            note = self._patience.sit_out(seconds, self._why_over, lambda: f"{self._received:,} events of {self.title}")
            return self._frame(names, declared, exact=exact, note=note)
        finally:
            self.close()

    def _why_over(self) -> str | None:
        """Return why nothing comes any more; None while something may."""
        return self.problem if self.is_closed else None

    def _remember(self, each: Listener) -> None:
        with self._guards_listeners:
            self._listeners = (*self._listeners, each)

    def _forget(self, gone: Listener) -> None:
        with self._guards_listeners:
            self._listeners = tuple(each for each in self._listeners if each is not gone)

    # ---- its end

    def close(self, reason: str = "") -> None:
        """Let no more events come; what came stays.

        Args:
            reason: Why, where it is not the person who holds it that closes it.
        """
        if self._ended is None:
            self._seal(reason)
            self._let_go()
            self._patience.wake()

    def _seal(self, reason: str) -> None:
        self._ended = reason

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _moment_ms(event: Event) -> int:
    moment = event.data.get("E")
    return moment if isinstance(moment, int) else event.received_ms
