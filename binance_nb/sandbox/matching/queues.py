"""The users' orders on one side of a book, by price and then by time."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, groupby, islice
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.orders import Order

__all__ = ["DIRECTION", "Offer", "Queue"]

DIRECTION: Mapping[Side, int] = {"SELL": 1, "BUY": -1}
"""Which way prices get worse on a side of the book."""

_Row: TypeAlias = tuple[int, int, Order]


class Offer(NamedTuple):
    """Something to trade with.

    Attributes:
        price_e8: Its price.
        quantity_e8: How much.
        order: The user's order, or None for the market's.
    """

    price_e8: int
    quantity_e8: int
    order: Order | None = None


class Queue:
    """Orders that rest on one side, the one to be served first in front.

    Args:
        side: Their side.
    """

    def __init__(self, side: Side) -> None:
        self._direction = DIRECTION[side]
        self._arrivals = count()
        self._rows: list[_Row] = []
        self._keys: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, order: Order) -> bool:
        return order.order_id in self._keys

    def add(self, order: Order) -> None:
        """Put an order behind those of its price; of an iceberg the next part shows.

        Args:
            order: The order.
        """
        order.tip_e8 = min(order.iceberg_e8 or order.left_e8, order.left_e8)
        key = self._keys[order.order_id] = (self._direction * order.limit_e8, next(self._arrivals))
        insort(self._rows, (*key, order))

    def remove(self, order: Order) -> None:
        """Take an order out, if it is there.

        Args:
            order: The order.
        """
        key = self._keys.pop(order.order_id, None)
        if key is not None:
            # A shorter tuple sorts right before the row that begins with it.
            del self._rows[bisect_left(self._rows, key)]

    def shrink(self, order: Order, quantity_e8: int) -> None:
        """Take note that an order has become smaller: an iceberg whose tip is gone queues again with its next part.

        Args:
            order: An order of the queue, already smaller.
            quantity_e8: By how much.
        """
        order.tip_e8 -= quantity_e8
        if order.tip_e8 <= 0:
            self.remove(order)
            if order.left_e8:
                self.add(order)
        order.tip_e8 = min(order.tip_e8, order.left_e8)

    def best_e8(self) -> int:
        """Return the price in front; 0 when nobody is here."""
        return self._direction * self._rows[0][0] if self._rows else 0

    def levels(self, limit: int) -> list[tuple[int, int]]:
        """Return what shows at each price.

        Args:
            limit: Most prices.

        Returns:
            Prices, the best first, and amounts.
        """
        by_price = groupby(self._rows, key=itemgetter(0))
        return [
            (self._direction * price, sum(order.tip_e8 for _, _, order in rows))
            for price, rows in islice(by_price, limit)
        ]

    def offers(self) -> Iterator[Offer]:
        """Yield all that a taker would meet, in order; an iceberg's next part comes after everybody at its price."""
        return self._in_turn(iter(self._rows))

    def beyond(self, price_e8: int) -> list[Offer]:
        """Return the orders at better prices than a trade was made at, whole.

        Args:
            price_e8: The price of the trade.

        Returns:
            What they want, in order.
        """
        return [
            Offer(self._direction * price, order.left_e8, order)
            for price, _, order in self._rows[: bisect_left(self._rows, (self._direction * price_e8,))]
        ]

    def at(self, price_e8: int) -> Iterator[Offer]:
        """Yield the orders at a price, part by part.

        Args:
            price_e8: The price.

        Yields:
            What they want, in order.
        """
        start = bisect_left(self._rows, (self._direction * price_e8,))
        stop = bisect_left(self._rows, (self._direction * price_e8 + 1,))
        return self._in_turn(self._rows[start:stop])

    def _in_turn(self, rows: Iterable[_Row]) -> Iterator[Offer]:
        for price, group in groupby(rows, key=itemgetter(0)):
            waiting = deque((order, order.tip_e8, order.left_e8) for _, _, order in group)
            while waiting:
                order, part, left = waiting.popleft()
                yield Offer(self._direction * price, part, order)
                if left > part:
                    waiting.append((order, min(order.iceberg_e8, left - part), left - part))
