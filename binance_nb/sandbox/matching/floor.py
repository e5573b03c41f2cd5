"""The trading floor: what belongs together when an order is accepted, rests, trades or ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from binance_nb.sandbox.market import Market
from binance_nb.sandbox.matching.clearing import Clearing
from binance_nb.sandbox.matching.listening import ExecutionType
from binance_nb.sandbox.matching.order_book import OrderBook
from binance_nb.sandbox.matching.order_index import OrderIndex
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch
from binance_nb.sandbox.matching.reporting import Reporter

if TYPE_CHECKING:
    from binance_nb.sandbox.matching.lists import Lists

__all__ = ["Floor"]


class Floor:
    """Book, index, ledgers and listeners, changed together.

    Args:
        market: The synthetic market.

    Attributes:
        lists: The order lists, which hear of every order of theirs that has changed.
        waiting: The orders that wait for their stop, by symbol and number.
    """

    lists: Lists

    def __init__(self, market: Market) -> None:
        self.market = market
        self.book = OrderBook(market)
        self.index = OrderIndex()
        self.reporter = Reporter()
        self.clearing = Clearing(market, self.reporter)
        self.waiting: dict[str, dict[int, Order]] = defaultdict(dict)
        self.trade_ids = count(1)
        self._order_ids = count(1)
        self._changed: dict[int, tuple[Order, str]] = {}
        self._depth = 0

    @contextmanager
    def step(self, now_ms: int) -> Iterator[None]:
        """Do one thing: its consequences are drawn at its end, and then balances are told.

        Args:
            now_ms: The present.
        """
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self.draw_consequences(now_ms)
        finally:
            self._depth -= 1
        if not self._depth:
            self.reporter.flush(now_ms)

    def draw_consequences(self, now_ms: int) -> None:
        """Let the lists of changed orders see to their other orders.

        Args:
            now_ms: The present.
        """
        while self._changed:
            order, request_id = self._changed.pop(next(iter(self._changed)))
            self.lists.changed(order, now_ms, request_id)
            self.clearing.relock(order)

    def note(self, order: Order, request_id: str = "") -> None:
        """Note that an order has changed, for its list to hear of it.

        Args:
            order: The order.
            request_id: Client id of the call that changed it.
        """
        self._changed[order.order_id] = (order, request_id)

    def admit(self, order: Order, now_ms: int) -> None:
        """Accept a new order; see `Engine.admit`."""
        order.order_id = next(self._order_ids)
        if order.status == "NEW" and not order.is_algo:
            order.working_ms = now_ms
        self.index.add(order)
        order.account.order_limits.placed(1, now_ms)
        self.reporter.order(order, "NEW", now_ms)

    def rest(self, order: Order) -> None:
        """Put an order into the book.

        Args:
            order: The order.
        """
        self.book.queue(order.symbol, order.side).add(order)
        self.book.change(order.symbol)

    def fill(
        self, order: Order, price_e8: int, quantity_e8: int, now_ms: int, *, trade_id: int, is_maker: bool
    ) -> None:
        """Do one side of a trade.

        Args:
            order: The order of that side.
            price_e8: The price.
            quantity_e8: The base amount.
            now_ms: When.
            trade_id: The trade's number.
            is_maker: Whether the order waited.
        """
        fill = self.clearing.pay(order, price_e8, quantity_e8, now_ms, trade_id=trade_id, is_maker=is_maker)
        order.add(fill)
        if len(order.fills) == 1:
            order.account.order_limits.filled(is_maker=is_maker, now_ms=now_ms)
        self.shrunk(order, quantity_e8)
        if not order.is_open:
            self.index.close(order)
        self.reporter.order(order, "TRADE", now_ms, fill=fill)
        self.note(order)

    def prevent(self, order: Order, match: PreventedMatch) -> None:
        """Take what a prevented match costs off an order.

        Args:
            order: One of its orders, which loses something.
            match: The match.
        """
        quantity_e8 = match.costs_e8(order)
        order.prevented_match_id = match.match_id
        order.prevented_e8 += quantity_e8
        order.updated_ms = match.time_ms
        if not order.left_e8:
            self.end(order, "EXPIRED_IN_MATCH", match.time_ms, told_as="TRADE_PREVENTION", prevented=match)
            return
        self.shrunk(order, quantity_e8)
        self.reporter.order(order, "TRADE_PREVENTION", match.time_ms, prevented=match)
        self.note(order)

    def shrunk(self, order: Order, quantity_e8: int) -> None:
        """Take note that an order has become smaller, should it be in the book.

        Args:
            order: The order.
            quantity_e8: By how much what it shows has become smaller; 0 after an amendment, which takes what is hidden
                first.
        """
        queue = self.book.queue(order.symbol, order.side)
        if order in queue:
            queue.shrink(order, quantity_e8)
            self.book.change(order.symbol)

    def expire(self, order: Order, now_ms: int, reason: str) -> None:
        """Let an order end; see `end`."""
        self.end(order, "EXPIRED", now_ms, told_as="EXPIRED", reason=reason)

    def end(
        self,
        order: Order,
        status: str,
        now_ms: int,
        *,
        told_as: ExecutionType,
        reason: str = "",
        request_id: str = "",
        prevented: PreventedMatch | None = None,
    ) -> None:
        """Let an order end, wherever it is, and free what it holds.

        Args:
            order: The order.
            status: Its last status.
            now_ms: When.
            told_as: What listeners hear.
            reason: Why it expired.
            request_id: Client id of the cancel.
            prevented: The match whose prevention ended it.
        """
        order.end(status, now_ms, reason)
        queue = self.book.queue(order.symbol, order.side)
        if order in queue:
            queue.remove(order)
            self.book.change(order.symbol)
        self.waiting[order.symbol].pop(order.order_id, None)
        self.index.close(order)
        self.clearing.relock(order)
        self.reporter.order(order, told_as, now_ms, prevented=prevented, request_id=request_id)
        self.note(order, request_id)
