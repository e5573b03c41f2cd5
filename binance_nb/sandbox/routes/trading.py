"""Trading endpoints for single orders: place, test, cancel, amend."""

from __future__ import annotations

from typing import Any

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.entry import list_replies, order_replies
from binance_nb.sandbox.entry.order_entry import named_order, order_of, routed_order_of
from binance_nb.sandbox.entry.order_steps import cancel, checked, place
from binance_nb.sandbox.matching.commission import commission_for_order
from binance_nb.sandbox.matching.order_rules import check_amendment
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.routes.registry import answers

__all__ = [
    "amend_keep_priority",
    "cancel_open_orders",
    "cancel_order",
    "new_order",
    "sor_order",
    "test_order",
    "test_sor_order",
]


@answers
def new_order(call: Call) -> dict[str, Any]:
    """Place an order."""
    return place(call, checked(call, order_of(call)))


@answers
def test_order(call: Call) -> dict[str, Any]:
    """Check an order as far as it can be checked without the engine, which alone knows the balance."""
    return _tested(call, order_of(call))


@answers
def sor_order(call: Call) -> dict[str, Any]:
    """Place an order through smart order routing."""
    return place(call, checked(call, routed_order_of(call)))


@answers
def test_sor_order(call: Call) -> dict[str, Any]:
    """Check an order for smart order routing; special commission is not told, as in the documentation's sample."""
    rates = _tested(call, routed_order_of(call))
    rates.pop("specialCommissionForOrder", None)
    return rates


@answers
def cancel_order(call: Call) -> dict[str, Any]:
    """Take one order back, and with it the list that it is part of."""
    return cancel(call, named_order(call), call.sent.get("newClientOrderId"))


@answers
def cancel_open_orders(call: Call) -> list[dict[str, Any]]:
    """Take every open order and order list of a symbol back."""
    symbol, engine = call.listing().symbol, call.venue.engine
    orders = [order for order in engine.open_orders(call.account, symbol) if order.order_list is None]
    lists = engine.lists.open(call.account, symbol)
    if not orders and not lists:
        raise Refusal(-2011, "Unknown order")
    cancel_id = call.venue.new_client_order_id()
    with engine.step(call.now_ms):
        for order in orders:
            engine.cancel(order, call.now_ms, cancel_id)
        for order_list in lists:
            engine.lists.cancel(order_list, call.now_ms, cancel_id)
    return [
        *(order_replies.cancelled(order, cancel_id) for order in orders),
        *(list_replies.cancelled(order_list, cancel_id) for order_list in lists),
    ]


@answers
def amend_keep_priority(call: Call) -> dict[str, Any]:
    """Lower an order's quantity; free of weight only where that ends the order."""
    order = named_order(call)
    if order is None or not order.is_open:
        raise Refusal(-2038, "Unknown order")
    quantity_e8 = call.amount_e8("newQty")
    client_id = call.sent.get("newClientOrderId") or call.venue.new_client_order_id()
    _refuse_amendment(order, quantity_e8)
    call.venue.engine.amend(order, quantity_e8, client_id, call.now_ms)
    call.is_free = not order.is_open
    reply = order_replies.amended(order)
    return reply if order.order_list is None else {**reply, "listStatus": list_replies.amended(order.order_list)}


def _tested(call: Call, order: Order) -> dict[str, Any]:
    checked(call, order)
    if not call.flag("computeCommissionRates"):
        return {}
    return commission_for_order(call.account, order.symbol, is_buy=order.is_buy)


def _refuse_amendment(order: Order, quantity_e8: int) -> None:
    """Refuse what the engine does not look at: what symbol and filters forbid."""
    if not order.listing.allows("amendAllowed"):
        raise Refusal(-2038, "Order amend is not supported")
    if order.status == "PENDING_NEW" and not order.quantity_e8:
        raise Refusal(-2038, "pending OPO order")
    check_amendment(order, quantity_e8)
    if order.iceberg_e8 > quantity_e8:
        raise Refusal(-2038, "IcebergQty exceeds QTY")
