"""What becomes of a call over HTTP that a fault strikes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.control.log import Entry
from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.exchange import Answer, Exchange, endpoint_at
from binance_nb.sandbox.faults.faults import Fault, Faults
from binance_nb.sandbox.faults.kinds import OUTCOMES
from binance_nb.sandbox.faults.postponed import Postponed
from binance_nb.sandbox.limits import banned, too_much_weight
from binance_nb.sandbox.refusals import Refusal

__all__ = ["Mishaps"]

_BROKEN = 503
_RESTRICTED = {
    "code": 0,
    "msg": "Service unavailable from a restricted location according to 'b. Eligibility' in "
    "https://www.binance.com/en/terms. Please contact customer service if you believe you received this message in "
    "error.",
}


class _Struck(NamedTuple):
    """A call, and the fault that decides what becomes of it."""

    received: Received
    entry: Entry
    fault: Fault
    skew_us: int


_Outcome: TypeAlias = Callable[["Mishaps", _Struck], Answer | None]


class Mishaps:
    """Answers calls while faults are set, and whatever else happens while some wait to be executed late.

    Args:
        exchange: What really answers.
        faults: The faults.
        clock: The sandbox's time.
        postponed: What is executed after it was answered.
    """

    def __init__(self, exchange: Exchange, faults: Faults, clock: Clock, postponed: Postponed) -> None:
        self._exchange = exchange
        self._faults = faults
        self._clock = clock
        self._postponed = postponed

    @property
    def is_idle(self) -> bool:
        """Whether every call can go straight to the exchange."""
        return not (self._faults.is_any or self._postponed.is_any)

    async def answer(self, received: Received) -> Answer | None:
        """Answer a request, or not.

        Args:
            received: The request.

        Returns:
            The answer; None where the connection is to be closed without one.
        """
        self._postponed.catch_up()
        endpoint = endpoint_at(received.method, received.path)
        names = (endpoint.name, endpoint.path, endpoint.ws_method or endpoint.path) if endpoint else (received.path,)
        draw = partial(self._faults.draw, method=received.method)
        delay, wrong, outcome = draw("delay", *names), draw("wrong_clock", *names), draw(OUTCOMES, *names)
        if delay and delay.details["on_the_way"]:
            await asyncio.sleep(delay.details["ms"] / 1000)
        entry = self._exchange.log.begin(received.address, received.method, received.path, self._clock.now_us())
        entry.fault = ", ".join(fault.kind for fault in (delay, wrong, outcome) if fault)
        skew_us = wrong.details["offset_ms"] * 1000 if wrong else 0
        answer = self._outcome(received, entry, outcome, skew_us)
        if delay and not delay.details["on_the_way"]:
            await asyncio.sleep(delay.details["ms"] / 1000)
        return answer

    def _outcome(self, received: Received, entry: Entry, fault: Fault | None, skew_us: int) -> Answer | None:
        if fault is None:
            return self._exchange.answer(received, entry=entry, skew_us=skew_us)
        return _OUTCOMES[fault.kind](self, _Struck(received, entry, fault, skew_us))

    def _executed(self, struck: _Struck) -> Answer:
        return self._exchange.answer(struck.received, entry=struck.entry, skew_us=struck.skew_us)

    def _execute_then_503(self, struck: _Struck) -> Answer:
        self._executed(struck)
        return self._refused(struck, Refusal(struck.fault.details["code"], status=_BROKEN))

    def _reply_503_execute_later(self, struck: _Struck) -> Answer:
        self._postponed.put(struck.fault.details, partial(self._execute, struck))
        self._read(struck)
        return self._refused(struck, Refusal(struck.fault.details["code"], status=_BROKEN))

    def _execute(self, struck: _Struck, now_us: int | None) -> None:
        told = struck.entry.told
        self._exchange.answer(struck.received, entry=struck.entry, skew_us=struck.skew_us, now_us=now_us)
        struck.entry.told = told

    def _execute_then_drop(self, struck: _Struck) -> None:
        self._executed(struck)
        struck.entry.told = None

    def _drop_before_execute(self, struck: _Struck) -> None:
        self._read(struck)

    def _too_many(self, struck: _Struck) -> Answer:
        self._read(struck)
        now_ms = self._clock.now_ms()
        until_ms = now_ms + struck.fault.details["retry_after_seconds"] * 1000
        return self._refused(struck, (too_much_weight if struck.fault.kind == "429" else banned)(until_ms, now_ms))

    def _firewall(self, struck: _Struck) -> Answer:
        self._read(struck)
        struck.entry.tell(403)
        return Answer.page(403, "Forbidden")

    def _restricted(self, struck: _Struck) -> Answer:
        self._read(struck)
        struck.entry.tell(451, 0)
        return Answer.of(451, _RESTRICTED)

    def _broken_json(self, struck: _Struck) -> Answer:
        answer = self._executed(struck)
        answer.body = answer.body[: len(answer.body) // 2]
        return answer

    def _refused(self, struck: _Struck, refusal: Refusal) -> Answer:
        struck.entry.tell(refusal.status, refusal.code)
        answer = Answer.of(refusal.status, refusal.body(), refusal.headers)
        return self._exchange.signed_off(answer, struck.received.address, self._clock.now_us(), struck.skew_us)

    def _read(self, struck: _Struck) -> None:
        """Note what a call wanted that the exchange has not seen, or not yet."""
        endpoint = endpoint_at(struck.received.method, struck.received.path)
        try:
            sent: dict[str, Any] = struck.received.parameters()
        except Refusal:
            sent = {}
        struck.entry.read(endpoint.name if endpoint else "", sent)


_OUTCOMES: dict[str, _Outcome] = {
    "execute_then_503": Mishaps._execute_then_503,
    "reply_503_execute_later": Mishaps._reply_503_execute_later,
    "execute_then_drop": Mishaps._execute_then_drop,
    "drop_before_execute": Mishaps._drop_before_execute,
    "429": Mishaps._too_many,
    "418": Mishaps._too_many,
    "403": Mishaps._firewall,
    "451": Mishaps._restricted,
    "broken_json": Mishaps._broken_json,
}
