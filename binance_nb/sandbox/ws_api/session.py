"""One connection: who is logged on, whose events it follows, and how its requests are answered."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar

from aiohttp import WSCloseCode

from binance_nb.catalog import Endpoint
from binance_nb.catalog.checks import problems
from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.control.log import Entry
from binance_nb.sandbox.door.gate import Denied
from binance_nb.sandbox.door.keys import ApiKey
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.faults import Faults
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.refusals import Refusal, refusal_of
from binance_nb.sandbox.sockets.wire import Wire
from binance_nb.sandbox.venue import Venue
from binance_nb.sandbox.ws_api import events
from binance_nb.sandbox.ws_api.account_events import AccountEvents
from binance_nb.sandbox.ws_api.events import Event
from binance_nb.sandbox.ws_api.identity import identified
from binance_nb.sandbox.ws_api.replies import compact, failed, succeeded
from binance_nb.sandbox.ws_api.requests import Request, frame_of, id_of, request_of
from binance_nb.sandbox.ws_api.session_methods import SESSION_METHODS, Asked, declared
from binance_nb.sandbox.ws_api.subscriptions import Subscriptions

__all__ = ["LIFETIME_MS", "NOTICE_MS", "PATH", "Backing", "Options", "Session"]

LIFETIME_MS = 24 * 3_600_000
"""How long a connection lasts, by the exchange's clock."""

NOTICE_MS = 600_000
"""How long before that it is announced; the documentation promises nothing."""

PATH = "/ws-api/v3"
"""Where the WebSocket API lives."""

_UNKNOWN_WEIGHT = 1
_OK, _FAULT = 200, 500
_Given = TypeVar("_Given")
_Taken = TypeVar("_Taken")

_log = logging.getLogger(__name__)


class Backing(NamedTuple):
    """What all connections share."""

    exchange: Exchange
    venue: Venue
    clock: Clock
    events: AccountEvents
    faults: Faults


@dataclass(frozen=True)
class Options:
    """What the address of a connection chooses.

    Attributes:
        in_us: Whether times are microseconds.
        shows_limits: Whether answers tell the limits unless a request says otherwise.
    """

    in_us: bool = False
    shows_limits: bool = True


@dataclass
class _Conversation:
    """What becomes known of a request while it is answered."""

    entry: Entry
    now_us: int
    skew_us: int
    endpoint: Endpoint | None = None
    account: Account | None = None

    def refused(self, refusal: Refusal) -> None:
        """Note how it ended in the log, which tells more than the client hears."""
        self.entry.verdict = refusal.status, refusal.code
        self.entry.tell(refusal.status, refusal.code)
        if isinstance(refusal, Denied):
            self.entry.reason, self.entry.signed = refusal.reason, refusal.signed


