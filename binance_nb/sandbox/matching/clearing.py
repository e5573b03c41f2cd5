"""What an order locks, and what a trade moves: the only place that touches a ledger on behalf of an order."""

from __future__ import annotations

from binance_nb.sandbox.amounts import E8
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.matching.commission import BNB
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Fill, Order, quote_e8
from binance_nb.sandbox.matching.reporting import Reporter

__all__ = ["Clearing"]

_DOLLAR = "USDT"


class Clearing:
    """Locks, pays and takes commission.

    Args:
        market: What BNB is worth is asked there.
        reporter: Is told of every balance that changes.
    """

    def __init__(self, market: Market, reporter: Reporter) -> None:
        self._market = market
        self._reporter = reporter

    def relock(self, order: Order) -> None:
        """Lock what an order, or the pair that it is part of, needs by now.

        Args:
            order: The order; whoever makes it need more has seen to it that there is enough.
        """
        holder = _holder(order)
        self._lock(order, holder, _needs_e8(holder) - holder.held_e8)

    def lacks(self, order: Order) -> bool:
        """Tell whether the account cannot lock what an order needs by now.

        Args:
            order: The order.

        Returns:
            True when the free balance does not suffice.
        """
        holder = _holder(order)
        return _needs_e8(holder) - holder.held_e8 > order.account.ledger.free_e8(order.pays_with)

    def pay(self, order: Order, price_e8: int, quantity_e8: int, now_ms: int, *, trade_id: int, is_maker: bool) -> Fill:
        """Move what one side of a trade pays and gets.

        Args:
            order: The order of that side, before the trade.
            price_e8: The price.
            quantity_e8: The base amount.
            now_ms: When.
            trade_id: The trade's number.
            is_maker: Whether the order waited.

        Returns:
            The trade as the order sees it.
        """
        ledger, symbol = order.account.ledger, order.symbol
        # Its share of the lock goes first, so that the payment is covered by what it frees.
        holder = _holder(order)
        freed_e8 = order.costs_e8(order.limit_e8, quantity_e8) if order.limit_e8 or not order.is_buy else 0
        self._lock(order, holder, -min(holder.held_e8, freed_e8))
        brings_e8 = quantity_e8 if order.is_buy else quote_e8(price_e8, quantity_e8)
        self._book(order, order.pays_with, -order.costs_e8(price_e8, quantity_e8))
        self._book(order, order.receives, brings_e8)
        rates, side = order.account.commission_on(symbol), {"is_maker": is_maker, "is_buy": order.is_buy}
        commission_e8, asset = rates.on(brings_e8, **side), order.receives
        if order.account.pays_with_bnb:
            discounted_e8 = self._in_bnb(rates.on(brings_e8, **side, is_discounted=True), asset, now_ms)
            if discounted_e8 is not None and discounted_e8 <= ledger.free_e8(BNB):
                commission_e8, asset = discounted_e8, BNB
        self._book(order, asset, -commission_e8)
        return Fill(trade_id, price_e8, quantity_e8, commission_e8, asset, now_ms, is_maker)

    def _lock(self, order: Order, holder: Order | OrderList, amount_e8: int) -> None:
        if amount_e8:
            order.account.ledger.lock(order.pays_with, amount_e8)
            holder.held_e8 += amount_e8
            self._reporter.touch(order.account, order.pays_with)

    def _book(self, order: Order, asset: str, amount_e8: int) -> None:
        if amount_e8:
            order.account.ledger.book(asset, amount_e8)
            self._reporter.touch(order.account, asset)

    def _in_bnb(self, amount_e8: int, asset: str, now_ms: int) -> int | None:
        """Return what an amount is worth in BNB at last prices, over dollars where there is no market between."""
        if asset == BNB:
            return amount_e8
        direct = self._price_e8(BNB, asset, now_ms)
        if direct:
            return amount_e8 * E8 // direct
        worth, dollar = self._price_e8(asset, _DOLLAR, now_ms), self._price_e8(BNB, _DOLLAR, now_ms)
        return amount_e8 * worth // dollar if worth and dollar else None

    def _price_e8(self, base: str, quote: str, now_ms: int) -> int:
        symbol = base + quote
        return self._market.last_price_e8(symbol, now_ms) if symbol in self._market.listings else 0


def _holder(order: Order) -> Order | OrderList:
    order_list = order.order_list
    return order_list if order_list is not None and order in order_list.sharing else order


def _needs_e8(holder: Order | OrderList) -> int:
    if not isinstance(holder, OrderList):
        return _order_needs_e8(holder)
    if holder.is_sized_by_fill and not holder.is_under_way:
        return _bought_e8(holder) if any(order.is_open for order in holder.pending) else 0
    # Only one of a pair can trade.
    return max(_order_needs_e8(order) for order in holder.sharing)


def _bought_e8(order_list: OrderList) -> int:
    """Return what a working order has bought for others to sell: less the commission, unless it can be paid apart."""
    assert order_list.working is not None
    base, ledger = order_list.listing.base_asset, order_list.account.ledger
    fills = order_list.working.fills
    commission_e8 = sum(fill.commission_e8 for fill in fills if fill.commission_asset == base)
    bought_e8 = order_list.working.executed_e8
    is_apart = base != BNB and bought_e8 <= order_list.held_e8 + ledger.free_e8(base)
    return bought_e8 if is_apart else bought_e8 - commission_e8


def _order_needs_e8(order: Order) -> int:
    if not order.is_open or order.status == "PENDING_NEW" or (order.is_market and not order.is_waiting):
        return 0
    return order.costs_e8(order.limit_e8 or order.hold_price_e8, order.left_e8)
