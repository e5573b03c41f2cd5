"""What a market order would cost by the levels that stand there, in exact sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Literal, TypeAlias

from binance_nb.errors import UsageError

__all__ = ["BookSide", "MarketCost", "amount_of", "market_cost", "plain", "side_of"]

BookSide: TypeAlias = Literal["BUY", "SELL"]

# Sums of eight decimals stay exact far below this; only a quotient is rounded, at its fiftieth digit.
_EXACT = Context(prec=50)
_BPS = 10_000


@dataclass(frozen=True, repr=False)
class MarketCost:
    """What a market order would come to if it arrived now, before commission.

    Attributes:
        side: ``BUY`` or ``SELL``.
        quantity: How much of the base asset is bought or sold.
        quote_quantity: How much of the quote asset is paid or received for it.
        average_price: The one by the other; None where nothing can be filled.
        worst_price: The price of the last level that is needed.
        levels: How many levels are needed, the last one in part.
        mid: The middle between the best prices when it was reckoned.
        slippage_bps: How much worse than the middle the average is, in hundredths of a per cent.
        missing: What cannot be filled by the levels that are known, in the asset that was asked for.
        is_filled: Whether nothing is missing.
        is_past_edge: Whether it runs past the edge of the snapshot: more may stand there, nobody knows.
        is_in_sync: Whether the book was in sync.
        update_id: Of the book.
    """

    side: BookSide
    quantity: Decimal
    quote_quantity: Decimal
    average_price: Decimal | None
    worst_price: Decimal | None
    levels: int
    mid: Decimal | None
    slippage_bps: Decimal | None
    missing: Decimal
    is_filled: bool
    is_past_edge: bool
    is_in_sync: bool
    update_id: int

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def __str__(self) -> str:
        """Say it in a line; what is rounded there begins with ≈, the attributes are not."""
        if self.average_price is None:
            return f"{self.side}: nobody stands on the other side."
        words = [
            f"{self.side} {plain(self.quantity)} for {plain(self.quote_quantity)}",
            f"average {plain(self.average_price)}, worst {plain(self.worst_price)}, levels {self.levels}",
        ]
        if self.slippage_bps is not None:
            words.append(f"{self.slippage_bps:.2f} bps worse than the middle")
        if not self.is_filled:
            end = "past the edge of what is known of the book" if self.is_past_edge else "more than the book has"
            words.append(f"{plain(self.missing)} not filled: {end}")
        if not self.is_in_sync:
            words.append("the book is not in sync")
        return "; ".join(words)


def side_of(side: str) -> BookSide:
    """Read a side.

    Args:
        side: ``BUY`` or ``SELL``, in any case.

    Returns:
        The side.

    Raises:
        UsageError: It is neither.
    """
    match side.upper():
        case "BUY":
            return "BUY"
        case "SELL":
            return "SELL"
    raise UsageError(f"{side!r} is no side.", hint="BUY or SELL.", suggestion="BUY", culprit=side)


def amount_of(quantity: object, quote_quantity: object) -> tuple[Decimal, bool]:
    """Read how much is wanted.

    Args:
        quantity: Of the base asset, or None.
        quote_quantity: Of the quote asset, or None.

    Returns:
        The amount, and whether it is of the quote asset.

    Raises:
        UsageError: None of them is given, or both, or it is no positive number.
    """
    given = [each for each in (quantity, quote_quantity) if each is not None]
    if len(given) != 1:
        raise UsageError(
            "The cost of nothing in particular is not known." if not given else "Two amounts are one too many.",
            hint="Give quantity (of the base asset) or quote_quantity (of the quote asset).",
            suggestion='book.cost("BUY", quantity="0.5")',
            culprit="quantity",
        )
    try:
        amount = Decimal(str(given[0]))
    except ArithmeticError:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise UsageError(
            f"{given[0]!r} is no amount.",
            hint="A positive number, as text or Decimal: a float is read by its shortest digits.",
            suggestion='book.cost("BUY", quantity="0.5")',
            culprit=str(given[0]),
        )
    return amount, quantity is None


def market_cost(
    side: BookSide,
    wanted: Decimal,
    levels: Iterable[Sequence[str]],
    *,
    is_quote: bool,
    mid: Decimal | None,
    has_edge: bool,
    is_in_sync: bool,
    update_id: int,
) -> MarketCost:
    """Walk the other side of the book as a market order would.

    Args:
        side: Of the order.
        wanted: How much.
        levels: The other side's, the best first, as far as all of them are known.
        is_quote: Whether ``wanted`` is of the quote asset; by lot sizes nothing is rounded here.
        mid: The middle between the best prices.
        has_edge: Whether more levels may stand beyond them.
        is_in_sync: Whether the book is in sync.
        update_id: Of the book.

    Returns:
        What it comes to.
    """
    with localcontext(_EXACT):
        left, base, quote, worst, used = wanted, Decimal(0), Decimal(0), None, 0
        for price_text, quantity_text in levels:
            if not left:
                break
            price, standing = Decimal(price_text), Decimal(quantity_text)
            worth = price * standing
            worst, used = price, used + 1
            here = worth if is_quote else standing
            if here > left:
                base += left / price if is_quote else left
                quote += left if is_quote else left * price
                left = Decimal(0)
            else:
                base, quote, left = base + standing, quote + worth, left - here
        average = quote / base if base else None
        slippage = None
        if average is not None and mid:
            slippage = (average - mid if side == "BUY" else mid - average) / mid * _BPS
    return MarketCost(
        side=side,
        quantity=base,
        quote_quantity=quote,
        average_price=average,
        worst_price=worst,
        levels=used,
        mid=mid,
        slippage_bps=slippage,
        missing=left,
        is_filled=not left,
        is_past_edge=bool(left) and has_edge,
        is_in_sync=is_in_sync,
        update_id=update_id,
    )


def plain(number: Decimal | None) -> str:
    """Write a number for a person.

    Args:
        number: The number.

    Returns:
        Its digits without zeros at the end; past the eighth it is rounded, and begins with ≈.
    """
    if number is None:
        return "-"
    shown = f"{number:.8f}"
    sign = "" if Decimal(shown) == number else "≈"
    return sign + shown.rstrip("0").rstrip(".")
