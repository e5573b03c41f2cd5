"""The matching engine: takes orders, trades them with the book, lets the rest wait until the tape reaches them."""

from __future__ import annotations

from itertools import count

from binance_nb.sandbox.market import Market
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.floor import Floor
from binance_nb.sandbox.matching.lists import Lists
from binance_nb.sandbox.matching.orders import Amendment, Order
from binance_nb.sandbox.matching.pegs import pegged_price_e8
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch
from binance_nb.sandbox.matching.self_trades import SelfTrades
from binance_nb.sandbox.matching.settling import Settling
from binance_nb.sandbox.matching.taking import Plan, Taking
from binance_nb.sandbox.matching.triggers import is_reached
from binance_nb.sandbox.refusals import Refusal

__all__ = ["Engine"]


class Engine:
    """All accounts' orders and what becomes of them.

    Args:
        market: The synthetic market.

    Attributes:
        book: The book that everybody sees.
        listeners: Who hears of every change.
        counts: How many orders are open.
        lists: The order lists.
        execution_ids: Numbers for changes of orders.
        step: Makes one thing of several: consequences and balances come at its end.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        self._floor = Floor(market)
        self._self_trades = SelfTrades(self._floor)
        self._taking = Taking(self._floor, self._self_trades)
        self._settling = Settling(self._floor, self._taking)
        self.book = self._floor.book
        self.counts = self._floor.index.counts
        self.listeners = self._floor.reporter.listeners
        self.lists = self._floor.lists = Lists(self)
        self.execution_ids = count(1)
        self.step = self._floor.step

    def orders(self, account: Account, symbol: str) -> list[Order]:
        """Return every order of a symbol, oldest first.

        Args:
            account: Whose.
            symbol: The symbol.

        Returns:
            The orders.
        """
        return self._floor.index.of(account, symbol)

    def open_orders(self, account: Account | None = None, symbol: str | None = None) -> list[Order]:
        """Return the orders of which anything can still become, oldest first.

        Args:
            account: Whose; None for everybody's.
            symbol: The symbol; None for all.

        Returns:
            The orders, those included that wait for a stop price or for another order.
        """
        return self._floor.index.open(account, symbol)

    def find(
        self, account: Account, symbol: str, order_id: int | None = None, client_id: str | None = None
    ) -> Order | None:
        """Find an order by its number, or else by its name.

        Args:
            account: Whose.
            symbol: The symbol.
            order_id: The exchange's number.
            client_id: The owner's name; of several orders that had it one after another the newest counts.

        Returns:
            The order; None when there is none.
        """
        return self._floor.index.find(account, symbol, order_id, client_id)

    def is_name_taken(self, account: Account, client_order_id: str) -> bool:
        """Tell whether an open order has a name.

        Args:
            account: Whose.
            client_order_id: The name.

        Returns:
            True if it has to be refused.
        """
        return self._floor.index.named(account, client_order_id) is not None

    def prevented_matches(self, account: Account, symbol: str) -> list[PreventedMatch]:
        """Return the matches of a symbol that self-trade prevention stopped, oldest first.

        Args:
            account: Whose.
            symbol: The symbol.

        Returns:
            The matches.
        """
        return self._self_trades.of(account, symbol)

    def changed_ms(self, account: Account) -> int:
        """Return when an order or a balance last changed.

        Args:
            account: Whose.

        Returns:
            The moment; 0 before the first time.
        """
        return self._floor.reporter.changed_ms(account)

    def balance_moved(self, account: Account, asset: str, now_ms: int) -> None:
        """Tell of a balance that has changed for no order's sake.

        Args:
            account: Whose.
            asset: Which.
            now_ms: The present.
        """
        self._floor.reporter.touch(account, asset)
        self._floor.reporter.flush(now_ms)

    def settle(self, now_ms: int) -> None:
        """Let happen to the waiting orders what the tape has brought since the last time, in the order of time.

        Args:
            now_ms: The present.
        """
        self._settling.settle(now_ms)

    def check(self, order: Order, now_ms: int, *, with_balance: bool = True) -> int:
        """Check whether an order could be placed, or one that waits for another started.

        Args:
            order: The order.
            now_ms: The present.
            with_balance: Whether the account has to have what it needs.

        Returns:
            What it can spend at most, in the asset that it pays with.

        Raises:
            Refusal: -2010 with the engine's reason.
        """
        return self._checked(order, now_ms, with_balance=with_balance)[1]

    def place(self, order: Order) -> None:
        """Place an order; it trades at once with what it meets, and the rest waits or expires.

        Args:
            order: The order.

        Raises:
            Refusal: -2010 with the engine's reason; nothing has changed then.
        """
        now_ms = order.placed_ms
        self.settle(now_ms)
        plan, _ = self._checked(order, now_ms, with_balance=True)
        with self._floor.step(now_ms):
            self._floor.admit(order, now_ms)
            self._begin(order, now_ms, plan)

    def admit(self, order: Order, now_ms: int) -> None:
        """Accept an order without letting it work yet.

        Args:
            order: A new order, checked; ``PENDING_NEW`` if it waits for another.
            now_ms: The present.
        """
        with self._floor.step(now_ms):
            self._floor.admit(order, now_ms)

    def start(self, order: Order, now_ms: int) -> None:
        """Let an accepted order work: it trades, rests, or waits for its stop.

        Args:
            order: The order, checked.
            now_ms: The present.
        """
        with self._floor.step(now_ms):
            if order.status == "PENDING_NEW":
                order.status, order.updated_ms = "NEW", now_ms
                order.working_ms = -1 if order.is_algo else now_ms
                self._floor.reporter.order(order, "NEW", now_ms)
            self._begin(order, now_ms, None)

    def cancel(self, order: Order, now_ms: int, request_id: str = "") -> None:
        """Take an order back, and with it the others of its list; does nothing to one that has ended.

        Args:
            order: The order.
            now_ms: The present.
            request_id: Client id of the cancel.
        """
        if order.is_open:
            with self._floor.step(now_ms):
                self._floor.end(order, "CANCELED", now_ms, told_as="CANCELED", request_id=request_id)

    def expire(self, order: Order, now_ms: int, reason: str) -> None:
        """End an order for its rules' sake; does nothing to one that has ended.

        Args:
            order: The order.
            now_ms: The present.
            reason: The expiry reason.
        """
        if order.is_open:
            with self._floor.step(now_ms):
                self._floor.expire(order, now_ms, reason)

    def amend(self, order: Order, quantity_e8: int, client_order_id: str, now_ms: int, request_id: str = "") -> None:
        """Make an order smaller; it keeps its place in the queue. It expires if no more is left than it has traded.

        Args:
            order: An open order.
            quantity_e8: Its new quantity.
            client_order_id: Its new name, which may be the old one.
            now_ms: The present.
            request_id: Client id of the amendment.

        Raises:
            Refusal: -2038 for a quantity that is not smaller, or a name that another order has.
        """
        if quantity_e8 > order.quantity_e8:
            raise Refusal(-2038, "quantity increase")
        if quantity_e8 == order.quantity_e8:
            raise Refusal(-2038, "change no state")
        if self._floor.index.named(order.account, client_order_id) not in (None, order):
            raise Refusal(-2038, "Duplicate order")
        done_e8 = order.executed_e8 + order.prevented_e8
        with self._floor.step(now_ms):
            names, amounts = (order.client_order_id, client_order_id), (order.quantity_e8, quantity_e8)
            order.amendments.append(Amendment(next(self.execution_ids), *names, *amounts, now_ms))
            self._floor.index.rename(order, client_order_id)
            if quantity_e8 <= done_e8:
                order.quantity_e8 = done_e8
                self._floor.expire(order, now_ms, "")
                return
            order.quantity_e8, order.updated_ms = quantity_e8, now_ms
            self._floor.shrunk(order, 0)
            self._floor.reporter.order(order, "REPLACED", now_ms, request_id=request_id)
            self.lists.amended(order, now_ms)
            self._floor.clearing.relock(order)

    def relock(self, order: Order) -> None:
        """Lock what an order needs by now, after somebody else has changed it.

        Args:
            order: The order.
        """
        self._floor.shrunk(order, 0)
        self._floor.clearing.relock(order)

    def _begin(self, order: Order, now_ms: int, plan: Plan | None) -> None:
        if order.is_algo:
            self._floor.waiting[order.symbol][order.order_id] = order
            self._floor.clearing.relock(order)
        else:
            self._taking.work(order, now_ms, plan)

    def _checked(self, order: Order, now_ms: int, *, with_balance: bool) -> tuple[Plan, int]:
        if self._floor.index.named(order.account, order.client_order_id) not in (None, order):
            raise Refusal(-2010, "Duplicate order")
        plan = self._plan(order, now_ms)
        if order.is_algo:
            needs_e8 = order.costs_e8(order.limit_e8 or order.hold_price_e8, order.left_e8)
        else:
            needs_e8 = self._taking.needs_e8(order, plan)
        if with_balance and needs_e8 > order.account.ledger.free_e8(order.pays_with):
            raise Refusal(-2010, "insufficient balance")
        return plan, needs_e8

    def _plan(self, order: Order, now_ms: int) -> Plan:
        """Return what an order would do at once, or refuse it."""
        if order.is_algo:
            last_e8 = self.market.last_price_e8(order.symbol, now_ms)
            # One that trails does not go off at its stop price: it begins to follow.
            if not order.trailing_delta and is_reached(order, last_e8):
                raise Refusal(-2010, "trigger immediately")
            order.hold_price_e8 = order.stop_price_e8 or last_e8
            return Plan([])
        if order.peg is not None:
            if order.status == "PENDING_NEW":
                order.pegged_e8 = pegged_price_e8(order, self.book, now_ms) or 0
            if not order.limit_e8:
                raise Refusal(-2010, "too low for this pegged order")
        plan = self._taking.plan(order, now_ms)
        if order.kind == "LIMIT_MAKER" and plan.offers:
            raise Refusal(-2010, "immediately match")
        if order.budget_e8 and not plan.offers and not plan.forbidden_e8:
            raise Refusal(-2010, "less than symbol minimum")
        return plan
