"""One WebSocket connection: what waits to be sent, the pings that keep it alive, and its end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from aiohttp import WSCloseCode, WSMsgType, web

__all__ = ["PING_SECONDS", "PONG_SECONDS", "Wire"]

PING_SECONDS = 20.0
"""How often the exchange pings, in real seconds: it is the network that has to be alive, not the market."""

PONG_SECONDS = 60.0
"""How long it waits for the answer."""

_LONGEST_FRAME = 256 * 1024
_MOST_WAITING = 4 * 1024 * 1024
_CLOSE_SECONDS = 1.0


_FRAMES = (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG)


class _Ping(NamedTuple):
    payload: bytes


class _Pong(NamedTuple):
    payload: bytes


class _Close(NamedTuple):
    code: int
    reason: str


_CUT = _Close(0, "")


class Wire:
    """A connection to one client; created before the handshake.

    Args:
        seconds: The present in real seconds, of the clock that `beat` goes by.
        heard: Called for each text, binary, ping or pong frame before anything is done about it.
    """

    def __init__(self, seconds: float, heard: Callable[[], None] | None = None) -> None:
        self._heard = heard or (lambda: None)
        self._socket = web.WebSocketResponse(
            autoping=False, max_msg_size=_LONGEST_FRAME, timeout=_CLOSE_SECONDS, compress=False
        )
        self._transport: asyncio.Transport | None = None
        self._queue: deque[str | _Ping | _Pong | _Close] = deque()
        self._waiting = 0
        self._is_ending = False
        self._wake = asyncio.Event()
        self._next_ping = seconds + PING_SECONDS
        self._unanswered: dict[bytes, float] = {}

    @property
    def is_ending(self) -> bool:
        """Whether nothing more will be sent."""
        return self._is_ending

    def can_open(self, request: web.BaseRequest) -> bool:
        """Tell whether a request asks for a WebSocket.

        Args:
            request: The client's request.

        Returns:
            True if it does.
        """
        return bool(self._socket.can_prepare(request))

    async def open(self, request: web.BaseRequest) -> web.WebSocketResponse:
        """Shake hands.

        Args:
            request: The client's request.

        Returns:
            The response that the server hands back when the connection has ended.
        """
        await self._socket.prepare(request)
        self._transport = request.transport
        return self._socket

    def send(self, text: str) -> None:
        """Send a text when its turn comes; a client that does not read is cut off rather than remembered for ever.

        Args:
            text: The text.
        """
        self._put(text, len(text))

    def close(self, code: int, reason: str = "") -> None:
        """Close when everything before has been sent.

        Args:
            code: WebSocket close code.
            reason: Why.
        """
        self._put(_Close(code, reason), 0)
        self._is_ending = True

    def cut(self) -> None:
        """End without a word, as a broken line does."""
        self._is_ending = True
        self._queue.clear()
        self._queue.append(_CUT)
        self._wake.set()
        if self._transport:
            self._transport.abort()

    def beat(self, seconds: float) -> None:
        """Ping when it is time, and close when no answer came.

        Args:
            seconds: The present in real seconds.
        """
        asked = next(iter(self._unanswered.values()), seconds)
        if seconds - asked >= PONG_SECONDS:
            self._give_up()
        elif seconds >= self._next_ping:
            self._next_ping = seconds + PING_SECONDS
            payload = str(int(seconds * 1000)).encode()
            self._unanswered[payload] = seconds
            self._put(_Ping(payload), len(payload))

    async def texts(self) -> AsyncIterator[str]:
        """Yield what the client sends, until the connection ends.

        Yields:
            Texts; a binary frame ends the connection, for nothing here is binary.
        """
        while True:
            message = await self._socket.receive()
            if message.type in _FRAMES:
                self._heard()
            if message.type is WSMsgType.TEXT:
                yield message.data
            elif message.type is WSMsgType.PING:
                self._put(_Pong(bytes(message.data)), len(message.data))
            elif message.type is WSMsgType.PONG:
                self._answered(bytes(message.data))
            elif message.type is WSMsgType.BINARY:
                self.close(WSCloseCode.UNSUPPORTED_DATA, "Text frames only")
            else:
                return

    async def write(self) -> None:
        """Send what waits, in order, until the connection ends."""
        try:
            while await self._sent():
                pass
        except ConnectionError:
            self._is_ending = True

    async def _sent(self) -> bool:
        """Send one thing; False after the last."""
        while not self._queue:
            self._wake.clear()
            await self._wake.wait()
        what = self._queue.popleft()
        if what is _CUT:
            return False
        if isinstance(what, _Close):
            await self._socket.close(code=what.code, message=what.reason.encode())
            return False
        if isinstance(what, str):
            self._waiting -= len(what)
            await self._socket.send_str(what)
            return True
        self._waiting -= len(what.payload)
        await (self._socket.ping if isinstance(what, _Ping) else self._socket.pong)(what.payload)
        return True

    def _put(self, what: str | _Ping | _Pong | _Close, size: int) -> None:
        if self._is_ending:
            return
        self._queue.append(what)
        self._waiting += size
        self._wake.set()
        if self._waiting > _MOST_WAITING:
            self.cut()

    def _give_up(self) -> None:
        self._unanswered.clear()
        if self._queue:
            # The writer is stuck with a client that does not read; a close would wait behind it for ever.
            self.cut()
        else:
            self.close(WSCloseCode.POLICY_VIOLATION, "Pong timeout")

    def _answered(self, payload: bytes) -> None:
        # An answer to one ping answers those before it; a pong that nobody asked for answers none.
        if payload in self._unanswered:
            last = self._unanswered[payload]
            self._unanswered = {sent: when for sent, when in self._unanswered.items() if when > last}
