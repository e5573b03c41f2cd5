"""An exchange that does what a test says, and one who listens; both on real sockets."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aiohttp import WSMsgType, web

from binance_nb.streams.dials import forget_dials
from binance_nb.streams.link import LinkState
from binance_nb.streams.loop import background_loop
from binance_nb.streams.wire import Wire

__all__ = ["Heard", "ScriptedExchange", "Served", "scripted"]

_PATIENCE_SECONDS = 30.0


class Heard:
    """Whoever listens: a sink of a hub, or the handler of a connection. It keeps what it was told, in order."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.told: list[Any] = []

    async def on_open(self, wire: Wire) -> None:
        """As a handler: nothing to prepare."""

    def on_message(self, *said: Any) -> None:
        """As a sink with the stream's name, as a handler without."""
        self.note(said[-2])

    def on_state(self, state: LinkState) -> None:
        self.note(state)

    def note(self, what: Any) -> None:
        with self._changed:
            self.told.append(what)
            self._changed.notify_all()

    @property
    def states(self) -> list[LinkState]:
        return [each for each in self.told if isinstance(each, LinkState)]

    @property
    def statuses(self) -> list[str]:
        """How it stood, one after the other, without repetition."""
        names: list[str] = []
        for state in self.states:
            if [state.status] != names[-1:]:
                names.append(state.status)
        return names

    @property
    def messages(self) -> list[Any]:
        return [each for each in self.told if not isinstance(each, LinkState)]

    def wait_for(self, is_there: Callable[[], object]) -> None:
        """Wait until something is so, which a message or state brings about."""
        with self._changed:
            assert self._changed.wait_for(is_there, _PATIENCE_SECONDS), self.told

    def wait_for_status(self, status: str, reconnects: int | None = None) -> LinkState:
        def found() -> list[LinkState]:
            return [state for state in self.states if state.status == status and reconnects in (None, state.reconnects)]

        self.wait_for(found)
        return found()[-1]

    def wait_for_messages(self, count: int) -> list[Any]:
        self.wait_for(lambda: len(self.messages) >= count)
        return self.messages


class Served:
    """One connection, as the exchange has it."""

    def __init__(self, exchange: ScriptedExchange, request: web.Request) -> None:
        self._exchange = exchange
        self._transport = request.transport
        self.socket = web.WebSocketResponse(autoping=False, compress=False)
        self.frames: list[tuple[float, WSMsgType, Any]] = []
        self.ended = asyncio.Event()

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [json.loads(data) for _, kind, data in self.frames if kind is WSMsgType.TEXT]

    @property
    def subscribed(self) -> list[str]:
        return [name for asked in self.asked if asked["method"] == "SUBSCRIBE" for name in asked["params"]]

    @property
    def pongs(self) -> list[bytes]:
        return [bytes(data) for _, kind, data in self.frames if kind is WSMsgType.PONG]

    def has_pongs(self, count: int) -> bool:
        return len(self.pongs) >= count

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        await self.socket.prepare(request)
        self._exchange.note(self)
        while True:
            message = await self.socket.receive()
            if message.type not in (WSMsgType.TEXT, WSMsgType.PING, WSMsgType.PONG):
                self.ended.set()
                return self.socket
            self.frames.append((time.monotonic(), message.type, message.data))
            if message.type is WSMsgType.TEXT:
                for answer in self._exchange.answer(self, json.loads(message.data)):
                    await self.socket.send_str(json.dumps(answer))
            self._exchange.heard.note(message.type)

    def say(self, *said: Any) -> None:
        """Send JSON, or a text as it is."""

        async def send() -> None:
            for each in said:
                await self.socket.send_str(each if isinstance(each, str) else json.dumps(each))

        background_loop().run(send())

    def event(self, stream: str, **data: Any) -> None:
        self.say({"stream": stream, "data": data})

    def ping(self, payload: bytes) -> None:
        background_loop().run(self.socket.ping(payload))

    def say_bytes(self, data: bytes) -> None:
        background_loop().run(self.socket.send_bytes(data))

    def close(self, code: int, reason: bytes) -> None:
        background_loop().run(self.socket.close(code=code, message=reason))

    def cut(self) -> None:
        assert self._transport is not None
        background_loop().call(self._transport.abort)


class ScriptedExchange:
    """Shakes hands, or refuses to; confirms every request, unless told otherwise.

    Attributes:
        refusals: Status and headers of the handshakes to come that are refused.
        served: Connections, oldest first.
        tried_at: When each handshake came.
        heard: Told of each frame that came and each connection that was made.
        answer: Makes the answers to a request.
    """

    def __init__(self) -> None:
        self.refusals: deque[tuple[int, dict[str, str]]] = deque()
        self.served: list[Served] = []
        self.tried_at: list[float] = []
        self.heard = Heard()
        self.answer: Callable[[Served, dict[str, Any]], list[Any]] = _confirm
        self.port = 0
        self.scheme = "ws"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def note(self, served: Served) -> None:
        self.served.append(served)
        self.heard.note(served)

    def connection(self, number: int) -> Served:
        """Wait for the connection of a number, counted from 0."""
        self.heard.wait_for(lambda: len(self.served) > number)
        return self.served[number]

    def wait_for(self, is_there: Callable[[], object]) -> None:
        self.heard.wait_for(is_there)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.tried_at.append(time.monotonic())
        if self.refusals:
            status, headers = self.refusals.popleft()
            return web.Response(status=status, headers=headers)
        return await Served(self, request).serve(request)


def _confirm(_served: Served, asked: dict[str, Any]) -> list[Any]:
    return [{"result": None, "id": asked["id"]}]


@contextmanager
def scripted(tls: ssl.SSLContext | None = None) -> Iterator[ScriptedExchange]:
    """An exchange of one's own, until the end of the block."""
    exchange, loop = ScriptedExchange(), background_loop()
    app = web.Application()
    app.router.add_get("/{path:.*}", exchange.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()

    loop.run(start())
    exchange.port = runner.addresses[0][1]
    exchange.scheme = "wss" if tls else "ws"
    for host in ("127.0.0.1", "localhost"):
        forget_dials(f"{host}:{exchange.port}")  # of another one that had the port
    yield exchange
    for served in exchange.served:
        with suppress(AssertionError):
            served.cut()
    loop.run(runner.cleanup(), _PATIENCE_SECONDS)
