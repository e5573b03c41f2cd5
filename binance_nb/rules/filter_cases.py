"""Which numbers of a call each filter looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from binance_nb.catalog.filters import FILTERS, Filter, Rule
from binance_nb.rules.facts import OpenCounts, OrderFacts
from binance_nb.rules.held import EXACT, Held, hold
from binance_nb.rules.legs import PEGGED, Leg

__all__ = ["filter_cases"]

_Config = Mapping[str, Any]  # Any: a filter's fields are texts, counts and flags
_SMALLEST = Decimal("0.00000001")
# What an order without a price is counted at, unless the symbol has a reference price.
_LAST_PRICE = {"avgPriceMins": 0}
_COUNTS = {"openOrders": "orders", "openAlgoOrders": "algos", "openIcebergOrders": "icebergs"}
_COUNT_WORDS = {
    "openOrders": "open orders",
    "openAlgoOrders": "open stop and take-profit orders",
    "openIcebergOrders": "open iceberg orders",
    "openOrderLists": "open order lists",
    "added": "new",
    "1": "new",
}


@dataclass(frozen=True)
class _Case:
    """What one look at an order needs; see `Held`."""

    inputs: dict[str, Any]  # Any: numbers, texts and counts
    words: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


_Cases = Callable[[Sequence[Leg], OrderFacts, _Config], Iterator[_Case]]


def filter_cases(config: _Config, legs: Sequence[Leg], facts: OrderFacts) -> list[Held]:
    """Hold a filter against the orders of a call.

    Args:
        config: The filter as the exchange prints it.
        legs: The orders.
        facts: What is known.

    Returns:
        Its rules, for each number that they concern; none for a filter that is not known here.
    """
    known = FILTERS.get(config["filterType"])
    if known is None:
        return []
    return [
        held
        for case in _CASES[known.name](legs, facts, config)
        for held in hold(
            known.name,
            _rules(known),
            {**config, **case.inputs},
            case.words,
            case.params,
            note=case.note,
        )
    ]


def _rules(known: Filter) -> list[Rule]:
    # In two factors it tells how small a quantity would do.
    return [replace(rule, sent="price * quantity") if rule.sent == "notional" else rule for rule in known.rules]


def _value(leg: Leg, word: str) -> Iterator[_Case]:
    value = leg.number(word) if leg.name(word) in leg.sent else None
    if value is not None:
        yield _Case({"value": value}, {"value": leg.name(word)}, {"value": leg.name(word)})


def _prices(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    for leg in filter(lambda each: each.is_new, legs):
        if not leg.is_market:
            yield from _value(leg, "price")
        yield from _value(leg, "stopPrice")


def _limits(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    for leg in legs:
        if not leg.is_market and leg.is_new:
            compared = _given(ref=facts.compared_with(config))
            for case in _priced(leg):
                words = {**case.words, "ref": _ref_word(facts, config)}
                yield replace(case, inputs={**case.inputs, **compared, "side": leg.side}, words=words)


def _priced(leg: Leg, *words: str) -> Iterator[_Case]:
    """Yield an order's numbers with each limit price that counts."""
    for price, word in leg.limits:
        case = _numbers(leg, *words)
        params = {"price": word, **case.params} if word in leg.sent else case.params
        note = "the price is found in the book" if price is None and word == PEGGED else ""
        yield _Case({**case.inputs, **_given(price=price)}, {**case.words, "price": word or "price"}, params, note)


def _numbers(leg: Leg, *words: str) -> _Case:
    """Return numbers of an order under the names that rules have for them; what is not known is left out."""
    numbers = {word: leg.number(word) for word in words}
    params = {word: leg.name(word) for word in words if leg.name(word) in leg.sent}
    return _Case(_given(**numbers), {word: leg.name(word) or word for word in words}, params)


def _given(**numbers: object) -> dict[str, Any]:
    return {name: number for name, number in numbers.items() if number is not None}


def _ref_word(facts: OrderFacts, config: _Config) -> str:
    if facts.reference is not None:
        return "reference price"
    return "average price" if int(config.get("avgPriceMins", 0)) else "last price"


