"""The filters of a symbol, put to an order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from binance_nb.catalog.filters import FILTERS, reference_price
from binance_nb.sandbox.amounts import E8, decimal_of
from binance_nb.sandbox.listings import EXCHANGE_FILTERS, asset_filters
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.matching.engine import Engine
from binance_nb.sandbox.matching.orders import Order, quote_e8
from binance_nb.sandbox.reference_prices import reference_price as present_price
from binance_nb.sandbox.refusals import Refusal

__all__ = ["check_filters"]

# What a filter's rules ask for, by names; None where the filter does not concern the order.
_Inputs = Mapping[str, Any] | None


def check_filters(order: Order, market: Market, engine: Engine) -> None:
    """Check an order against the filters of its symbol as exchange_info lists them, then of exchange and assets.

    Args:
        order: The order, not yet placed.
        market: Where reference prices come from.
        engine: Where open orders are counted.

    Raises:
        Refusal: -1013 with the name of the first filter that is broken.
    """
    for config in (*order.listing.filters, *EXCHANGE_FILTERS, *asset_filters(order.listing)):
        name = config["filterType"]
        inputs = _inputs(name, config, order, market, engine)
        if inputs is not None and FILTERS[name].broken(config, inputs):
            raise Refusal(FILTERS[name].code, "Filter failure", name)


def _inputs(name: str, config: Mapping[str, Any], order: Order, market: Market, engine: Engine) -> _Inputs:
    match name:
        case "PRICE_FILTER":
            return {"value": decimal_of(order.price_e8)} if order.kind != "MARKET" else None
        case "LOT_SIZE":
            return None if order.budget_e8 else {"value": decimal_of(order.quantity_e8)}
        case "MARKET_LOT_SIZE":
            is_sized = order.kind == "MARKET" and not order.budget_e8
            return {"value": decimal_of(order.quantity_e8)} if is_sized else None
        case "PERCENT_PRICE_BY_SIDE" | "NOTIONAL":
            return _priced(config, order, market) if order.kind != "MARKET" or name == "NOTIONAL" else None
        case "MAX_NUM_ORDERS":
            return {"openOrders": len(engine.open_orders(order.account, order.symbol)), "added": 1}
        case "EXCHANGE_MAX_NUM_ORDERS":
            return {"openOrders": len(engine.open_orders(order.account)), "added": 1}
        case "MAX_ASSET":
            return _moved(config, order, market)
    # The others watch stops, icebergs, lists and amendments, of which there are none yet.
    return None


def _priced(config: Mapping[str, Any], order: Order, market: Market) -> _Inputs:
    ref = _reference(config, order, market)
    if order.budget_e8:
        # Such an order states its price times quantity itself.
        return {"type": order.kind, "price": 0, "ref": decimal_of(order.budget_e8), "quantity": 1}
    price, quantity = decimal_of(order.price_e8), decimal_of(order.quantity_e8)
    return {"type": order.kind, "side": order.side, "price": price, "ref": ref, "quantity": quantity}


def _moved(config: Mapping[str, Any], order: Order, market: Market) -> _Inputs:
    price_e8 = order.price_e8 or int(_reference({"avgPriceMins": 0}, order, market).scaleb(8))
    quantity_e8 = order.quantity_e8 or order.budget_e8 * E8 // price_e8
    return {
        "baseAsset": order.listing.base_asset,
        "quoteAsset": order.listing.quote_asset,
        "quantity": decimal_of(quantity_e8),
        "notional": decimal_of(order.budget_e8 or quote_e8(price_e8, quantity_e8)),
    }


def _reference(config: Mapping[str, Any], order: Order, market: Market) -> Decimal:
    symbol, now_ms = order.symbol, order.placed_ms
    reference = present_price(market, symbol, now_ms)

    def average(minutes: int) -> Decimal:
        stats = market.window_stats(symbol, now_ms - minutes * 60_000 + 1, now_ms)
        return decimal_of(stats.average_e8 or stats.last)

    return reference_price(config, reference=reference, last=lambda: market.last_price(symbol, now_ms), average=average)
