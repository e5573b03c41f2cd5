"""An exchange on a real socket whose clocks a test turns by hand, and clients that listen to its streams."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from binance_nb.sandbox.faults import Faults
from binance_nb.sandbox.server import Server
from binance_nb.sandbox.streams import MarketStreams
from tests.sandbox.desk import NOW_MS, Desk

__all__ = ["NOW_MS", "Client", "Stage", "play", "stage"]

_PATIENCE_SECONDS = 30


class RealTime:
    """Real seconds, as pings and the limit on messages know them."""

    def __init__(self) -> None:
        self.seconds = 1000.0


class Client:
    """Somebody who listens."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, real: RealTime) -> None:
        self.socket = socket
        self._real = real

    async def text(self) -> str:
        """The next message as it came."""
        message = await self.frame()
        assert message.type is aiohttp.WSMsgType.TEXT, message
        return str(message.data)

    async def event(self) -> Any:
        """The next message."""
        return json.loads(await self.text())

    async def events(self, count: int) -> list[Any]:
        """The next messages."""
        return [await self.event() for _ in range(count)]

    async def frame(self) -> aiohttp.WSMessage:
        """Whatever comes next."""
        return await self.socket.receive(_PATIENCE_SECONDS)

    async def ask(self, method: str, *params: object, id: object = 1) -> Any:
        """Say something and take the answer."""
        await self.say(json.dumps({"method": method, "params": params, "id": id}))
        return await self.event()

    async def say(self, text: str) -> None:
        """Send these very characters, as often as one may."""
        self._real.seconds += 0.2
        await self.socket.send_str(text)

    async def heard(self) -> list[Any]:
        """Everything that was sent so far: what comes before the answer to a question."""
        await self.say('{"method":"LIST_SUBSCRIPTIONS","id":"sofar"}')
        events: list[Any] = []
        while True:
            event = await self.event()
            if isinstance(event, dict) and event.get("id") == "sofar":
                return events
            events.append(event)


class Stage:
    """The exchange with its streams."""

    def __init__(self, rate: float, now_ms: int) -> None:
        self.real = RealTime()
        self.faults = Faults()
        self.desk = Desk(rate=rate, now_ms=now_ms)
        self.streams = MarketStreams(self.desk.venue, self.desk.clock, self.faults, lambda: self.real.seconds)
        self.session = aiohttp.ClientSession()
        self.url = ""
        self.passed_ms = 0

    async def connect(self, path: str) -> Client:
        """Open a connection and wait until it is served."""
        opened = await self.session.ws_connect(self.url + path, autoping=False, max_msg_size=0)
        client = Client(opened, self.real)
        await client.heard()
        return client

    def pass_ms(self, passed_ms: int) -> None:
        """Turn the sandbox's clock, and have the streams look at it."""
        self.passed_ms += passed_ms
        # A little more, for floats cut the last microsecond.
        self.desk.seconds = self.passed_ms / 1000 / (self.desk.clock.rate or 1) + 1e-7
        self.streams.turn()


@asynccontextmanager
async def stage(*, rate: float = 1.0, now_ms: int = NOW_MS) -> AsyncIterator[Stage]:
    """Open the exchange."""
    opened = Stage(rate, now_ms)
    server = Server(opened.desk.exchange, {"ws": opened.streams.answer, "stream": opened.streams.answer})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        opened.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await server.start(listening)
        async with opened.session:
            try:
                yield opened
            finally:
                await opened.streams.close()
                await server.stop()


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario to its end."""

    async def timed() -> None:
        async with asyncio.timeout(3 * _PATIENCE_SECONDS):
            await scenario()

    asyncio.run(timed())
