"""From the parameters of a call to an order, and which of the account's orders a call means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.listings import DEFAULT_STP_MODE, SORS, Listing
from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.orders import Order, Peg
from binance_nb.sandbox.matching.pegs import pegged_price_e8
from binance_nb.sandbox.refusals import Refusal

__all__ = ["check_open", "named_order", "order_of", "routed_order_of"]

# What a type does not take, beyond what the documentation's table says.
_UNWANTED: Mapping[str, tuple[str, ...]] = {
    "LIMIT": ("stopPrice", "trailingDelta"),
    "LIMIT_MAKER": ("timeInForce", "stopPrice", "trailingDelta"),
    "MARKET": ("timeInForce", "price", "stopPrice", "trailingDelta", "icebergQty"),
    "STOP_LOSS": ("timeInForce", "price", "icebergQty"),
    "TAKE_PROFIT": ("timeInForce", "price", "icebergQty"),
}
_UNSUPPORTED: Mapping[str, str] = {
    "MARKET": "Market orders",
    "STOP_LOSS": "Stop loss orders",
    "STOP_LOSS_LIMIT": "Stop loss limit orders",
    "TAKE_PROFIT": "Take profit orders",
    "TAKE_PROFIT_LIMIT": "Take profit limit orders",
}
# The old pair names the parameters of its legs in no regular way.
_OLD_PAIR: Mapping[tuple[str, str], str] = {
    ("limit", "price"): "price",
    ("stop", "price"): "stopLimitPrice",
    ("stop", "timeInForce"): "stopLimitTimeInForce",
    ("stop", "stopPrice"): "stopPrice",
    ("stop", "trailingDelta"): "trailingDelta",
}
# What the legs of a list share.
_SHARED: Mapping[str, tuple[str, str]] = {
    "": ("side", "quantity"),
    "above": ("side", "quantity"),
    "below": ("side", "quantity"),
    "limit": ("side", "quantity"),
    "stop": ("side", "quantity"),
    "working": ("workingSide", "workingQuantity"),
    "pending": ("pendingSide", "pendingQuantity"),
    "pendingAbove": ("pendingSide", "pendingQuantity"),
    "pendingBelow": ("pendingSide", "pendingQuantity"),
}


@dataclass(frozen=True)
class _Leg:
    """The parameters of one order in a call, under the names that a single order has for them."""

    call: Call
    prefix: str

    def name(self, word: str) -> str:
        if not self.prefix:
            return "newClientOrderId" if word == "clientOrderId" else word
        return _OLD_PAIR.get((self.prefix, word)) or f"{self.prefix}{word[0].upper()}{word[1:]}"

    def text(self, word: str) -> str | None:
        return self.call.sent.get(self.name(word))

    def amount_e8(self, word: str) -> int:
        return self.call.amount_e8(self.name(word))

    @property
    def kind(self) -> str:
        if self.prefix == "limit":
            return "LIMIT_MAKER"
        if self.prefix == "stop":
            return "STOP_LOSS_LIMIT" if "stopLimitPrice" in self.call.sent else "STOP_LOSS"
        return self.call.sent[self.name("type")]


def check_open(call: Call, listing: Listing) -> None:
    """Check that a symbol trades, for this account.

    Args:
        call: The call.
        listing: The symbol.

    Raises:
        Refusal: -2010 while the market is closed, or for a symbol that the account may not trade.
    """
    is_stopped = listing.status_at(call.now_ms) != "TRADING"
    if is_stopped or call.venue.market.book(listing.symbol, call.now_ms) is None:
        raise Refusal(-2010, "Market is closed")
    if not listing.is_open_to(call.account.permissions):
        raise Refusal(-2010, "not permitted for this account")


def order_of(call: Call, prefix: str = "") -> Order:
    """Read an order out of a call.

    What a single order is refused for outright is looked at first, then what its symbol allows.

    Args:
        call: The call, whose parameters keep the catalog's rules.
        prefix: Leg of an order list as its parameters begin: ``above``, ``below``, ``working``, ``pending``,
            ``pendingAbove``, ``pendingBelow``; ``limit`` and ``stop`` for the old pair. Empty for a single order.

    Returns:
        The order, neither checked against filters nor placed. It has no quantity where another order's fill decides.

    Raises:
        Refusal: For what does not go together, or is not offered on the symbol.
    """
    listing, leg = call.listing(), _Leg(call, prefix)
    kind = leg.kind
    _refuse_misfits(leg, kind)
    if not prefix:
        check_open(call, listing)
    _refuse_unsupported(leg, kind, listing)
    side, quantity = _SHARED[prefix]
    order = Order(
        account=call.account,
        listing=listing,
        side=cast(Side, call.sent[side]),
        kind=kind,
        time_in_force=leg.text("timeInForce") or "GTC",
        stp_mode=_stp_mode(call, listing),
        client_order_id=leg.text("clientOrderId") or call.venue.new_client_order_id(),
        placed_ms=call.now_ms,
        price_e8=leg.amount_e8("price"),
        quantity_e8=call.amount_e8(quantity),
        budget_e8=0 if prefix else call.amount_e8("quoteOrderQty"),
        stop_price_e8=leg.amount_e8("stopPrice"),
        trailing_delta=_trailing_delta(leg),
        iceberg_e8=leg.amount_e8("icebergQty"),
        peg=_peg(leg, kind),
        marks={name: int(text) for name in ("strategyId", "strategyType") if (text := leg.text(name))},
    )
    _refuse_nothing(leg, order)
    _price(order, call, is_pending=prefix.startswith("pending"))
    return order


def routed_order_of(call: Call) -> Order:
    """Read an order for smart order routing out of a call; see `order_of`."""
    listing = call.listing()
    if not any(listing.symbol in sor["symbols"] for sor in SORS):
        # The documentation has no text for a symbol without routing; this one is a guess.
        raise Refusal(-1020)
    order = order_of(call)
    order.is_routed = True
    return order


def _refuse_misfits(leg: _Leg, kind: str) -> None:
    """Refuse what the type does not take, or takes only in company."""
    for word in _UNWANTED.get(kind, ()):
        if leg.text(word) is not None:
            raise Refusal(-1106, "Parameter '%s'", leg.name(word))
    if not leg.prefix and {"quantity", "quoteOrderQty"} <= leg.call.sent.keys():
        raise Refusal(-1128)
    # The documentation asks for GTC without saying which code comes otherwise.
    needs_gtc = leg.text("icebergQty") is not None or (kind, leg.text("pegPriceType")) == ("LIMIT", "PRIMARY_PEG")
    if needs_gtc and leg.text("timeInForce") not in (None, "GTC"):
        raise Refusal(-1014)


def _refuse_unsupported(leg: _Leg, kind: str, listing: Listing) -> None:
    """Refuse what the symbol does not offer."""
    if kind not in listing.order_types:
        raise Refusal(-2010, _UNSUPPORTED[kind])
    for word, flag, said in (
        ("icebergQty", "icebergAllowed", "Iceberg orders"),
        ("quoteOrderQty", "quoteOrderQtyMarketAllowed", "Quote order qty"),
        ("trailingDelta", "allowTrailingStop", "Trailing stop orders"),
        ("pegPriceType", "pegInstructionsAllowed", "Pegged orders"),
    ):
        if leg.text(word) is not None and not listing.allows(flag):
            raise Refusal(-2010, said)


def _refuse_nothing(leg: _Leg, order: Order) -> None:
    """Refuse numbers that would mean that nothing was sent, and a visible part larger than the whole."""
    if leg.text("stopPrice") is not None and not order.stop_price_e8:
        raise Refusal(-1013, "Filter failure", "PRICE_FILTER")
    if leg.text("trailingDelta") is not None and not order.trailing_delta:
        raise Refusal(-1013, "Filter failure", "TRAILING_DELTA")
    if not leg.prefix and "quoteOrderQty" in leg.call.sent and not order.budget_e8:
        raise Refusal(-2010, "zero or less")
    if order.quantity_e8 and order.iceberg_e8 > order.quantity_e8:
        raise Refusal(-2010, "IcebergQty exceeds QTY")


def _stp_mode(call: Call, listing: Listing) -> str:
    mode = call.sent.get("selfTradePreventionMode", DEFAULT_STP_MODE)
    if mode not in listing.stp_modes:
        raise Refusal(-1013, "self-trade prevention")
    return mode


def _trailing_delta(leg: _Leg) -> int:
    # Some lists declare it as a decimal number, but it counts whole basis points.
    delta = Decimal(leg.text("trailingDelta") or 0)
    if delta != int(delta):
        raise Refusal(-1130, "'%s'", leg.name("trailingDelta"))
    return int(delta)


def _peg(leg: _Leg, kind: str) -> Peg | None:
    price_type = leg.text("pegPriceType")
    if price_type is None:
        return None
    if kind == "LIMIT_MAKER" and price_type == "MARKET_PEG":
        raise Refusal(-2010, "price peg cannot be used")
    return Peg(price_type, leg.text("pegOffsetType") or "", int(leg.text("pegOffsetValue") or 0))


def _price(order: Order, call: Call, *, is_pending: bool) -> None:
    """Give a pegged order the price that filters look at; what starts later finds its own then."""
    if order.peg is not None and not order.is_algo and not is_pending:
        order.pegged_e8 = pegged_price_e8(order, call.venue.engine.book, call.now_ms) or 0
        if not order.pegged_e8:
            raise Refusal(-2010, "too low for this pegged order")


def named_order(call: Call, id_name: str = "orderId", client_id_name: str = "origClientOrderId") -> Order | None:
    """Find the order that a call names by one of its ids, or by both.

    Args:
        call: The call.
        id_name: How the endpoint spells the exchange's number of the order.
        client_id_name: And the owner's name for it.

    Returns:
        The order; of several that had the same client id one after another the newest.

    Raises:
        Refusal: -2039 when the two ids are of different orders.
    """
    order_id, client_id = call.integer(id_name), call.sent.get(client_id_name)
    symbol = call.listing().symbol
    if order_id is None:
        return call.venue.engine.find(call.account, symbol, client_id=client_id)
    order = call.venue.engine.find(call.account, symbol, order_id)
    if order is not None and client_id not in (None, order.client_order_id):
        raise Refusal(-2039)
    return order
