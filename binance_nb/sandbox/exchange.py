"""The whole exchange without its socket: one request in, one answer out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.checks import problems
from binance_nb.sandbox.call import Call
from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.door.gate import Gate
from binance_nb.sandbox.door.keys import ApiKey
from binance_nb.sandbox.door.received import Received, refuse_illegal_characters
from binance_nb.sandbox.limits import AddressLimits
from binance_nb.sandbox.refusals import Refusal, refusal_of
from binance_nb.sandbox.routes import HANDLERS
from binance_nb.sandbox.time_units import in_microseconds, wants_microseconds
from binance_nb.sandbox.venue import Venue

__all__ = ["Answer", "Exchange"]

_ROUTES: Mapping[tuple[str, str], Endpoint] = {
    (endpoint.method, endpoint.path): endpoint for endpoint in ENDPOINTS.values()
}
_PATHS = {path for _, path in _ROUTES}
_JSON = "application/json;charset=UTF-8"
_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass
class Answer:
    """What goes back.

    Attributes:
        status: HTTP status.
        body: The bytes.
        headers: Headers by name.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, reply: Any, headers: Mapping[str, str] | None = None) -> Answer:  # Any: JSON
        """Make an answer of JSON.

        Args:
            status: HTTP status.
            reply: What to print.
            headers: Further headers.

        Returns:
            The answer.
        """
        body = json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, {"Content-Type": _JSON, **(headers or {})})


class Exchange:
    """The exchange.

    Args:
        venue: What its answers are made of.
        keys: The keys that exist.
        clock: Its time.
        instance: What tells this process from others with the same seed.
    """

    def __init__(self, venue: Venue, keys: Iterable[ApiKey], clock: Clock, instance: str) -> None:
        self._venue = venue
        self._gate = Gate(keys)
        self._clock = clock
        self._name = f"{venue.seed}/{instance}"
        self._limits = defaultdict[str, AddressLimits](partial(AddressLimits, binds=not clock.is_frozen))

    def answer(self, received: Received) -> Answer:
        """Answer a request.

        Args:
            received: The request.

        Returns:
            The answer, a refusal included.
        """
        now_us = self._clock.now_us()
        now_ms = now_us // 1000
        limits = self._limits[received.address]
        endpoint = _ROUTES.get((received.method, received.path))
        try:
            answer = self._served(received, endpoint, limits, now_us) if endpoint else _no_such(received.path)
        except Refusal as refusal:
            answer = Answer.of(refusal.status, refusal.body(), refusal.headers)
        answer.headers |= {"X-SANDBOX": self._name, "X-SANDBOX-CLOCK": self._clock.stated(now_ms)}
        answer.headers |= dict(limits.headers(now_ms))
        return answer

    def _served(self, received: Received, endpoint: Endpoint, limits: AddressLimits, now_us: int) -> Answer:
        now_ms = now_us // 1000
        try:
            sent = received.parameters()
        except Refusal:
            limits.charge(endpoint.weight.price({}), now_ms)
            raise
        weight = endpoint.weight.price(sent)
        limits.charge(weight, now_ms)
        key = self._gate.check(received, endpoint, sent, now_us)
        caller = self._venue.accounts[key.account] if key else None
        in_us = wants_microseconds(received.header("x-mbx-time-unit"))
        call = Call(self._venue, endpoint, _checked(endpoint, sent), now_ms, caller)
        reply = self._reply(call)
        if endpoint.is_free_on_success:
            limits.refund(weight, now_ms)
        if endpoint.unfilled_orders:
            call.headers.update(call.account.order_limits.headers(now_ms))
        return Answer.of(200, in_microseconds(reply, endpoint) if in_us else reply, call.headers)

    def _reply(self, call: Call) -> Any:  # Any: JSON leaves here
        if call.endpoint.name not in HANDLERS:
            raise Refusal(-1020)
        self._venue.engine.settle(call.now_ms)
        return HANDLERS[call.endpoint.name](call)


def _checked(endpoint: Endpoint, sent: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters without the signature, if they keep the catalog's rules."""
    given = {name: text for name, text in sent.items() if not (endpoint.is_signed and name == "signature")}
    for problem in problems(endpoint, given):
        refusal = refusal_of(problem, endpoint, sent)
        if refusal is not None:
            raise refusal
    refuse_illegal_characters(given)
    return given


def _no_such(path: str) -> Answer:
    status, words = (405, "405 Method Not Allowed") if path in _PATHS else (404, "404 Not Found")
    return Answer(status, _PAGE.format(words).encode(), {"Content-Type": "text/html"})
