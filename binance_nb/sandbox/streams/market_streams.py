"""The door to the market streams: ``/ws`` and ``/stream``."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote

from aiohttp import WSCloseCode, web

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.faults import Faults
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.sockets.handshakes import Handshakes
from binance_nb.sandbox.streams.connection import Connection
from binance_nb.sandbox.streams.hub import Hub
from binance_nb.sandbox.streams.names import MOST_NAME_LENGTH, MOST_STREAMS
from binance_nb.sandbox.streams.printing import Manner
from binance_nb.sandbox.time_units import wants_microseconds
from binance_nb.sandbox.venue import Venue

__all__ = ["MarketStreams"]

_TENDED_EVERY_SECONDS = 1.0
_LAST_WORDS_SECONDS = 2.0


class MarketStreams:
    """All market streams over WebSocket.

    Args:
        venue: The exchange.
        clock: Its time.
        faults: What may go wrong.
        seconds: The clock of real seconds, which pings and message limits go by.
    """

    def __init__(
        self, venue: Venue, clock: Clock, faults: Faults, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._hub = Hub(venue, clock)
        self._clock = clock
        self._faults = faults
        self._seconds = seconds
        self._handshakes = Handshakes(clock)
        # Each with what is set when it has ended.
        self._connections: dict[Connection, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one connection until it ends.

        Args:
            request: What came in below ``/ws`` or ``/stream``.

        Returns:
            The WebSocket, or a refusal of the handshake.
        """
        try:
            names, manner = _read(request)
            if not web.WebSocketResponse().can_prepare(request):
                return web.Response(status=400, text="400 Bad Request: a WebSocket handshake is expected here")
            self._handshakes.count(request.remote or "")
        except Refusal as refusal:
            return web.Response(status=refusal.status, text=json.dumps(refusal.body()), content_type="application/json")
        return await self._serve(request, names, manner)

    def turn(self) -> None:
        """Look at both clocks now, rather than when it is time."""
        self._hub.turn()
        now_ms = self._clock.now_ms()
        for connection in list(self._connections):
            connection.tend(now_ms)

    async def close(self) -> None:
        """Tell everybody that the exchange closes, and end all connections."""
        for task in self._tasks:
            task.cancel()
        for connection in list(self._connections):
            connection.give_notice(self._clock.now_ms())
            connection.close(WSCloseCode.GOING_AWAY, "The exchange closes")
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                for ended in list(self._connections.values()):
                    await ended.wait()

    async def _serve(self, request: web.BaseRequest, names: list[str], manner: Manner) -> web.StreamResponse:
        self._start()
        connection = Connection(self._hub, self._faults, manner, self._clock.now_ms(), self._seconds)
        self._connections[connection] = asyncio.Event()
        try:
            return await connection.serve(request, names)
        finally:
            self._connections.pop(connection).set()

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._hub.run()), asyncio.create_task(self._tend())]

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(_TENDED_EVERY_SECONDS)
            now_ms = self._clock.now_ms()
            for connection in list(self._connections):
                connection.tend(now_ms)


def _read(request: web.BaseRequest) -> tuple[list[str], Manner]:
    """Return the streams that an address names, and how they are wanted."""
    path, _, query = request.raw_path.partition("?")
    is_combined = path.split("/")[1] == "stream"
    # Not as forms are read: a plus in a stream's name is a plus.
    said = dict(pair.partition("=")[::2] for pair in query.split("&"))
    named = said.get("streams", "") if is_combined else path.removeprefix("/ws").lstrip("/")
    names = [name for name in unquote(named).split("/") if name]
    if len(names) > MOST_STREAMS or any(len(name) > MOST_NAME_LENGTH for name in names):
        raise Refusal(-1191, "Too many subscriptions", MOST_STREAMS)
    return names, Manner(is_combined, wants_microseconds(said.get("timeUnit")))
