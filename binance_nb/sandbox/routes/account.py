"""Account endpoints: what the account holds, has ordered and has traded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.entry import order_replies
from binance_nb.sandbox.entry.order_entry import named_order
from binance_nb.sandbox.listings import EXCHANGE_FILTERS, asset_filters
from binance_nb.sandbox.matching.commission import commission_of
from binance_nb.sandbox.matching.orders import Fill, Order
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.routes.registry import answers

__all__ = [
    "account",
    "account_commission",
    "all_orders",
    "get_order",
    "my_allocations",
    "my_filters",
    "my_prevented_matches",
    "my_trades",
    "open_orders",
    "order_amendments",
    "rate_limit_order",
]

_Row = TypeVar("_Row")
_BASIS_POINT_E8 = 10_000
_ARCHIVED_AFTER_MS = 90 * 86_400_000


@answers
def account(call: Call) -> dict[str, Any]:
    """Tell what the account holds and may do."""
    rates = call.account.commission.standard
    return {
        "makerCommission": rates.maker_e8 // _BASIS_POINT_E8,
        "takerCommission": rates.taker_e8 // _BASIS_POINT_E8,
        "buyerCommission": rates.buyer_e8 // _BASIS_POINT_E8,
        "sellerCommission": rates.seller_e8 // _BASIS_POINT_E8,
        "commissionRates": rates.row(),
        "canTrade": True,
        "canWithdraw": False,
        "canDeposit": False,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": call.venue.engine.changed_ms(call.account),
        "accountType": "SPOT",
        "balances": call.account.ledger.balances(with_zeros=not call.flag("omitZeroBalances")),
        "permissions": list(call.account.permissions),
        "uid": call.account.uid,
    }


@answers
def get_order(call: Call) -> dict[str, Any]:
    """Look one order up."""
    order = named_order(call)
    if order is None:
        raise Refusal(-2013)
    if not order.is_open and not order.executed_e8 and call.now_ms - order.updated_ms > _ARCHIVED_AFTER_MS:
        raise Refusal(-2026)
    return order_replies.stored(order)


@answers
def open_orders(call: Call) -> list[dict[str, Any]]:
    """List the orders that wait."""
    symbol = call.listing().symbol if "symbol" in call.sent else None
    return [order_replies.stored(order) for order in call.venue.engine.open_orders(call.account, symbol)]


@answers
def all_orders(call: Call) -> list[dict[str, Any]]:
    """List the orders of a symbol, open or done; beside a time the order id counts for nothing."""
    orders = call.venue.engine.orders(call.account, call.listing().symbol)
    first = call.integer("orderId") if call.start_ms is None and call.end_ms is None else None
    if first is not None:
        orders = [order for order in orders if order.order_id >= first]
    page = _page(call, orders, lambda order: order.placed_ms, from_oldest=first is not None)
    return [order_replies.stored(order) for order in page]


@answers
def my_trades(call: Call) -> list[dict[str, Any]]:
    """List the account's trades of a symbol."""
    found = _fills(call, call.integer("fromId"), are_allocations=False)
    page = _page(call, found, lambda pair: pair[1].time_ms, from_oldest="fromId" in call.sent)
    return [order_replies.trade(order, fill) for order, fill in page]


@answers
def my_allocations(call: Call) -> list[dict[str, Any]]:
    """List what smart order routing brought; a symbol alone begins with the oldest."""
    found = _fills(call, call.integer("fromAllocationId"), are_allocations=True)
    page = _page(call, found, lambda pair: pair[1].time_ms, from_oldest=call.end_ms is None)
    return [order_replies.allocation(order, fill) for order, fill in page]


@answers
def order_amendments(call: Call) -> list[dict[str, Any]]:
    """List the changes of an order's quantity, oldest first."""
    order, first = named_order(call), call.integer("fromExecutionId") or 0
    if order is None:
        return []
    changes = [change for change in order.amendments if change.execution_id >= first]
    return [order_replies.amendment(order, change) for change in changes[: call.limit]]


@answers
def rate_limit_order(call: Call) -> list[dict[str, Any]]:
    """Tell how much of each order limit is used."""
    return call.account.order_limits.entries(call.now_ms)


@answers
def account_commission(call: Call) -> dict[str, Any]:
    """Tell what the account pays on a symbol."""
    return commission_of(call.account, call.listing().symbol)


@answers
def my_filters(call: Call) -> dict[str, Any]:
    """List the filters that bind the account on a symbol."""
    listing = call.listing()
    return {
        "exchangeFilters": list(EXCHANGE_FILTERS),
        "symbolFilters": listing.filters,
        "assetFilters": asset_filters(listing),
    }


@answers
def my_prevented_matches(call: Call) -> list[dict[str, Any]]:
    """List the matches that self-trade prevention stopped: one by its number, or those of an order."""
    match_id, order_id = call.integer("preventedMatchId"), call.integer("orderId")
    first = call.integer("fromPreventedMatchId") or 0
    found = [
        match.row()
        for match in call.venue.engine.prevented_matches(call.account, call.listing().symbol)
        if match.match_id == match_id or (order_id in (match.taker_order_id, match.maker_order_id))
        if match.match_id >= first
    ]
    return found[: call.limit]


def _fills(call: Call, first: int | None, *, are_allocations: bool) -> list[tuple[Order, Fill]]:
    """Return the fills of a symbol, or of one order, from a number on."""
    order_id = call.integer("orderId")
    found = [
        (order, fill)
        for order in call.venue.engine.orders(call.account, call.listing().symbol)
        if order_id in (None, order.order_id)
        for fill in order.fills
        if order_replies.is_allocation(order, fill) is are_allocations and (first is None or fill.trade_id >= first)
    ]
    return sorted(found, key=lambda pair: pair[1].trade_id)


def _page(call: Call, rows: Iterable[_Row], time_ms: Callable[[_Row], int], *, from_oldest: bool) -> list[_Row]:
    """Cut a page: a start (or an id) walks forward from there, otherwise the newest rows come."""
    start_ms, end_ms = call.start_ms, call.end_ms
    found = [
        row
        for row in rows
        if (start_ms is None or time_ms(row) >= start_ms) and (end_ms is None or time_ms(row) <= end_ms)
    ]
    return found[: call.limit] if from_oldest or start_ms is not None else found[-call.limit :]
