"""Every reply has the fields of the documentation's sample, in its order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from binance_nb.sandbox.routes import HANDLERS
from tests.sandbox.desk import NOW_MS, Desk

Make = Callable[[Desk], Any]
RESTING = {"quantity": "0.001", "price": "60000"}
# Fields that newer pages of the documentation show and older samples lack, or the other way round.
ELSEWHERE = {"expiryReason", "makerSymbol", "origQuoteOrderQty", "workingTime"}
# Always empty here, or compared by a test of their own.
UNLIKE = {
    "all_order_list",
    "cancel_order_list",
    "get_order_list",
    "my_filters",
    "new_oco",
    "open_order_list",
    "order_list_oco",
    "order_list_opo",
    "order_list_opoco",
    "order_list_oto",
    "order_list_otoco",
}


def with_orders(desk: Desk) -> Desk:
    desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.001")
    desk.order(**RESTING, newClientOrderId="mine")
    return desk


def public(path: str, **params: object) -> Make:
    return lambda desk: desk.get(path, **params).json


def with_a_prevented_match(mode: str) -> Make:
    def make(desk: Desk) -> Any:
        best = desk.get("depth", **BTC, limit=1).json["bids"][0]
        # With the best bid emptied the own order is the only one there.
        desk.order("BTCUSDT", "SELL", "MARKET", quantity=best[1])
        desk.order(quantity="0.001", price=best[0])
        desk.order("BTCUSDT", "SELL", quantity="0.002", price=best[0], selfTradePreventionMode=mode)
        return desk.ask("GET", "myPreventedMatches", **BTC, orderId=2).json

    return make


def owned(method: str, path: str, **params: object) -> Make:
    return lambda desk: with_orders(desk).ask(method, path, **params).json


def replaced(desk: Desk, order_id: int, price: str, mode: str) -> Any:
    desk.order(**RESTING)
    new = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.001", "price": price}
    if price == TAKES:
        new = {"side": "BUY", "type": "LIMIT_MAKER", "quantity": "0.001", "price": price}
    sent = {**new, "cancelOrderId": order_id, "cancelReplaceMode": mode}
    if mode == "ALLOW_FAILURE":
        sent["newOrderRespType"] = "ACK"
    return desk.ask("POST", "order/cancelReplace", **BTC, **sent).json


def over_the_limit(mode: str, over_mode: str) -> Make:
    def make(_: Desk) -> Any:
        desk = Desk(rate=1.0)
        desk.order(**RESTING)
        desk.venue.accounts["main"].order_limits.placed(100_000_000, NOW_MS)
        new = {"side": "BUY", "type": "MARKET", "quantity": "0.001", "cancelOrderId": 1, "cancelReplaceMode": mode}
        return desk.ask("POST", "order/cancelReplace", **BTC, **new, orderRateLimitExceededMode=over_mode).json

    return make


def amended(desk: Desk) -> Any:
    desk.order(**RESTING)
    return desk.ask("PUT", "order/amend/keepPriority", **BTC, orderId=1, newQty="0.0005").json


def amended_in_a_list(desk: Desk) -> Any:
    legs = {"workingType": "LIMIT", "workingSide": "SELL", "workingPrice": "90000", "workingQuantity": "0.001"}
    legs |= {"workingTimeInForce": "GTC", "pendingType": "MARKET", "pendingSide": "BUY", "pendingQuantity": "0.005"}
    desk.ask("POST", "orderList/oto", **BTC, **legs)
    return desk.ask("PUT", "order/amend/keepPriority", **BTC, orderId=2, newQty="0.004").json


def amendments(desk: Desk) -> Any:
    amended(desk)
    return desk.ask("GET", "order/amendments", **BTC, orderId=1).json


def routed(desk: Desk) -> Any:
    sent = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.001", "price": TAKES}
    return desk.ask("POST", "sor/order", **BTC, **sent).json


def allocations(desk: Desk) -> Any:
    routed(desk)
    return desk.ask("GET", "myAllocations", **BTC).json


def checked_route(**params: object) -> Make:
    return lambda desk: desk.ask("POST", "sor/order/test", **BTC, side="BUY", type="MARKET", quantity=1, **params).json


def all_cancelled(desk: Desk) -> Any:
    pair = {"side": "SELL", "quantity": "0.01", "belowType": "STOP_LOSS_LIMIT", "aboveType": "LIMIT_MAKER"}
    pair |= {"belowStopPrice": "50000", "belowPrice": "49000", "belowTimeInForce": "GTC", "abovePrice": "90000"}
    with_orders(desk).ask("POST", "orderList/oco", **BTC, **pair, belowIcebergQty=0, aboveIcebergQty=0)
    return desk.ask("DELETE", "openOrders", **BTC).json


TAKES = "90000"
BTC, BOTH = {"symbol": "BTCUSDT"}, {"symbols": '["BTCUSDT","ETHUSDT"]'}
# Endpoint, place of its sample, call.
CASES: list[tuple[str, int, Make]] = [
    ("ping", 0, public("ping")),
    ("time", 0, public("time")),
    ("exchange_info", 0, public("exchangeInfo", **BTC)),
    ("execution_rules", 0, public("executionRules", symbol="BNBUSDT")),
    ("reference_price", 0, public("referencePrice", symbol="BNBUSDT")),
    ("reference_price", 1, public("referencePrice", symbol="LTCUSDT")),
    ("reference_price", 2, public("referencePrice", **BTC)),
    ("reference_price_calculation", 0, public("referencePrice/calculation", **BTC)),
    ("reference_price_calculation", 1, public("referencePrice/calculation", symbol="BNBUSDT")),
    ("reference_price_calculation", 2, public("referencePrice/calculation", symbol="DOGEUSDT")),
    ("historical_block_trades", 0, public("historicalBlockTrades", **BTC, fromId=1)),
    ("depth", 0, public("depth", **BTC)),
    ("trades", 0, public("trades", **BTC)),
    ("historical_trades", 0, public("historicalTrades", **BTC, fromId=1)),
    ("agg_trades", 0, public("aggTrades", **BTC)),
    ("klines", 0, public("klines", **BTC, interval="1h")),
    ("ui_klines", 0, public("uiKlines", **BTC, interval="1h")),
    ("avg_price", 0, public("avgPrice", **BTC)),
    ("ticker_24hr", 0, public("ticker/24hr", **BTC)),
    ("ticker_24hr", 1, public("ticker/24hr", **BOTH)),
    ("ticker_24hr", 2, public("ticker/24hr", **BTC, type="MINI")),
    ("ticker_24hr", 3, public("ticker/24hr", **BOTH, type="MINI")),
    ("ticker_trading_day", 0, public("ticker/tradingDay", **BTC)),
    ("ticker_trading_day", 1, public("ticker/tradingDay", **BOTH)),
    ("ticker_trading_day", 2, public("ticker/tradingDay", **BTC, type="MINI")),
    ("ticker_price", 0, public("ticker/price", **BTC)),
    ("ticker_price", 1, public("ticker/price", **BOTH)),
    ("ticker_book_ticker", 0, public("ticker/bookTicker", **BTC)),
    ("ticker_book_ticker", 1, public("ticker/bookTicker")),
    ("ticker", 0, public("ticker", **BTC)),
    ("ticker", 1, public("ticker", **BOTH)),
    ("ticker", 2, public("ticker", **BTC, type="MINI")),
    ("account", 0, owned("GET", "account")),
    ("new_order", 0, lambda desk: desk.order(**RESTING, newOrderRespType="ACK").json),
    ("new_order", 1, lambda desk: desk.order(**RESTING, newOrderRespType="RESULT").json),
    ("new_order", 2, lambda desk: desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.001").json),
    ("test_order", 0, lambda desk: desk.ask("POST", "order/test", **BTC, side="BUY", type="MARKET", quantity=1).json),
    (
        "test_order",
        1,
        owned("POST", "order/test", **BTC, side="BUY", type="MARKET", quantity=1, computeCommissionRates="true"),
    ),
    ("new_order", 4, lambda desk: desk.order(quantity="0.001", pegPriceType="PRIMARY_PEG").json),
    (
        "new_order",
        5,
        lambda desk: desk.order("BTCUSDT", "BUY", "MARKET", quantity=1, selfTradePreventionMode="TRANSFER").json,
    ),
    ("sor_order", 0, routed),
    ("test_sor_order", 0, checked_route()),
    ("test_sor_order", 1, checked_route(computeCommissionRates="true")),
    ("cancel_replace", 0, lambda desk: replaced(desk, 1, "51000", "STOP_ON_FAILURE")),
    ("cancel_replace", 1, lambda desk: replaced(desk, 99, "51000", "STOP_ON_FAILURE")),
    ("cancel_replace", 2, lambda desk: replaced(desk, 1, TAKES, "STOP_ON_FAILURE")),
    ("cancel_replace", 3, lambda desk: replaced(desk, 99, "51000", "ALLOW_FAILURE")),
    ("cancel_replace", 4, lambda desk: replaced(desk, 99, TAKES, "ALLOW_FAILURE")),
    ("cancel_replace", 5, over_the_limit("STOP_ON_FAILURE", "DO_NOTHING")),
    ("cancel_replace", 6, over_the_limit("ALLOW_FAILURE", "CANCEL_ONLY")),
    ("cancel_replace", 7, over_the_limit("STOP_ON_FAILURE", "CANCEL_ONLY")),
    ("amend_keep_priority", 0, amended),
    ("amend_keep_priority", 1, amended_in_a_list),
    ("order_amendments", 0, amendments),
    ("my_allocations", 0, allocations),
    ("get_order", 0, owned("GET", "order", **BTC, orderId=2)),
    ("cancel_order", 0, owned("DELETE", "order", **BTC, origClientOrderId="mine")),
    ("cancel_order", 1, owned("DELETE", "order", **BTC, orderId=2, cancelRestrictions="NEVER")),
    ("cancel_order", 2, owned("DELETE", "order", **BTC, orderId=2, cancelRestrictions="ONLY_PARTIALLY_FILLED")),
    ("cancel_open_orders", 0, all_cancelled),
    ("open_orders", 0, owned("GET", "openOrders", **BTC)),
    ("all_orders", 0, owned("GET", "allOrders", **BTC)),
    ("my_trades", 0, owned("GET", "myTrades", **BTC)),
    ("rate_limit_order", 0, owned("GET", "rateLimit/order")),
    ("my_prevented_matches", 0, with_a_prevented_match("EXPIRE_MAKER")),
    ("my_prevented_matches", 1, with_a_prevented_match("EXPIRE_BOTH")),
    ("account_commission", 0, owned("GET", "account/commission", **BTC)),
]


def shape(value: Any) -> Any:
    """The names in a reply, and the JSON types of what they stand for; of a list the first item."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items() if name not in ELSEWHERE}
    if isinstance(value, list):
        return [shape(value[0])] if value and isinstance(value[0], dict | list) else list
    return type(value)


