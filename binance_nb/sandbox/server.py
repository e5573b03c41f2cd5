"""The exchange on a socket."""

from __future__ import annotations

import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.exchange import Answer, Exchange
from binance_nb.sandbox.refusals import Refusal

__all__ = ["Door", "Server"]

Door: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""Answers everything below one folder of the address that is not REST: streams, bulk files, the control desk."""

_FAULT = 500
_SHUTDOWN_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Server:
    """Serves an exchange over HTTP.

    Args:
        exchange: What answers.
        doors: What answers below other folders than ``/api``, by the folder's name.
    """

    def __init__(self, exchange: Exchange, doors: Mapping[str, Door] | None = None) -> None:
        self._exchange = exchange
        self._doors = doors or {}
        self._runner: web.ServerRunner | None = None

    async def start(self, listening: socket.socket) -> None:
        """Begin to serve.

        Args:
            listening: The socket that listens.
        """
        server = web.Server(self._handle)
        self._runner = web.ServerRunner(server, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Close every connection."""
        if self._runner:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        door = self._doors.get(request.path.split("/")[1])
        return await (door or self._rest)(request)

    async def _rest(self, request: web.BaseRequest) -> web.Response:
        # raw_path holds the bytes as they came: a signature covers them, not what they decode to.
        path, _, query = request.raw_path.partition("?")
        received = Received(
            method=request.method,
            path=path,
            query=query,
            body=await request.read(),
            headers={name.lower(): value for name, value in request.headers.items()},
            address=request.remote or "",
        )
        answer = self._answer(received)
        return web.Response(
            status=answer.status, body=answer.body, headers={"Server": "binance_nb sandbox", **answer.headers}
        )

    def _answer(self, received: Received) -> Answer:
        try:
            return self._exchange.answer(received)
        except Exception:  # noqa: BLE001 - a defect must look to the client as it would at the exchange: outcome unknown
            _log.exception("%s %s failed", received.method, received.path)
            return Answer.of(_FAULT, Refusal(-1000).body())
