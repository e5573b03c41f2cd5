"""The filters: what a symbol, the exchange and an asset demand of the numbers in an order.

Source: filters.md of the Spot documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from binance_nb.catalog.filter_rules import Check, Facts, Filter, Relation, Rule
from binance_nb.catalog.parameters import Kind

__all__ = ["FILTERS", "Check", "Facts", "Filter", "Relation", "Rule", "reference_price"]

_at_least = partial(Rule, relation=Relation.AT_LEAST)
_at_most = partial(Rule, relation=Relation.AT_MOST)
_multiple_of = partial(Rule, relation=Relation.MULTIPLE_OF, is_off_at_zero=True)


def _is_buy(facts: Facts) -> bool:
    return bool(facts["side"] == "BUY")


def _is_sell(facts: Facts) -> bool:
    return bool(facts["side"] == "SELL")


def _is_market(facts: Facts) -> bool:
    return bool(facts["type"] == "MARKET")


def _is_not_market(facts: Facts) -> bool:
    return not _is_market(facts)


def _is_market_and(flag: str) -> Callable[[Facts], bool]:
    return lambda facts: _is_market(facts) and bool(facts[flag])


def _is_iceberg(facts: Facts) -> bool:
    return Decimal(str(facts["icebergQty"])) > 0


def _asset_is(role: str) -> Callable[[Facts], bool]:
    return lambda facts: bool(facts["asset"] == facts[role])


def _triggers_above(facts: Facts) -> bool:
    # A stop loss that buys and a take profit that sells wait for the price to rise, the other two for it to fall.
    return facts["type"].startswith("STOP_LOSS") is _is_buy(facts)


def _triggers_below(facts: Facts) -> bool:
    return not _triggers_above(facts)


def _fields(kind: Kind, *names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, kind)


_COUNT, _DECIMAL, _FLAG = Kind.INT, Kind.DECIMAL, Kind.BOOLEAN
_REF = {"ref": "what prices are compared with; see reference_price"}
_QUANTITY = {"quantity": "quantity of the order"}
_SIDE = {"side": "BUY or SELL"}
_NOTIONAL_INPUTS = {"price": "limit price, or ref for MARKET", **_QUANTITY, "type": "order type", **_REF}
_STEPS = (
    _at_least("value", "minQty"),
    _at_most("value", "maxQty"),
    _multiple_of("value", "stepSize"),
)
_ROUND = "round the quantity down to a multiple of stepSize between minQty and maxQty"


def _limit_on(
    name: str,
    what: str,
    field: str,
    count: str,
    *,
    scope: str = "symbol",
    adds: str = "added",
) -> Filter:
    where = "on the symbol" if scope == "symbol" else "on the exchange"
    inputs = {count: f"open {what} {where}"}
    if adds == "added":
        inputs["added"] = f"{what} that the request adds"
    return Filter(
        name,
        f"How many {what} an account may have open {where}.",
        fields={field: _COUNT},
        inputs=inputs,
        rules=(_at_most(f"{count} + {adds}", field),),
        cause=f"With this request the account would have more {what} open {where} than {field} allows.",
        remedy="Cancel some (see open_orders and open_order_list) or wait until some have filled, then send it again.",
        scope=scope,
        applies_to=("account, symbol",) if scope == "symbol" else ("account",),
    )


_ALL = (
    Filter(
        "PRICE_FILTER",
        "The range and the raster of prices.",
        fields=_fields(_DECIMAL, "minPrice", "maxPrice", "tickSize"),
        inputs={"value": "price, stopPrice or pegged price, each by itself"},
        rules=(
            _at_least("value", "minPrice", is_off_at_zero=True),
            _at_most("value", "maxPrice", is_off_at_zero=True),
            _multiple_of("value", "tickSize"),
        ),
        cause="price or stopPrice lies outside minPrice to maxPrice, or between two steps of tickSize.",
        remedy="See PRICE_FILTER of the symbol in exchange_info, and round the price to a multiple of tickSize.",
        applies_to=("price", "stopPrice", "peggedPrice"),
    ),
    Filter(
        "PERCENT_PRICE",
        "How far a price may lie from the market.",
        fields={**_fields(_DECIMAL, "multiplierUp", "multiplierDown"), "avgPriceMins": _COUNT},
        inputs={"price": "limit price, or the price a peg has found", **_REF},
        rules=(
            _at_most("price", "ref * multiplierUp"),
            _at_least("price", "ref * multiplierDown"),
        ),
        cause="The price lies too far from the market: outside multiplierDown to multiplierUp times the average price.",
        remedy="Compare it with avg_price (a slipped decimal point?) and move it closer.",
        applies_to=("price", "peggedPrice"),
    ),
    Filter(
        "PERCENT_PRICE_BY_SIDE",
        "How far a price may lie from the market, for each side by itself.",
        fields={
            **_fields(_DECIMAL, "bidMultiplierUp", "bidMultiplierDown", "askMultiplierUp", "askMultiplierDown"),
            "avgPriceMins": _COUNT,
        },
        inputs={"price": "limit price, or the price a peg has found", **_REF, **_SIDE},
        rules=(
            _at_most("price", "ref * bidMultiplierUp", when=_is_buy),
            _at_least("price", "ref * bidMultiplierDown", when=_is_buy),
            _at_most("price", "ref * askMultiplierUp", when=_is_sell),
            _at_least("price", "ref * askMultiplierDown", when=_is_sell),
        ),
        cause="The price lies too far from the market for its side: the bid multipliers bound a BUY, the ask "
        "multipliers a SELL.",
        remedy="Compare it with avg_price (a slipped decimal point?) and move it closer.",
        applies_to=("price", "peggedPrice"),
        is_message_documented=False,
    ),
    Filter(
        "LOT_SIZE",
        "The range and the raster of quantities.",
        fields=_fields(_DECIMAL, "minQty", "maxQty", "stepSize"),
        inputs={"value": "quantity or icebergQty, each by itself"},
        rules=_STEPS,
        cause="quantity or icebergQty is below minQty, above maxQty, or between two steps of stepSize.",
        remedy=f"See LOT_SIZE of the symbol in exchange_info, and {_ROUND}.",
        applies_to=("quantity", "icebergQty"),
    ),
    Filter(
        "MIN_NOTIONAL",
        "The least that an order may be worth.",
        fields={"minNotional": _DECIMAL, "applyToMarket": _FLAG, "avgPriceMins": _COUNT},
        inputs=_NOTIONAL_INPUTS,
        rules=(
            _at_least("price * quantity", "minNotional", when=_is_not_market),
            _at_least("ref * quantity", "minNotional", when=_is_market_and("applyToMarket")),
        ),
        cause="The order is worth too little: price × quantity is below minNotional. A MARKET order counts at the "
        "average price.",
        remedy="Raise the quantity until price × quantity reaches minNotional of the symbol in exchange_info.",
        applies_to=("price * quantity",),
    ),
    Filter(
        "NOTIONAL",
        "The least and the most that an order may be worth.",
        fields={
            "minNotional": _DECIMAL,
            "applyMinToMarket": _FLAG,
            "maxNotional": _DECIMAL,
            "applyMaxToMarket": _FLAG,
            "avgPriceMins": _COUNT,
        },
        inputs=_NOTIONAL_INPUTS,
        rules=(
            _at_least("price * quantity", "minNotional", when=_is_not_market),
            _at_most("price * quantity", "maxNotional", when=_is_not_market),
            _at_least("ref * quantity", "minNotional", when=_is_market_and("applyMinToMarket")),
            _at_most("ref * quantity", "maxNotional", when=_is_market_and("applyMaxToMarket")),
        ),
        cause="The order's worth, price × quantity, is below minNotional or above maxNotional. A MARKET order counts "
        "at the average price.",
        remedy="Change the quantity until price × quantity lies within NOTIONAL of the symbol in exchange_info.",
        applies_to=("price * quantity",),
    ),
    Filter(
        "ICEBERG_PARTS",
        "Into how many parts an iceberg order may fall.",
        fields={"limit": _COUNT},
        inputs={**_QUANTITY, "icebergQty": "its visible part"},
        # The same as "quantity / icebergQty, rounded up, at most limit", without a division.
        rules=(_at_most("quantity", "icebergQty * limit", when=_is_iceberg),),
        cause="The visible part is so small that the order would fall into more parts than limit allows.",
        remedy="Raise icebergQty to at least quantity ÷ limit (see ICEBERG_PARTS in exchange_info).",
        applies_to=("quantity", "icebergQty"),
    ),
    Filter(
        "MARKET_LOT_SIZE",
        "The range and the raster of quantities of MARKET orders.",
        fields=_fields(_DECIMAL, "minQty", "maxQty", "stepSize"),
        inputs={"value": "quantity of a MARKET order"},
        rules=_STEPS,
        cause="The quantity of a MARKET order is below minQty, above maxQty, or between two steps of stepSize.",
        remedy=f"See MARKET_LOT_SIZE of the symbol in exchange_info, and {_ROUND}.",
        applies_to=("quantity of MARKET orders",),
    ),
    _limit_on("MAX_NUM_ORDERS", "orders", "maxNumOrders", "openOrders"),
    _limit_on("MAX_NUM_ALGO_ORDERS", "stop and take-profit orders", "maxNumAlgoOrders", "openAlgoOrders"),
    _limit_on("MAX_NUM_ICEBERG_ORDERS", "iceberg orders", "maxNumIcebergOrders", "openIcebergOrders"),
    Filter(
        "MAX_POSITION",
        "How much of the base asset an account may come to hold.",
        fields={"maxPosition": _DECIMAL},
        inputs={
            **_SIDE,
            "free": "free balance of the base asset",
            "locked": "its locked balance",
            "openBuyQty": "sum of the quantities of open BUY orders",
            **_QUANTITY,
        },
        rules=(_at_most("free + locked + openBuyQty + quantity", "maxPosition", when=_is_buy),),
        cause="What the account holds of the base asset, with all open BUY orders and this one, exceeds maxPosition.",
        remedy="Buy less, cancel open BUY orders, or sell first; account and open_orders show what counts.",
        applies_to=("BUY orders",),
    ),
    Filter(
        "TRAILING_DELTA",
        "How far behind the price a trailing stop may follow, in basis points.",
        fields=_fields(
            _COUNT,
            "minTrailingAboveDelta",
            "maxTrailingAboveDelta",
            "minTrailingBelowDelta",
            "maxTrailingBelowDelta",
        ),
        inputs={"trailingDelta": "the distance, in basis points", "type": "order type", **_SIDE},
        rules=(
            _at_least("trailingDelta", "minTrailingAboveDelta", when=_triggers_above),
            _at_most("trailingDelta", "maxTrailingAboveDelta", when=_triggers_above),
            _at_least("trailingDelta", "minTrailingBelowDelta", when=_triggers_below),
            _at_most("trailingDelta", "maxTrailingBelowDelta", when=_triggers_below),
        ),
        cause="trailingDelta is smaller or larger than the symbol allows on this side of the price.",
        remedy="It counts basis points, 100 to the percent; see TRAILING_DELTA of the symbol in exchange_info.",
        applies_to=("trailingDelta",),
    ),
    Filter(
        "MAX_NUM_ORDER_AMENDS",
        "How often one order may be amended.",
        fields={"maxNumOrderAmends": _COUNT},
        inputs={"amendsSoFar": "how often the order was amended"},
        rules=(_at_most("amendsSoFar + 1", "maxNumOrderAmends"),),
        cause="The order has been amended as often as maxNumOrderAmends allows.",
        remedy="Use cancel_replace; the new order queues at the end of its price. order_amendments lists the earlier "
        "ones.",
        applies_to=("amend_keep_priority",),
        code=-2038,
    ),
    _limit_on("MAX_NUM_ORDER_LISTS", "order lists", "maxNumOrderLists", "openOrderLists", adds="1"),
    _limit_on("EXCHANGE_MAX_NUM_ORDERS", "orders", "maxNumOrders", "openOrders", scope="exchange"),
    _limit_on(
        "EXCHANGE_MAX_NUM_ALGO_ORDERS",
        "stop and take-profit orders",
        "maxNumAlgoOrders",
        "openAlgoOrders",
        scope="exchange",
    ),
    _limit_on(
        "EXCHANGE_MAX_NUM_ICEBERG_ORDERS",
        "iceberg orders",
        "maxNumIcebergOrders",
        "openIcebergOrders",
        scope="exchange",
    ),
    _limit_on(
        "EXCHANGE_MAX_NUM_ORDER_LISTS",
        "order lists",
        "maxNumOrderLists",
        "openOrderLists",
        scope="exchange",
        adds="1",
    ),
    Filter(
        "MAX_ASSET",
        "How much of an asset one order may move.",
        fields={"asset": Kind.STRING, "limit": _DECIMAL},
        inputs={
            "baseAsset": "base asset of the symbol",
            "quoteAsset": "its quote asset",
            **_QUANTITY,
            "notional": "price × quantity",
        },
        rules=(
            _at_most("quantity", "limit", when=_asset_is("baseAsset")),
            _at_most("notional", "limit", when=_asset_is("quoteAsset")),
        ),
        cause="The order moves more of one asset than the exchange allows in a single order.",
        remedy="See MAX_ASSET in my_filters for the asset and its limit, and split the order.",
        scope="asset",
        applies_to=("single order",),
        seen_in=("my_filters",),
        is_message_documented=False,
    ),
)

FILTERS: Mapping[str, Filter] = {item.name: item for item in _ALL}
"""Every filter by its ``filterType``, in the documentation's order."""


def reference_price(
    config: Facts,
    *,
    reference: Decimal | None,
    last: Callable[[], Decimal],
    average: Callable[[int], Decimal],
) -> Decimal:
    """Return the input ``ref``, with which a filter compares prices.

    Args:
        config: The filter as exchange_info gives it.
        reference: The symbol's reference price, where it has one.
        last: Gives the last price.
        average: Gives the average price, weighted by volume, over so many minutes.

    Returns:
        The reference price; without one the average over ``avgPriceMins``, which is the last price for 0 minutes.
    """
    if reference is not None:
        return reference
    minutes = int(config["avgPriceMins"])
    return average(minutes) if minutes else last()
