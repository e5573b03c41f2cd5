"""The WebSocket API's door: shaking hands, and the pulse that drives everything that happens by itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from aiohttp import web

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.exchange import Answer, Exchange
from binance_nb.sandbox.faults import Faults, Postponed
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.sockets.handshakes import Handshakes
from binance_nb.sandbox.sockets.wire import Wire
from binance_nb.sandbox.time_units import wants_microseconds
from binance_nb.sandbox.venue import Venue
from binance_nb.sandbox.ws_api.account_events import AccountEvents
from binance_nb.sandbox.ws_api.mishaps import Mishaps
from binance_nb.sandbox.ws_api.session import PATH, Backing, Options, Session

__all__ = ["WsApi"]

_CONNECT_WEIGHT = 2
_BEAT_SECONDS = 0.1
_LAST_WORDS_SECONDS = 1.0

_log = logging.getLogger(__name__)


class WsApi:
    """Serves the WebSocket API, and tells the engine's doings to those who follow an account.

    Args:
        exchange: What answers requests.
        venue: Where the accounts and the engine are.
        clock: The exchange's time.
        faults: What is to go wrong.
        postponed: What a fault has put off.
        monotonic: Where real seconds come from.

    Attributes:
        events: Who follows which account.
    """

    def __init__(
        self,
        exchange: Exchange,
        venue: Venue,
        clock: Clock,
        faults: Faults,
        postponed: Postponed,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.events = AccountEvents(clock, venue.engine.execution_ids)
        venue.engine.listeners.append(self.events)
        self._backing = Backing(exchange, venue, clock, self.events, faults)
        self._handshakes = Handshakes(clock)
        self._postponed = postponed
        self._mishaps = Mishaps(exchange, faults, clock, postponed)
        self._monotonic = monotonic
        self._sessions: dict[Session, asyncio.Task[None]] = {}
        self._pulse: asyncio.Task[None] | None = None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one connection until it ends.

        Args:
            request: The client's request for it.

        Returns:
            The connection's response, or why there is none.
        """
        if request.path.rstrip("/") != PATH and not request.path.startswith(f"{PATH}/"):
            return _plain(Answer.page(404, "Not Found"))
        address = request.remote or ""
        try:
            self._handshakes.count(address)
            self._backing.exchange.limits(address).charge(_CONNECT_WEIGHT, self._backing.clock.now_ms())
            options = _options(request.query)
        except Refusal as refusal:
            return _plain(Answer.of(refusal.status, refusal.body(), refusal.headers))
        wire = Wire(self._monotonic())
        if not wire.can_open(request):
            return _plain(Answer.page(400, "Bad Request"))
        response = await wire.open(request)
        await self._converse(Session(self._backing, wire, address, options), wire)
        return response

    async def close(self) -> None:
        """Say goodbye to everybody."""
        if self._pulse:
            self._pulse.cancel()
        for session in self._sessions:
            session.say_goodbye()
        if self._sessions:
            await asyncio.wait(self._sessions.values(), timeout=_LAST_WORDS_SECONDS)
        for session in tuple(self._sessions):
            # A client that does not read would hold up the end.
            session.cut()

    async def _converse(self, session: Session, wire: Wire) -> None:
        self._sessions[session] = asyncio.create_task(wire.write())
        self._pulse = self._pulse or asyncio.create_task(self._beat_for_ever())
        try:
            async for text in wire.texts():
                answer = session.answer_to(text) if self._mishaps.is_idle else await self._mishaps.answer(session, text)
                if answer is None:
                    wire.cut()
                else:
                    wire.send(answer)
                # A client that sends without a pause must not keep the others waiting.
                await asyncio.sleep(0)
        finally:
            session.end()
            writer = self._sessions.pop(session)
            if not wire.is_ending:
                writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            try:
                self._beat()
            except Exception:  # noqa: BLE001 - a defect in one beat must not stop every later one
                _log.exception("a beat failed")

    def _beat(self) -> None:
        exchange, venue, clock, events, _ = self._backing
        # First, for each call of it has its own moment, which lies before the present.
        self._postponed.catch_up()
        now_us = clock.now_us()
        if events.is_followed and venue.engine.open_orders():
            # Fills of waiting orders are told when they happen, not when somebody asks.
            venue.engine.settle(now_us // 1000)
            exchange.log.settled(now_us)
        for session in tuple(self._sessions):
            session.beat(now_us // 1000, self._monotonic())


def _options(query: Mapping[str, str]) -> Options:
    """Read the parameters of the address; others than these are ignored, as far as is known.

    Raises:
        Refusal: -1194 for a wrong unit, -1130 for a wrong switch, -1020 for a format other than JSON.
    """
    shown = query.get("returnRateLimits", "true").lower()
    if shown not in ("true", "false"):
        raise Refusal(-1130, "'%s'", "returnRateLimits")
    if query.get("responseFormat", "json").lower() != "json":
        raise Refusal(-1020)
    return Options(wants_microseconds(query.get("timeUnit")), shown == "true")


def _plain(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
