"""The matching engine: takes orders, trades them with the book, lets the rest wait until the tape reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import count

from binance_nb.sandbox.amounts import E8, decimal_of
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import Market, Side
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.commission import commission_on
from binance_nb.sandbox.matching.listening import Listener
from binance_nb.sandbox.matching.order_book import Offer, OrderBook
from binance_nb.sandbox.matching.orders import Fill, Order, quote_e8
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch
from binance_nb.sandbox.refusals import Refusal

__all__ = ["Engine"]

_OTHER_SIDE: Mapping[Side, Side] = {"BUY": "SELL", "SELL": "BUY"}


class Engine:
    """The account's orders and what becomes of them.

    Args:
        market: The synthetic market.
    """

    def __init__(self, market: Market) -> None:
        self._market = market
        self.listeners: list[Listener] = []
        self._orders: dict[int, Order] = {}
        self._open: dict[int, Order] = {}
        self._prevented: list[PreventedMatch] = []
        self._order_ids, self._trade_ids, self._match_ids = count(1), count(1), count()
        self.book = OrderBook(market, partial(self.open_orders, None))

    def orders(self, account: Account, symbol: str) -> list[Order]:
        """Return every order of a symbol, oldest first.

        Args:
            account: Whose.
            symbol: The symbol.

        Returns:
            The orders.
        """
        return [order for order in self._orders.values() if order.account is account and order.symbol == symbol]

    def open_orders(self, account: Account | None = None, symbol: str | None = None) -> list[Order]:
        """Return the orders that wait, oldest first.

        Args:
            account: Whose; None for everybody's.
            symbol: The symbol; None for all.

        Returns:
            The orders.
        """
        return [
            order
            for order in self._open.values()
            if account in (None, order.account) and symbol in (None, order.symbol)
        ]

    def prevented_matches(self, account: Account, symbol: str) -> list[PreventedMatch]:
        """Return the matches of a symbol that self-trade prevention stopped, oldest first.

        Args:
            account: Whose.
            symbol: The symbol.

        Returns:
            The matches.
        """
        return [match for match in self._prevented if match.account is account and match.symbol == symbol]

    def changed_ms(self, account: Account) -> int:
        """Return when an order last changed.

        Args:
            account: Whose.

        Returns:
            The moment; 0 before the first order.
        """
        return max((order.updated_ms for order in self._orders.values() if order.account is account), default=0)

    def settle(self, now_ms: int) -> None:
        """Fill the waiting orders that the tape has reached.

        Args:
            now_ms: The present.
        """
        reached: list[tuple[int, Order]] = []
        for order in self._open.values():
            trade = order.watched_ms < now_ms and self._market.first_cross(
                order.symbol, order.side, decimal_of(order.price_e8), after_ms=order.watched_ms, until_ms=now_ms
            )
            order.watched_ms = max(order.watched_ms, now_ms)
            if trade:
                reached.append((trade.time_ms, order))
        for time_ms, order in sorted(reached, key=lambda pair: (pair[0], pair[1].order_id)):
            self._fill(order, Offer(order.price_e8, order.left_e8), time_ms, is_maker=True)

    def _check(self, order: Order) -> list[Offer]:
        """Return what an order would meet at once, or refuse it."""
        if any(other.client_order_id == order.client_order_id for other in self._open.values()):
            raise Refusal(-2010, "Duplicate order")
        met = list(self._met(order))
        if order.kind == "LIMIT_MAKER" and met:
            raise Refusal(-2010, "immediately match")
        if order.budget_e8 and not met and not order.is_out_of_range:
            raise Refusal(-2010, "less than symbol minimum")
        if self._needs_e8(order, met) > order.account.ledger.free_e8(order.pays_with):
            raise Refusal(-2010, "insufficient balance")
        return met

    def place(self, order: Order) -> None:
        """Place an order; it trades at once with what it meets, and the rest waits or expires.

        Args:
            order: The order.

        Raises:
            Refusal: -2010 with the engine's reason; nothing has changed then.
        """
        met = self._check(order)
        order.order_id = next(self._order_ids)
        self._orders[order.order_id] = order
        order.account.order_limits.placed(1, order.placed_ms)
        self.book.change(order.symbol)
        if order.time_in_force == "FOK" and _traded_e8(order, met) < order.quantity_e8:
            order.end("EXPIRED", order.placed_ms, "UNFILLED_FOK_ORDER_EXPIRED")
            return
        if order.budget_e8:
            order.quantity_e8 = _traded_e8(order, met)
        for offer in met:
            self._meet(order, offer)
        self._leave(order)

    def cancel(self, order: Order, now_ms: int) -> None:
        """Take an order back.

        Args:
            order: One that waits.
            now_ms: The present.
        """
        order.account.ledger.lock(order.pays_with, -order.costs_e8(order.price_e8, order.left_e8))
        order.end("CANCELED", now_ms)
        self._close(order)

    def _met(self, order: Order) -> Iterator[Offer]:
        """Yield the parts of the other side that an order would meet, in order, cut to what it can take."""
        left, budget = order.quantity_e8, order.budget_e8
        for offer in self.book.offers(order.symbol, _OTHER_SIDE[order.side], order.placed_ms):
            room = _affordable(budget, offer.price_e8, order.listing) if order.budget_e8 else left
            met = offer._replace(quantity_e8=min(offer.quantity_e8, room))
            if not met.quantity_e8 or not order.accepts(offer.price_e8):
                return
            if not order.may_take(offer.price_e8):
                order.is_out_of_range = True
                return
            yield met
            if _counts(order, met):
                left -= met.quantity_e8
                budget -= quote_e8(met.price_e8, met.quantity_e8)
            elif order.stp_mode != "EXPIRE_MAKER":
                return

    def _needs_e8(self, order: Order, met: list[Offer]) -> int:
        """Return what an order can spend at most."""
        if not order.is_buy:
            return order.quantity_e8 or _traded_e8(order, met)
        if order.kind == "MARKET":
            return order.budget_e8 or sum(quote_e8(*offer[:2]) for offer in met if _counts(order, offer))
        return quote_e8(order.price_e8, order.quantity_e8)

    def _meet(self, order: Order, offer: Offer) -> None:
        if offer.order is None:
            self.book.take(order.symbol, _OTHER_SIDE[order.side], offer, order.placed_ms)
        elif order.stp_mode == "NONE":
            self._fill(offer.order, offer, order.placed_ms, is_maker=True)
        else:
            self._prevent(order, offer.order, offer.quantity_e8)
            return
        self._fill(order, offer, order.placed_ms, is_maker=False)

    def _prevent(self, taker: Order, maker: Order, quantity_e8: int) -> None:
        """Keep an order from trading with another of the same account, the way it asks for."""
        taker.prevented_match_id = maker.prevented_match_id = next(self._match_ids)
        mode = taker.stp_mode
        self._prevented.append(PreventedMatch.of(taker, maker, quantity_e8))
        if mode in ("DECREMENT", "EXPIRE_MAKER", "EXPIRE_BOTH"):
            self._withdraw(maker, quantity_e8 if mode == "DECREMENT" else maker.left_e8, taker.placed_ms)
        if mode in ("DECREMENT", "EXPIRE_TAKER", "EXPIRE_BOTH"):
            self._withdraw(taker, quantity_e8 if mode == "DECREMENT" else taker.left_e8, taker.placed_ms)

    def _withdraw(self, order: Order, quantity_e8: int, now_ms: int) -> None:
        if order.order_id in self._open:
            order.account.ledger.lock(order.pays_with, -order.costs_e8(order.price_e8, quantity_e8))
        order.prevented_e8 += quantity_e8
        if not order.left_e8:
            order.end("EXPIRED_IN_MATCH", now_ms)
            self._close(order)

    def _fill(self, order: Order, offer: Offer, time_ms: int, *, is_maker: bool) -> None:
        if is_maker:
            order.account.ledger.lock(order.pays_with, -order.costs_e8(order.price_e8, offer.quantity_e8))
        brings = offer.quantity_e8 if order.is_buy else quote_e8(*offer[:2])
        commission = commission_on(brings)
        order.account.ledger.book(order.pays_with, -order.costs_e8(*offer[:2]))
        order.account.ledger.book(order.receives, brings - commission)
        order.add(Fill(next(self._trade_ids), *offer[:2], commission, order.receives, time_ms, is_maker))
        if len(order.fills) == 1:
            order.account.order_limits.filled(is_maker=is_maker, now_ms=time_ms)
        if not order.is_open:
            self._close(order)

    def _leave(self, order: Order) -> None:
        """Decide what becomes of the part of a new order that met nothing."""
        if order.is_out_of_range:
            order.end("EXPIRED", order.placed_ms, "EXECUTION_RULE_PRICE_RANGE_EXCEEDED")
        elif not order.is_open:
            return
        elif order.kind == "MARKET":
            order.end("EXPIRED", order.placed_ms, "INSUFFICIENT_LIQUIDITY")
        elif order.time_in_force == "IOC":
            order.end("EXPIRED", order.placed_ms, "UNFILLED_IOC_QUANTITY_EXPIRED")
        else:
            order.account.ledger.lock(order.pays_with, order.costs_e8(order.price_e8, order.left_e8))
            self._open[order.order_id] = order

    def _close(self, order: Order) -> None:
        if self._open.pop(order.order_id, None):
            self.book.change(order.symbol)


def _counts(order: Order, offer: Offer) -> bool:
    """Tell whether what an order meets is taken off its quantity."""
    return offer.order is None or order.stp_mode in ("NONE", "DECREMENT")


def _traded_e8(order: Order, met: Iterable[Offer]) -> int:
    return sum(offer.quantity_e8 for offer in met if _counts(order, offer))


def _affordable(budget_e8: int, price_e8: int, listing: Listing) -> int:
    quantity = budget_e8 * E8 // price_e8
    return quantity - quantity % listing.step_e8
