"""From the parameters of a call to an order, and which of the account's orders a call means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.execution_rules import price_range_e8
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.reference_prices import reference_e8
from binance_nb.sandbox.refusals import Refusal

__all__ = ["named_order", "order_of"]

# What a type does not take, beyond what the documentation's table says.
_UNWANTED: Mapping[str, tuple[str, ...]] = {
    "LIMIT": (),
    "LIMIT_MAKER": ("timeInForce",),
    "MARKET": ("timeInForce", "price"),
}
# Stops come with their own types; these come with any.
_NOT_BUILT = ("icebergQty", "pegPriceType", "pegOffsetType", "pegOffsetValue")


def order_of(call: Call) -> Order:
    """Read an order out of a call.

    Args:
        call: The call.

    Returns:
        The order, neither checked against filters nor placed.

    Raises:
        Refusal: For what does not go together, or is not built yet.
    """
    listing, kind = call.listing(), call.sent["type"]
    _refuse_misfits(call, kind)
    _refuse_closed(call, listing)
    rules = listing.exchange_info_entry()
    stp_mode = call.sent.get("selfTradePreventionMode", rules["defaultSelfTradePreventionMode"])
    if stp_mode not in rules["allowedSelfTradePreventionModes"]:
        raise Refusal(-1013, "self-trade prevention")
    return Order(
        account=call.account,
        listing=listing,
        side=cast(Side, call.sent["side"]),
        kind=kind,
        time_in_force=call.sent.get("timeInForce", "GTC"),
        stp_mode=stp_mode,
        client_order_id=call.sent.get("newClientOrderId") or call.venue.new_client_order_id(),
        placed_ms=call.now_ms,
        price_e8=call.amount_e8("price"),
        price_range_e8=None if kind == "LIMIT_MAKER" else _price_range_e8(call, listing),
        quantity_e8=call.amount_e8("quantity"),
        budget_e8=call.amount_e8("quoteOrderQty"),
        marks={name: int(call.sent[name]) for name in ("strategyId", "strategyType") if name in call.sent},
    )


def _refuse_closed(call: Call, listing: Listing) -> None:
    is_stopped = listing.status_at(call.now_ms) != "TRADING"
    if is_stopped or call.venue.market.book(listing.symbol, call.now_ms) is None:
        raise Refusal(-2010, "Market is closed")
    if not listing.is_open_to(call.account.permissions):
        raise Refusal(-2010, "not permitted for this account")


def _price_range_e8(call: Call, listing: Listing) -> tuple[int, int]:
    reference = reference_e8(call.venue.market, listing.symbol, call.now_ms)
    return price_range_e8(listing.symbol, cast(Side, call.sent["side"]), reference)


def _refuse_misfits(call: Call, kind: str) -> None:
    if kind not in _UNWANTED or any(name in call.sent for name in _NOT_BUILT):
        raise Refusal(-1020)
    for name in _UNWANTED[kind]:
        if name in call.sent:
            raise Refusal(-1106, "Parameter '%s'", name)
    if "quantity" in call.sent and "quoteOrderQty" in call.sent:
        raise Refusal(-1128)


def named_order(call: Call) -> Order | None:
    """Find the order that a call names by one of its ids, or by both.

    Args:
        call: The call.

    Returns:
        The order; of several that had the same client id one after another the newest.

    Raises:
        Refusal: -2039 when the two ids are of different orders.
    """
    order_id, client_id = call.integer("orderId"), call.sent.get("origClientOrderId")
    for order in reversed(call.venue.engine.orders(call.account, call.listing().symbol)):
        if order.order_id == order_id or (order_id is None and order.client_order_id == client_id):
            if client_id not in (None, order.client_order_id):
                raise Refusal(-2039)
            return order
    return None
