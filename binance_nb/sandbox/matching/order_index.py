"""Which orders there are: by number, by name, by account and symbol, and how many are open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import TypeAlias

from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.orders import Order

__all__ = ["OpenCounts", "OrderIndex"]

_Place: TypeAlias = tuple[Account | None, str | None]


class OpenCounts:
    """How many orders an account has open, without listing them."""

    def __init__(self) -> None:
        self._open: Counter[_Place] = Counter()

    def open(self, account: Account, symbol: str | None = None) -> int:
        """Return the number of open orders.

        Args:
            account: Whose.
            symbol: The symbol; None for all.

        Returns:
            The number.
        """
        return self._open[account, symbol]

    def add(self, order: Order, number: int) -> None:
        """Count an order that opens, or with -1 one that closes.

        Args:
            order: The order.
            number: 1 or -1.
        """
        self._open[order.account, order.symbol] += number
        self._open[order.account, None] += number


class OrderIndex:
    """Every order that was ever accepted."""

    def __init__(self) -> None:
        self.counts = OpenCounts()
        self._by_id: dict[int, Order] = {}
        self._by_place: dict[_Place, list[Order]] = defaultdict(list)
        self._by_name: dict[tuple[Account, str], list[Order]] = defaultdict(list)
        self._open: dict[_Place, dict[int, Order]] = defaultdict(dict)
        self._symbols: Counter[str] = Counter()

    def add(self, order: Order) -> None:
        """Take in a new order, which is open.

        Args:
            order: The order, with its number.
        """
        self._by_id[order.order_id] = order
        self._by_place[order.account, order.symbol].append(order)
        self._by_name[order.account, order.client_order_id].append(order)
        for place in _places(order):
            self._open[place][order.order_id] = order
        self._symbols[order.symbol] += 1
        self.counts.add(order, 1)

    def close(self, order: Order) -> None:
        """Take note that an order has ended; does nothing when it is known.

        Args:
            order: The order.
        """
        if self._open[order.account, order.symbol].pop(order.order_id, None) is None:
            return
        for place in _places(order):
            self._open[place].pop(order.order_id, None)
        self._symbols[order.symbol] -= 1
        if not self._symbols[order.symbol]:
            del self._symbols[order.symbol]
        self.counts.add(order, -1)

    def rename(self, order: Order, client_order_id: str) -> None:
        """Give an order another name.

        Args:
            order: The order.
            client_order_id: Its owner's new name for it.
        """
        self._by_name[order.account, order.client_order_id].remove(order)
        order.client_order_id = client_order_id
        self._by_name[order.account, client_order_id].append(order)

    def of(self, account: Account, symbol: str) -> list[Order]:
        """Return every order of an account on a symbol, oldest first.

        Args:
            account: Whose.
            symbol: The symbol.

        Returns:
            The orders.
        """
        return list(self._by_place.get((account, symbol), ()))

    def open(self, account: Account | None, symbol: str | None) -> list[Order]:
        """Return the open orders, oldest first.

        Args:
            account: Whose; None for everybody's.
            symbol: The symbol; None for all.

        Returns:
            The orders.
        """
        return list(self._open[account, symbol].values())

    def symbols(self) -> Collection[str]:
        """Return the symbols with open orders."""
        return self._symbols.keys()

    def find(self, account: Account, symbol: str, order_id: int | None, client_id: str | None) -> Order | None:
        """Find an order by its number, or else by its name.

        Args:
            account: Whose.
            symbol: The symbol.
            order_id: The exchange's number.
            client_id: The owner's name; of several orders that had it one after another the newest counts.

        Returns:
            The order; None when there is none.
        """
        if order_id is not None:
            order = self._by_id.get(order_id)
            return order if order and order.account is account and order.symbol == symbol else None
        named = self._by_name.get((account, client_id or ""), ())
        return next((order for order in reversed(named) if order.symbol == symbol), None)

    def named(self, account: Account, client_id: str) -> Order | None:
        """Find the open order of a name, on any symbol.

        Args:
            account: Whose.
            client_id: The name.

        Returns:
            The order; None when the name is free.
        """
        # No two orders of a name are ever open at once, and the open one is the newest.
        named = self._by_name.get((account, client_id))
        return named[-1] if named and named[-1].is_open else None


def _places(order: Order) -> tuple[_Place, ...]:
    return ((order.account, order.symbol), (order.account, None), (None, order.symbol), (None, None))