class Session:
    """One connection.

    Args:
        backing: The exchange behind it.
        wire: What it sends with.
        address: Where the client is.
        options: What the client chose.

    Attributes:
        address: Where the client is.
        key: Who is logged on.
        subscriptions: Whose events it follows.
    """

    def __init__(self, backing: Backing, wire: Wire, address: str, options: Options) -> None:
        self._backing = backing
        self._wire = wire
        self.address = address
        self._options = options
        self._connected_ms = backing.clock.now_ms()
        self._authorized_ms: int | None = None
        self._leave: dict[int, Callable[[], None]] = {}
        self._silent_until = -math.inf
        self._is_announced = False
        self._is_over = False
        self.key: ApiKey | None = None
        self.subscriptions = Subscriptions()

    def answer_to(self, text: str, *, entry: Entry | None = None, skew_us: int = 0, now_us: int | None = None) -> str:
        """Answer what the client sent.

        Args:
            text: A frame.
            entry: Its line in the log, where one was begun already.
            skew_us: How far the clock is off that looks at timestamps and that answers state.
            now_us: When it is executed; None for the present.

        Returns:
            The answer's frame; the events that it causes are sent before.
        """
        now_us = self._backing.clock.now_us() if now_us is None else now_us
        self._revoke_if_gone(now_us // 1000)
        entry = entry or self._backing.exchange.log.begin(self.address, "WS", PATH, now_us)
        request_id, request, conversation = None, Request(""), _Conversation(entry, now_us, skew_us)
        try:
            frame = self._read(frame_of, text, now_us // 1000)
            request_id = self._read(id_of, frame, now_us // 1000)
            request = self._read(request_of, frame, now_us // 1000)
            result = self._result(request, conversation)
        except Refusal as refusal:
            refused = refusal
        except Exception:  # noqa: BLE001 - a defect must look to the client as it would at the exchange: outcome unknown
            _log.exception("%s failed", request.method)
            refused = Refusal(-1000, status=_FAULT)
        else:
            entry.verdict = _OK, None
            entry.tell(_OK)
            return succeeded(request_id, result, self._limits(request, conversation))
        conversation.refused(refused)
        return failed(request_id, refused, self._limits(request, conversation), now_us // 1000)

    def beat(self, now_ms: int, seconds: float) -> None:
        """Do what is due: ping, and part after a day.

        Args:
            now_ms: The exchange's present.
            seconds: The real present.
        """
        self._wire.beat(seconds)
        left_ms = self._connected_ms + LIFETIME_MS - now_ms
        if left_ms <= NOTICE_MS:
            self._announce_end()
        if left_ms <= 0:
            self._wire.close(WSCloseCode.GOING_AWAY)

    def say_goodbye(self) -> None:
        """End the connection the way the exchange does when it has to."""
        self._announce_end()
        self._wire.close(WSCloseCode.GOING_AWAY)

    def cut(self) -> None:
        """End the connection without a word."""
        self._wire.cut()

    def end(self) -> None:
        """Stop following; the connection is gone."""
        self._is_over = True
        for leave in self._leave.values():
            leave()
        self._leave.clear()

    def log_on(self, key: ApiKey, now_ms: int) -> None:
        """Let later requests go without a signature.

        Args:
            key: Whose they are from now on.
            now_ms: The present.
        """
        self.key, self._authorized_ms = key, now_ms

    def log_out(self) -> None:
        """Forget who is logged on, and end what was subscribed on the strength of it."""
        self.key = self._authorized_ms = None
        for one in self.subscriptions.active:
            if one.is_of_session:
                self.unfollow(one.number)

    def status(self, now_ms: int) -> dict[str, Any]:  # Any: JSON leaves here
        """Print how the connection stands.

        Args:
            now_ms: The present.

        Returns:
            The result of the methods that log on and off.
        """
        unit = 1000 if self._options.in_us else 1
        return {
            "apiKey": self.key.api_key if self.key else None,
            "authorizedSince": None if self._authorized_ms is None else self._authorized_ms * unit,
            "connectedSince": self._connected_ms * unit,
            "returnRateLimits": self._options.shows_limits,
            "serverTime": now_ms * unit,
            "userDataStream": bool(self.subscriptions.active),
        }

    def follow(self, key: ApiKey, *, is_of_session: bool) -> dict[str, Any]:  # Any: JSON leaves here
        """Subscribe to the events of a key's account.

        Args:
            key: The key.
            is_of_session: Whether the subscription ends with the log-on.

        Returns:
            The result: the subscription's id.

        Raises:
            Refusal: As for `Subscriptions.follow`.
        """
        made = self.subscriptions.follow(self._backing.venue.accounts[key.account], is_of_session=is_of_session)
        if self._is_over:
            # A request that a fault held back until its client had gone; nobody is left to be told.
            return {"subscriptionId": made.number}
        self._leave[made.number] = self._backing.events.follow(made.account, partial(self.tell, number=made.number))
        return {"subscriptionId": made.number}

    def unfollow(self, number: int | None) -> None:
        """End a subscription, with its last event.

        Args:
            number: Its id; None for all, of which there may be none.

        Raises:
            Refusal: -2036 if there is no such subscription.
        """
        numbers = [one.number for one in self.subscriptions.active] if number is None else [number]
        for ended in numbers:
            self.subscriptions.end(ended)
            self._leave.pop(ended, _nothing)()
            self.tell(events.stream_terminated(self._backing.clock.now_ms()), number=ended)

    def tell(self, event: Event, *, number: int | None = None) -> None:
        """Send an event.

        Args:
            event: The event, in milliseconds.
            number: The subscription it belongs to; None for the connection itself.
        """
        if number is not None and self._is_silenced(event):
            return
        told = events.in_microseconds(event) if self._options.in_us else event
        self._wire.send(compact({"event": told} if number is None else {"subscriptionId": number, "event": told}))

    def _result(self, request: Request, conversation: _Conversation) -> Any:  # Any: JSON leaves here
        if request.method in SESSION_METHODS:
            return self._own_result(request, conversation)
        endpoint = declared(request.method)
        if endpoint is None:
            self._backing.exchange.limits(self.address).charge(_UNKNOWN_WEIGHT, conversation.now_us // 1000)
            # Which code an unknown method gets is not documented.
            raise Refusal(-1020)
        conversation.endpoint = endpoint
        sent = dict(request.params)
        if endpoint.is_signed:
            sent.pop("apiKey", None)
        called = self._backing.exchange.call(
            endpoint,
            sent,
            self.address,
            partial(self._identify, endpoint, request, conversation),
            in_us=self._options.in_us,
            entry=conversation.entry,
            now_us=conversation.now_us,
            skew_us=conversation.skew_us,
        )
        return called.reply

    def _read(self, read: Callable[[_Given], _Taken], given: _Given, now_ms: int) -> _Taken:
        """Read a part of a frame; what cannot be read is charged like a method that does not exist."""
        try:
            return read(given)
        except Refusal:
            self._backing.exchange.limits(self.address).charge(_UNKNOWN_WEIGHT, now_ms)
            raise

    def _own_result(self, request: Request, conversation: _Conversation) -> Any:  # Any: JSON leaves here
        endpoint, answer = SESSION_METHODS[request.method]
        conversation.entry.read(endpoint.name, request.params)
        now_ms = conversation.now_us // 1000
        self._backing.exchange.limits(self.address).charge(endpoint.weight.price(request.params), now_ms)
        key = self._identify(endpoint, request, conversation, conversation.now_us + conversation.skew_us)
        for problem in problems(endpoint, request.params):
            refusal = refusal_of(problem, endpoint, request.params)
            if refusal is not None:
                raise refusal
        result = answer(Asked(self, request.params, key, now_ms))
        conversation.entry.executed_us = conversation.now_us
        return result

    def _identify(
        self, endpoint: Endpoint, request: Request, conversation: _Conversation, now_us: int
    ) -> ApiKey | None:
        logged_on = None if request.method in SESSION_METHODS else self.key
        key = identified(self._backing.exchange.gate, endpoint, request, logged_on, now_us)
        if key is not None:
            conversation.account = self._backing.venue.accounts[key.account]
            conversation.entry.account = key.account
        return key

    def _limits(self, request: Request, conversation: _Conversation) -> Sequence[Mapping[str, Any]] | None:
        is_shown = self._options.shows_limits if request.shows_limits is None else request.shows_limits
        if not is_shown:
            return None
        now_ms = conversation.now_us // 1000
        address = self._backing.exchange.limits(self.address).entries(now_ms)
        account, endpoint = conversation.account, conversation.endpoint
        if account is None or endpoint is None or not endpoint.unfilled_orders:
            return address
        return [*account.order_limits.entries(now_ms), *address]

    def _announce_end(self) -> None:
        if not self._is_announced:
            self._is_announced = True
            self.tell(events.server_shutdown(self._backing.clock.now_ms()))

    def _is_silenced(self, event: Event) -> bool:
        """Tell whether a fault keeps an event from its follower."""
        fault = self._backing.faults.draw(("cut", "silence"), events.USER_DATA_STREAM, event["e"])
        if fault and fault.kind == "cut":
            self._wire.cut()
        elif fault:
            lasts_seconds = fault.details["ms"] / 1000 or math.inf
            self._silent_until = time.monotonic() + lasts_seconds
        return time.monotonic() < self._silent_until

    def _revoke_if_gone(self, now_ms: int) -> None:
        """End the log-on of a key that has been taken away; the exchange says so at the next request."""
        if self.key is None:
            return
        try:
            self._backing.exchange.gate.key(self.key.api_key)
        except Refusal as refusal:
            self.log_out()
            self._wire.send(failed(None, refusal, None, now_ms))


def _nothing() -> None:
    """End what never began."""
