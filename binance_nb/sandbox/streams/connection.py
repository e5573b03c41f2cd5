"""One client's connection to the streams."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from aiohttp import WSCloseCode, web

from binance_nb.sandbox.faults import Faults
from binance_nb.sandbox.sockets.wire import Wire
from binance_nb.sandbox.streams.control import ControlError, answer
from binance_nb.sandbox.streams.hub import Event, Hub
from binance_nb.sandbox.streams.names import MOST_NAME_LENGTH, MOST_STREAMS, Stream, stream_of
from binance_nb.sandbox.streams.payloads import server_shutdown
from binance_nb.sandbox.streams.printing import Manner

__all__ = ["Connection"]

_LIFETIME_MS = 86_400_000
_NOTICE_MS = 600_000
_MESSAGES_A_SECOND = 5
_CLOSING_SECONDS = 5.0
_SHUTDOWN = "!serverShutdown"


class Connection:
    """What one client listens to, and what it may do.

    The five messages a second and the pings are counted in real time, for they are about the line and not about the
    market; the lifetime is one of the sandbox's days. A name that is no stream is accepted, and nothing is sent for it.

    Args:
        hub: Where events come from.
        faults: What may go wrong.
        manner: How it is spoken to.
        opened_ms: The present on the sandbox's clock.
        seconds: The clock of real seconds.
    """

    def __init__(self, hub: Hub, faults: Faults, manner: Manner, opened_ms: int, seconds: Callable[[], float]) -> None:
        self._manner = manner
        self._wire = Wire(seconds(), self._note_frame)
        self._hub = hub
        self._faults = faults
        self._ends_ms = opened_ms + _LIFETIME_MS
        self._has_notice = False
        self._seconds = seconds
        self._heard: deque[float] = deque(maxlen=_MESSAGES_A_SECOND)
        self._silent_until = -math.inf
        self._closed_at = math.inf
        self._streams: dict[str, Stream | None] = {}

    async def serve(self, request: web.BaseRequest, names: Sequence[str]) -> web.WebSocketResponse:
        """Shake hands, send streams and obey, until the connection ends.

        Args:
            request: The handshake.
            names: The streams that its address names.

        Returns:
            The response that the server hands back.
        """
        response = await self._wire.open(request)
        writing = asyncio.create_task(self._wire.write())
        try:
            self.subscribe(names)
            async for text in self._wire.texts():
                if not self._wire.is_ending:
                    self._say(answer(text, self))
        finally:
            self.unsubscribe(list(self._streams))
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
        return response

    def _note_frame(self) -> None:
        """Count a frame that came in, whatever it holds; too many end the connection."""
        now = self._seconds()
        if len(self._heard) == _MESSAGES_A_SECOND and now - self._heard[0] < 1:
            self.close(WSCloseCode.POLICY_VIOLATION, "Too many requests")
        self._heard.append(now)

    @property
    def is_combined(self) -> bool:
        """Whether events come in envelopes."""
        return self._manner.is_combined

    def combine(self, is_combined: bool) -> None:
        """Choose whether events come in envelopes.

        Args:
            is_combined: Whether they shall.
        """
        self._manner = replace(self._manner, is_combined=is_combined)

    def subscribe(self, names: Sequence[str]) -> None:
        """Begin to send streams.

        Args:
            names: Their names; those that it sends already change nothing.

        Raises:
            ControlError: They would be too many, and none is added. The documents do not say what comes then.
        """
        new = [name for name in dict.fromkeys(names) if name not in self._streams]
        if len(self._streams) + len(new) > MOST_STREAMS or any(len(name) > MOST_NAME_LENGTH for name in new):
            raise ControlError(2, "Invalid request: too many parameters")
        streams = {name: stream_of(name, self._hub.listings) for name in new}
        self._streams |= streams
        self._hub.join((stream for stream in streams.values() if stream is not None), self)

    def unsubscribe(self, names: Sequence[str]) -> None:
        """Stop sending streams.

        Args:
            names: Their names; those that it does not send change nothing.
        """
        for name in names:
            stream = self._streams.pop(name, None)
            if stream is not None:
                self._hub.leave(stream, self)

    def subscriptions(self) -> list[str]:
        """Return the names of what was subscribed, oldest first."""
        return list(self._streams)

    def hear(self, event: Event) -> None:
        """Send an event, unless something goes wrong.

        Args:
            event: The event.
        """
        if self._wire.is_ending or (self._faults.is_any and self._goes_wrong(event.stream)):
            return
        self._say(event.text(self._manner))

    def tend(self, now_ms: int) -> None:
        """Keep the connection alive, and end it when its day is over.

        Args:
            now_ms: The present on the sandbox's clock.
        """
        now = self._seconds()
        if now - self._closed_at > _CLOSING_SECONDS:
            self._wire.cut()
        elif now_ms >= self._ends_ms and self._has_notice:
            self.close(WSCloseCode.GOING_AWAY, "24 hours are over")
        elif now_ms >= self._ends_ms - _NOTICE_MS and not self._has_notice:
            self.give_notice(now_ms)
        if not self._is_silent():
            self._wire.beat(now)

    def give_notice(self, now_ms: int) -> None:
        """Tell the client that the connection is about to end.

        Args:
            now_ms: The present on the sandbox's clock.
        """
        self._has_notice = True
        self._say(self._manner.printed(_SHUTDOWN, server_shutdown(now_ms)))

    def close(self, code: int, reason: str) -> None:
        """End the connection when everything before has been sent; one that takes too long is cut.

        Args:
            code: WebSocket close code.
            reason: Why.
        """
        self._closed_at = min(self._closed_at, self._seconds())
        self._wire.close(code, reason)

    def _say(self, text: str) -> None:
        if not self._is_silent():
            self._wire.send(text)

    def _is_silent(self) -> bool:
        return self._seconds() < self._silent_until

    def _goes_wrong(self, stream: Stream) -> bool:
        """Draw a fault for one event; True if the event is lost."""
        kinds = ("cut", "silence", "skip_depth") if stream.kind == "diff_depth" else ("cut", "silence")
        # A route may name one stream, or a kind for every symbol: btcusdt@depth, or depth.
        fault = self._faults.draw(kinds, stream.name, stream.name.partition("@")[2])
        if fault is None:
            return False
        if fault.kind == "cut":
            self._wire.cut()
        elif fault.kind == "silence":
            silent_ms = fault.details["ms"]
            self._silent_until = self._seconds() + silent_ms / 1000 if silent_ms else math.inf
        return True
