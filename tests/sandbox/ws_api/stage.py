"""A stage for the WebSocket API: an exchange on a real socket, and clients who speak to it by hand."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from binance_nb.sandbox.door.keys import ApiKey, account_keys
from binance_nb.sandbox.door.seeded_keys import SeededKey
from binance_nb.sandbox.faults import Faults, Postponed
from binance_nb.sandbox.server import Server
from binance_nb.sandbox.ws_api import WsApi
from tests.sandbox.desk import Desk

__all__ = ["Line", "Stage", "play"]

_Result = TypeVar("_Result")
_PATIENCE_SECONDS = 30.0


def play(scene: Callable[[Stage], Awaitable[_Result]], *, rate: float = 0.0) -> _Result:
    """Let a scene happen, and return what it returns."""

    async def run() -> _Result:
        async with Stage(rate) as stage:
            return await scene(stage)

    return asyncio.run(run())


def signature(params: Mapping[str, object], key: ApiKey) -> str:
    """Sign parameters the WebSocket way: sorted by name, nothing percent-encoded."""
    payload = "&".join(f"{name}={value}" for name, value in sorted(params.items())).encode()
    if isinstance(key.public_key, SeededKey):
        private = load_pem_private_key(key.public_key.private_pem.encode(), None)
        assert isinstance(private, Ed25519PrivateKey)
        return base64.b64encode(private.sign(payload)).decode()
    return hmac.new(key.secret_key.encode(), payload, hashlib.sha256).hexdigest()


class Line:
    """One connection of a client."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, desk: Desk) -> None:
        self.socket = socket
        self._desk = desk
        self._ids = count(1)
        self._events = deque[dict[str, Any]]()

    async def receive(self) -> dict[str, Any]:
        """The next frame; a connection that ends instead raises ConnectionError."""
        frame = await self.socket.receive(_PATIENCE_SECONDS)
        if frame.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(str(frame))
        reply = json.loads(frame.data)
        assert isinstance(reply, dict)
        return reply

    async def say(self, text: str) -> dict[str, Any]:
        """Send these very words, and return the answer; events are kept for later."""
        await self.socket.send_str(text)
        while "status" not in (reply := await self.receive()):
            self._events.append(reply)
        return reply

    async def ask(self, method: str, params: object = None, **more: object) -> dict[str, Any]:
        """Send a request, and return the answer."""
        frame = {"id": next(self._ids), "method": method, **({} if params is None else {"params": params}), **more}
        return await self.say(json.dumps(frame, ensure_ascii=False))

    async def ask_signed(self, key: ApiKey, method: str, /, **params: object) -> dict[str, Any]:
        """Send a signed request, and return the answer."""
        stamped = {"apiKey": key.api_key, "timestamp": self._desk.clock.now_ms(), **params}
        return await self.ask(method, {**stamped, "signature": signature(stamped, key)})

    async def follow(self, key: ApiKey) -> int:
        """Subscribe to the events of a key's account."""
        reply = await self.ask_signed(key, "userDataStream.subscribe.signature")
        return int(reply["result"]["subscriptionId"])

    async def event(self) -> dict[str, Any]:
        """The next event with its envelope."""
        return self._events.popleft() if self._events else await self.receive()

    async def events_so_far(self) -> list[dict[str, Any]]:
        """Every event that was sent until now, without its envelope."""
        await self.ask("ping")
        told = [frame["event"] for frame in self._events]
        self._events.clear()
        return told

    async def ending(self) -> int | None:
        """The code with which the exchange closes, 1006 for a line that breaks; events are skipped."""
        while True:
            frame = await self.socket.receive(_PATIENCE_SECONDS)
            if frame.type is aiohttp.WSMsgType.CLOSE:
                return int(frame.data)
            if frame.type is not aiohttp.WSMsgType.TEXT:
                return self.socket.close_code


class Stage:
    """An exchange with a WebSocket API, two accounts, and keys of all kinds."""

    def __init__(self, rate: float) -> None:
        self.seconds = 0.0
        self._lines: list[Line] = []
        self.desk = Desk(rate=rate)
        self.faults = Faults()
        self.trading, self.reading, self.ed25519 = account_keys(1, "main")
        self.second, _, self.second_ed25519 = account_keys(1, "second")
        for key in (self.ed25519, self.second, self.second_ed25519):
            self.desk.exchange.gate.register(key)
        self.postponed = Postponed(self.desk.clock)
        self.api = WsApi(
            self.desk.exchange,
            self.desk.venue,
            self.desk.clock,
            self.faults,
            self.postponed,
            monotonic=lambda: self.seconds,
        )
        self._server = Server(self.desk.exchange, {"ws-api": self.api.answer})
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> Self:
        await self._server.start(self._socket)
        self.client = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines:
            await line.socket.close()
        await self.client.close()
        await self.api.close()
        await self._server.stop()
        self._socket.close()

    async def connect(self, path: str = "/ws-api/v3", **options: Any) -> Line:
        """Open a connection."""
        line = Line(await self.client.ws_connect(self.url + path, **options), self.desk)
        self._lines.append(line)
        return line
