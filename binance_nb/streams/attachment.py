"""Somebody's hold on some streams of a hub."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.errors import StreamError
from binance_nb.streams.link import IDLE, LinkState
from binance_nb.streams.loop import BackgroundLoop
from binance_nb.streams.threads import refuse_on_loop

if TYPE_CHECKING:
    from binance_nb.streams.hub import StreamHub
    from binance_nb.streams.lane import Lane

__all__ = ["Attachment", "Sink"]

_RANKS = ("live", "connecting", "lost", "closed")
# Short, so that an interrupt gets in on every system.
_SLICE_SECONDS = 0.1


class Sink(Protocol):
    """Where events go. Both are called on the loop's thread and have to be quick; a sink that raises is detached."""

    def on_message(self, stream: str, data: Any, received_ms: int) -> None:  # Any: JSON
        """Take in an event.

        Args:
            stream: Its stream, such as ``btcusdt@trade``.
            data: What it holds.
            received_ms: When it came, in ms since 1970 by this computer's clock.
        """

    def on_state(self, state: LinkState) -> None:
        """Learn how the streams stand: at once when attached, and after each change.

        Args:
            state: How; of several connections, that of the worst.
        """


class Attachment:
    """What `StreamHub.attach` returns. Its methods may be called from any thread.

    Args:
        hub: Where the streams come from.
        loop: Whose thread calls the sink.
        sink: Where events go.

    Attributes:
        error: Why something was refused or ended, if it was.
    """

    def __init__(self, hub: StreamHub, loop: BackgroundLoop, sink: Sink) -> None:
        self._hub = hub
        self._loop = loop
        self._sink = sink
        self._changed = threading.Condition()
        self._wanted: dict[str, None] = {}
        self._is_ready = False
        self._is_over = False
        self._state = IDLE
        # The rest belongs to the loop's thread.
        self._lanes: dict[str, Lane] = {}
        self._seen: dict[Lane, int] = {}
        self._reconnects = 0
        self.error: StreamError | None = None

    def __repr__(self) -> str:
        return f"Attachment({', '.join(self.streams)}; {self.state.status})"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def state(self) -> LinkState:
        """How the streams stand."""
        if self._state.status != "closed" and not self._loop.is_running:
            return replace(self._state, status="closed", reason="Streams do not go on in a process that was forked.")
        return self._state

    @property
    def streams(self) -> tuple[str, ...]:
        """What is wanted."""
        with self._changed:
            return tuple(self._wanted)

    def add(self, *streams: str) -> None:
        """Want more streams.

        Args:
            *streams: Their names, as the wire has them.
        """
        with self._changed:
            self._wanted |= dict.fromkeys(streams)
            self._is_ready, self.error = False, None
        self._loop.call(self._hub._settle, self)

    def remove(self, *streams: str) -> None:
        """Want some streams no longer.

        Args:
            *streams: Their names.
        """
        with self._changed:
            for stream in streams:
                self._wanted.pop(stream, None)
        self._loop.call(self._hub._settle, self)

    def close(self) -> None:
        """Want nothing any more; nothing is delivered afterwards, except what is being delivered at this moment."""
        with self._changed:
            self._wanted.clear()
        self._loop.call(self._end, "It was closed.")

    def wait_ready(self, seconds: float = 15.0) -> None:
        """Wait until every stream is subscribed.

        Args:
            seconds: How long at most.

        Raises:
            StreamError: One was refused, the connection was closed, or it took longer.
        """
        refuse_on_loop()
        ends_at = time.monotonic() + seconds
        with self._changed:
            while self.error is not None or not self._is_ready:
                if self.error is not None:
                    raise self.error
                if self.state.status == "closed":
                    raise StreamError(f"The stream has ended. {self.state.reason}".rstrip())
                left = ends_at - time.monotonic()
                if left <= 0:
                    raise StreamError(f"The stream was not there within {seconds:g} s.", hint=self.state.reason or None)
                self._changed.wait(min(left, _SLICE_SECONDS))

    # What follows is called on the loop's thread.

    def deliver(self, stream: str, data: Any, received_ms: int) -> None:  # Any: JSON
        """Hand on an event; see `Listener`."""
        if self._is_over:
            return
        try:
            self._sink.on_message(stream, data, received_ms)
        except BaseException as error:  # noqa: BLE001 - whatever a sink raises, the other sinks and the loop go on
            self._blame(error)

    def refuse(self, stream: str, error: StreamError) -> None:
        """Go on without a stream; without any, end. See `Listener`."""
        self.error = error
        self._lanes.pop(stream, None)
        with self._changed:
            self._wanted.pop(stream, None)
        if self._wanted:
            self._show(replace(self._state, reason=error.message))
        else:
            self._loop.call(self._end, error.message)

    def refresh(self) -> None:
        """Look how the lanes stand, and say so; see `Listener`."""
        if self._is_over:
            return
        lanes = set(self._lanes.values())
        for lane in lanes:
            self._reconnects += lane.state.reconnects - self._seen.get(lane, lane.state.reconnects)
        self._seen = {lane: lane.state.reconnects for lane in lanes}
        state = max((lane.state for lane in lanes), key=lambda each: _RANKS.index(each.status), default=IDLE)
        if state.status == "closed":
            self.error = next((lane.connection.error for lane in lanes if lane.connection.error), self.error)
            self._loop.call(self._end, state.reason)
            return
        with self._changed:
            has_all = all(stream in self._lanes and self._lanes[stream].has(stream) for stream in self._wanted)
            is_ready = has_all and (state.status == "live" or not self._wanted)
        if state.status == "live" and not has_all and self._state.status == "connecting":
            state = replace(state, status="connecting")
        self._show(replace(state, reconnects=self._reconnects), is_ready=is_ready)

    def settle(self, place: Callable[[str], Lane]) -> None:
        """Join the lanes of what is wanted, and leave those of what is not.

        Args:
            place: Finds the lane of a stream.
        """
        if self._is_over:
            return
        wanted = self.streams
        for stream in [stream for stream in self._lanes if stream not in wanted]:
            self._lanes.pop(stream).leave(stream, self)
        for stream in wanted:
            if stream not in self._lanes:
                self._lanes[stream] = place(stream)
                self._lanes[stream].join(stream, self)
        self.refresh()

    def _end(self, reason: str) -> None:
        if self._is_over:
            return
        self._is_over = True
        for stream, lane in self._lanes.items():
            lane.leave(stream, self)
        self._lanes.clear()
        self._hub._forget(self)
        self._show(replace(self._state, status="closed", retry_in_seconds=None, reason=reason))

    def _blame(self, error: BaseException) -> None:
        self.error = StreamError(f"What the stream called raised {type(error).__name__}: {error}")
        self.error.__cause__ = error
        # By a call of its own: the lane is going through its listeners.
        self._is_over = True
        self._loop.call(self._give_up)

    def _give_up(self) -> None:
        self._is_over = False
        assert self.error is not None
        self._end(self.error.message)

    def _show(self, state: LinkState, *, is_ready: bool = False) -> None:
        is_same = state.status == self._state.status and self._state.since_ms
        since_ms = self._state.since_ms if is_same else time.time_ns() // 1_000_000
        state = replace(state, since_ms=since_ms)
        is_news = state != self._state
        with self._changed:
            self._state, self._is_ready = state, is_ready
            self._changed.notify_all()
        if is_news:
            try:
                self._sink.on_state(state)
            except BaseException as error:  # noqa: BLE001 - as above
                if not self._is_over:
                    self._blame(error)
