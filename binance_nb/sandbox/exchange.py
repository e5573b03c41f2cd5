"""The whole exchange without its socket: one request in, one answer out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache, partial
from typing import Any, NamedTuple

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.checks import problems
from binance_nb.sandbox.call import Call
from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.control.log import Entry, Log
from binance_nb.sandbox.door.gate import Denied, Gate
from binance_nb.sandbox.door.keys import ApiKey
from binance_nb.sandbox.door.received import Received, refuse_illegal_characters
from binance_nb.sandbox.limits import AddressLimits
from binance_nb.sandbox.refusals import Refusal, refusal_of
from binance_nb.sandbox.routes import HANDLERS
from binance_nb.sandbox.time_units import in_microseconds, wants_microseconds
from binance_nb.sandbox.venue import Venue

__all__ = ["Answer", "Called", "Exchange", "endpoint_at"]

_ROUTES: Mapping[tuple[str, str], Endpoint] = {
    (endpoint.method, endpoint.path): endpoint for endpoint in ENDPOINTS.values()
}
_PATHS = {path for _, path in _ROUTES}
_JSON = "application/json;charset=UTF-8"
_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def endpoint_at(method: str, path: str) -> Endpoint | None:
    """Find an endpoint.

    Args:
        method: HTTP method.
        path: Path without the query.

    Returns:
        The endpoint; None if nothing answers there.
    """
    return _ROUTES.get((method, path))


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
            reply: What to print; bytes are printed already.
            headers: Further headers.

        Returns:
            The answer.
        """
        is_printed = isinstance(reply, bytes)
        body = reply if is_printed else json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, {"Content-Type": _JSON, **(headers or {})})

    @classmethod
    def page(cls, status: int, words: str) -> Answer:
        """Make an answer of HTML, as what stands before the exchange gives.

        Args:
            status: HTTP status.
            words: What the page says besides it.

        Returns:
            The answer.
        """
        return cls(status, _PAGE.format(f"{status} {words}").encode(), {"Content-Type": "text/html"})


class Called(NamedTuple):
    """A call that worked.

    Attributes:
        reply: What to answer: JSON as values, or printed already as bytes.
        call: The call, with its caller and what its headers say.
    """

    reply: Any  # Any: JSON leaves here
    call: Call


