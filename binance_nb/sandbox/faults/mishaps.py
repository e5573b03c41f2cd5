"""What becomes of a call over HTTP that a fault strikes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from binance_nb.sandbox.control.log import Entry
from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.exchange import Answer, endpoint_at
from binance_nb.sandbox.faults.faults import Fault
from binance_nb.sandbox.faults.striking import Striking
from binance_nb.sandbox.refusals import Refusal

__all__ = ["Mishaps"]

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


class Mishaps(Striking):
    """Answers calls while faults are set, and whatever else happens while some wait to be executed late."""

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
        drawn = self._draw(received.method, *names)
        await drawn.wait(on_the_way=True)
        entry = self._exchange.log.begin(received.address, received.method, received.path, self._clock.now_us())
        entry.fault = drawn.kinds
        answer = self._outcome(received, entry, drawn.outcome, drawn.skew_us)
        await drawn.wait(on_the_way=False)
        return answer

    def _outcome(self, received: Received, entry: Entry, fault: Fault | None, skew_us: int) -> Answer | None:
        if fault is None:
            return self._exchange.answer(received, entry=entry, skew_us=skew_us)
        return _OUTCOMES[fault.kind](self, _Struck(received, entry, fault, skew_us))

    def _executed(self, struck: _Struck, now_us: int | None = None) -> Answer:
        return self._exchange.answer(struck.received, entry=struck.entry, skew_us=struck.skew_us, now_us=now_us)

    def _execute_then_503(self, struck: _Struck) -> Answer:
        self._executed(struck)
        return self._refused(struck, self._broken(struck.fault))

    def _reply_503_execute_later(self, struck: _Struck) -> Answer:
        refusal = self._put_off(struck.fault, struck.entry, partial(self._executed, struck))
        self._read(struck)
        return self._refused(struck, refusal)

    def _execute_then_drop(self, struck: _Struck) -> None:
        self._executed(struck)
        struck.entry.told = None

    def _drop_before_execute(self, struck: _Struck) -> None:
        self._read(struck)

    def _too_many(self, struck: _Struck) -> Answer:
        self._read(struck)
        return self._refused(struck, self._limit(struck.fault))

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
