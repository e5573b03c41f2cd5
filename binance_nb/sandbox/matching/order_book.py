"""The book as the account sees it: the synthetic levels, less what it has taken from them, plus its own orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import groupby, islice
from typing import Any, NamedTuple

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.market import MOST_LEVELS, Level, Market, Side
from binance_nb.sandbox.matching.orders import Order

__all__ = ["Offer", "OrderBook"]

# As long as the synthetic book keeps an amount before it draws a new one.
_REFILLS_AFTER_MS = 8192


class Offer(NamedTuple):
    """Something to trade with.

    Attributes:
        price_e8: Its price.
        quantity_e8: How much.
        order: The account's own order, or None for the market's.
    """

    price_e8: int
    quantity_e8: int
    order: Order | None = None


class _Taken(NamedTuple):
    quantity_e8: int
    refills_ms: int


class OrderBook:
    """Every symbol's book.

    What the account takes from a level stays gone until the level is drawn anew, which on a clock that stands
    still is never. Levels of the market that lie beyond an order of the account are not there: they would have
    traded with it.

    Args:
        market: The synthetic market.
        resting: Gives the account's open orders of a symbol.
    """

    def __init__(self, market: Market, resting: Callable[[str], Iterable[Order]]) -> None:
        self._market = market
        self._resting = resting
        self._taken: dict[tuple[str, Side, int], _Taken] = {}
        self._changes: dict[str, int] = defaultdict(int)

    def offers(self, symbol: str, side: Side, now_ms: int, wanted: int = 100) -> Iterator[Offer]:
        """Yield what stands on one side, the best price first.

        Args:
            symbol: The symbol.
            side: ``SELL`` for the asks.
            now_ms: The present.
            wanted: How many are looked at, about; the rest comes when it is asked for.

        Yields:
            The market's levels and the account's orders; at one price the market's first.
        """
        direction = 1 if side == "SELL" else -1
        own = [Offer(order.price_e8, order.left_e8, order) for order in self._resting(symbol) if order.side == side]
        own.sort(key=lambda offer: direction * offer.price_e8)
        levels = self._levels(symbol, side, now_ms, wanted)
        yield from merge(levels, own, key=lambda offer: direction * offer.price_e8)

    def take(self, symbol: str, side: Side, offer: Offer, now_ms: int) -> None:
        """Note what was taken from a level of the market.

        Args:
            symbol: The symbol.
            side: The level's side.
            offer: Its price, and how much was taken.
            now_ms: The present.
        """
        self._taken = {level: taken for level, taken in self._taken.items() if now_ms < taken.refills_ms}
        before = self._gone(symbol, side, offer.price_e8, now_ms)
        self._taken[symbol, side, offer.price_e8] = _Taken(before + offer.quantity_e8, now_ms + _REFILLS_AFTER_MS)
        self.change(symbol)

    def change(self, symbol: str) -> None:
        """Note that the account has changed the book, so that the update id rises.

        Args:
            symbol: The symbol.
        """
        self._changes[symbol] += 1

    def depth(self, symbol: str, limit: int, now_ms: int) -> dict[str, Any]:  # Any: JSON leaves here
        """Return the book as ``depth`` prints it.

        Args:
            symbol: The symbol.
            limit: Most levels a side.
            now_ms: The present.

        Returns:
            The reply.
        """
        book = self._market.book(symbol, now_ms)
        return {
            "lastUpdateId": (book.last_update_id if book else 0) + self._changes[symbol],
            "bids": list(self._rows(symbol, "BUY", now_ms, limit)),
            "asks": list(self._rows(symbol, "SELL", now_ms, limit)),
        }

    def ticker(self, symbol: str, now_ms: int) -> dict[str, str]:
        """Return the best bid and ask as the book ticker prints them.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The reply for one symbol; an empty side prints zeros.
        """
        nothing = [text_of(0), text_of(0)]
        bid = next(self._rows(symbol, "BUY", now_ms, 1), nothing)
        ask = next(self._rows(symbol, "SELL", now_ms, 1), nothing)
        return {"symbol": symbol, "bidPrice": bid[0], "bidQty": bid[1], "askPrice": ask[0], "askQty": ask[1]}

    def _rows(self, symbol: str, side: Side, now_ms: int, limit: int) -> Iterator[list[str]]:
        by_price = groupby(self.offers(symbol, side, now_ms, limit), key=lambda offer: offer.price_e8)
        for price_e8, offers in islice(by_price, limit):
            yield [text_of(price_e8), text_of(sum(offer.quantity_e8 for offer in offers))]

    def _levels(self, symbol: str, side: Side, now_ms: int, wanted: int) -> Iterator[Offer]:
        book = self._market.book(symbol, now_ms)
        if book is None:
            return
        nearest = self._nearest_own(symbol, side)
        for level in _outwards(book.asks if side == "SELL" else book.bids, wanted):
            left = level.quantity_e8 - self._gone(symbol, side, level.price_e8, now_ms)
            is_hidden = any(level.price_e8 <= own if side == "SELL" else level.price_e8 >= own for own in nearest)
            if left > 0 and not is_hidden:
                yield Offer(level.price_e8, left)

    def _nearest_own(self, symbol: str, side: Side) -> list[int]:
        """Return the price of the account's best order on the other side, if it has one."""
        prices = [order.price_e8 for order in self._resting(symbol) if order.side != side]
        return [max(prices) if side == "SELL" else min(prices)] if prices else []

    def _gone(self, symbol: str, side: Side, price_e8: int, now_ms: int) -> int:
        taken = self._taken.get((symbol, side, price_e8))
        return taken.quantity_e8 if taken and now_ms < taken.refills_ms else 0


def _outwards(levels: Callable[[int], list[Level]], wanted: int) -> Iterator[Level]:
    """Yield every level, but draw no more of them than somebody looks at."""
    seen = 0
    for count in (wanted, min(4 * wanted, MOST_LEVELS), MOST_LEVELS):
        drawn = levels(count)
        yield from drawn[seen:]
        seen = len(drawn)
