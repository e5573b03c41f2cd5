"""How the events of an account are printed, each from the objects as they stand when it happens.

Times are in milliseconds here; `in_microseconds` turns them for those who want them finer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from binance_nb.catalog import ColumnKind
from binance_nb.catalog.user_events import USER_EVENTS
from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.listening import ExecutionType
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Fill, Order, quote_e8
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch

__all__ = [
    "STREAM_NAMES",
    "USER_DATA_STREAM",
    "Event",
    "Execution",
    "account_position",
    "balance_update",
    "execution_report",
    "external_lock_update",
    "in_microseconds",
    "list_status",
    "server_shutdown",
    "stream_terminated",
]

Event: TypeAlias = dict[str, Any]  # Any: JSON leaves here

_NONE = -1
_NOTHING = text_of(0)
_TIMES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(str(column.field) for column in event.payload.own if column.kind is ColumnKind.TIME)
    for kind, event in USER_EVENTS.items()
}

USER_DATA_STREAM = "userDataStream"
"""What all events of accounts go by."""

STREAM_NAMES = (USER_DATA_STREAM, *_TIMES)
"""What a fault may name that strikes them: all, or one kind."""


@dataclass(frozen=True)
class Execution:
    """What happened to an order; see `Listener.order_changed` for its parts."""

    type: ExecutionType
    number: int
    now_ms: int
    fill: Fill | None = None
    prevented: PreventedMatch | None = None
    request_id: str = ""


def execution_report(order: Order, execution: Execution, told_ms: int) -> Event:
    """Print what happened to an order.

    Args:
        order: The order, after it.
        execution: What happened.
        told_ms: The present; a fill that the tape brought lies before it.

    Returns:
        The event.
    """
    fill = execution.fill
    name, old_name = _names(order, execution)
    is_allocated = order.is_routed and fill is not None and not fill.is_maker
    return {
        "e": "executionReport",
        "E": told_ms,
        "s": order.symbol,
        "c": name,
        "S": order.side,
        "o": order.kind,
        "f": order.time_in_force,
        "q": text_of(order.quantity_e8),
        "p": text_of(order.price_e8),
        "P": text_of(order.stop_price_e8),
        **_trailing(order),
        "F": text_of(order.iceberg_e8),
        "g": order.order_list.list_id if order.order_list else _NONE,
        "C": old_name,
        "x": execution.type,
        "X": order.status,
        "r": "NONE",
        "i": order.order_id,
        "l": text_of(fill.quantity_e8) if fill else _NOTHING,
        "z": text_of(order.executed_e8),
        "L": text_of(fill.price_e8) if fill else _NOTHING,
        "n": text_of(fill.commission_e8) if fill else "0",
        "N": fill.commission_asset if fill else None,
        "T": execution.now_ms,
        "t": fill.trade_id if fill and not is_allocated else _NONE,
        **_prevention(order, execution.prevented),
        "I": execution.number,
        "w": order.is_open and order.working_ms >= 0,
        "m": fill is not None and fill.is_maker,
        "M": False,
        "O": order.placed_ms,
        "Z": text_of(order.quote_e8),
        "Y": text_of(fill.quote_e8) if fill else _NOTHING,
        "Q": text_of(order.budget_e8),
        **({"W": order.working_ms} if order.working_ms >= 0 else {}),
        "V": order.stp_mode,
        **_marks(order),
        **_routing(order, fill if is_allocated else None),
        **_peg(order),
        **({"eR": order.expiry_reason} if order.expiry_reason else {}),
    }


def list_status(order_list: OrderList, now_ms: int, told_ms: int) -> Event:
    """Print what happened to an order list.

    Args:
        order_list: The list, after it.
        now_ms: When it happened.
        told_ms: The present.

    Returns:
        The event.
    """
    symbol = order_list.listing.symbol
    return {
        "e": "listStatus",
        "E": told_ms,
        "s": symbol,
        "g": order_list.list_id,
        "c": order_list.contingency,
        "l": order_list.status_type,
        "L": order_list.order_status,
        "r": "NONE",
        "C": order_list.client_id,
        "T": now_ms,
        "O": [{"s": symbol, "i": order.order_id, "c": order.client_order_id} for order in order_list.orders],
    }


def account_position(account: Account, assets: Iterable[str], now_ms: int, told_ms: int) -> Event:
    """Print balances that may have changed.

    Args:
        account: Whose.
        assets: Which.
        now_ms: When they changed.
        told_ms: The present.

    Returns:
        The event.
    """
    ledger = account.ledger
    balances = [
        {"a": asset, "f": text_of(ledger.free_e8(asset)), "l": text_of(ledger.locked_e8(asset))}
        for asset in dict.fromkeys(assets)
    ]
    return {"e": "outboundAccountPosition", "E": told_ms, "u": now_ms, "B": balances}


def balance_update(asset: str, amount_e8: int, now_ms: int, told_ms: int) -> Event:
    """Print a deposit, or with a negative amount a withdrawal; see `account_position`."""
    return _change("balanceUpdate", asset, amount_e8, now_ms, told_ms)


def external_lock_update(asset: str, amount_e8: int, now_ms: int, told_ms: int) -> Event:
    """Print what something outside the market locked, or with a negative amount released; see `account_position`."""
    return _change("externalLockUpdate", asset, amount_e8, now_ms, told_ms)


def stream_terminated(told_ms: int) -> Event:
    """Print the last event of a subscription.

    Args:
        told_ms: The present.

    Returns:
        The event.
    """
    return {"e": "eventStreamTerminated", "E": told_ms}


def server_shutdown(told_ms: int) -> Event:
    """Print the last event of a connection; see `stream_terminated`."""
    return {"e": "serverShutdown", "E": told_ms}


def in_microseconds(event: Event) -> Event:
    """Turn an event's times into microseconds.

    Args:
        event: The event in milliseconds.

    Returns:
        A new event.
    """
    return event | {name: event[name] * 1000 for name in _TIMES.get(event["e"], ("E",)) if name in event}


def _change(kind: str, asset: str, amount_e8: int, now_ms: int, told_ms: int) -> Event:
    return {"e": kind, "E": told_ms, "a": asset, "d": text_of(amount_e8), "T": now_ms}


def _names(order: Order, execution: Execution) -> tuple[str, str]:
    """Return what an event calls the order, and what it was called before where that differs.

    A cancel bears its own id and tells the order's beside it; an amendment may give the order a new one (that its
    old one is told in the same place is a guess).
    """
    if execution.type == "REPLACED" and order.amendments:
        old_name = order.amendments[-1].old_client_order_id
        return order.client_order_id, "" if old_name == order.client_order_id else old_name
    if execution.type == "CANCELED" and execution.request_id:
        return execution.request_id, order.client_order_id
    return order.client_order_id, ""


def _trailing(order: Order) -> Event:
    if not order.trailing_delta:
        return {}
    return {"d": order.trailing_delta, **({"D": order.trailing_ms} if order.trailing_ms >= 0 else {})}


def _marks(order: Order) -> Event:
    return {key: order.marks[name] for key, name in (("j", "strategyId"), ("J", "strategyType")) if name in order.marks}


def _routing(order: Order, allocated: Fill | None) -> Event:
    if not order.is_routed:
        return {}
    match = {"b": "ONE_PARTY_TRADE_REPORT", "a": allocated.trade_id} if allocated else {}
    return {**match, "k": "SOR", "uS": True}


def _peg(order: Order) -> Event:
    if order.peg is None:
        return {}
    offset = {"gOT": order.peg.offset_type, "gOV": order.peg.offset_value} if order.peg.offset_type else {}
    priced = {"gp": text_of(order.pegged_e8)} if order.pegged_e8 else {}
    return {"gP": order.peg.price_type, **offset, **priced}


def _prevention(order: Order, match: PreventedMatch | None) -> Event:
    """The fields of an order that prevention touched, and those of the event that tells it."""
    if order.prevented_match_id is None:
        return {}
    told: Event = {"v": order.prevented_match_id, "A": text_of(order.prevented_e8)}
    if match is None:
        return told
    is_taker = match.taker_order_id == order.order_id
    row = match.row()
    return told | {
        "B": text_of(match.lost_e8.get("takerPreventedQuantity" if is_taker else "makerPreventedQuantity", 0)),
        "u": row["tradeGroupId"],
        "U": match.maker_order_id if is_taker else match.taker_order_id,
        "Cs": match.symbol,
        "pl": text_of(match.quantity_e8),
        "pL": text_of(match.price_e8),
        "pY": text_of(quote_e8(match.price_e8, match.quantity_e8)),
    }
