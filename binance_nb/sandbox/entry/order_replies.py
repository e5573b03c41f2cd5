"""How an order is printed: as placed, as cancelled, as looked up, and each of its trades."""

from __future__ import annotations

from typing import Any, TypeAlias

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.matching.orders import Fill, Order

__all__ = ["cancelled", "placed", "stored", "trade"]

_Json: TypeAlias = dict[str, Any]  # Any: JSON leaves here
_NO_LIST = -1


def placed(order: Order, response_type: str) -> _Json:
    """Print a placed order.

    Args:
        order: The order.
        response_type: ``ACK``, ``RESULT`` or ``FULL``.

    Returns:
        The reply.
    """
    head: _Json = {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": _NO_LIST,
        "clientOrderId": order.client_order_id,
        "transactTime": order.placed_ms,
    }
    if response_type == "ACK":
        return head
    result = {**head, **_amounts(order), "workingTime": order.placed_ms, **_tail(order)}
    return result if response_type == "RESULT" else {**result, "fills": [_fill(fill) for fill in order.fills]}


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
        "orderListId": _NO_LIST,
        "clientOrderId": cancel_id,
        "transactTime": order.updated_ms,
        **_amounts(order),
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
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": _NO_LIST,
        "clientOrderId": order.client_order_id,
        **amounts,
        "stopPrice": text_of(0),
        "icebergQty": text_of(0),
        "time": order.placed_ms,
        "updateTime": order.updated_ms,
        "isWorking": True,
        "workingTime": order.placed_ms,
        "origQuoteOrderQty": quote_quantity,
        **_tail(order),
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
        "orderListId": _NO_LIST,
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


def _amounts(order: Order) -> _Json:
    return {
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


def _tail(order: Order) -> _Json:
    """The fields that appear only where they have something to say, after the one that always does."""
    tail: _Json = {"selfTradePreventionMode": order.stp_mode, **order.marks}
    if order.prevented_match_id is not None:
        tail |= {"preventedMatchId": order.prevented_match_id, "preventedQuantity": text_of(order.prevented_e8)}
    if order.expiry_reason:
        tail["expiryReason"] = order.expiry_reason
    return tail


def _fill(fill: Fill) -> _Json:
    return {
        "price": text_of(fill.price_e8),
        "qty": text_of(fill.quantity_e8),
        "commission": text_of(fill.commission_e8),
        "commissionAsset": fill.commission_asset,
        "tradeId": fill.trade_id,
    }