class Exchange:
    """The exchange.

    Args:
        venue: What its answers are made of.
        keys: The keys that exist.
        clock: Its time.
        instance: What tells this process from others with the same seed.

    Attributes:
        gate: Lets signed calls in.
        log: What was received and executed.
    """

    def __init__(self, venue: Venue, keys: Iterable[ApiKey], clock: Clock, instance: str) -> None:
        self._venue = venue
        self._clock = clock
        self._name = f"{venue.seed}/{instance}"
        self._limits = defaultdict[str, AddressLimits](partial(AddressLimits, binds=not clock.is_frozen))
        self.gate = Gate(keys)
        self.log = Log()
        venue.engine.listeners.append(self.log)

    def limits(self, address: str) -> AddressLimits:
        """Return what an address has used.

        Args:
            address: The address.

        Returns:
            Its limits.
        """
        return self._limits[address]

    def answer(
        self, received: Received, *, skew_us: int = 0, now_us: int | None = None, entry: Entry | None = None
    ) -> Answer:
        """Answer a request over HTTP.

        Args:
            received: The request.
            skew_us: How far the clock is off that looks at timestamps and that answers state.
            now_us: When it is executed; None for the present.
            entry: Its line in the log, where one was begun already.

        Returns:
            The answer, a refusal included.
        """
        now_us = self._clock.now_us() if now_us is None else now_us
        entry = entry or self.log.begin(received.address, received.method, received.path, now_us)
        endpoint = _ROUTES.get((received.method, received.path))
        try:
            answer = self._served(received, endpoint, entry, now_us, skew_us) if endpoint else _no_such(received.path)
        except Refusal as refusal:
            _note(entry, refusal)
            answer = Answer.of(refusal.status, refusal.body(), refusal.headers)
        entry.verdict = entry.verdict or (answer.status, None)
        entry.told = entry.verdict
        return self.signed_off(answer, received.address, now_us, skew_us)

    def signed_off(self, answer: Answer, address: str, now_us: int, skew_us: int = 0) -> Answer:
        """Add to an answer what each one says: the time, the weight used, and where it comes from.

        Args:
            answer: The answer.
            address: Where it goes.
            now_us: The present.
            skew_us: How far off the clock is that it states.

        Returns:
            The same answer.
        """
        stated_ms = (now_us + skew_us) // 1000
        answer.headers |= {
            "X-SANDBOX": self._name,
            "X-SANDBOX-CLOCK": self._clock.stated(stated_ms),
            "Date": _date(stated_ms // 1000),
        }
        answer.headers.update(self._limits[address].headers(now_us // 1000))
        return answer

    def call(
        self,
        endpoint: Endpoint,
        sent: Mapping[str, str],
        address: str,
        identify: Callable[[int], ApiKey | None],
        *,
        in_us: bool = False,
        entry: Entry | None = None,
        now_us: int | None = None,
        skew_us: int = 0,
    ) -> Called:
        """Make a call, whatever it travelled on.

        Args:
            endpoint: What is called.
            sent: Decoded parameters.
            address: Where it comes from.
            identify: Tells whose call it is, given the door's present in microseconds, or refuses it.
            in_us: Whether the answer's times are to be microseconds.
            entry: Its line in the log.
            now_us: When it is executed; None for the present.
            skew_us: How far the door's clock is off.

        Returns:
            The reply, and the call it answers.

        Raises:
            Refusal: It is refused, or works in part.
        """
        now_us = self._clock.now_us() if now_us is None else now_us
        now_ms, limits, weight = now_us // 1000, self._limits[address], endpoint.weight.price(sent)
        entry = entry or self.log.begin(address, endpoint.method, endpoint.path, now_us)
        entry.read(endpoint.name, sent)
        try:
            limits.charge(weight, now_ms)
            key = identify(now_us + skew_us)
            caller = self._venue.accounts[key.account] if key else None
            entry.account = caller.name if caller else ""
            # What tells the time goes by the clock at the door; the matching engine's is never off.
            stated_ms = (now_us + skew_us) // 1000 if endpoint.group == "general" else now_ms
            call = Call(self._venue, endpoint, _checked(endpoint, sent), stated_ms, caller, in_us=in_us)
            reply = self._executed(call, entry, now_us)
        except Refusal as refusal:
            _note(entry, refusal)
            raise
        if call.is_free:
            limits.refund(weight, now_ms)
        entry.verdict = 200, None
        in_ms = isinstance(reply, bytes) or not in_us
        return Called(reply if in_ms else in_microseconds(reply, endpoint), call)

    def _served(self, received: Received, endpoint: Endpoint, entry: Entry, now_us: int, skew_us: int) -> Answer:
        try:
            sent = received.parameters()
            in_us = wants_microseconds(received.header("x-mbx-time-unit"))
        except Refusal:
            entry.endpoint = endpoint.name
            self._limits[received.address].charge(endpoint.weight.price({}), now_us // 1000)
            raise
        reply, call = self.call(
            endpoint,
            sent,
            received.address,
            lambda door_us: self.gate.check(received, endpoint, sent, door_us),
            in_us=in_us,
            entry=entry,
            now_us=now_us,
            skew_us=skew_us,
        )
        if endpoint.unfilled_orders:
            call.headers.update(call.account.order_limits.headers(now_us // 1000))
        return Answer.of(200, reply, call.headers)

    def _executed(self, call: Call, entry: Entry, now_us: int) -> Any:  # Any: JSON leaves here
        if call.endpoint.name not in HANDLERS:
            raise Refusal(-1020)
        self._venue.engine.settle(now_us // 1000)
        self.log.settled(now_us)
        try:
            reply = HANDLERS[call.endpoint.name](call)
            entry.executed_us = now_us
            return reply
        finally:
            entry.changes = self.log.taken()
            if entry.changes:
                # A cancel-replace that works in half is refused, and executed.
                entry.executed_us = now_us


def _note(entry: Entry, refusal: Refusal) -> None:
    entry.verdict = refusal.status, refusal.code
    if isinstance(refusal, Denied):
        entry.reason, entry.signed = refusal.reason, refusal.signed


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
    return Answer.page(405, "Method Not Allowed") if path in _PATHS else Answer.page(404, "Not Found")


@lru_cache(maxsize=4)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
