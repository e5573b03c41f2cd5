"""Trading endpoints: place, test and cancel orders."""

from __future__ import annotations

from typing import Any

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.entry import order_replies
from binance_nb.sandbox.entry.order_entry import named_order, order_of
from binance_nb.sandbox.matching.commission import commission_for_order
from binance_nb.sandbox.matching.order_rules import check_filters
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.routes.registry import answers

__all__ = ["cancel_open_orders", "cancel_order", "new_order", "test_order"]

_STATUS_OF_RESTRICTION = {"ONLY_NEW": "NEW", "ONLY_PARTIALLY_FILLED": "PARTIALLY_FILLED"}


@answers
def new_order(call: Call) -> dict[str, Any]:
    """Place an order."""
    order = _checked_order(call)
    call.account.order_limits.check(1, call.now_ms)
    call.venue.engine.place(order)
    return order_replies.placed(order, call.text("newOrderRespType") or "ACK")


@answers
def test_order(call: Call) -> dict[str, Any]:
    """Check an order as far as it can be checked without the engine, which alone knows the balance."""
    _checked_order(call)
    return commission_for_order() if call.flag("computeCommissionRates") else {}


@answers
def cancel_order(call: Call) -> dict[str, Any]:
    """Take one order back."""
    order = named_order(call)
    if order is None or not order.is_open:
        raise Refusal(-2011, "Unknown order")
    restriction = call.sent.get("cancelRestrictions")
    if restriction and order.status != _STATUS_OF_RESTRICTION[restriction]:
        raise Refusal(-2011, "cancel restrictions")
    return _cancelled(call, order, call.sent.get("newClientOrderId") or call.venue.new_client_order_id())


@answers
def cancel_open_orders(call: Call) -> list[dict[str, Any]]:
    """Take every open order of a symbol back."""
    orders = call.venue.engine.open_orders(call.account, call.listing().symbol)
    if not orders:
        raise Refusal(-2011, "Unknown order")
    cancel_id = call.venue.new_client_order_id()
    return [_cancelled(call, order, cancel_id) for order in orders]


def _checked_order(call: Call) -> Order:
    order = order_of(call)
    check_filters(order, call.venue.market, call.venue.engine)
    return order


def _cancelled(call: Call, order: Order, cancel_id: str) -> dict[str, Any]:
    call.venue.engine.cancel(order, call.now_ms)
    return order_replies.cancelled(order, cancel_id)
