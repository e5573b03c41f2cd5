"""What an order would cost, and what would be left: sums over what the exchange said, exact to the last digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

__all__ = ["Estimate", "Known", "estimate", "fee_rate"]

_DIGITS = 60
_NOTHING = Decimal("1e-16")
_AT_ONCE = "MARKET"
_Levels = Sequence[tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class Known:
    """What is known of the market and the account.

    Attributes:
        base: What is bought and sold.
        quote: What it is paid with.
        bids: Prices and quantities, the best first.
        asks: The same for what is offered.
        free: The free balance of each asset.
        fee: The share that the exchange takes of what is filled at once; None where it is not known.
    """

    base: str = ""
    quote: str = ""
    bids: _Levels = ()
    asks: _Levels = ()
    free: Mapping[str, Decimal] = field(default_factory=dict)
    fee: Decimal | None = None


@dataclass(frozen=True)
class Estimate:
    """What an order would come to.

    Attributes:
        base: How much of the base asset.
        quote: How much of the quote asset.
        average: The price, on average.
        worst: The worst of the prices that it takes; None where it waits for its own.
        is_bound: Whether its own price bounds it, rather than the book of this moment.
        is_whole: Whether the book, as far as it was read, holds all of it.
        fee: What the exchange takes at most, in `fee_asset`.
        fee_asset: The asset that is received.
        after: What would be free of each asset then; empty where the balances are not known.
    """

    base: Decimal
    quote: Decimal
    average: Decimal
    worst: Decimal | None
    is_bound: bool
    is_whole: bool
    fee: Decimal | None
    fee_asset: str
    after: Mapping[str, Decimal]


def fee_rate(rates: Mapping[str, Mapping[str, str]], side: str) -> Decimal:
    """Return the share that is taken of what is filled at once: the most it can be.

    Args:
        rates: The answer of account_commission.
        side: BUY or SELL.

    Returns:
        The share, without what paying in another asset would save.
    """
    kinds = ("standardCommission", "specialCommission", "taxCommission")
    names = ("taker", "buyer" if side == "BUY" else "seller")
    with localcontext(prec=_DIGITS):
        return sum((Decimal(rates.get(kind, {}).get(name, "0")) for kind in kinds for name in names), Decimal(0))


def estimate(sent: Mapping[str, object], known: Known) -> Estimate | None:
    """Return what an order would come to.

    Args:
        sent: The parameters of new_order, by our names.
        known: What is known.

    Returns:
        The estimate; None where nothing can be said, such as for a stop that follows the price.
    """
    side = str(sent["side"])
    with localcontext(prec=_DIGITS):
        filled = _filled(sent, known, side)
        if filled is None:
            return None
        base, quote, worst, is_whole = filled
        gets, asset = (base, known.base) if side == "BUY" else (quote, known.quote)
        fee = None if known.fee is None else gets * known.fee
        return Estimate(
            base,
            quote,
            quote / base if base else Decimal(0),
            worst,
            worst is None,
            is_whole,
            fee,
            asset,
            _after(known, side, base, quote, fee or Decimal(0)),
        )


def _filled(
    sent: Mapping[str, object], known: Known, side: str
) -> tuple[Decimal, Decimal, Decimal | None, bool] | None:
    """Return how much of both assets change hands, the worst price of the book, and whether it holds all of it."""
    if str(sent["type"]) == _AT_ONCE:
        levels = known.asks if side == "BUY" else known.bids
        amount, quantity = sent.get("quote_order_qty"), sent.get("quantity")
        return _taken(levels, Decimal(str(amount or quantity)), is_quote=amount is not None) if levels else None
    price = sent.get("price") or sent.get("stop_price")
    if price is None:
        return None
    quantity = Decimal(str(sent["quantity"]))
    return quantity, quantity * Decimal(str(price)), None, True


def _taken(levels: _Levels, amount: Decimal, *, is_quote: bool) -> tuple[Decimal, Decimal, Decimal, bool]:
    left, base, quote, worst = amount, Decimal(0), Decimal(0), levels[0][0]
    for price, size in levels:
        if left <= 0:
            break
        part = min(left / price if is_quote else left, size)
        left -= part * price if is_quote else part
        base, quote, worst = base + part, quote + part * price, price
    # The last of an amount is divided by a price, which leaves a digit far behind the last one there is.
    return base, quote, worst, left <= _NOTHING


def _after(known: Known, side: str, base: Decimal, quote: Decimal, fee: Decimal) -> dict[str, Decimal]:
    if not known.free:
        return {}
    sign = 1 if side == "BUY" else -1
    after = {
        known.base: known.free.get(known.base, Decimal(0)) + sign * base,
        known.quote: known.free.get(known.quote, Decimal(0)) - sign * quote,
    }
    after[known.base if side == "BUY" else known.quote] -= fee
    return after