def _quantities(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    for leg in legs:
        yield from _value(leg, "quantity")
        if leg.number("icebergQty"):
            yield from _value(leg, "icebergQty")


def _market_quantities(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    for leg in legs:
        if leg.kind == "MARKET":
            yield from _value(leg, "quantity")


def _worth(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    for leg in legs:
        if (budget := leg.number("quoteOrderQty")) is not None:
            words = {"ref": leg.name("quoteOrderQty"), "quantity": ""}
            inputs = {"type": "MARKET", "ref": budget, "quantity": 1}
            yield _Case(inputs, words, {"ref": words["ref"]})
        elif leg.number("quantity") is not None:
            yield from _worth_of(leg, facts, config)


def _worth_of(leg: Leg, facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    if not leg.is_market:
        for case in _priced(leg, "quantity"):
            yield replace(case, inputs={**case.inputs, "type": leg.kind})
        return
    # A stop without a limit is counted at the price that sets it off; the documentation does not say.
    stop = leg.number("stopPrice")
    case = _numbers(leg, "quantity")
    # What one that waits already is counted at is the exchange's to know.
    ref = stop if stop is not None or not leg.is_new else facts.compared_with(config)
    word = (leg.name("stopPrice") or "stopPrice") if stop is not None else _ref_word(facts, config)
    inputs = {**case.inputs, **_given(ref=ref), "type": "MARKET"}
    yield replace(case, inputs=inputs, words={**case.words, "ref": word})


def _icebergs(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    for leg in legs:
        if leg.is_new and leg.number("icebergQty") and leg.number("quantity") is not None:
            yield _numbers(leg, "quantity", "icebergQty")


def _trails(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    for leg in legs:
        if leg.number("trailingDelta") is not None:
            case = _numbers(leg, "trailingDelta")
            yield replace(case, inputs={**case.inputs, "type": leg.kind, "side": leg.side})


def _counted_orders(name: str, is_meant: Callable[[Leg], bool], *, here: bool) -> _Cases:
    def cases(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
        added = sum(is_meant(leg) for leg in legs if leg.is_new)
        if added:
            counts = _open_counts(facts, here=here)
            waiting = None if counts is None else getattr(counts, _COUNTS[name])
            yield _Case({**_given(**{name: waiting}), "added": added}, _COUNT_WORDS)

    return cases


def _open_counts(facts: OrderFacts, *, here: bool) -> OpenCounts | None:
    if facts.open_here is None or (not here and facts.elsewhere is None):
        return None
    counts = OpenCounts.of(facts.open_here)
    return counts if here or facts.elsewhere is None else counts.plus(facts.elsewhere)


def _any(leg: Leg) -> bool:
    return True


def _is_algo(leg: Leg) -> bool:
    return leg.is_algo


def _is_iceberg(leg: Leg) -> bool:
    return bool(leg.number("icebergQty"))


def _lists(*, here: bool) -> _Cases:
    def cases(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
        if sum(leg.is_new for leg in legs) > 1:
            symbol = legs[0].sent.get("symbol")
            symbols = facts.open_lists
            waiting = None if symbols is None else sum(not here or each == symbol for each in symbols)
            yield _Case(_given(openOrderLists=waiting), _COUNT_WORDS)

    return cases


def _positions(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    held = facts.balance(facts.terms.base_asset) if facts.terms else None
    waiting = None if facts.open_here is None else _waiting(facts.open_here)
    words = {"openBuyQty": "open BUY orders"}
    for leg in legs:
        if leg.is_new and leg.is_buy:
            case = _sized(leg, facts)
            known = _given(free=held[0], locked=held[1]) if held else {}
            inputs = {**case.inputs, **known, **_given(openBuyQty=waiting), "side": "BUY"}
            yield replace(case, inputs=inputs, words={**case.words, **words})


def _waiting(rows: Sequence[Mapping[str, Any]]) -> Decimal:
    """Return how much open orders still buy; of a pair only one can."""
    parts: dict[object, Decimal] = {}
    for row in rows:
        if row.get("side") == "BUY":
            done = sum(Decimal(str(row.get(name, 0))) for name in ("executedQty", "preventedQuantity"))
            is_pending = row.get("status") == "PENDING_NEW"
            in_list = row.get("orderListId", -1) != -1
            key = (row["orderListId"], is_pending) if in_list else row["orderId"]
            parts[key] = max(parts.get(key, Decimal(0)), Decimal(str(row.get("origQty", 0))) - done)
    return sum(parts.values(), Decimal(0))


def _sized(leg: Leg, facts: OrderFacts) -> _Case:
    """Return an order's quantity; of one that is sized by its budget, what that comes to."""
    budget = leg.number("quoteOrderQty")
    if budget is None:
        case = _numbers(leg, "quantity")
        # What another order's fill decides is nothing yet.
        return case if leg.name("quantity") in leg.sent else replace(case, inputs={"quantity": Decimal(0)})
    price = facts.compared_with(_LAST_PRICE)
    quantity = EXACT.divide(budget, price).quantize(_SMALLEST, ROUND_FLOOR, EXACT) if price else None
    word = f"{leg.name('quoteOrderQty')} ÷ last price"
    return _Case(_given(quantity=quantity), {"quantity": word})


def _moved(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    terms = facts.terms
    if terms is None:
        yield _Case({}, {})
        return
    assets = {"baseAsset": terms.base_asset, "quoteAsset": terms.quote_asset}
    is_base = config.get("asset") == terms.base_asset
    for leg in filter(lambda each: each.is_new, legs):
        for case in [_sized(leg, facts)] if is_base else _paid(leg, facts):
            yield replace(case, inputs={**case.inputs, **assets})


def _paid(leg: Leg, facts: OrderFacts) -> Iterator[_Case]:
    """Yield what an order moves of the quote asset."""
    name, stop = leg.name("quoteOrderQty"), leg.number("stopPrice")
    if (budget := leg.number("quoteOrderQty")) is not None:
        yield _Case({"price": budget, "quantity": 1}, {"price": name, "quantity": ""}, {"price": name})
    elif leg.name("quantity") not in leg.sent:
        yield _Case({"price": 0, "quantity": 0}, {})
    elif not leg.is_market:
        yield from _priced(leg, "quantity")
    else:
        price, word = stop, leg.name("stopPrice")
        if stop is None:
            price, word = facts.compared_with(_LAST_PRICE), "last price"
        case = _numbers(leg, "quantity")
        yield replace(case, inputs={**case.inputs, **_given(price=price)}, words={**case.words, "price": word})


def _amendments(legs: Sequence[Leg], facts: OrderFacts, config: _Config) -> Iterator[_Case]:
    if not all(leg.is_new for leg in legs):
        yield _Case(_given(amendsSoFar=facts.amendments), {"amendsSoFar": "amendments so far", "1": "this one"})


_CASES: Mapping[str, _Cases] = {
    "PRICE_FILTER": _prices,
    "PERCENT_PRICE": _limits,
    "PERCENT_PRICE_BY_SIDE": _limits,
    "LOT_SIZE": _quantities,
    "MIN_NOTIONAL": _worth,
    "NOTIONAL": _worth,
    "ICEBERG_PARTS": _icebergs,
    "MARKET_LOT_SIZE": _market_quantities,
    "MAX_NUM_ORDERS": _counted_orders("openOrders", _any, here=True),
    "MAX_NUM_ALGO_ORDERS": _counted_orders("openAlgoOrders", _is_algo, here=True),
    "MAX_NUM_ICEBERG_ORDERS": _counted_orders("openIcebergOrders", _is_iceberg, here=True),
    "MAX_POSITION": _positions,
    "TRAILING_DELTA": _trails,
    "MAX_NUM_ORDER_AMENDS": _amendments,
    "MAX_NUM_ORDER_LISTS": _lists(here=True),
    "EXCHANGE_MAX_NUM_ORDERS": _counted_orders("openOrders", _any, here=False),
    "EXCHANGE_MAX_NUM_ALGO_ORDERS": _counted_orders("openAlgoOrders", _is_algo, here=False),
    "EXCHANGE_MAX_NUM_ICEBERG_ORDERS": _counted_orders("openIcebergOrders", _is_iceberg, here=False),
    "EXCHANGE_MAX_NUM_ORDER_LISTS": _lists(here=False),
    "MAX_ASSET": _moved,
}
