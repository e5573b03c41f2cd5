"""The book as everybody sees it: the synthetic levels, less what has been taken from them, plus all users' orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import merge
from typing import Any, NamedTuple

import numpy as np

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.market import MOST_LEVELS, Book, Market, Side
from binance_nb.sandbox.matching.book_columns import Columns, overlaid
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.matching.queues import DIRECTION, Offer, Queue

__all__ = ["OTHER_SIDE", "Offer", "OrderBook"]

OTHER_SIDE: Mapping[Side, Side] = {"BUY": "SELL", "SELL": "BUY"}
"""The side that an order trades with."""

# As long as the synthetic book keeps an amount before it draws a new one.
_REFILLS_AFTER_MS = 8192
_NO_LEVELS: Columns = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
# Most takers are done within the first few levels.
_DRAWN_FIRST, _GROWTH = 8, 8


class _Taken(NamedTuple):
    quantity_e8: int
    refills_ms: int


class OrderBook:
    """Every symbol's book.

    What is taken from a level of the market stays gone until the level is drawn anew, which on a clock that stands
    still is never. Levels of the market that lie beyond a user's order are not there: they would have traded with it.

    Args:
        market: The synthetic market.

    Attributes:
        watchers: Each is told, with symbol and present, of every snapshot before it is taken.
    """

    def __init__(self, market: Market) -> None:
        self.watchers: list[Callable[[str, int], None]] = []
        self._market = market
        self._queues: dict[tuple[str, Side], Queue] = {}
        self._taken: dict[tuple[str, Side], dict[int, _Taken]] = {}
        self._changes: dict[str, int] = defaultdict(int)
        self._seen: dict[str, tuple[int, Book | None]] = {}

    def queue(self, symbol: str, side: Side) -> Queue:
        """Return the users' orders on one side.

        Args:
            symbol: The symbol.
            side: Their side.

        Returns:
            The queue; whoever changes it calls `change`.
        """
        if (symbol, side) not in self._queues:
            self._queues[symbol, side] = Queue(side)
        return self._queues[symbol, side]

    def offers(self, symbol: str, side: Side, now_ms: int) -> Iterator[Offer]:
        """Yield what a taker would meet on one side, in order.

        Args:
            symbol: The symbol.
            side: ``SELL`` for the asks.
            now_ms: The present.

        Yields:
            The market's levels and the users' orders, icebergs part by part; at one price the market's first.
        """
        direction = DIRECTION[side]
        levels = self._drawn(symbol, side, now_ms)
        yield from merge(levels, self.queue(symbol, side).offers(), key=lambda offer: direction * offer.price_e8)

    def may_meet(self, order: Order, now_ms: int) -> bool:
        """Tell cheaply whether an order could trade at once.

        Args:
            order: The order.
            now_ms: The present.

        Returns:
            False if it surely could not; what has been taken from the market is not looked at.
        """
        side = OTHER_SIDE[order.side]
        own_e8, book = self.queue(order.symbol, side).best_e8(), self._book(order.symbol, now_ms)
        if own_e8 and order.accepts(own_e8):
            return True
        best = book.best_ticks[side == "SELL"] * order.listing.tick_e8 if book else 0
        return best > 0 and order.accepts(best)

    def take(self, symbol: str, side: Side, offer: Offer, now_ms: int) -> None:
        """Note what was taken from a level of the market.

        Args:
            symbol: The symbol.
            side: The level's side.
            offer: Its price, and how much was taken.
            now_ms: The present.
        """
        levels = self._taken.setdefault((symbol, side), {})
        # What is taken last stands last, so that the first one tells whether any has come back.
        if levels and levels[next(iter(levels))].refills_ms <= now_ms:
            levels = {price_e8: taken for price_e8, taken in levels.items() if now_ms < taken.refills_ms}
            self._taken[symbol, side] = levels
        before = levels.pop(offer.price_e8, None)
        gone_e8 = offer.quantity_e8 + (before.quantity_e8 if before else 0)
        levels[offer.price_e8] = _Taken(gone_e8, now_ms + _REFILLS_AFTER_MS)
        self.change(symbol)

    def change(self, symbol: str) -> None:
        """Note that a user has changed the book, so that the update id rises.

        Args:
            symbol: The symbol.
        """
        self._changes[symbol] += 1

    def update_id(self, symbol: str, now_ms: int) -> int:
        """Return the number of the book's last change.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            A number that rises with time and with every user's order.
        """
        book = self._book(symbol, now_ms)
        return (book.last_update_id if book else 0) + self._changes[symbol]

    def levels(self, symbol: str, side: Side, limit: int, now_ms: int) -> list[tuple[int, int]]:
        """Return what one side shows.

        Args:
            symbol: The symbol.
            side: ``SELL`` for the asks.
            limit: Most levels.
            now_ms: The present.

        Returns:
            Prices, the best first, and quantities, in units of 1e-8.
        """
        queue, taken = self.queue(symbol, side), len(self._alive(symbol, side, now_ms))
        drawn = self._standing(symbol, side, limit + taken, now_ms)
        if len(drawn) < limit and self._hides(symbol, side):
            drawn = self._standing(symbol, side, MOST_LEVELS, now_ms)
        if not queue:
            return drawn[:limit]
        rows = dict(drawn[:limit])
        for price_e8, quantity_e8 in queue.levels(limit):
            rows[price_e8] = rows.get(price_e8, 0) + quantity_e8
        return sorted(rows.items(), reverse=side == "BUY")[:limit]

    def columns(self, symbol: str, side: Side, limit: int, now_ms: int) -> Columns:
        """Return what one side shows as columns; see `levels`."""
        book, shown = self._book(symbol, now_ms), self.queue(symbol, side).levels(limit)
        if book is None:
            return overlaid(_NO_LEVELS, DIRECTION[side], taken={}, across_e8=0, shown=shown)
        taken, across_e8 = self._alive(symbol, side, now_ms), self.queue(symbol, OTHER_SIDE[side]).best_e8()
        drawn = book.columns(DIRECTION[side], MOST_LEVELS if across_e8 else limit + len(taken))
        prices, quantities = overlaid(drawn, DIRECTION[side], taken=taken, across_e8=across_e8, shown=shown)
        return prices[:limit], quantities[:limit]

    def best(self, symbol: str, side: Side, now_ms: int) -> int:
        """Return the best price of one side.

        Args:
            symbol: The symbol.
            side: ``SELL`` for the asks.
            now_ms: The present.

        Returns:
            The price in 1e-8; 0 for an empty side.
        """
        rows = self.levels(symbol, side, 1, now_ms)
        return rows[0][0] if rows else 0

    def depth(self, symbol: str, limit: int, now_ms: int) -> dict[str, Any]:  # Any: JSON leaves here
        """Return the book as ``depth`` prints it.

        Args:
            symbol: The symbol.
            limit: Most levels a side.
            now_ms: The present.

        Returns:
            The reply.
        """
        for watch in self.watchers:
            watch(symbol, now_ms)
        bids, asks = (self.levels(symbol, side, limit, now_ms) for side in ("BUY", "SELL"))
        return {"lastUpdateId": self.update_id(symbol, now_ms), "bids": _printed(bids), "asks": _printed(asks)}

    def ticker(self, symbol: str, now_ms: int) -> dict[str, str]:
        """Return the best bid and ask as the book ticker prints them.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The reply for one symbol; an empty side prints zeros.
        """
        nothing = [[text_of(0), text_of(0)]]
        (bid,) = _printed(self.levels(symbol, "BUY", 1, now_ms)) or nothing
        (ask,) = _printed(self.levels(symbol, "SELL", 1, now_ms)) or nothing
        return {"symbol": symbol, "bidPrice": bid[0], "bidQty": bid[1], "askPrice": ask[0], "askQty": ask[1]}

    def _book(self, symbol: str, now_ms: int) -> Book | None:
        seen = self._seen.get(symbol)
        if seen is None or seen[0] != now_ms:
            seen = self._seen[symbol] = (now_ms, self._market.book(symbol, now_ms))
        return seen[1]

    def _drawn(self, symbol: str, side: Side, now_ms: int) -> Iterator[Offer]:
        """Yield every level of the market, but draw no more of them than somebody looks at."""
        seen, wanted = 0, _DRAWN_FIRST
        while seen < MOST_LEVELS:
            rows = self._standing(symbol, side, wanted, now_ms)
            yield from (Offer(*row) for row in rows[seen:])
            if wanted >= MOST_LEVELS:
                return
            seen, wanted = len(rows), min(wanted * _GROWTH, MOST_LEVELS)

    def _standing(self, symbol: str, side: Side, count: int, now_ms: int) -> list[tuple[int, int]]:
        """Return what is left of the market's first levels of a side."""
        book = self._book(symbol, now_ms)
        if book is None:
            return []
        prices, quantities = (column.tolist() for column in book.columns(DIRECTION[side], count))
        taken, across = self._alive(symbol, side, now_ms), self.queue(symbol, OTHER_SIDE[side]).best_e8()
        rows: Iterable[tuple[int, int]] = zip(prices, quantities, strict=True)
        if taken:
            rows = ((price, quantity - taken.get(price, 0)) for price, quantity in rows)
            rows = (row for row in rows if row[1] > 0)
        if across:
            direction = DIRECTION[side]
            rows = (row for row in rows if direction * (row[0] - across) > 0)
        return list(rows)

    def _hides(self, symbol: str, side: Side) -> bool:
        return bool(self.queue(symbol, OTHER_SIDE[side]))

    def _alive(self, symbol: str, side: Side, now_ms: int) -> dict[int, int]:
        levels = self._taken.get((symbol, side))
        if not levels:
            return {}
        return {price_e8: taken.quantity_e8 for price_e8, taken in levels.items() if now_ms < taken.refills_ms}


def _printed(rows: Iterable[tuple[int, int]]) -> list[list[str]]:
    return [[text_of(price_e8), text_of(quantity_e8)] for price_e8, quantity_e8 in rows]
