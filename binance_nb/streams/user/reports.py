"""Events of the user stream, made of what REST tells: the same words, as far as REST has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

__all__ = ["Stand", "list_status", "placed", "position", "replaced", "settled", "traded"]

_Row: TypeAlias = Mapping[str, Any]  # Any: JSON enters here
_Event: TypeAlias = dict[str, Any]  # Any: JSON leaves here

_NONE = -1
_NOTHING = "0.00000000"
# How the end of an order is told; whatever else there may be goes by its own name.
_TOLD_AS = {"PENDING_CANCEL": "CANCELED", "EXPIRED_IN_MATCH": "TRADE_PREVENTION", "PENDING_NEW": "NEW"}


@dataclass(frozen=True)
class Stand:
    """How far an order has come at the moment of an event.

    Attributes:
        status: Its status from then on.
        filled: How much is executed.
        quote: What that is worth.
        quantity: How much is wanted; empty for what the order says in the end.
    """

    status: str
    filled: Decimal = Decimal(0)
    quote: Decimal = Decimal(0)
    quantity: str = ""


def placed(row: _Row, told_ms: int, quantity: str = "") -> _Event:
    """Tell that an order was accepted.

    Args:
        row: The order, as REST tells it now.
        told_ms: The present.
        quantity: How much was wanted then, where that was amended later.

    Returns:
        An ``executionReport``.
    """
    status = "PENDING_NEW" if row["status"] == "PENDING_NEW" else "NEW"
    return _report(row, "NEW", Stand(status, quantity=quantity), row["time"], told_ms) | {"eR": None}


def traded(row: _Row, trade: _Row, stand: Stand, told_ms: int) -> _Event:
    """Tell a fill.

    Args:
        row: Its order.
        trade: A row of ``my_trades`` or ``my_allocations``.
        stand: How the order stands after it.
        told_ms: The present.

    Returns:
        An ``executionReport``.
    """
    number = {"t": _NONE, "a": trade["allocationId"]} if "allocationId" in trade else {"t": trade["id"]}
    return _report(row, "TRADE", stand, trade["time"], told_ms) | {
        "eR": None,
        "l": trade["qty"],
        "L": trade["price"],
        "Y": trade["quoteQty"],
        "n": trade["commission"],
        "N": trade["commissionAsset"],
        "m": bool(trade["isMaker"]),
        **number,
    }


def settled(row: _Row, stand: Stand, told_ms: int) -> _Event:
    """Tell that an order has another status.

    Args:
        row: The order.
        stand: How it stands.
        told_ms: The present.

    Returns:
        An ``executionReport``.
    """
    status: str = row["status"]
    return _report(row, _TOLD_AS.get(status, status), stand, row["updateTime"], told_ms)


def replaced(row: _Row, amendment: _Row, stand: Stand, told_ms: int) -> _Event:
    """Tell that an order was amended.

    Args:
        row: The order.
        amendment: A row of ``order_amendments``.
        stand: How the order stands after it.
        told_ms: The present.

    Returns:
        An ``executionReport``.
    """
    old, new = amendment["origClientOrderId"], amendment["newClientOrderId"]
    return _report(row, "REPLACED", stand, amendment["time"], told_ms) | {
        "eR": None,
        "I": amendment["executionId"],
        "c": new,
        "C": "" if old == new else old,
    }


def list_status(row: _Row, when_ms: int, told_ms: int, *, has_just_begun: bool = False) -> _Event:
    """Tell how an order list stands.

    Args:
        row: The list.
        when_ms: Since when.
        told_ms: The present.
        has_just_begun: Whether its beginning is told, however it stands now.

    Returns:
        A ``listStatus``.
    """
    return {
        "e": "listStatus",
        "E": told_ms,
        "s": row["symbol"],
        "g": row["orderListId"],
        "c": row["contingencyType"],
        "l": "EXEC_STARTED" if has_just_begun else row["listStatusType"],
        "L": "EXECUTING" if has_just_begun else row["listOrderStatus"],
        "r": "NONE",
        "C": row["listClientOrderId"],
        "T": when_ms,
        "O": [{"s": one["symbol"], "i": one["orderId"], "c": one["clientOrderId"]} for one in row["orders"]],
    }


def position(balances: Mapping[str, _Row], when_ms: int, told_ms: int) -> _Event:
    """Tell balances.

    Args:
        balances: Rows of ``account`` by asset.
        when_ms: When the account last changed.
        told_ms: The present.

    Returns:
        An ``outboundAccountPosition``.
    """
    rows = [{"a": asset, "f": row["free"], "l": row["locked"]} for asset, row in balances.items()]
    return {"e": "outboundAccountPosition", "E": told_ms, "u": when_ms, "B": rows}


def _report(row: _Row, execution_type: str, stand: Stand, when_ms: int, told_ms: int) -> _Event:
    is_on_book = bool(row.get("isWorking")) and stand.status in ("NEW", "PARTIALLY_FILLED")
    return {
        "e": "executionReport",
        "E": told_ms,
        "s": row["symbol"],
        "c": row["clientOrderId"],
        "S": row["side"],
        "o": row["type"],
        "f": row["timeInForce"],
        "q": stand.quantity or row["origQty"],
        "p": row["price"],
        "P": row.get("stopPrice", _NOTHING),
        "F": row.get("icebergQty", _NOTHING),
        "g": row.get("orderListId", _NONE),
        "C": "",
        "x": execution_type,
        "X": stand.status,
        "r": "NONE",
        "i": row["orderId"],
        "l": _NOTHING,
        "z": f"{stand.filled:f}",
        "L": _NOTHING,
        "n": "0",
        "N": None,
        "T": when_ms,
        "t": _NONE,
        # The number of the execution is told by the stream alone.
        "I": None,
        "w": is_on_book,
        "m": False,
        "M": False,
        "O": row["time"],
        "Z": f"{stand.quote:f}",
        "Y": _NOTHING,
        "Q": row.get("origQuoteOrderQty", _NOTHING),
        **_where_told(row),
    }


_SAME = {
    "trailingDelta": "d",
    "trailingTime": "D",
    "strategyId": "j",
    "strategyType": "J",
    "selfTradePreventionMode": "V",
    "preventedMatchId": "v",
    "preventedQuantity": "A",
    "workingFloor": "k",
    "usedSor": "uS",
    "pegPriceType": "gP",
    "pegOffsetType": "gOT",
    "pegOffsetValue": "gOV",
    "peggedPrice": "gp",
    "expiryReason": "eR",
}


def _where_told(row: _Row) -> _Event:
    told = {key: row[name] for name, key in _SAME.items() if name in row}
    return told | ({"W": row["workingTime"]} if row.get("workingTime", _NONE) != _NONE else {})
