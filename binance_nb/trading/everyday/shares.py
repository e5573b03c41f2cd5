"""A share of a balance as an amount that can be sent: the one place where something is cut, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext

__all__ = ["Share", "base_share", "bought_share", "plain", "quote_share"]

# Balances have at most 20 digits before the point and 18 behind it; a product of two such is exact.
_DIGITS = 90
_SHOWN = Decimal("1e-12")


@dataclass(frozen=True)
class Share:
    """An amount worked out from a balance.

    Attributes:
        parameter: The parameter it goes into, by our name.
        sent: The amount, a multiple of the step.
        step: The step.
        sum: What it was worked out from.
        words: That, and what was cut.
    """

    parameter: str
    sent: Decimal
    step: Decimal
    sum: str
    words: str


def base_share(percent: Decimal, free: Decimal, asset: str, step: Decimal) -> Share:
    """Return a share of what can be sold.

    Args:
        percent: How much of it, in percent.
        free: The free balance of the base asset.
        asset: The asset.
        step: The step of a quantity.

    Returns:
        The share, as a quantity.
    """
    return _cut("quantity", _part(percent, free), step, _sum(percent, free, asset))


def quote_share(percent: Decimal, free: Decimal, asset: str, step: Decimal) -> Share:
    """Return a share of what can be spent, for a market order.

    Args:
        percent: How much of it, in percent.
        free: The free balance of the quote asset.
        asset: The asset.
        step: Its smallest part.

    Returns:
        The share, as an amount to spend.
    """
    return _cut("quote_order_qty", _part(percent, free), step, _sum(percent, free, asset))


def bought_share(percent: Decimal, free: Decimal, asset: str, step: Decimal, price: Decimal) -> Share:
    """Return what a share of the quote asset buys at a price.

    Args:
        percent: How much of it, in percent.
        free: The free balance of the quote asset.
        asset: The asset.
        step: The step of a quantity.
        price: The limit price.

    Returns:
        The share, as a quantity.
    """
    budget = _part(percent, free)
    with localcontext(prec=_DIGITS):
        # Whole steps first: a quotient with all its digits may not exist.
        steps = budget // (price * step)
        sent, exact = _tidy(steps * step), budget / price
        shown = exact.quantize(_SHOWN, ROUND_DOWN)
        more = "…" if shown * price != budget else ""
        is_cut = sent * price != budget
    buys = f"{_sum(percent, free, asset)} {asset}; at {plain(price)} that buys {plain(shown)}{more}"
    cut = f"; sent {plain(sent)}, cut down to the step {plain(step)}." if is_cut else "."
    return Share("quantity", sent, step, buys, buys + cut)


def plain(number: Decimal) -> str:
    """Return a number without an exponent and without zeros at its end.

    Args:
        number: The number.
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _part(percent: Decimal, free: Decimal) -> Decimal:
    with localcontext(prec=_DIGITS):
        return percent * free / 100


def _sum(percent: Decimal, free: Decimal, asset: str) -> str:
    return f"{plain(percent)} % of {plain(free)} {asset} = {plain(_part(percent, free))}"


def _cut(parameter: str, share: Decimal, step: Decimal, words: str) -> Share:
    with localcontext(prec=_DIGITS):
        sent = _tidy(share // step * step)
    cut = "." if sent == share else f"; sent {plain(sent)}, cut down to the step {plain(step)}."
    return Share(parameter, sent, step, words, words + cut)


def _tidy(number: Decimal) -> Decimal:
    return Decimal(plain(number))
