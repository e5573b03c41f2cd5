"""The exchange on a socket."""

from __future__ import annotations

import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

from aiohttp import web

from binance_nb.sandbox.door.body import UnreadableError, body_of
from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.exchange import Answer, Exchange
from binance_nb.sandbox.faults.mishaps import Mishaps
from binance_nb.sandbox.refusals import Refusal

__all__ = ["Door", "Server"]

Door: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""Answers everything below one folder of the address that is not REST: streams, bulk files, the control desk."""

_FAULT = 500
_TOO_LARGE = 413
_SHUTDOWN_SECONDS = 1.0
_LINGERING_SECONDS = 1.0
# One address may name 1024 streams.
_LONGEST_LINE = 131_072
_HANDSHAKE = ("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
_SERVER = {"Server": "binance_nb sandbox"}

_log = logging.getLogger(__name__)

# Bytes that are no HTTP are answered with 400 by aiohttp, which would write a traceback for each.
_http_log = logging.getLogger(f"{__name__}.http")
_http_log.setLevel(logging.CRITICAL)


class Server:
    """Serves an exchange over HTTP.

    Args:
        exchange: What answers.
        doors: What answers below other folders than ``/api``, by the folder's name.
        mishaps: What answers instead while faults are set.
    """

    def __init__(
        self, exchange: Exchange, doors: Mapping[str, Door] | None = None, mishaps: Mishaps | None = None
    ) -> None:
        self._exchange = exchange
        self._doors = doors or {}
        self._mishaps = mishaps
        self._runner: web.ServerRunner | None = None

    async def start(self, listening: socket.socket) -> None:
        """Begin to serve.

        Args:
            listening: The socket that listens.
        """
        server = web.Server(
            self._handle,
            access_log=None,
            logger=_http_log,
            max_line_size=_LONGEST_LINE,
            lingering_time=_LINGERING_SECONDS,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Close every connection."""
        if self._runner:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        door = self._doors.get(request.raw_path.partition("?")[0].removeprefix("/").partition("/")[0])
        if door is None:
            return await self._rest(request)
        if not all(request.headers.get(name, "").isascii() for name in _HANDSHAKE):
            # aiohttp trips over them where it opens a WebSocket.
            return _response(Answer.page(400, "Bad Request"))
        try:
            return await door(request)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception:  # noqa: BLE001 - as below
            _log.exception("%s %s failed", request.method, request.path)
            return _response(_defect())

    async def _rest(self, request: web.BaseRequest) -> web.Response:
        try:
            received = await _received(request)
        except UnreadableError as error:
            # The exchange's front refuses it; the codes are guesses.
            return _response(Answer.of(error.status, Refusal(-1101 if error.status == _TOO_LARGE else -1100).body()))
        answer = await self._answer(received)
        if answer is None:
            _hang_up(request)
            return web.Response()
        return _response(answer)

    async def _answer(self, received: Received) -> Answer | None:
        try:
            if self._mishaps is None or self._mishaps.is_idle:
                return self._exchange.answer(received)
            return await self._mishaps.answer(received)
        except Exception:  # noqa: BLE001 - a defect must look to the client as it would at the exchange: outcome unknown
            _log.exception("%s %s failed", received.method, received.path)
            return _defect()


async def _received(request: web.BaseRequest) -> Received:
    # raw_path holds the bytes as they came: a signature covers them, not what they decode to.
    path, _, query = request.raw_path.partition("?")
    if not path.startswith("/"):
        # As a proxy is asked: with the host before the path.
        path = urlsplit(path).path or "/"
    return Received(
        method=request.method,
        path=path,
        query=query,
        body=await body_of(request),
        headers={name.lower(): value for name, value in request.headers.items()},
        address=request.remote or "",
    )


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers={**_SERVER, **answer.headers})


def _defect() -> Answer:
    return Answer.of(_FAULT, Refusal(-1000).body())


def _hang_up(request: web.BaseRequest) -> None:
    if request.transport:
        request.transport.close()
