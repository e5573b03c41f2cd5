"""The endpoint that takes an order back and places another: two steps of which each may fail by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.entry.order_entry import named_order, order_of
from binance_nb.sandbox.entry.order_steps import cancel, checked, place
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.routes.registry import answers

__all__ = ["cancel_replace"]

_OK = 200


@dataclass(frozen=True)
class _Step:
    """What became of one half.

    Attributes:
        result: ``SUCCESS``, ``FAILURE`` or ``NOT_ATTEMPTED``.
        response: The half's own answer, a refusal included; None where it was not attempted.
    """

    result: str
    response: dict[str, Any] | None = None  # Any: JSON leaves here

    @classmethod
    def of(cls, attempt: Callable[[], dict[str, Any]]) -> _Step:
        try:
            return cls("SUCCESS", attempt())
        except Refusal as refusal:
            return cls("FAILURE", refusal.body())


@answers
def cancel_replace(call: Call) -> dict[str, Any]:
    """Take an order back and place another; filters and the order limit are looked at before either step."""
    if not call.listing().allows("cancelReplaceAllowed"):
        raise Refusal(-2010, "cancel-replace is not supported")
    order = checked(call, order_of(call))
    too_many = _over_limit(call)
    if too_many is not None and call.text("orderRateLimitExceededMode") == "DO_NOTHING":
        raise too_many
    cancelled = _Step.of(lambda: _cancelled(call))
    placed = _placed(call, order, cancelled, too_many)
    return _answer(call, cancelled, placed, too_many)


def _over_limit(call: Call) -> Refusal | None:
    try:
        call.account.order_limits.check(1, call.now_ms)
    except Refusal as refusal:
        return refusal
    return None


def _cancelled(call: Call) -> dict[str, Any]:
    named = named_order(call, "cancelOrderId", "cancelOrigClientOrderId")
    return cancel(call, named, call.sent.get("cancelNewClientOrderId"))


def _placed(call: Call, order: Order, cancelled: _Step, too_many: Refusal | None) -> _Step:
    if cancelled.result != "SUCCESS" and call.sent["cancelReplaceMode"] == "STOP_ON_FAILURE":
        # It counts all the same.
        call.account.order_limits.placed(1, call.now_ms)
        return _Step("NOT_ATTEMPTED")
    if too_many is not None:
        return _Step("FAILURE", too_many.body())
    return _Step.of(lambda: place(call, order))


def _answer(call: Call, cancelled: _Step, placed: _Step, too_many: Refusal | None) -> dict[str, Any]:
    """Say how both halves ended, with the status that the documentation's table has for it."""
    said = {
        "cancelResult": cancelled.result,
        "newOrderResult": placed.result,
        "cancelResponse": cancelled.response,
        "newOrderResponse": placed.response,
    }
    status = _status(call, cancelled.result, placed.result, is_within_limit=too_many is None)
    if status == _OK:
        return said
    headers = dict(too_many.headers) if too_many is not None else {}
    if placed.result == "SUCCESS":
        headers |= call.account.order_limits.headers(call.now_ms)
    code = -2021 if "SUCCESS" in (cancelled.result, placed.result) else -2022
    raise Refusal(code, status=status, headers=headers, data=said)


def _status(call: Call, cancelled: str, placed: str, *, is_within_limit: bool) -> int:
    modes = (call.text("cancelReplaceMode"), call.text("orderRateLimitExceededMode"))
    for row in call.endpoint.outcomes:
        if (row.mode, row.over_limit_mode, row.is_within_limit) == (*modes, is_within_limit) and (
            row.cancel,
            row.new_order,
        ) == (cancelled, placed):
            assert row.http_status is not None  # the documentation has one for whatever can happen
            return row.http_status
    raise LookupError(f"the table has no row for {cancelled} and {placed} in {modes}")