def without_stubs(found: Any, sample: Any) -> Any:
    """What the reply says, where the sample says anything; the samples leave nested lists empty."""
    if isinstance(found, dict) and isinstance(sample, dict):
        return {name: without_stubs(item, sample.get(name, item)) for name, item in found.items()}
    if isinstance(found, list) and isinstance(sample, list):
        return [without_stubs(found[0], sample[0])] if sample and sample[0] and found else sample
    return found


@pytest.mark.parametrize(("name", "place", "make"), CASES, ids=[f"{name}-{place}" for name, place, _ in CASES])
def test_a_reply_has_the_documented_fields(desk: Desk, spec_folder: Path, name: str, place: int, make: Make) -> None:
    """Names and JSON types agree with the sample, nothing more and nothing less."""
    samples = json.loads((spec_folder / "rest_examples" / f"{name}.json").read_text(encoding="utf-8"))["examples"]

    reply, sample = make(desk), samples[place]["body"]

    assert bool(sample) == bool(reply)
    assert shape(sample) == shape(without_stubs(reply, sample))


def test_the_account_is_bound_by_the_filters_of_the_symbol(desk: Desk) -> None:
    """Two of its three lists are those of exchange_info; an asset's filter is shown nowhere else."""
    info = desk.get("exchangeInfo", symbol="DOGEUSDT").json

    reply = desk.ask("GET", "myFilters", symbol="DOGEUSDT").json

    assert list(reply) == ["exchangeFilters", "symbolFilters", "assetFilters"]
    assert {"filterType": "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders": 1000} == reply["exchangeFilters"][0]
    assert info["exchangeFilters"] == reply["exchangeFilters"]
    assert info["symbols"][0]["filters"] == reply["symbolFilters"]
    assert [{"filterType": "MAX_ASSET", "asset": "DOGE", "limit": "5000000.00000000"}] == reply["assetFilters"]
    assert [] == desk.ask("GET", "myFilters", **BTC).json["assetFilters"]


def test_every_handler_is_compared() -> None:
    """A new handler brings its sample."""
    assert set(HANDLERS) - UNLIKE == {name for name, _, _ in CASES}


def test_a_row_without_names_has_twelve_places_of_the_right_types(desk: Desk) -> None:
    """Candles are lists: two times, a count, and texts."""
    row = desk.get("klines", symbol="BTCUSDT", interval="1h", endTime=NOW_MS).json[0]

    assert [int, *[str] * 5, int, str, int, str, str, str] == [type(item) for item in row]
