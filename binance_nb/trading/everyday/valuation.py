"""What an account is worth: each balance in one asset at the last prices, and how that changed in 24 hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from binance_nb.trading.everyday.holdings import Route, route

__all__ = ["Balance", "Position", "Price", "Valuation", "value"]

_DIGITS = 60


@dataclass(frozen=True)
class Balance:
    """What an account has of an asset.

    Attributes:
        asset: The asset.
        free: What can be spent.
        locked: What open orders hold.
    """

    asset: str
    free: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        with localcontext(prec=_DIGITS):
            return self.free + self.locked


@dataclass(frozen=True)
class Price:
    """What a symbol costs.

    Attributes:
        last: Now.
        before: 24 hours ago; None where nobody said.
    """

    last: Decimal
    before: Decimal | None = None


@dataclass(frozen=True)
class Position:
    """A balance and its worth.

    Attributes:
        balance: The balance.
        worth: What it is worth; None where no prices say.
        share: Its share of all that has a price; None where that is nothing.
        change: How its price changed in 24 hours, as a ratio; None where nobody said.
        symbols: The symbols whose prices say so; empty for the asset that is counted in, and where there are none.
        at: The same in words, such as ``XRPBTC × BTCEUR``.
    """

    balance: Balance
    worth: Decimal | None
    share: Decimal | None
    change: Decimal | None
    symbols: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Valuation:
    """What all is worth.

    Attributes:
        quote: What it is counted in.
        positions: What there is, the dearest first; what has no price comes last.
        total: The sum, without what has no price.
        change: How the sum changed in 24 hours, for what is held now; None where a price of then is missing.
        unpriced: The assets that are not in the sum, for want of a price.
    """

    quote: str
    positions: tuple[Position, ...]
    total: Decimal
    change: Decimal | None
    unpriced: tuple[str, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols whose prices it hangs on."""
        return tuple(dict.fromkeys(symbol for position in self.positions for symbol in position.symbols))


def value(balances: Sequence[Balance], prices: Mapping[str, Price], quote: str) -> Valuation:
    """Value an account.

    Args:
        balances: What it holds; an asset of which there is nothing is left out.
        prices: Prices by symbol.
        quote: What to count in.

    Returns:
        The worth of each, directly or through an asset that most others are traded for.
    """
    last = {symbol: price.last for symbol, price in prices.items()}
    before = {symbol: price.before for symbol, price in prices.items() if price.before}
    held = [balance for balance in balances if balance.total]
    ways = {balance.asset: route(balance.asset, quote, last) for balance in held}
    with localcontext(prec=_DIGITS):
        worths = {each.asset: way.convert(each.total) for each in held if (way := ways[each.asset])}
        former = {each.asset: _former(each.total, way, before) for each in held if (way := ways[each.asset])}
        total = sum(worths.values(), Decimal(0))
        positions = [
            Position(
                each,
                worth := worths.get(each.asset),
                worth / total if worth is not None and total else None,
                _ratio(worth, former.get(each.asset)) if (way := ways[each.asset]) and way.steps else None,
                tuple(symbol for symbol, _, _ in way.steps) if way else (),
                way.words if way else "",
            )
            for each in held
        ]
        known = [amount for amount in former.values() if amount is not None]
        change = _ratio(total, sum(known, Decimal(0))) if len(known) == len(former) else None
    positions.sort(key=lambda each: (each.worth is None, -(each.worth or 0), each.balance.asset))
    unpriced = tuple(each.balance.asset for each in positions if each.worth is None)
    return Valuation(quote, tuple(positions), total, change, unpriced)


def _former(amount: Decimal, way: Route, before: Mapping[str, Decimal | None]) -> Decimal | None:
    """Return what an amount was worth, by the same way."""
    steps = []
    for symbol, _, is_inverse in way.steps:
        price = before.get(symbol)
        if not price:
            return None
        steps.append((symbol, price, is_inverse))
    return Route(tuple(steps)).convert(amount)


def _ratio(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return now / then - 1 if now is not None and then else None
