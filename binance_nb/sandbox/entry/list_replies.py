"""How an order list is printed: as placed, as cancelled, as looked up, and beside an amended order."""

from __future__ import annotations

from typing import Any, TypeAlias

from binance_nb.sandbox.entry import order_replies
from binance_nb.sandbox.matching.order_lists import OrderList

__all__ = ["amended", "cancelled", "placed", "stored"]

_Json: TypeAlias = dict[str, Any]  # Any: JSON leaves here


def placed(order_list: OrderList, response_type: str) -> _Json:
    """Print a placed list.

    Args:
        order_list: The list.
        response_type: ``ACK``, ``RESULT`` or ``FULL``: how much the reports of its orders tell.

    Returns:
        The reply.
    """
    reports = [order_replies.placed(order, response_type) for order in order_list.orders]
    return {**stored(order_list), "orderReports": reports}


def cancelled(order_list: OrderList, cancel_id: str) -> _Json:
    """Print a cancelled list, with reports of the orders that the cancel ended: not of those done before (a guess).

    Args:
        order_list: The list.
        cancel_id: The cancel's own client order id.

    Returns:
        The reply.
    """
    reports = [order_replies.cancelled(order, cancel_id) for order in order_list.orders if order.status == "CANCELED"]
    return {**stored(order_list), "orderReports": reports}


def stored(order_list: OrderList) -> _Json:
    """Print a list that is looked up.

    Args:
        order_list: The list.

    Returns:
        The reply, or one row of it.
    """
    return {
        "orderListId": order_list.list_id,
        "contingencyType": order_list.contingency,
        "listStatusType": order_list.status_type,
        "listOrderStatus": order_list.order_status,
        "listClientOrderId": order_list.client_id,
        "transactionTime": order_list.updated_ms,
        "symbol": order_list.symbol,
        "orders": [
            {"symbol": order.symbol, "orderId": order.order_id, "clientOrderId": order.client_order_id}
            for order in order_list.orders
        ],
    }


def amended(order_list: OrderList) -> _Json:
    """Print a list beside its order that was amended.

    Args:
        order_list: The list.

    Returns:
        The reply's ``listStatus``.
    """
    left_out = ("listStatusType", "transactionTime")
    return {name: value for name, value in stored(order_list).items() if name not in left_out}
