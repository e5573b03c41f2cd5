"""What the orders of a list do to each other: a pair of which one ends the other, orders that wait for another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING

from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.order_rules import check_filters
from binance_nb.sandbox.matching.orders import Amendment, Order
from binance_nb.sandbox.matching.pair_prices import is_around, is_in_order
from binance_nb.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from binance_nb.sandbox.matching.accounts import Account
    from binance_nb.sandbox.matching.engine import Engine

__all__ = ["Lists"]


class Lists:
    """Every order list, and the consequences that a change of one order has for the others of its list.

    Consequences are drawn from how a list stands, not from what has just happened: it can be looked at any number of
    times, also while one of its orders is being changed.

    Args:
        engine: What places and ends the orders.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._all: list[OrderList] = []
        self._open: dict[int, OrderList] = {}
        self._unanswered: set[int] = set()
        self._ids = count()

    def all(self, account: Account) -> list[OrderList]:
        """Return every list, oldest first.

        Args:
            account: Whose.

        Returns:
            The lists.
        """
        return [order_list for order_list in self._all if order_list.account is account]

    def open(self, account: Account, symbol: str | None = None) -> list[OrderList]:
        """Return the lists of which an order can still change, oldest first.

        Args:
            account: Whose.
            symbol: What they trade; None for anything.

        Returns:
            The lists.
        """
        return [
            order_list
            for order_list in self._open.values()
            if order_list.account is account and symbol in (None, order_list.symbol)
        ]

    def place(self, order_list: OrderList) -> None:
        """Place a list: all of its orders, or none.

        What waits for the working order goes on waiting until `proceed`, even if that one fills at once.

        Args:
            order_list: The list.

        Raises:
            Refusal: -2010 with the engine's reason; nothing has changed then.
        """
        now_ms = order_list.placed_ms
        self._check_names(order_list)
        first = _first(order_list)
        self._check(first, order_list.pair, now_ms)
        if order_list.working is not None and not is_in_order(order_list.pair):
            raise Refusal(-2010, "relationship of the prices")
        order_list.list_id = next(self._ids)
        self._all.append(order_list)
        self._open[order_list.list_id] = order_list
        self._unanswered.add(order_list.list_id)
        with self._engine.step(now_ms):
            for order in order_list.orders:
                order.order_list = order_list
                self._engine.admit(order, now_ms)
            self._tell(order_list, now_ms)
            for order in first:
                self._engine.start(order, now_ms)

    def proceed(self, order_list: OrderList, now_ms: int) -> None:
        """Let a list take its course once its placement has been answered.

        Args:
            order_list: The list.
            now_ms: The present.
        """
        self._unanswered.discard(order_list.list_id)
        with self._engine.step(now_ms):
            self._look_at(order_list, now_ms)

    def cancel(self, order_list: OrderList, now_ms: int, request_id: str = "") -> None:
        """Take a list back; does nothing to one that has ended.

        Args:
            order_list: The list.
            now_ms: The present.
            request_id: Client id of the cancel.
        """
        for order in order_list.orders:
            # The first one takes the others with it.
            if order.is_open:
                self._engine.cancel(order, now_ms, request_id)

    def changed(self, order: Order, now_ms: int, request_id: str = "") -> None:
        """Draw the consequences after an order has traded, been set off or ended.

        Args:
            order: Any order.
            now_ms: When.
            request_id: Client id of the cancel that ended it.
        """
        if order.order_list is not None:
            self._look_at(order.order_list, now_ms, request_id)

    def amended(self, order: Order, now_ms: int) -> None:
        """Give a pair's other order the quantity that one was amended to; only another name is news about the list.

        Args:
            order: Any order.
            now_ms: When.
        """
        order_list = order.order_list
        if order_list is None:
            return
        for other in order_list.pair if order in order_list.pair else ():
            if other is not order and other.is_open:
                self._resize(other, order.quantity_e8, now_ms)
        last = order.amendments[-1]
        if last.new_client_order_id != last.old_client_order_id:
            self._change(order_list, "UPDATED", now_ms)

    def _resize(self, order: Order, quantity_e8: int, now_ms: int) -> None:
        names = (order.client_order_id, order.client_order_id)
        quantities = (order.quantity_e8, quantity_e8)
        order.amendments.append(Amendment(next(self._engine.execution_ids), *names, *quantities, now_ms))
        order.quantity_e8, order.updated_ms = quantity_e8, now_ms
        self._engine.relock(order)
        for listener in self._engine.listeners:
            listener.order_changed(order, "REPLACED", now_ms)

    def _check_names(self, order_list: OrderList) -> None:
        names = [order_list.client_id, *(order.client_order_id for order in order_list.orders)]
        is_taken = any(other.client_id == order_list.client_id for other in self.open(order_list.account)) or any(
            self._engine.is_name_taken(order_list.account, name) for name in names[1:]
        )
        if is_taken or len(set(names)) < len(names):
            raise Refusal(-2010, "Duplicate order")

    def _check(self, orders: Sequence[Order], pair: Sequence[Order], now_ms: int) -> None:
        """Check that orders can start; those of a pair hold only what one of them needs."""
        if orders[0] in pair:
            last = self._engine.market.last_price(orders[0].symbol, now_ms)
            if not is_around(pair, e8_of(last)):
                raise Refusal(-2010, "relationship of the prices")
        needs_e8 = max(self._engine.check(order, now_ms, with_balance=False) for order in orders)
        if needs_e8 > orders[0].account.ledger.free_e8(orders[0].pays_with):
            raise Refusal(-2010, "insufficient balance")

    def _look_at(self, order_list: OrderList, now_ms: int, request_id: str = "") -> None:
        if not order_list.is_open:
            return
        if order_list.working is not None and not order_list.is_under_way:
            self._follow(order_list, order_list.working, now_ms, request_id)
        deciding = _deciding(order_list.pair)
        if deciding is not None:
            self._end(order_list.pair, deciding, "OCO_TRIGGER", now_ms, request_id)
        self._finish(order_list, now_ms)

    def _finish(self, order_list: OrderList, now_ms: int) -> None:
        if order_list.is_open and not any(order.is_open for order in order_list.orders):
            del self._open[order_list.list_id]
            order_list.order_status = "ALL_DONE"
            self._change(order_list, "ALL_DONE", now_ms)

    def _follow(self, order_list: OrderList, working: Order, now_ms: int, request_id: str) -> None:
        """Start what waits for a working order that has filled, or end it with one that has not."""
        if order_list.is_sized_by_fill:
            # What has been bought so far is kept for them.
            self._engine.relock(order_list.pending[0])
        ended = next((order for order in order_list.orders if not order.is_open), None)
        if ended is None:
            return
        if ended is not working or working.status != "FILLED":
            self._end(order_list.orders, ended, "OTO_PHASE_ONE_EXPIRED", now_ms, request_id)
        elif order_list.list_id not in self._unanswered:
            order_list.is_under_way = True
            self._start(order_list, now_ms)

    def _start(self, order_list: OrderList, now_ms: int) -> None:
        waiting = order_list.pending
        if order_list.is_sized_by_fill:
            for order in waiting:
                order.quantity_e8 = order_list.held_e8 - order_list.held_e8 % order_list.listing.step_e8
            # From now on they hold for themselves.
            self._engine.relock(waiting[0])
        try:
            _check_sizes(waiting)
            check_filters(waiting, self._engine.market, self._engine, now_ms=now_ms)
            self._check(waiting, order_list.pair, now_ms)
        except Refusal:
            self._engine.expire(waiting[0], now_ms, "REJECTED")
            return
        for order in waiting:
            self._engine.start(order, now_ms)

    def _end(self, orders: Iterable[Order], by: Order, reason: str, now_ms: int, request_id: str) -> None:
        """End what is left of some orders the way that one of them asks for."""
        for order in orders:
            if order is by or not order.is_open:
                continue
            if by.status == "CANCELED":
                self._engine.cancel(order, now_ms, request_id)
            else:
                # Guessed: the partner of an order that could not start is said to have been refused like it.
                is_refused = by.expiry_reason == "REJECTED"
                self._engine.expire(order, now_ms, by.expiry_reason if is_refused else reason)

    def _change(self, order_list: OrderList, status_type: str, now_ms: int) -> None:
        order_list.status_type, order_list.updated_ms = status_type, now_ms
        self._tell(order_list, now_ms)

    def _tell(self, order_list: OrderList, now_ms: int) -> None:
        for listener in self._engine.listeners:
            listener.list_changed(order_list, now_ms)


def _first(order_list: OrderList) -> list[Order]:
    """Return the orders that work from the beginning."""
    return order_list.orders if order_list.working is None else [order_list.working]


def _check_sizes(orders: Iterable[Order]) -> None:
    # Less than a step may be left of what was bought, after commission.
    if not all(order.quantity_e8 for order in orders):
        raise Refusal(-1013, "Filter failure", "LOT_SIZE")


def _deciding(pair: Sequence[Order]) -> Order | None:
    """Return the leg that leaves no room for the other: it has traded or been set off, or else it has ended."""
    begun = [leg for leg in pair if leg.executed_e8 or leg.prevented_e8 or (leg.is_algo and not leg.is_waiting)]
    ended = [leg for leg in pair if not leg.is_open]
    return next(iter(begun + ended), None)
