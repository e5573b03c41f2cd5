"""What an order does when it begins to work: it trades with what it meets, and the rest waits or expires."""

from __future__ import annotations

from typing import NamedTuple

from binance_nb.sandbox.amounts import E8
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.matching.execution_rules import EXECUTION_RULES, price_range_e8
from binance_nb.sandbox.matching.floor import Floor
from binance_nb.sandbox.matching.order_book import OTHER_SIDE
from binance_nb.sandbox.matching.orders import Order, quote_e8
from binance_nb.sandbox.matching.pegs import pegged_price_e8
from binance_nb.sandbox.matching.queues import Offer
from binance_nb.sandbox.matching.self_trades import SelfTrades, is_prevented, mode_of
from binance_nb.sandbox.reference_prices import reference_e8

__all__ = ["Plan", "Taking"]


class Plan(NamedTuple):
    """What an order would do at once.

    Attributes:
        offers: What it would meet, in order.
        forbidden_e8: How much it would have taken at a price at which it must not trade; 0 if it comes to none.
    """

    offers: list[Offer]
    forbidden_e8: int = 0


class Taking:
    """Plans what an order meets, and carries it out.

    Args:
        floor: Where it trades.
        self_trades: Keeps it from trading with others of its account.
    """

    def __init__(self, floor: Floor, self_trades: SelfTrades) -> None:
        self._floor = floor
        self._self_trades = self_trades

    def plan(self, order: Order, now_ms: int) -> Plan:
        """Look at what an order would meet, and change nothing.

        Args:
            order: The order.
            now_ms: The present.

        Returns:
            The plan.
        """
        book, met, own = self._floor.book, list[Offer](), set[int]()
        if not book.may_meet(order, now_ms):
            return Plan(met)
        self._bound(order, now_ms)
        left, budget = order.left_e8, order.budget_e8
        for offer in book.offers(order.symbol, OTHER_SIDE[order.side], now_ms):
            if offer.order is not None and is_prevented(order, offer.order):
                if offer.order.order_id in own:
                    continue
                # Prevention looks at all of an order, also at what an iceberg hides.
                own.add(offer.order.order_id)
                offer = offer._replace(quantity_e8=offer.order.left_e8)
            room = _affordable(budget, offer.price_e8, order.listing) if order.budget_e8 else left
            offer = offer._replace(quantity_e8=min(offer.quantity_e8, room))
            if not offer.quantity_e8 or not order.accepts(offer.price_e8):
                break
            if not order.may_take(offer.price_e8):
                return Plan(met, offer.quantity_e8)
            met.append(offer)
            if _counts(order, offer):
                left -= offer.quantity_e8
                budget -= quote_e8(offer.price_e8, offer.quantity_e8)
            elif mode_of(order) != "EXPIRE_MAKER":
                break
        return Plan(met)

    def needs_e8(self, order: Order, plan: Plan) -> int:
        """Return what an order can spend at most.

        Args:
            order: The order.
            plan: What it would do at once.

        Returns:
            The amount of the asset that it pays with.
        """
        if not order.is_market:
            return order.costs_e8(order.limit_e8, order.left_e8)
        if not order.is_buy:
            return order.left_e8 or _traded_e8(order, plan)
        traded = (offer for offer in plan.offers if _counts(order, offer))
        return order.budget_e8 or sum(quote_e8(offer.price_e8, offer.quantity_e8) for offer in traded)

    def work(self, order: Order, now_ms: int, plan: Plan | None = None) -> None:
        """Let an order trade, and rest or expire.

        Args:
            order: An order that nothing keeps from working any longer.
            now_ms: The present.
            plan: What it does at once, if that is known already.
        """
        floor = self._floor
        if order.peg is not None and not order.limit_e8:
            order.pegged_e8 = pegged_price_e8(order, floor.book, now_ms) or 0
            if not order.pegged_e8:
                floor.expire(order, now_ms, "INSUFFICIENT_LIQUIDITY")
                return
        plan = plan or self.plan(order, now_ms)
        # A stop that is set off has locked for the price it named; it may come to need more.
        is_short = self.needs_e8(order, plan) > order.account.ledger.free_e8(order.pays_with)
        if is_short if order.is_market else floor.clearing.lacks(order):
            floor.expire(order, now_ms, "REJECTED")
            return
        floor.clearing.relock(order)
        if order.time_in_force == "FOK" and _traded_e8(order, plan) < order.left_e8:
            floor.expire(order, now_ms, "UNFILLED_FOK_ORDER_EXPIRED")
            return
        if order.budget_e8:
            order.quantity_e8 = _met_e8(order, plan) + plan.forbidden_e8
        for offer in plan.offers:
            self._meet(order, offer, now_ms)
        self._leave(order, plan, now_ms)

    def _bound(self, order: Order, now_ms: int) -> None:
        """Find between which prices the execution rules let an order trade at the moment."""
        if order.symbol in EXECUTION_RULES and order.kind != "LIMIT_MAKER":
            reference = reference_e8(self._floor.market, order.symbol, now_ms)
            order.price_range_e8 = price_range_e8(order.symbol, order.side, reference)

    def _meet(self, order: Order, offer: Offer, now_ms: int) -> None:
        floor, (price_e8, quantity_e8, maker) = self._floor, offer
        if maker is not None and is_prevented(order, maker):
            self._self_trades.prevent(order, offer, now_ms)
            return
        trade_id = next(floor.trade_ids)
        if maker is None:
            floor.book.take(order.symbol, OTHER_SIDE[order.side], offer, now_ms)
        else:
            floor.fill(maker, price_e8, quantity_e8, now_ms, trade_id=trade_id, is_maker=True)
        floor.fill(order, price_e8, quantity_e8, now_ms, trade_id=trade_id, is_maker=False)

    def _leave(self, order: Order, plan: Plan, now_ms: int) -> None:
        """Decide what becomes of the part that met nothing."""
        floor = self._floor
        if plan.forbidden_e8:
            floor.expire(order, now_ms, "EXECUTION_RULE_PRICE_RANGE_EXCEEDED")
        elif not order.is_open:
            return
        elif order.is_market:
            floor.expire(order, now_ms, "INSUFFICIENT_LIQUIDITY")
        elif order.time_in_force == "IOC":
            floor.expire(order, now_ms, "UNFILLED_IOC_QUANTITY_EXPIRED")
        else:
            floor.rest(order)


def _counts(order: Order, offer: Offer) -> bool:
    """Tell whether what an order meets is taken off its quantity."""
    return not is_prevented(order, offer.order) or mode_of(order) == "DECREMENT"


def _traded_e8(order: Order, plan: Plan) -> int:
    return sum(offer.quantity_e8 for offer in plan.offers if _counts(order, offer))


def _met_e8(order: Order, plan: Plan) -> int:
    """Return how much an order that is sized by a budget comes to: what trades, and what prevention takes off it."""
    is_spared = mode_of(order) == "EXPIRE_MAKER"
    return sum(offer.quantity_e8 for offer in plan.offers if not (is_spared and is_prevented(order, offer.order)))


def _affordable(budget_e8: int, price_e8: int, listing: Listing) -> int:
    quantity = budget_e8 * E8 // price_e8
    return quantity - quantity % listing.step_e8
