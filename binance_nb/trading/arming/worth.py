"""What an order may come to, in one asset: the figure that the interlock counts.

It is never less than what can be filled, so it is not always what will be:

- A buy with a limit price cannot pay more than that: quantity times price.
- An amount in the quote asset is that amount.
- Everything else may be filled at what the market gives. It counts at the highest of its own prices and the exchange's
  average price, with 2 % on top: that average is one of the last minutes. A sell with a low limit price is among these,
  for it may be filled far above it.
- What is filled at once counts no less than what the book holds for it now, with the same margin: after a jump the
  average lags behind, and in a thin book a large order goes far beyond the best price.
- Of orders of which one ends the others, the dearest counts. An order that follows another counts as far as it does
  more than close what that one opened: whole on the same side, by the quantity that goes beyond it on the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal

from binance_nb.catalog import Endpoint
from binance_nb.client import Client
from binance_nb.errors import ApiError, ReplyError, RequestError, UsageError

__all__ = ["MARGIN", "worth_of"]

MARGIN = Decimal("1.02")
"""What the average price is multiplied with; the module says why."""

_EXACT = Context(prec=100)
_E8 = Decimal("0.00000001")
_BASIS_POINTS = Decimal(10_000)
_PRICES = ("price", "stopPrice", "stopLimitPrice")
_LEVELS = 100
_MARKET = "MARKET"


class _Market:
    """What a symbol's market says, asked once and only where it matters."""

    def __init__(self, client: Client, symbol: str) -> None:
        self._client = client
        self._symbol = symbol
        self._average: Decimal | None = None

    def average(self) -> Decimal:
        if self._average is None:
            self._average = _average_price(self._client, self._symbol)
        return self._average

    def taken(self, side: str, quantity: Decimal) -> Decimal:
        """Return what an order that is filled at once comes to by the book of now."""
        reply = self._client.call("depth", symbol=self._symbol, limit=_LEVELS)
        try:
            rows = json.loads(reply.body)["asks" if side == "BUY" else "bids"]
            levels = [(Decimal(price), Decimal(size)) for price, size in rows]
        except (ValueError, KeyError, TypeError, ArithmeticError):
            raise ReplyError(f"The book of {self._symbol} cannot be read.", operation=reply.operation) from None
        left, total, price = quantity, Decimal(0), Decimal(0)
        for price, size in levels:
            part = min(left, size)
            left, total = _EXACT.subtract(left, part), _EXACT.add(total, _EXACT.multiply(part, price))
        if left and side == "BUY":
            raise UsageError(
                f"The book of {self._symbol} holds less than {quantity:f} in {_LEVELS} prices, so nobody can tell what "
                "buying that at the market comes to.",
                hint="Give the order a limit price, or an amount in the quote asset.",
                culprit=f"{quantity:f}",
            )
        return _EXACT.add(total, _EXACT.multiply(left, price))  # what is left of a sell gets no more than that


@dataclass(frozen=True)
class _Leg:
    """One order of a call.

    Attributes:
        side: BUY or SELL.
        quantity: In the base asset; None where an amount in the quote asset is given.
        amount: That amount.
        limit: The price that a buy cannot exceed, if there is one.
        prices: All prices that it names.
        trailing: How far a trailing stop may lie from the market, as a factor.
        is_at_once: Whether it takes what the book holds.
    """

    side: str
    quantity: Decimal
    amount: Decimal | None = None
    limit: Decimal | None = None
    prices: tuple[Decimal, ...] = ()
    trailing: Decimal = Decimal(1)
    is_at_once: bool = False

    def of(self, quantity: Decimal, market: _Market) -> Decimal:
        """Return what a quantity of it may come to, in the quote asset."""
        if self.amount is not None:
            return self.amount
        if not quantity:
            return Decimal(0)
        if self.side == "BUY" and self.limit is not None:
            return _EXACT.multiply(quantity, self.limit)
        near = _EXACT.multiply(market.average(), self.trailing)
        own = (price for price in self.prices if price != self.limit)
        prices = [_EXACT.multiply(price, MARGIN) for price in (near, *own)]
        expected = _EXACT.multiply(quantity, max([*prices, self.limit or Decimal(0)]))
        taken = market.taken(self.side, quantity) if self.is_at_once else Decimal(0)
        return max(expected, _EXACT.multiply(taken, MARGIN))


