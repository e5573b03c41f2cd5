"""Order lists: place, cancel and look up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.entry import list_entry, list_replies
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.order_rules import check_filters
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.routes.registry import answers

__all__ = [
    "all_order_list",
    "cancel_order_list",
    "get_order_list",
    "new_oco",
    "open_order_list",
    "order_list_oco",
    "order_list_opo",
    "order_list_opoco",
    "order_list_oto",
    "order_list_otoco",
]

# Not documented; the samples of calls that choose nothing are as long as this.
_DEFAULT_RESPONSE = "RESULT"


@answers
def new_oco(call: Call) -> dict[str, Any]:
    """Place a limit order and a stop of which one ends the other."""
    return _placed(call, list_entry.old_oco_of)


@answers
def order_list_oco(call: Call) -> dict[str, Any]:
    """Place a pair of which one ends the other."""
    return _placed(call, list_entry.oco_of)


@answers
def order_list_oto(call: Call) -> dict[str, Any]:
    """Place an order that starts another."""
    return _placed(call, list_entry.oto_of)


@answers
def order_list_otoco(call: Call) -> dict[str, Any]:
    """Place an order that starts a pair."""
    return _placed(call, list_entry.otoco_of)


@answers
def order_list_opo(call: Call) -> dict[str, Any]:
    """Place a purchase that starts a sale of what it received."""
    return _placed(call, list_entry.opo_of)


@answers
def order_list_opoco(call: Call) -> dict[str, Any]:
    """Place a purchase that starts a pair which sells what it received."""
    return _placed(call, list_entry.opoco_of)


@answers
def cancel_order_list(call: Call) -> dict[str, Any]:
    """Take a whole list back."""
    symbol, order_list = call.listing().symbol, list_entry.named_list(call, "listClientOrderId")
    if order_list is None or not order_list.is_open or order_list.symbol != symbol:
        raise Refusal(-2011, "Unknown order")
    cancel_id = call.sent.get("newClientOrderId") or call.venue.new_client_order_id()
    call.venue.engine.lists.cancel(order_list, call.now_ms, cancel_id)
    return list_replies.cancelled(order_list, cancel_id)


@answers
def get_order_list(call: Call) -> dict[str, Any]:
    """Look a list up."""
    order_list = list_entry.named_list(call, "origClientOrderId")
    if order_list is None:
        raise Refusal(-2013)
    return list_replies.stored(order_list)


@answers
def all_order_list(call: Call) -> list[dict[str, Any]]:
    """List the order lists, open or done: from an id or a start on, otherwise the newest."""
    first, start_ms, end_ms = call.integer("fromId"), call.start_ms, call.end_ms
    found = [
        list_replies.stored(order_list)
        for order_list in call.venue.engine.lists.all(call.account)
        if (first is None or order_list.list_id >= first)
        and (start_ms is None or order_list.placed_ms >= start_ms)
        and (end_ms is None or order_list.placed_ms <= end_ms)
    ]
    walks_forward = first is not None or start_ms is not None
    return found[: call.limit] if walks_forward else found[-call.limit :]


@answers
def open_order_list(call: Call) -> list[dict[str, Any]]:
    """List the order lists of which an order can still change."""
    return [list_replies.stored(order_list) for order_list in call.venue.engine.lists.open(call.account)]


def _placed(call: Call, read: Callable[[Call], OrderList]) -> dict[str, Any]:
    order_list, engine = read(call), call.venue.engine
    check_filters(order_list.orders, call.venue.market, engine, lists_added=1)
    call.account.order_limits.check(len(order_list.orders), call.now_ms)
    engine.lists.place(order_list)
    reply = list_replies.placed(order_list, call.text("newOrderRespType") or _DEFAULT_RESPONSE)
    # The answer tells of what follows as it waits, even where the working order has filled at once.
    engine.lists.proceed(order_list, call.now_ms)
    return reply
