"""How an order is printed: as placed, cancelled, amended and looked up, and each of its trades and allocations.

A field that most orders have nothing to say in appears only where one was asked for: a stop price of a stop order, the
visible part of an iceberg, and so on.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.matching.orders import Amendment, Fill, Order

__all__ = ["allocation", "amended", "amendment", "cancelled", "is_allocation", "placed", "stored", "trade"]

_Json: TypeAlias = dict[str, Any]  # Any: JSON leaves here
_NOTHING = -1


def placed(order: Order, response_type: str) -> _Json:
    """Print a placed order.

    Args:
        order: The order.
        response_type: ``ACK``, ``RESULT`` or ``FULL``.

    Returns:
        The reply.
    """
    head = {**_head(order), "clientOrderId": order.client_order_id, "transactTime": order.placed_ms}
    if response_type == "ACK":
        return head
    result = {**head, **_amounts(order), **_stop(order), "workingTime": order.working_ms}
    if response_type == "FULL":
        result["fills"] = [_fill(order, fill) for fill in order.fills]
        if order.prevented_matches:
            result["preventedMatches"] = [match.in_reply() for match in order.prevented_matches]
    return {**result, **_iceberg(order), **_tail(order)}


def cancelled(order: Order, cancel_id: str) -> _Json:
    """Print a cancelled order.

    Args:
        order: The order.
        cancel_id: The cancel's own client order id.

    Returns:
        The reply.
    """
    return {
        "symbol": order.symbol,
        "origClientOrderId": order.client_order_id,
        "orderId": order.order_id,
        "orderListId": _list_id(order),
        "clientOrderId": cancel_id,
        "transactTime": order.updated_ms,
        **_amounts(order),
        **_stop(order),
        **_iceberg(order),
        **_tail(order),
    }


def stored(order: Order) -> _Json:
    """Print an order that is looked up.

    Args:
        order: The order.

    Returns:
        The reply, or one row of it.
    """
    amounts = _amounts(order)
    quote_quantity = amounts.pop("origQuoteOrderQty")
    return {
        **_head(order),
        "clientOrderId": order.client_order_id,
        **amounts,
        "stopPrice": text_of(order.stop_price_e8),
        **_trail(order),
        "icebergQty": text_of(order.iceberg_e8),
        "time": order.placed_ms,
        "updateTime": order.updated_ms,
        "isWorking": order.working_ms != _NOTHING,
        "workingTime": order.working_ms,
        "origQuoteOrderQty": quote_quantity,
        **_tail(order),
    }


def amended(order: Order) -> _Json:
    """Print an order whose quantity has just been changed.

    Args:
        order: The order.

    Returns:
        The reply, without the state of a list.
    """
    last = order.amendments[-1]
    return {
        "transactTime": last.time_ms,
        "executionId": last.execution_id,
        "amendedOrder": {
            **_head(order),
            "origClientOrderId": last.old_client_order_id,
            "clientOrderId": order.client_order_id,
            "price": text_of(order.price_e8),
            # Names of its own, unlike every other reply about an order.
            "qty": text_of(order.quantity_e8),
            "executedQty": text_of(order.executed_e8),
            "preventedQty": text_of(order.prevented_e8),
            "quoteOrderQty": text_of(order.budget_e8),
            "cumulativeQuoteQty": text_of(order.quote_e8),
            "status": order.status,
            "timeInForce": order.time_in_force,
            "type": order.kind,
            "side": order.side,
            **_stop(order),
            **_iceberg(order),
            **({} if order.status == "PENDING_NEW" else {"workingTime": order.working_ms}),
            **_tail(order),
        },
    }


def amendment(order: Order, change: Amendment) -> _Json:
    """Print one change of an order's quantity.

    Args:
        order: The order.
        change: One of its changes.

    Returns:
        A row of order_amendments.
    """
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "executionId": change.execution_id,
        "origClientOrderId": change.old_client_order_id,
        "newClientOrderId": change.new_client_order_id,
        "origQty": text_of(change.old_quantity_e8),
        "newQty": text_of(change.new_quantity_e8),
        "time": change.time_ms,
    }


def trade(order: Order, fill: Fill) -> _Json:
    """Print one of the account's trades.

    Args:
        order: The order.
        fill: One of its fills.

    Returns:
        A row of my_trades.
    """
    return {
        "symbol": order.symbol,
        "id": fill.trade_id,
        "orderId": order.order_id,
        "orderListId": _list_id(order),
        "price": text_of(fill.price_e8),
        "qty": text_of(fill.quantity_e8),
        "quoteQty": text_of(fill.quote_e8),
        "commission": text_of(fill.commission_e8),
        "commissionAsset": fill.commission_asset,
        "time": fill.time_ms,
        "isBuyer": order.is_buy,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def is_allocation(order: Order, fill: Fill) -> bool:
    """Tell whether a fill came through smart order routing, and is an allocation instead of a trade.

    Args:
        order: The order.
        fill: One of its fills.

    Returns:
        True for what a routed order took; what found it in the book are trades.
    """
    return order.is_routed and not fill.is_maker


def allocation(order: Order, fill: Fill) -> _Json:
    """Print one of the account's allocations; it has the number that the trade would have.

    Args:
        order: The order.
        fill: One of its fills.

    Returns:
        A row of my_allocations.
    """
    row = trade(order, fill)
    del row["isBestMatch"]
    number = {"allocationId": row.pop("id"), "allocationType": "SOR"}
    return {"symbol": row.pop("symbol"), **number, **row, "isAllocator": False}


def _head(order: Order) -> _Json:
    return {"symbol": order.symbol, "orderId": order.order_id, "orderListId": _list_id(order)}


def _list_id(order: Order) -> int:
    return _NOTHING if order.order_list is None else order.order_list.list_id


def _amounts(order: Order) -> _Json:
    amounts = {
        "price": text_of(order.price_e8),
        "origQty": text_of(order.quantity_e8),
        "executedQty": text_of(order.executed_e8),
        "origQuoteOrderQty": text_of(order.budget_e8),
        "cummulativeQuoteQty": text_of(order.quote_e8),
        "status": order.status,
        "timeInForce": order.time_in_force,
        "type": order.kind,
        "side": order.side,
    }
    if order.status == "PENDING_NEW" and not order.quantity_e8:
        # Another order's fill is going to decide.
        del amounts["origQty"]
    return amounts


def _stop(order: Order) -> _Json:
    stop = {"stopPrice": text_of(order.stop_price_e8)} if order.is_algo else {}
    return {**stop, **_trail(order)}


def _trail(order: Order) -> _Json:
    if not order.trailing_delta:
        return {}
    return {"trailingDelta": order.trailing_delta, "trailingTime": order.trailing_ms}


def _iceberg(order: Order) -> _Json:
    return {"icebergQty": text_of(order.iceberg_e8)} if order.iceberg_e8 else {}


def _tail(order: Order) -> _Json:
    """The fields that appear only where they have something to say, around the one that always does."""
    routed = {"workingFloor": _floor(order)} if order.is_routed else {}
    tail: _Json = {**order.marks, **routed, "selfTradePreventionMode": order.stp_mode}
    if order.is_routed:
        tail["usedSor"] = True
    if order.prevented_match_id is not None:
        tail |= {"preventedMatchId": order.prevented_match_id, "preventedQuantity": text_of(order.prevented_e8)}
    if order.peg is not None:
        tail |= _peg(order)
    if order.expiry_reason:
        tail["expiryReason"] = order.expiry_reason
    return tail


def _floor(order: Order) -> str:
    """Where a routed order did something last: with the routing, or in the book that it was left in."""
    ended_at_once = order.status in ("FILLED", "EXPIRED", "EXPIRED_IN_MATCH")
    return "SOR" if ended_at_once and not any(fill.is_maker for fill in order.fills) else "EXCHANGE"


def _peg(order: Order) -> _Json:
    assert order.peg is not None  # only a pegged order is asked
    peg: _Json = {"pegPriceType": order.peg.price_type}
    if order.peg.offset_type:
        peg |= {"pegOffsetType": order.peg.offset_type, "pegOffsetValue": order.peg.offset_value}
    if order.pegged_e8:
        peg["peggedPrice"] = text_of(order.pegged_e8)
    return peg


def _fill(order: Order, fill: Fill) -> _Json:
    amounts = {
        "price": text_of(fill.price_e8),
        "qty": text_of(fill.quantity_e8),
        "commission": text_of(fill.commission_e8),
        "commissionAsset": fill.commission_asset,
    }
    if is_allocation(order, fill):
        return {"matchType": "ONE_PARTY_TRADE_REPORT", **amounts, "tradeId": -1, "allocId": fill.trade_id}
    return {**amounts, "tradeId": fill.trade_id}