def worth_of(client: Client, endpoint: Endpoint, sent: Mapping[str, str], asset: str) -> Decimal:
    """Return what a placement may come to. The exchange is asked for average prices where they matter.

    Args:
        client: Where it would go.
        endpoint: What would be called.
        sent: Its wire texts.
        asset: What to count in.

    Returns:
        The worth, rounded up to the eighth decimal; 0 for what places nothing.

    Raises:
        UsageError: It cannot be counted in that asset.
        BinanceError: The exchange could not be asked.
    """
    if not endpoint.unfilled_orders:
        return Decimal(0)
    symbol = sent["symbol"]
    in_quote = _total(endpoint, sent, _Market(client, symbol))
    quote = _quote_asset(client, symbol)
    if quote != asset:
        in_quote = _EXACT.multiply(in_quote, _rate(client, symbol, quote, asset))
    return in_quote.quantize(_E8, ROUND_CEILING, _EXACT)


def _total(endpoint: Endpoint, sent: Mapping[str, str], market: _Market) -> Decimal:
    if "workingQuantity" not in endpoint.by_name:
        return max(leg.of(leg.quantity, market) for leg in _alternatives(endpoint, sent, ""))
    first = _leg(sent, "working", "working")
    opened = first.of(first.quantity, market)
    # What an order that follows is not told, it takes from the first.
    told = {"pendingQuantity": sent["workingQuantity"], **sent}
    follows = [
        leg.of(leg.quantity if leg.side == first.side else max(leg.quantity - first.quantity, Decimal(0)), market)
        for leg in _alternatives(endpoint, told, "pending")
    ]
    return _EXACT.add(opened, max(follows))


def _alternatives(endpoint: Endpoint, sent: Mapping[str, str], group: str) -> Iterator[_Leg]:
    """Yield the orders of which one ends the others: the two legs of a pair, or the one order there is."""
    pair = [_joined(group, place) for place in ("above", "below")]
    if f"{pair[0]}Type" not in endpoint.by_name:
        yield _leg(sent, group, group)
        return
    for prefix in pair:
        if f"{prefix}Type" in sent:
            yield _leg(sent, prefix, group)


def _leg(sent: Mapping[str, str], prefix: str, group: str) -> _Leg:
    """Read one order: its prices stand under the prefix, its side and quantity under its group's."""

    def number(name: str, under: str = prefix) -> Decimal | None:
        text = sent.get(_joined(under, name))
        return None if text is None else Decimal(text)

    prices = tuple(price for name in _PRICES if (price := number(name)) is not None)
    follows = number("trailingDelta") or Decimal(0)
    return _Leg(
        side=sent[_joined(group, "side")],
        quantity=number("quantity", group) or Decimal(0),
        amount=number("quoteOrderQty"),
        limit=_limit(sent, prefix),
        prices=prices,
        trailing=1 + follows / _BASIS_POINTS,
        is_at_once=sent.get(_joined(prefix, "type")) == _MARKET,
    )


def _limit(sent: Mapping[str, str], prefix: str) -> Decimal | None:
    """Return the price that a buy of an order cannot exceed."""
    if _joined(prefix, "pegPriceType") in sent:
        return None  # it takes whatever price is best
    if not prefix and "type" not in sent and "stopPrice" in sent:
        # The old pair: one leg has a limit price; the other only where it names one, or it buys at the market.
        limits = [sent[name] for name in ("price", "stopLimitPrice") if name in sent]
        return max(map(Decimal, limits)) if len(limits) == 2 else None
    text = sent.get(_joined(prefix, "price"))
    return None if text is None else Decimal(text)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name


def _average_price(client: Client, symbol: str) -> Decimal:
    reply = client.call("avg_price", symbol=symbol)
    try:
        price = Decimal(json.loads(reply.body)["price"])
    except (ValueError, KeyError, TypeError, ArithmeticError):
        raise ReplyError(f"The average price of {symbol} cannot be read.", operation=reply.operation) from None
    if not price:
        raise UsageError(
            f"{symbol} has no average price, so nobody can tell what an order there is worth.",
            hint="Give the order a limit price, or an amount in the quote asset.",
            culprit=symbol,
        )
    return price


def _quote_asset(client: Client, symbol: str) -> str:
    quotes = client.symbols.ranks.quotes
    if symbol not in quotes:
        client.call("exchange_info", symbol=symbol)
        quotes = client.symbols.ranks.quotes
    return quotes.get(symbol, "")


def _rate(client: Client, symbol: str, quote: str, asset: str) -> Decimal:
    try:
        return _average_price(client, f"{quote}{asset}")
    except (ApiError, RequestError) as error:
        if isinstance(error, ApiError) and error.code != -1121:
            raise
        raise UsageError(
            f"{symbol} is priced in {quote or 'an unknown asset'}, and there is no {quote}{asset} to count it in "
            f"{asset}.",
            hint=f"Arm in {quote}: --asset {quote}." if quote else "Arm in the asset that it is priced in, as --asset.",
            culprit=symbol,
        ) from None
