"""The two steps that trading is made of: an order is placed, an order is taken back."""

from __future__ import annotations

from typing import Any

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.entry import list_replies, order_replies
from binance_nb.sandbox.matching.order_rules import check_filters
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.refusals import Refusal

__all__ = ["cancel", "checked", "place"]

_STATUS_OF_RESTRICTION = {"ONLY_NEW": "NEW", "ONLY_PARTIALLY_FILLED": "PARTIALLY_FILLED"}


def checked(call: Call, order: Order) -> Order:
    """Check an order against every filter.

    Args:
        call: The call.
        order: The order.

    Returns:
        The same order.

    Raises:
        Refusal: -1013 with the filter's name.
    """
    check_filters([order], call.venue.market, call.venue.engine)
    return order


def place(call: Call, order: Order) -> dict[str, Any]:  # Any: JSON leaves here
    """Place an order that keeps the filters.

    Args:
        call: The call.
        order: The order.

    Returns:
        The reply, as long as the call asks for.

    Raises:
        Refusal: -1015 over the order limit, -2010 for the engine's reasons.
    """
    call.account.order_limits.check(1, call.now_ms)
    call.venue.engine.place(order)
    return order_replies.placed(order, call.text("newOrderRespType") or "ACK")


def cancel(call: Call, order: Order | None, cancel_id: str | None) -> dict[str, Any]:  # Any: JSON leaves here
    """Take an order back, and with it the list that it is part of.

    Args:
        call: The call.
        order: The order; None where there is none by that name.
        cancel_id: The owner's name for the cancel; one is made up without it.

    Returns:
        The reply about the order, or about its list.

    Raises:
        Refusal: -2011 for an order that is not open, or not in the state asked for.
    """
    if order is None or not order.is_open:
        raise Refusal(-2011, "Unknown order")
    restriction = call.sent.get("cancelRestrictions")
    if restriction and order.status != _STATUS_OF_RESTRICTION[restriction]:
        raise Refusal(-2011, "cancel restrictions")
    name = cancel_id or call.venue.new_client_order_id()
    call.venue.engine.cancel(order, call.now_ms, name)
    if order.order_list is not None:
        return list_replies.cancelled(order.order_list, name)
    return order_replies.cancelled(order, name)
