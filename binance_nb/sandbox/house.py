"""The whole house: the exchange with all its doors, on one socket."""

from __future__ import annotations

import socket

from binance_nb.sandbox.bulk import BulkFiles
from binance_nb.sandbox.bulk.listing import BUCKET
from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.control.desk import ControlDesk
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.faults import Faults, Postponed
from binance_nb.sandbox.faults.mishaps import Mishaps
from binance_nb.sandbox.server import Door, Server
from binance_nb.sandbox.streams import MarketStreams
from binance_nb.sandbox.streams.names import stream_names
from binance_nb.sandbox.venue import Venue
from binance_nb.sandbox.ws_api import WsApi
from binance_nb.sandbox.ws_api.events import STREAM_NAMES
from binance_nb.sandbox.ws_api.session_methods import SESSION_METHODS

__all__ = ["House"]


class House:
    """Everything that listens on the sandbox's address.

    Args:
        exchange: What answers below ``/api``.
        venue: What its answers are made of.
        clock: Its time.
    """

    def __init__(self, exchange: Exchange, venue: Venue, clock: Clock) -> None:
        faults = Faults(methods=SESSION_METHODS, streams=(*stream_names(venue.listings), *STREAM_NAMES))
        postponed = Postponed(clock)
        mishaps = Mishaps(exchange, faults, clock, postponed)
        desk = ControlDesk(exchange, venue, clock, faults, postponed)
        self._bulk_files = BulkFiles(venue, clock, faults)
        self._ws_api = WsApi(exchange, venue, clock, faults, postponed)
        self._streams = MarketStreams(venue, clock, faults)
        doors: dict[str, Door] = {"sandbox": desk.answer, "ws-api": self._ws_api.answer}
        doors |= dict.fromkeys(("ws", "stream"), self._streams.answer)
        # Files lie below /data; the root and the bucket's name list them too.
        doors |= dict.fromkeys(("", "data", BUCKET), self._bulk_files.answer)
        self._server = Server(exchange, doors, mishaps)

    async def open(self, listening: socket.socket) -> None:
        """Begin to serve.

        Args:
            listening: The socket that listens.
        """
        await self._server.start(listening)

    async def close(self) -> None:
        """End every connection."""
        await self._ws_api.close()
        await self._streams.close()
        await self._server.stop()
        await self._bulk_files.close()
