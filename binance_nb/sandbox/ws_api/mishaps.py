"""What becomes of a request over the WebSocket API that a fault strikes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from binance_nb.sandbox.control.log import Entry
from binance_nb.sandbox.faults import Fault
from binance_nb.sandbox.faults.striking import Striking
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.ws_api.replies import failed
from binance_nb.sandbox.ws_api.requests import Request, RequestId, frame_of, id_of, request_of
from binance_nb.sandbox.ws_api.session import PATH, Session
from binance_nb.sandbox.ws_api.session_methods import declared

__all__ = ["Mishaps"]


class _Struck(NamedTuple):
    """A request, and the fault that decides what becomes of it."""

    session: Session
    text: str
    request_id: RequestId
    entry: Entry
    fault: Fault
    skew_us: int

    def answer(self, now_us: int | None = None) -> str:
        """Execute it after all."""
        return self.session.answer_to(self.text, entry=self.entry, skew_us=self.skew_us, now_us=now_us)


_Outcome: TypeAlias = Callable[["Mishaps", _Struck], str | None]


class Mishaps(Striking):
    """Answers requests while faults are set, and whatever else happens while some wait to be executed late."""

    async def answer(self, session: Session, text: str) -> str | None:
        """Answer a request, or not.

        Args:
            session: Whose it is.
            text: The frame.

        Returns:
            The answer; None where the connection is to be cut without one.
        """
        self._postponed.catch_up()
        request_id, request = _glimpse(text)
        endpoint = declared(request.method)
        names = (request.method, endpoint.name, endpoint.path) if endpoint else (PATH,)
        drawn = self._draw(endpoint.method if endpoint else "", *names)
        await drawn.wait(on_the_way=True)
        entry = self._exchange.log.begin(session.address, "WS", PATH, self._clock.now_us())
        entry.fault = drawn.kinds
        if endpoint:
            entry.read(endpoint.name, request.params)
        if (outcome := drawn.outcome) is None:
            answer: str | None = session.answer_to(text, entry=entry, skew_us=drawn.skew_us)
        else:
            answer = _OUTCOMES[outcome.kind](self, _Struck(session, text, request_id, entry, outcome, drawn.skew_us))
        await drawn.wait(on_the_way=False)
        return answer

    def _execute_then_503(self, struck: _Struck) -> str:
        struck.answer()
        return self._refused(struck, self._broken(struck.fault))

    def _reply_503_execute_later(self, struck: _Struck) -> str:
        return self._refused(struck, self._put_off(struck.fault, struck.entry, struck.answer))

    def _execute_then_drop(self, struck: _Struck) -> None:
        struck.answer()
        struck.entry.told = None

    def _drop(self, struck: _Struck) -> None:
        """Cut the line; what stands before the exchange has no other word for a connection that is open."""

    def _too_many(self, struck: _Struck) -> str:
        return self._refused(struck, self._limit(struck.fault))

    def _broken_json(self, struck: _Struck) -> str:
        answer = struck.answer()
        return answer[: len(answer) // 2]

    def _refused(self, struck: _Struck, refusal: Refusal) -> str:
        struck.entry.tell(refusal.status, refusal.code)
        return failed(struck.request_id, refusal, None, self._clock.now_ms())


def _glimpse(text: str) -> tuple[RequestId, Request]:
    """Read as much of a frame as can be read."""
    request_id: RequestId = None
    try:
        frame = frame_of(text)
        request_id = id_of(frame)
        return request_id, request_of(frame)
    except Refusal:
        return request_id, Request("")


_OUTCOMES: dict[str, _Outcome] = {
    "execute_then_503": Mishaps._execute_then_503,
    "reply_503_execute_later": Mishaps._reply_503_execute_later,
    "execute_then_drop": Mishaps._execute_then_drop,
    "drop_before_execute": Mishaps._drop,
    "429": Mishaps._too_many,
    "418": Mishaps._too_many,
    "403": Mishaps._drop,
    "451": Mishaps._drop,
    "broken_json": Mishaps._broken_json,
}
