"""One connection of a hub, and the streams that are subscribed on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from binance_nb.catalog.stream_errors import explain_stream
from binance_nb.errors import StreamError
from binance_nb.streams.connection import Connection
from binance_nb.streams.link import LinkState, Policy, TryLater
from binance_nb.streams.wire import Wire

__all__ = ["Lane", "Listener"]

_RETRY_SECONDS = 1.0


class Listener(Protocol):
    """Who wants streams of a lane."""

    def deliver(self, stream: str, data: Any, received_ms: int) -> None:  # Any: JSON
        """Take in an event.

        Args:
            stream: Its stream.
            data: What it holds.
            received_ms: When it came.
        """

    def refresh(self) -> None:
        """Learn that something changed: how the lane stands, or which streams are subscribed."""

    def refuse(self, stream: str, error: StreamError) -> None:
        """Learn that the exchange refused a stream.

        Args:
            stream: The stream.
            error: Why.
        """


class Lane:
    """A connection to combined streams. What is wanted is held against what is subscribed, and the rest asked for.

    Args:
        url: Where combined streams are.
        rate: Seconds of the exchange per second here.
        policy: By which rules.
        on_idle: Told when nothing is wanted any more.

    Attributes:
        connection: The connection.
    """

    def __init__(self, url: str, rate: Callable[[], float], policy: Policy, on_idle: Callable[[Lane], None]) -> None:
        self._policy = policy
        self._on_idle = on_idle
        # A stream without listeners is in its grace.
        self._listeners: dict[str, dict[Listener, None]] = {}
        self._subscribed: WeakKeyDictionary[Wire, set[str]] = WeakKeyDictionary()
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._tending = asyncio.create_task(self._tend())
        self.connection = Connection(url, self, rate=rate, policy=policy)

    @property
    def room(self) -> int:
        """How many more streams it takes."""
        return self._policy.streams_per_connection - len(self._listeners)

    @property
    def state(self) -> LinkState:
        """How its connection stands."""
        return self.connection.state

    def carries(self, stream: str) -> bool:
        """Tell whether somebody wants a stream here, or did a moment ago.

        Args:
            stream: Its name.

        Returns:
            True if it needs no room of its own.
        """
        return stream in self._listeners

    def has(self, stream: str) -> bool:
        """Tell whether a stream is subscribed.

        Args:
            stream: Its name.

        Returns:
            True if its events come.
        """
        wire = self.connection.wire
        return wire is not None and stream in self._subscribed.get(wire, ())

    def join(self, stream: str, listener: Listener) -> None:
        """Want a stream.

        Args:
            stream: Its name.
            listener: Who wants it.
        """
        if stream not in self._listeners:
            self._listeners[stream] = {}
            self._wake.set()
        self._listeners[stream][listener] = None

    def leave(self, stream: str, listener: Listener) -> None:
        """Want a stream no longer; it is kept for a moment in case somebody wants it again.

        Args:
            stream: Its name.
            listener: Who wanted it.
        """
        listeners = self._listeners.get(stream, {})
        listeners.pop(listener, None)
        if not listeners:
            asyncio.get_running_loop().call_later(self._policy.grace_seconds, self._expire, stream)

    def end(self) -> None:
        """Close the connection."""
        self._tending.cancel()
        self.connection.close()

    async def on_open(self, wire: Wire) -> None:
        """Subscribe to everything; see `Handler`."""
        async with self._turn:
            self._subscribed[wire] = set()
            await self._settle(wire)

    def on_message(self, message: Any, received_ms: int) -> None:  # Any: JSON
        """Hand an event to those who want it; see `Handler`."""
        if type(message) is dict and "data" in message:
            stream = message.get("stream")
            if type(stream) is not str:
                return
            # It cannot change meanwhile: whoever leaves, leaves by a call of its own.
            for listener in self._listeners.get(stream, ()):
                listener.deliver(stream, message["data"], received_ms)

    def on_state(self, _state: LinkState) -> None:
        """Tell everybody; see `Handler`."""
        for listener in {each for listeners in self._listeners.values() for each in listeners}:
            listener.refresh()

    def _expire(self, stream: str) -> None:
        if self._listeners.get(stream) == {}:
            del self._listeners[stream]
            self._wake.set()
        if not self._listeners:
            self._on_idle(self)

    async def _tend(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(self._policy.gather_seconds)
            self._wake.clear()
            # While one connection replaces another there are two.
            for wire in [each for each in self._subscribed if not each.ending]:
                await self._settle_in_turn(wire)

    async def _settle_in_turn(self, wire: Wire) -> None:
        try:
            async with self._turn:
                await self._settle(wire)
        except TryLater:
            # If the connection is gone, the next one subscribes to everything anyway.
            await asyncio.sleep(_RETRY_SECONDS)
            self._wake.set()

    async def _settle(self, wire: Wire) -> None:
        """Subscribe and unsubscribe until what is subscribed is what is wanted."""
        subscribed = self._subscribed[wire]
        while surplus := [stream for stream in subscribed if stream not in self._listeners]:
            batch = surplus[: self._policy.streams_per_message]
            # Before it is asked: whoever wants one again meanwhile must not be told that it comes.
            subscribed.difference_update(batch)
            try:
                await wire.ask("UNSUBSCRIBE", batch)
            except TryLater:
                subscribed.update(stream for stream in batch if stream not in self._listeners)
                raise
        while missing := [stream for stream in self._listeners if stream not in subscribed]:
            await self._subscribe(wire, missing[: self._policy.streams_per_message])

    async def _subscribe(self, wire: Wire, streams: Sequence[str]) -> None:
        refusal = _refusal(await wire.ask("SUBSCRIBE", list(streams)), streams)
        if refusal is None:
            self._subscribed[wire].update(streams)
            for listener in {each for stream in streams for each in self._listeners.get(stream, ())}:
                listener.refresh()
        elif len(streams) == 1:
            for listener in self._listeners.pop(streams[0], {}):
                listener.refuse(streams[0], refusal)
            if not self._listeners:
                asyncio.get_running_loop().call_later(self._policy.grace_seconds, self._expire, streams[0])
        else:
            # Which of them it was, a refusal does not say.
            middle = len(streams) // 2
            for half in (streams[:middle], streams[middle:]):
                await self._subscribe(wire, half)


def _refusal(answer: dict[str, Any], streams: Sequence[str]) -> StreamError | None:  # Any: JSON
    # Documented flat; some answers come nested, as the WebSocket API's do.
    said = answer.get("error", answer)
    if not isinstance(said, dict) or "code" not in said:
        return None
    code, message = _whole(said["code"]), str(said.get("msg", ""))
    explained = explain_stream(code, message)
    return StreamError(
        f"The exchange refused to send {streams[0]}: {message.rstrip('.') or explained.cause}.",
        hint=explained.remedy,
        culprit=streams[0],
        code=code,
        details={"cause": explained.cause},
    )


def _whole(code: object) -> int:
    with suppress(TypeError, ValueError):
        return int(str(code))
    return -1
