"""Keeps one book right: hears its events, fetches its snapshots, and knows how it stands."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Literal, TypeAlias

from binance_nb.client import Client
from binance_nb.errors import ApiError, BinanceError, RequestError, StreamError
from binance_nb.streams.book.ladder import Ladder
from binance_nb.streams.book.procedure import Heard, Joined, Procedure
from binance_nb.streams.book.snapshots import BookPolicy, Snapshots
from binance_nb.streams.line import LIVE, Line
from binance_nb.streams.link import IDLE, LinkState
from binance_nb.streams.threads import refuse_on_loop

__all__ = ["BookState", "ChangeHandle", "Keeping"]

BookState: TypeAlias = Literal["syncing", "in sync", "rebuilding", "lost", "closed"]
"""How a book stands, in a word."""

_UNKNOWN_SYMBOL = -1121
_TROUBLES = {
    "gap": "An event is missing",
    "crossed": "Bids and asks overlapped",
    "unreadable": "An event could not be read",
    "refetch_snapshot": "The snapshot was older than the stream",
}
# Short, so that an interrupt gets in on every system.
_SLICE_SECONDS = 0.1
# How many events pass between two looks at how near the edge of the snapshot is.
_LOOK_EVERY = 64


class ChangeHandle:
    """A callback that is called at each change, until it is cancelled.

    Args:
        cancel: What takes it away.
    """

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel

    def cancel(self) -> None:
        """Call it no more; a second time does nothing."""
        self._cancel()


class Keeping:
    """A sink for the diff stream of one symbol, and the thread that fetches its snapshots.

    Args:
        client: Makes the calls.
        symbol: The symbol.
        limit: How many levels a side a snapshot has.
        policy: By which rules they are asked for.
        ticks: Monotonic seconds; a test gives its own.

    Attributes:
        guard: Guards the procedure and its ladder; held for moments only.
        snapshots: Where they come from.
        procedure: What makes a book of them.
        event_ms: The exchange's time of the newest event that is in.
        received_ms: When it came, by this computer's clock.
        link: How the connection stands.
        error: Why there will never be a book.
        rebuilds: How often the book was made anew after it had been right.
        line: What is between the book and its stream.
    """

    def __init__(
        self,
        client: Client,
        symbol: str,
        limit: int,
        policy: BookPolicy,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.guard = threading.Lock()
        self.line: Line = LIVE
        self.snapshots = Snapshots(client, symbol, limit, policy)
        self.procedure = Procedure()
        self._listeners: list[Callable[[], object]] = []
        self.event_ms: int | None = None
        self.received_ms: int | None = None
        self.link = IDLE
        self.error: BinanceError | None = None
        self.rebuilds = 0
        self._client = client
        self._policy = policy
        self._ticks = ticks
        self._changed = threading.Condition(self.guard)
        self._ended = threading.Event()
        self._process = os.getpid()
        self._fetcher: threading.Thread | None = None
        self._trouble = ""
        self._complaint = ""
        self._failures = 0
        self._joined_at = 0.0
        self._was_right = False
        self._renewed_at = 0.0
        self._heard = 0
        self._is_rebuild = False

    @property
    def is_closed(self) -> bool:
        """Whether it has ended; in a process that was forked nothing ever comes."""
        return self._ended.is_set() or os.getpid() != self._process

    @property
    def is_in_sync(self) -> bool:
        """Whether the book is the exchange's as of its newest event."""
        return self.procedure.is_in_sync and not self.is_closed

    @property
    def state(self) -> BookState:
        """How the book stands."""
        if self.is_closed:
            return "closed"
        if self.procedure.is_in_sync:
            return "in sync"
        if self.link.status == "lost":
            return "lost"
        return "rebuilding" if self.procedure.joins else "syncing"

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence for a person; empty when all is well."""
        if self.error is not None:
            return self.error.message
        if os.getpid() != self._process:
            return "Streams do not go on in a process that was forked."
        if self.state != "in sync" and self.link.status != "live":
            return self.link.reason or self._complaint
        return self._trouble or self._complaint

    def listen(self, listener: Callable[[], object]) -> ChangeHandle:
        """Call a function at each change.

        Args:
            listener: The function; what it raises becomes the problem.

        Returns:
            A handle to cancel it with.
        """
        self._listeners.append(listener)
        return ChangeHandle(partial(self._forget, listener))

    def on_message(self, _stream: str, data: Any, received_ms: int) -> None:  # Any: JSON
        """Take an event in; see `binance_nb.streams.hub.Sink`."""
        with self.guard:
            heard = self.procedure.hear(data)
            if heard == "applied":
                self.event_ms, self.received_ms = data.get("E"), received_ms
                self._heard += 1
                if not self._heard % _LOOK_EVERY:
                    self._mind_edge()
            elif heard in _TROUBLES:
                self._note_failure(heard)
        if self._listeners and (heard == "applied" or heard in _TROUBLES):
            self._tell()

    def on_state(self, state: LinkState) -> None:
        """Take note of how the connection stands; see `binance_nb.streams.hub.Sink`."""
        with self._changed:
            self.link = state
            if state.status == "closed":
                self.procedure.halt()
                self._ended.set()
            elif state.status == "lost":
                self._is_rebuild |= self.procedure.is_in_sync
                self.procedure.halt()
            elif state.status == "live" and not self.procedure.is_in_sync and not self.procedure.is_joining:
                self.procedure.begin()
                self._want_snapshot()
            self._changed.notify_all()
        self._tell()

    def on_note(self, what: str, fields: Mapping[str, Any]) -> None:  # Any: JSON
        """Do what was done when a tape was recorded.

        Args:
            what: What it was.
            fields: More of it.
        """
        if what == "snapshot":
            self._take(self.snapshots.read(fields["body"]), self.procedure.turn)
        elif what == "renew":
            with self.guard:
                self.procedure.begin()
        elif what == "refused":
            with self._changed:
                self._give_up(StreamError(fields["reason"], operation="depth"))

    def wait(self, seconds: float) -> None:
        """Wait until the book is in sync.

        Args:
            seconds: How long at most.

        Raises:
            BinanceError: It will never be, or was not within that time.
        """
        refuse_on_loop()
        ends_at = time.monotonic() + seconds
        with self._changed:
            while not (self.is_in_sync or self.is_closed) and (left := ends_at - time.monotonic()) > 0:
                self._changed.wait(min(left, _SLICE_SECONDS))
            if self.is_in_sync:
                return
            if self.error is not None:
                raise self.error
            what, why = self.state, self.problem
        raise StreamError(
            f"The book of {self.snapshots.symbol} is not in sync: it is {what}.",
            hint=why or "It may only need more time.",
            suggestion=f"book.wait_in_sync({max(30, round(seconds * 2))})",
        )

    def close(self) -> None:
        """End: the book stays as it is."""
        with self._changed:
            self.procedure.halt()
            self._ended.set()
            self._changed.notify_all()
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except BaseException as error:  # noqa: BLE001 - somebody's callback must not end the book, by sys.exit() either
                self._forget(listener)
                self._complaint = f"A callback failed, and is told no more: {type(error).__name__}: {error}"

    def _forget(self, listener: Callable[[], object]) -> None:
        with suppress(ValueError):  # cancelled twice, or by two threads at once
            self._listeners.remove(listener)

    def _mind_edge(self) -> None:
        """Ask for a new snapshot in time, while the old book is kept up, when the prices run off its known levels."""
        ladder, now = self.procedure.ladder, self._ticks()
        if (
            ladder is None
            or self.line.is_played
            or self.procedure.is_joining
            or now - self._renewed_at < self._policy.renew_seconds
        ):
            return
        few = self.snapshots.limit * self._policy.renew_share
        if any(side.edge is not None and side.known < few for side in (ladder.bids, ladder.asks)):
            self._renewed_at = now
            self.line.note("renew")
            self.procedure.begin()
            self._want_snapshot()

    def _note_failure(self, what: Heard | Joined) -> None:
        self._count_failure()
        self._trouble = f"{_TROUBLES[what]}; a new snapshot is being fetched."
        self._is_rebuild |= self.procedure.joins > 0 and not self.procedure.is_in_sync
        self._want_snapshot()

    def _count_failure(self) -> None:
        if self._was_right and self._ticks() - self._joined_at > self._policy.calm_seconds:
            self._failures = 0
        self._was_right = False
        self._failures += 1

    def _want_snapshot(self) -> None:
        """Have a thread that fetches; the guard is held."""
        if self._fetcher is None and not (self.is_closed or self.line.is_played):
            name = f"binance_nb book of {self.snapshots.symbol}"
            self._fetcher = threading.Thread(target=self._fetch_until_joined, name=name, daemon=True)
            self._fetcher.start()

    def _fetch_until_joined(self) -> None:
        # The first trouble is mended at once; only one that follows another waits.
        wait_seconds = self._first_wait_seconds()
        while not self._ended.wait(wait_seconds):
            with self.guard:
                turn = self.procedure.turn
                if not self.procedure.is_joining:
                    self._fetcher = None
                    return
            try:
                ladder = self.snapshots.fetch(partial(self._is_turn, turn))
            except BinanceError as error:
                wait_seconds = self._refused(error)
                continue
            except Exception as error:  # noqa: BLE001 - a defect has to be told, and not to be lost with its thread
                wait_seconds = self._refused(StreamError(f"A defect: {type(error).__name__}: {error}"))
                continue
            wait_seconds = 0.0 if ladder is None else self._fetched(ladder, turn)
        with self.guard:
            self._fetcher = None

    def _is_turn(self, turn: int) -> bool:
        return self.procedure.turn == turn and not self.is_closed

    def _first_wait_seconds(self) -> float:
        with self.guard:
            return self._policy.backoff.wait_seconds(self._failures - 1) if self._failures > 1 else 0.0

    def _fetched(self, ladder: Ladder, turn: int) -> float:
        with self.line.still(""):
            # What is outdated changes nothing; the turn is another one only where a message comes.
            if turn == self.procedure.turn:
                self.line.note("snapshot", body=self.snapshots.body)
            return self._take(ladder, turn)

    def _take(self, ladder: Ladder, turn: int) -> float:
        """Take a snapshot in; return how long to wait before the next, if one is needed."""
        with self._changed:
            is_outdated = turn != self.procedure.turn
            joined = self.procedure.take(ladder, turn)
            if joined == "ok":
                self._note_joined()
                wait_seconds = 0.0
            elif is_outdated:
                return 0.0
            else:
                self._note_failure(joined)
                wait_seconds = self._policy.backoff.wait_seconds(self._failures)
        self._tell()
        return wait_seconds

    def _note_joined(self) -> None:
        self.rebuilds += self._is_rebuild
        self._is_rebuild = False
        self._trouble = ""
        self._was_right = True
        self._joined_at = self._renewed_at = self._ticks()
        self._changed.notify_all()

    def _refused(self, error: BinanceError) -> float:
        """Take note of a snapshot that did not come; return how long to wait."""
        is_hopeless = isinstance(error, RequestError) or (isinstance(error, ApiError) and error.code == _UNKNOWN_SYMBOL)
        if is_hopeless:
            self.line.note("refused", reason=error.message)
        with self._changed:
            self._count_failure()
            wait_seconds = self.snapshots.wait_seconds(error, self._failures)
            again = f" and is asked for again in {wait_seconds:.0f} s" if wait_seconds >= 1 else ""
            self._trouble = f"The snapshot did not come{again}: {error.message}"
            if is_hopeless:
                self._give_up(error)
        self._tell()
        return wait_seconds

    def _give_up(self, error: BinanceError) -> None:
        self.error = error
        self.procedure.halt()
        self._ended.set()
        self._changed.notify_all()
