"""The orders that one call describes: a single one, the legs of a list, or the new size of one that waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from binance_nb.catalog.orders import ALGO_TYPES

__all__ = ["PEGGED", "Leg", "legs_of", "price_of"]

PEGGED = "pegged price"
"""What the price of a pegged order is called."""

_AT_ANY_PRICE = ("MARKET", "STOP_LOSS", "TAKE_PROFIT")
# Of each leg of a list: how its parameters begin, and what its side and quantity are called.
_LEGS = (
    ("above", "side", "quantity"),
    ("below", "side", "quantity"),
    ("working", "workingSide", "workingQuantity"),
    ("pendingAbove", "pendingSide", "pendingQuantity"),
    ("pendingBelow", "pendingSide", "pendingQuantity"),
    ("pending", "pendingSide", "pendingQuantity"),
)
_WORDS = ("price", "stopPrice", "icebergQty", "trailingDelta", "pegPriceType", "pegOffsetValue", "type")
# The old pair names the parameters of its stop in no regular way.
_OLD_STOP = {
    "price": "stopLimitPrice",
    "stopPrice": "stopPrice",
    "icebergQty": "stopIcebergQty",
    "trailingDelta": "trailingDelta",
    "quantity": "quantity",
}
_OLD_LIMIT = {"price": "price", "icebergQty": "limitIcebergQty", "quantity": "quantity"}


@dataclass(frozen=True)
class Leg:
    """One order of a call.

    Attributes:
        sent: The wire texts of the whole call.
        names: What this order's parameters are called there, by the name that a single order has for them.
        side: ``BUY`` or ``SELL``.
        kind: The order type; empty where it is not known.
        is_pending: Whether it waits for another order of the call.
        known: Numbers that the call does not carry because the exchange has them already.
        pegged: The price that a pegged order would find in the book; None where that is not known.
    """

    sent: Mapping[str, str]
    names: Mapping[str, str]
    side: str
    kind: str
    is_pending: bool = False
    known: Mapping[str, Decimal] | None = None
    pegged: Decimal | None = None

    @property
    def is_buy(self) -> bool:
        """Whether it buys."""
        return self.side == "BUY"

    @property
    def is_algo(self) -> bool:
        """Whether a price starts it."""
        return self.kind in ALGO_TYPES

    @property
    def is_market(self) -> bool:
        """Whether it trades at any price."""
        return self.kind in _AT_ANY_PRICE

    @property
    def is_pegged(self) -> bool:
        """Whether it takes its price from the book."""
        return self.names.get("pegPriceType") in self.sent

    @property
    def is_new(self) -> bool:
        """Whether the call places it; otherwise it changes one that waits."""
        return self.known is None

    def name(self, word: str) -> str:
        """Return what a parameter is called in the call, empty where the order has none such."""
        return self.names.get(word, "")

    def number(self, word: str) -> Decimal | None:
        """Return a number of the order.

        Args:
            word: What a single order calls it.

        Returns:
            The number; None where there is none.

        Raises:
            ArithmeticError: The text is no number.
        """
        text = self.sent.get(self.name(word))
        return Decimal(text) if text is not None else (self.known or {}).get(word)

    @property
    def limits(self) -> list[tuple[Decimal | None, str]]:
        """The limit prices that have to keep the filters, each with the parameter that names it or what it is.

        A pegged order finds its own, and may name one besides.
        """
        named = self.number("price")
        found = [(named, self.name("price"))] if named is not None or not self.is_pegged else []
        return [*found, (self.pegged, PEGGED)] if self.is_pegged else found

    def with_peg(self, book: Mapping[str, Sequence[tuple[Decimal, Decimal]]] | None) -> Leg:
        """Return this order with the price that its peg finds now.

        Args:
            book: Both sides of the book.

        Returns:
            The same leg; one that is not pegged, or finds its price later, as it is.
        """
        if not self.is_pegged or self.is_algo or self.is_pending or book is None:
            return self
        is_own_side = self.sent[self.name("pegPriceType")] == "PRIMARY_PEG"
        levels = book["bids" if self.is_buy is is_own_side else "asks"]
        place = int(self.number("pegOffsetValue") or 0)
        return replace(self, pegged=levels[place][0]) if place < len(levels) else self

    def amended(self, order: Mapping[str, object]) -> Leg:
        """Return this order as the exchange knows it, where the call only changes its size.

        Args:
            order: A row of open_orders.

        Returns:
            The same leg with side, type and price.
        """
        numbers = {word: Decimal(str(order.get(word, 0))) for word in ("stopPrice", "icebergQty")}
        kind = str(order.get("type", ""))
        numbers["price"] = price_of(order) or Decimal(0)
        if order.get("status") == "PENDING_NEW" and kind in _AT_ANY_PRICE:
            # It is priced when it starts.
            numbers["stopPrice"] = Decimal(0)
        known = {word: number for word, number in numbers.items() if number}
        return replace(self, side=str(order.get("side", "")), kind=kind, known=known)


def price_of(order: Mapping[str, object]) -> Decimal | None:
    """Return the limit price of an open order.

    Args:
        order: A row of open_orders.

    Returns:
        The price, of a pegged order the one that it has found; None where there is none.
    """
    name = "peggedPrice" if "pegPriceType" in order else "price"
    return Decimal(str(order.get(name, 0))) or None


def legs_of(sent: Mapping[str, str]) -> tuple[Leg, ...]:
    """Return the orders of a call.

    Args:
        sent: Wire texts.

    Returns:
        Its orders, in the order in which the parameters are documented; none for a call that places and amends none.
    """
    return tuple(_legs(sent))


def _legs(sent: Mapping[str, str]) -> Iterator[Leg]:
    if "newQty" in sent:
        yield Leg(sent, {"quantity": "newQty"}, "", "", known={})
    if "type" in sent:
        words = (*_WORDS, "quantity", "quoteOrderQty")
        yield Leg(sent, {word: word for word in words}, sent.get("side", ""), sent["type"])
    elif "side" in sent and {"price", "stopPrice"} <= sent.keys():
        side, is_limit = sent["side"], "stopLimitPrice" in sent
        yield Leg(sent, _OLD_LIMIT, side, "LIMIT_MAKER")
        yield Leg(sent, _OLD_STOP, side, "STOP_LOSS_LIMIT" if is_limit else "STOP_LOSS")
    for prefix, side, quantity in _LEGS:
        names = {word: f"{prefix}{word[0].upper()}{word[1:]}" for word in _WORDS}
        if any(name in sent for name in names.values()):
            kind = sent.get(names["type"], "")
            names |= {"quantity": quantity}
            yield Leg(sent, names, sent.get(side, ""), kind, is_pending=prefix.startswith("pending"))
