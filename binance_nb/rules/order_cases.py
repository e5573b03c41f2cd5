"""What an order has to keep besides filters: what the account can pay, and how its numbers lie to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any

from binance_nb.catalog.filters import Relation, Rule
from binance_nb.rules.facts import OrderFacts
from binance_nb.rules.held import EXACT, Held, Span, hold
from binance_nb.rules.legs import PEGGED, Leg, price_of

__all__ = ["BALANCE", "order_cases"]

BALANCE = "BALANCE"
"""The name of the rule that an account has what an order locks or spends."""

_FINEST = Decimal("0.00000001")
_PAYS = Rule("price * quantity", "free", Relation.AT_MOST)
_GIVES = Rule("quantity", "free", Relation.AT_MOST)
_COSTS = Rule("cost", "free", Relation.AT_MOST)
_VISIBLE = Rule("icebergQty", "quantity", Relation.AT_MOST)
_SMALLER = Rule("quantity", "most", Relation.AT_MOST)
_DIGITS = Rule("digits", "most", Relation.AT_MOST)
# What counts money, and whole basis points.
_PRECISE = (("price", 1), ("stopPrice", 1), ("quoteOrderQty", 1), ("quantity", 0), ("icebergQty", 0))


def order_cases(legs: Sequence[Leg], facts: OrderFacts) -> list[Held]:
    """Hold an order against the account's balance, and its numbers against each other.

    Args:
        legs: The orders of the call.
        facts: What is known.

    Returns:
        The rules that concern it.
    """
    found: list[Held] = []
    for leg in legs:
        found += _precisions(leg, facts)
        found += _visible(leg)
        if not leg.is_new:
            found += _smaller(leg, facts)
        elif not leg.is_pending:
            found += _paid(leg, facts)
    return found


def _precisions(leg: Leg, facts: OrderFacts) -> Iterator[Held]:
    most = facts.terms.precisions if facts.terms else (8, 8)
    for word, most_digits in (*((word, most[place]) for word, place in _PRECISE), ("trailingDelta", 0)):
        name = leg.name(word)
        digits = len(leg.sent.get(name, "").partition(".")[2])
        if digits > most_digits:
            step = {name: Span(step=Decimal(1).scaleb(-most_digits))}
            inputs, words = {"digits": digits, "most": most_digits}, {"digits": f"decimals of {name}", "most": "the"}
            words["most"] = "whole numbers:" if not most_digits else "the precision,"
            yield from hold("PRECISION", [_DIGITS], inputs, words, {}, limits=step)


def _visible(leg: Leg) -> list[Held]:
    visible, quantity = leg.number("icebergQty"), leg.number("quantity")
    if not visible or quantity is None:
        return []
    params = {word: leg.name(word) for word in ("quantity", "icebergQty") if leg.name(word) in leg.sent}
    words = {**params, "quantity": leg.name("quantity")}
    return hold("ICEBERG_QTY", [_VISIBLE], {"icebergQty": visible, "quantity": quantity}, words, params)


def _smaller(leg: Leg, facts: OrderFacts) -> list[Held]:
    """An amendment makes an order smaller, by a step at least."""
    order = facts.order_named(leg.sent, id_name="orderId", client_id_name="origClientOrderId")
    words = {"quantity": leg.name("quantity"), "most": "the present quantity less one step,"}
    note = "" if order else "no open order of that name is known"
    inputs: dict[str, object] = {"quantity": leg.number("quantity")}
    # What another order's fill decides has no quantity yet.
    if order is not None and "origQty" in order:
        config = next((each for each in facts.filters if each.get("filterType") == "LOT_SIZE"), {})
        step = Decimal(str(config.get("stepSize", 0))) or _FINEST
        inputs["most"] = Decimal(str(order["origQty"])) - step
    return hold("AMENDMENT", [_SMALLER], inputs, words, {"quantity": leg.name("quantity")}, note=note)


@dataclass(frozen=True)
class _Price:
    """At what price an order is paid for, and what that is called."""

    number: Decimal | None
    word: str
    params: Mapping[str, str] = field(default_factory=dict)


def _paid(leg: Leg, facts: OrderFacts) -> list[Held]:
    asset = _asset(leg, facts)
    free = _free(leg, facts, asset)
    of_asset = f" {asset}" if asset else ""
    known: dict[str, Any] = {} if free is None else {"free": free.sure}
    words = {"free": f"the free balance{of_asset and ' of'}{of_asset}", "price": "", "quantity": leg.name("quantity")}
    words["cost"] = "cost at the offers in the book"
    at_most = None if free is None or free.possible == free.sure else free.possible
    extra: dict[str, Any] = {"at_most": at_most, "note": free.note if free else ""}
    if (budget := leg.number("quoteOrderQty")) is not None:
        name = leg.name("quoteOrderQty")
        if leg.is_buy:
            inputs = {**known, "quantity": budget}
            return hold(BALANCE, [_GIVES], inputs, {**words, "quantity": name}, {"quantity": name}, **extra)
        return _met(leg, facts, known, words, extra)
    if not leg.is_buy:
        inputs = {**known, **_given(quantity=leg.number("quantity"))}
        return hold(BALANCE, [_GIVES], inputs, words, {"quantity": leg.name("quantity")}, **extra)
    if leg.kind == "MARKET":
        return _met(leg, facts, known, words, extra)
    price = _price(leg, facts)
    inputs = {**known, **_given(price=price.number, quantity=leg.number("quantity"))}
    params = {**price.params, "quantity": leg.name("quantity")}
    return hold(BALANCE, [_PAYS], inputs, {**words, "price": price.word}, params, **extra)


def _given(**numbers: object) -> dict[str, object]:
    return {name: number for name, number in numbers.items() if number is not None}


def _asset(leg: Leg, facts: OrderFacts) -> str:
    if facts.terms is None:
        return ""
    return facts.terms.quote_asset if leg.is_buy else facts.terms.base_asset


def _price(leg: Leg, facts: OrderFacts) -> _Price:
    if leg.is_pegged:
        # What is named besides counts for filters alone.
        return _Price(leg.pegged, PEGGED)
    word = "stopPrice" if leg.is_market else "price"
    if (number := leg.number(word)) is not None:
        return _Price(number, leg.name(word), {"price": leg.name(word)})
    return _Price(facts.averages.get(0), "last price")


@dataclass(frozen=True)
class _Free:
    """What an order can draw on: surely, and at most."""

    sure: Decimal
    possible: Decimal
    note: str = ""


def _free(leg: Leg, facts: OrderFacts, asset: str) -> _Free | None:
    held = facts.balance(asset)
    if held is None:
        return None
    free, locked = held
    if "cancelReplaceMode" not in leg.sent:
        return _Free(free, free)
    # What the cancelled order holds can be spent by the one that takes its place.
    names = {"id_name": "cancelOrderId", "client_id_name": "cancelOrigClientOrderId"}
    order = facts.order_named(leg.sent, **names)
    freed = None if order is None else _holds(order, leg, facts)
    if freed is None:
        return _Free(free, free + locked, "what the cancelled order holds is not known")
    if "cancelRestrictions" in leg.sent:
        return _Free(free, free + freed, "the cancel may be refused")
    return _Free(free + freed, free + freed, "with what the cancelled order holds" if freed else "")


def _holds(order: Mapping[str, Any], leg: Leg, facts: OrderFacts) -> Decimal | None:
    """Return what an open order, with its list, holds of the asset that the new one pays with."""
    in_list = order.get("orderListId", -1) != -1
    rows = [row for row in facts.open_here or () if in_list and row.get("orderListId") == order["orderListId"]]
    most = Decimal(0)
    for row in rows or [order]:
        if row.get("side") != leg.side or row.get("status") == "PENDING_NEW":
            continue
        done = sum(Decimal(str(row.get(name, 0))) for name in ("executedQty", "preventedQuantity"))
        left = Decimal(str(row.get("origQty", 0))) - done
        price = price_of(row) or Decimal(str(row.get("stopPrice", 0)))
        if leg.is_buy and not price:
            return None
        most = max(most, EXACT.multiply(left, price) if leg.is_buy else left)
    return most


def _met(
    leg: Leg, facts: OrderFacts, known: Mapping[str, Any], words: Mapping[str, str], extra: dict[str, Any]
) -> list[Held]:
    """Hold what a market order takes from the book against the balance."""
    by_budget = leg.number("quoteOrderQty") is not None
    name = leg.name("quoteOrderQty") if by_budget else leg.name("quantity")
    size = leg.number("quoteOrderQty" if by_budget else "quantity")
    met = None if size is None else _walked(leg, facts, size, by_budget=by_budget)
    limits: dict[str, Span] = {}
    if met is None or size is None or "free" not in known:
        return hold(BALANCE, [_COSTS], known, words, {}, **extra)
    cost, is_whole = met
    if not is_whole and cost <= known["free"]:
        extra = {**extra, "note": "more than can be told from the offers in the book"}
        return hold(BALANCE, [_COSTS], known, words, {}, **extra)
    if cost and is_whole:
        with localcontext(EXACT):
            # Smaller orders meet better offers, so that this much is surely paid for.
            limits[name] = Span(highest=(size * known["free"] / cost).quantize(_FINEST, ROUND_FLOOR))
    return hold(BALANCE, [_COSTS], {**known, "cost": cost}, words, {}, limits=limits, **extra)


def _walked(leg: Leg, facts: OrderFacts, size: Decimal, *, by_budget: bool) -> tuple[Decimal, bool] | None:
    """Return what an order gives for the offers that it meets, and whether these fill it; None for no known book."""
    span = _executable(leg, facts)
    if facts.book is None or facts.open_here is None or span is None:
        return None
    step, own = _step(facts), {price_of(row) for row in facts.open_here if row.get("side") != leg.side}
    left, cost = size, Decimal(0)
    with localcontext(EXACT):
        for price, quantity in facts.book["asks" if leg.is_buy else "bids"]:
            if not span.holds(price):
                # There the rest of it expires.
                return cost, True
            if price in own:
                # Self-trade prevention treats orders of the same account by rules of its own.
                return cost, False
            room = left / price if by_budget else left
            room = (room / step).to_integral_value(ROUND_FLOOR) * step if by_budget else room
            taken = min(quantity, room)
            cost += taken if by_budget else taken * price
            left -= taken * price if by_budget else taken
            if taken < quantity or not left:
                return cost, True
    return cost, False


def _executable(leg: Leg, facts: OrderFacts) -> Span | None:
    """Return between which prices the order may take offers; None where that is not known."""
    rules = facts.execution_rules
    if rules is None or (rules and not facts.is_reference_known):
        return None
    span, side = Span(), "bid" if leg.is_buy else "ask"
    for rule in rules if facts.reference is not None else ():
        low, high = rule.get(f"{side}LimitMultDown"), rule.get(f"{side}LimitMultUp")
        with localcontext(EXACT):
            lowest, highest = (None if each is None else Decimal(each) * (facts.reference or 0) for each in (low, high))
        span &= Span(lowest, highest)
    return span


def _step(facts: OrderFacts) -> Decimal:
    config = next((each for each in facts.filters if each.get("filterType") == "LOT_SIZE"), {})
    return Decimal(str(config.get("stepSize", 0))) or _FINEST
