"""Orders that break a filter of their symbol, of the exchange, or of an asset."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from binance_nb.catalog.filters import FILTERS
from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.listings import LISTINGS, Listing
from binance_nb.sandbox.market import Market, Side, WindowStats
from binance_nb.sandbox.matching.engine import Engine
from binance_nb.sandbox.matching.order_rules import check_filters
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.refusals import Refusal
from tests.sandbox.desk import NOW_MS, Desk, Reply

Facts = Mapping[str, Any]
LIMIT = {"quantity": "0.001", "price": "60000"}
STOP_FORCE = {"timeInForce": "GTC"}


def refused(reply: Reply) -> str:
    """The name of the filter that a reply was refused for; empty if it was not."""
    if reply.status == 200:
        return ""
    assert (400, -1013) == reply.refusal[:2], reply.json
    return reply.refusal[2].removeprefix("Filter failure: ")


@pytest.mark.parametrize(
    ("kind", "params", "name"),
    [
        ("LIMIT", {"price": "60000.129"}, "PRICE_FILTER"),
        ("LIMIT", {"price": "0"}, "PRICE_FILTER"),
        ("LIMIT", {"price": "1000000.01"}, "PRICE_FILTER"),
        ("LIMIT", {"quantity": "0.000001"}, "LOT_SIZE"),
        ("LIMIT", {"quantity": "0.000015"}, "LOT_SIZE"),
        ("LIMIT", {"quantity": "0"}, "LOT_SIZE"),
        ("LIMIT", {"quantity": "9000.00001"}, "LOT_SIZE"),
        ("LIMIT", {"price": "400000"}, "PERCENT_PRICE_BY_SIDE"),
        ("LIMIT", {"price": "10000"}, "PERCENT_PRICE_BY_SIDE"),
        ("LIMIT", {"quantity": "0.00008"}, "NOTIONAL"),
        ("LIMIT", {"quantity": "150.00001"}, "NOTIONAL"),
        ("LIMIT", {"quantity": "0.1", "icebergQty": "0.00099"}, "ICEBERG_PARTS"),
        ("LIMIT", {"icebergQty": "0.000015"}, "LOT_SIZE"),
        ("MARKET", {"quantity": "150.00001"}, "MARKET_LOT_SIZE"),
        ("MARKET", {"quantity": "0.00007"}, "NOTIONAL"),
        ("MARKET", {"quoteOrderQty": "4.99"}, "NOTIONAL"),
        ("STOP_LOSS", {"quantity": "0.001", "stopPrice": "90000.001"}, "PRICE_FILTER"),
        ("STOP_LOSS", {"quantity": "0.001", "stopPrice": "0"}, "PRICE_FILTER"),
        ("STOP_LOSS", {"quantity": "0.00005", "stopPrice": "90000"}, "NOTIONAL"),
        ("STOP_LOSS", {"quantity": "0.001", "trailingDelta": "9"}, "TRAILING_DELTA"),
        ("STOP_LOSS", {"quantity": "0.001", "trailingDelta": "0"}, "TRAILING_DELTA"),
        ("STOP_LOSS", {"quantity": "0.001", "trailingDelta": "2001"}, "TRAILING_DELTA"),
        ("STOP_LOSS_LIMIT", {**LIMIT, **STOP_FORCE, "stopPrice": "90000", "price": "1.001"}, "PRICE_FILTER"),
        ("STOP_LOSS_LIMIT", {**LIMIT, **STOP_FORCE, "stopPrice": "90000", "price": "1"}, "PERCENT_PRICE_BY_SIDE"),
    ],
)
def test_a_broken_filter_is_named(desk: Desk, kind: str, params: dict[str, str], name: str) -> None:
    """The refusal names the first filter broken, in the order of exchange_info; a tested order is refused alike."""
    sent = {**LIMIT, **params} if kind == "LIMIT" else params

    placed = desk.order("BTCUSDT", "BUY", kind, **sent)
    force = {"timeInForce": "GTC"} if kind == "LIMIT" else {}
    tested = desk.ask("POST", "order/test", **{"symbol": "BTCUSDT", "side": "BUY", "type": kind, **force, **sent})

    assert (400, -1013, f"Filter failure: {name}") == placed.refusal == tested.refusal


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("LIMIT", {"price": "60000.12"}),
        ("LIMIT", {"price": "60000.120000"}),
        ("LIMIT", {"quantity": "0.00009"}),
        ("LIMIT", {"quantity": "0.1", "icebergQty": "0.001"}),
        ("MARKET", {"quantity": "0.00008"}),
        ("MARKET", {"quoteOrderQty": "5"}),
        ("STOP_LOSS", {"quantity": "0.001", "stopPrice": "90000"}),
        ("STOP_LOSS", {"quantity": "0.001", "trailingDelta": "10"}),
        ("TAKE_PROFIT_LIMIT", {**LIMIT, **STOP_FORCE, "stopPrice": "50000", "trailingDelta": "2000"}),
    ],
)
def test_an_order_that_keeps_the_filters_passes(desk: Desk, kind: str, params: dict[str, str]) -> None:
    """Bounds are inclusive, and zeros at the end add no precision."""
    sent = {**LIMIT, **params} if kind == "LIMIT" else params

    reply = desk.order("BTCUSDT", "BUY", kind, **sent)

    assert reply.status == 200


@pytest.mark.parametrize(
    ("symbol", "side", "kind", "params", "name"),
    [
        ("BNBBTC", "BUY", "LIMIT", {"quantity": "1", "price": "0.001"}, "PERCENT_PRICE"),
        ("ETHBTC", "BUY", "LIMIT", {"quantity": "0.002", "price": "0.04"}, "MIN_NOTIONAL"),
        ("ETHBTC", "SELL", "MARKET", {"quantity": "0.001"}, "MIN_NOTIONAL"),
        ("LTCUSDT", "BUY", "LIMIT", {"quantity": "500.001", "price": "100"}, "MAX_POSITION"),
        ("LTCUSDT", "BUY", "MARKET", {"quoteOrderQty": "90000"}, "MAX_POSITION"),
        ("LTCUSDT", "SELL", "LIMIT", {"quantity": "500.001", "price": "100"}, ""),
        ("DOGEUSDT", "BUY", "LIMIT", {"quantity": "5000001", "price": "0.15"}, "MAX_ASSET"),
        ("DOGEUSDT", "BUY", "MARKET", {"quoteOrderQty": "5000001"}, "MAX_ASSET"),
    ],
)
def test_some_symbols_have_filters_of_their_own(
    desk: Desk, symbol: str, side: str, kind: str, params: dict[str, str], name: str
) -> None:
    """Every kind of filter stands on at least one symbol."""
    force = {"timeInForce": "GTC"} if kind == "LIMIT" else {}

    reply = desk.ask("POST", "order/test", symbol=symbol, side=side, type=kind, **force, **params)

    assert name == refused(reply)


def test_two_hundred_orders_may_wait_on_a_symbol(desk: Desk) -> None:
    """The next is refused, on this symbol only."""
    for _ in range(200):
        desk.order(quantity="0.0001", price="60000")

    reply = desk.order(quantity="0.0001", price="60000")
    elsewhere = desk.order("ETHUSDT", quantity="0.01", price="2000")

    assert (400, -1013, "Filter failure: MAX_NUM_ORDERS") == reply.refusal
    assert elsewhere.status == 200


def test_stops_are_counted_on_the_symbol_and_on_the_exchange(desk: Desk) -> None:
    """Five on a symbol, forty over all of them."""
    symbols = ["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "LTCUSDT", "ETHBTC", "SHIBUSDT"]
    refusals = []

    for symbol in symbols:
        listing, bid = desk.venue.listings[symbol], desk.best(symbol)[0]
        stop = {
            "stopPrice": bid / 2 // listing.tick_size * listing.tick_size,
            "quantity": listing.min_notional * 4 / bid // listing.step_size * listing.step_size,
        }
        refusals.append([refused(desk.order(symbol, "BUY", "TAKE_PROFIT", **stop)) for _ in range(6)])

    assert [[""] * 5 + ["MAX_NUM_ALGO_ORDERS"]] * 8 == refusals[:8]
    assert ["EXCHANGE_MAX_NUM_ALGO_ORDERS"] * 6 == refusals[8]


def test_icebergs_are_counted(desk: Desk) -> None:
    """Five on a symbol that asks for it; a hundred over all of them."""
    iceberg = {"quantity": "20", "price": "0.3", "icebergQty": "10"}
    here = [refused(desk.order("XRPUSDT", "BUY", **iceberg)) for _ in range(6)]
    elsewhere = [refused(desk.order(quantity="0.0002", price="50000", icebergQty="0.0001")) for _ in range(96)]

    assert [*[""] * 5, "MAX_NUM_ICEBERG_ORDERS"] == here
    assert [*[""] * 95, "EXCHANGE_MAX_NUM_ICEBERG_ORDERS"] == elsewhere


def test_order_lists_are_counted(desk: Desk) -> None:
    """Twenty on a symbol, thirty over all of them."""
    legs: dict[str, object] = {"workingType": "LIMIT_MAKER", "workingSide": "BUY", "pendingType": "LIMIT_MAKER"}
    legs |= {"pendingSide": "SELL", "workingPrice": "2000", "workingQuantity": "0.01"}
    legs |= {"pendingPrice": "5000", "pendingQuantity": "0.01"}
    dear = {**legs, "workingPrice": "40000", "pendingPrice": "90000"}

    here = [refused(desk.ask("POST", "orderList/oto", symbol="BTCUSDT", **dear)) for _ in range(21)]
    elsewhere = [refused(desk.ask("POST", "orderList/oto", symbol="ETHUSDT", **legs)) for _ in range(11)]

    assert [*[""] * 20, "MAX_NUM_ORDER_LISTS"] == here
    assert [*[""] * 10, "EXCHANGE_MAX_NUM_ORDER_LISTS"] == elsewhere


def test_a_pair_counts_once_for_the_position(desk: Desk) -> None:
    """Only one of its orders can buy."""
    last = int(Decimal(desk.get("ticker/price", symbol="LTCUSDT").json["price"]))
    pair = {"side": "BUY", "quantity": "300", "aboveType": "STOP_LOSS", "aboveStopPrice": last + 20}
    placed = desk.ask("POST", "orderList/oco", symbol="LTCUSDT", **pair, belowType="LIMIT_MAKER", belowPrice=last - 20)
    assert 200 == placed.status

    refusals = [
        refused(desk.ask("POST", "order/test", symbol="LTCUSDT", side="BUY", type="MARKET", quantity=quantity))
        for quantity in ("200", "200.001")
    ]

    assert ["", "MAX_POSITION"] == refusals


class NeverAveraged(Market):
    """A market that nobody may ask for an average."""

    def window_stats(self, symbol: str, start_ms: int, end_ms: int) -> WindowStats:
        raise AssertionError("an average was made")


@pytest.mark.parametrize(
    ("symbol", "kind", "is_asked"),
    [
        ("BTCUSDT", "LIMIT", True),
        ("BTCUSDT", "MARKET", True),
        ("BTCUSDT", "QUOTE", False),
        # Here a reference price takes the average's place.
        ("BNBUSDT", "LIMIT", False),
    ],
)
def test_an_average_is_only_made_where_a_filter_asks(desk: Desk, symbol: str, kind: str, is_asked: bool) -> None:
    """It is the dearest thing that filters look at."""
    account, listing = desk.venue.accounts["main"], desk.venue.listings[symbol]
    one, price = e8_of("1"), e8_of(listing.anchor)
    order = Order(account, listing, "BUY", "LIMIT", "GTC", "NONE", "mine", NOW_MS, price_e8=price, quantity_e8=one)
    if kind != "LIMIT":
        order = replace(order, kind="MARKET", price_e8=0)
    if kind == "QUOTE":
        order = replace(order, quantity_e8=0, budget_e8=one)

    made = False
    try:
        check_filters([order], NeverAveraged(1, LISTINGS), desk.venue.engine)
    except AssertionError:
        made = True
    except Refusal:
        pass

    assert is_asked is made


# --- The documentation's own cases -----------------------------------------------------------------------------------


def spec_cases() -> Iterator[tuple[str, int]]:
    """The filters, and how many cases each has; checked against the spec by a test of its own."""
    counts = {
        "PRICE_FILTER": 6,
        "PERCENT_PRICE": 4,
        "PERCENT_PRICE_BY_SIDE": 5,
        "LOT_SIZE": 5,
        "MIN_NOTIONAL": 3,
        "NOTIONAL": 4,
        "ICEBERG_PARTS": 2,
        "MARKET_LOT_SIZE": 2,
        "MAX_NUM_ORDERS": 2,
        "MAX_NUM_ALGO_ORDERS": 2,
        "MAX_NUM_ICEBERG_ORDERS": 1,
        "MAX_POSITION": 3,
        "TRAILING_DELTA": 3,
        "MAX_NUM_ORDER_AMENDS": 2,
        "MAX_NUM_ORDER_LISTS": 1,
        "EXCHANGE_MAX_NUM_ORDERS": 1,
        "EXCHANGE_MAX_NUM_ALGO_ORDERS": 1,
        "EXCHANGE_MAX_NUM_ICEBERG_ORDERS": 1,
        "EXCHANGE_MAX_NUM_ORDER_LISTS": 1,
        "MAX_ASSET": 2,
    }
    for name, count in counts.items():
        for place in range(count):
            yield name, place


CASES = list(spec_cases())


def spec_filters(spec_folder: Path) -> dict[str, Any]:
    declared = json.loads((spec_folder / "filters.json").read_text(encoding="utf-8"))["filters"]
    return {one["name"]: one for one in declared}


class Bare(Listing):
    """A symbol with one filter and no other."""

    @property
    def rules(self) -> tuple[Facts, ...]:
        return cast(tuple[Facts, ...], self.own_filters)


def bare_desk(config: Facts, **changes: Any) -> Desk:
    """A desk where BTCUSDT has this filter alone."""
    desk = Desk()
    listing = LISTINGS["BTCUSDT"]
    fields = {name: getattr(listing, name) for name in listing.__dataclass_fields__}
    bare = Bare(**{**fields, **changes, "own_filters": (dict(config),)})
    desk.venue.listings = {"BTCUSDT": bare}
    return desk


def test_every_case_of_the_documentation_is_tried(spec_folder: Path) -> None:
    """51 cases of 20 filters."""
    filters = spec_filters(spec_folder)

    assert [(name, place) for name, one in filters.items() for place in range(len(one["cases"]))] == CASES
    assert (51, 20) == (len(CASES), len(filters))
    assert set(filters) == set(FILTERS)


@pytest.mark.parametrize(("name", "place"), CASES)
def test_a_documented_case(spec_folder: Path, name: str, place: int) -> None:
    """An order as the case describes it passes or is refused by the filter's name, through the whole path."""
    declared = spec_filters(spec_folder)[name]
    config, case = declared["example"], declared["cases"][place]

    broken = TRIES.get(name, tried)(config, case["inputs"])

    assert ("" if case["pass"] else name) == broken


def tried(config: Facts, inputs: Facts) -> str:
    """Ask whether an order would be accepted, as a request says it."""
    config = {**config, "avgPriceMins": 0} if "avgPriceMins" in config else config
    desk = bare_desk(config)
    last = Decimal(desk.get("ticker/price", symbol="BTCUSDT").json["price"])
    return refused(desk.ask("POST", "order/test", symbol="BTCUSDT", **request_of(config["filterType"], inputs, last)))


def request_of(name: str, inputs: Facts, last: Decimal) -> dict[str, object]:
    """A request with the numbers of a case; what the case calls ``ref`` is the last price here."""
    kind, side = inputs.get("type", "LIMIT"), inputs.get("side", "BUY")
    sent: dict[str, object] = {"side": side, "type": kind, "price": inputs.get("price", "1"), "timeInForce": "GTC"}
    sent["quantity"] = inputs.get("quantity", "1")
    match name:
        case "PRICE_FILTER":
            sent["price"] = inputs["value"]
        case "LOT_SIZE":
            sent["quantity"] = inputs["value"]
        case "MARKET_LOT_SIZE":
            return {"side": side, "type": "MARKET", "quantity": inputs["value"]}
        case "PERCENT_PRICE" | "PERCENT_PRICE_BY_SIDE":
            sent["price"] = f"{last * Decimal(inputs['price']) / Decimal(inputs['ref']):.8f}"
        case "ICEBERG_PARTS":
            sent["icebergQty"] = inputs["icebergQty"]
        case "TRAILING_DELTA":
            sent["trailingDelta"] = inputs["trailingDelta"]
    if kind == "MARKET":
        worth = Decimal(inputs["ref"]) * Decimal(inputs["quantity"])
        return {"side": side, "type": "MARKET", "quantity": f"{worth / last:.8f}"}
    if kind in ("STOP_LOSS", "TAKE_PROFIT"):
        del sent["price"], sent["timeInForce"]
    return sent


def tried_with_waiting(config: Facts, inputs: Facts) -> str:
    """Let as many orders wait as the case says, then ask for one more."""
    desk = bare_desk(config)
    resting: dict[str, object] = {"quantity": "0.002", "price": "30000"}
    kind = "LIMIT"
    if "openAlgoOrders" in inputs:
        kind, resting = "TAKE_PROFIT", {"quantity": "0.002", "stopPrice": "30000"}
    if "openIcebergOrders" in inputs:
        resting["icebergQty"] = "0.001"
    (count,) = (int(value) for name, value in inputs.items() if name.startswith("open"))
    assert {200} == {desk.order("BTCUSDT", "BUY", kind, **resting).status for _ in range(count)}
    return refused(desk.order("BTCUSDT", "BUY", kind, **resting))


def tried_with_lists(config: Facts, inputs: Facts) -> str:
    """Let as many order lists wait as the case says, then ask for one more."""
    desk = bare_desk(config)
    legs = {"workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "30000", "workingQuantity": "0.001"}
    legs |= {"workingTimeInForce": "GTC", "pendingType": "LIMIT", "pendingSide": "SELL", "pendingPrice": "90000"}
    legs |= {"pendingQuantity": "0.001", "pendingTimeInForce": "GTC"}
    count = int(inputs["openOrderLists"])
    replies = [desk.ask("POST", "orderList/oto", symbol="BTCUSDT", **legs) for _ in range(count + 1)]
    assert {200} == {reply.status for reply in replies[:-1]}
    return refused(replies[-1])


def tried_with_position(config: Facts, inputs: Facts) -> str:
    """Hold, lock and order as much as the case says, then ask for more."""
    desk = bare_desk(config)
    ledger = desk.venue.accounts["main"].ledger
    free, locked = (e8_of(inputs[name]) for name in ("free", "locked"))
    ledger.book("BTC", free - ledger.free_e8("BTC"))
    ledger.book("BTC", locked)
    ledger.lock("BTC", locked)
    if inputs["openBuyQty"] != "0":
        assert 200 == desk.order(quantity=inputs["openBuyQty"], price="30000").status
    order = {"side": inputs["side"], "type": "LIMIT", "timeInForce": "GTC", "price": "30000"}
    return refused(desk.ask("POST", "order/test", symbol="BTCUSDT", **order, quantity=inputs["quantity"]))


def tried_with_amendments(config: Facts, inputs: Facts) -> str:
    """Amend an order as often as the case says, then once more."""
    desk = bare_desk(config)
    desk.order(quantity="1", price="30000")
    count = int(inputs["amendsSoFar"])
    quantities = [Decimal(1) - Decimal("0.01") * number for number in range(1, count + 2)]
    replies = [
        desk.ask("PUT", "order/amend/keepPriority", symbol="BTCUSDT", orderId=1, newQty=quantity)
        for quantity in quantities
    ]
    assert {200} == {reply.status for reply in replies[:-1]}
    if replies[-1].status == 200:
        return ""
    assert (400, -2038) == replies[-1].refusal[:2]
    return replies[-1].refusal[2].removeprefix("Filter failure: ")


def tried_with_assets(config: Facts, inputs: Facts) -> str:
    """Ask for an order of these assets."""
    desk = bare_desk(config, base_asset=inputs["baseAsset"], quote_asset=inputs["quoteAsset"])
    price = Decimal(inputs["notional"]) / Decimal(inputs["quantity"]) or Decimal(1)
    order = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": inputs["quantity"]}
    return refused(desk.ask("POST", "order/test", symbol="BTCUSDT", **order, price=price))


class Crowded(Engine):
    """An engine on which as many orders wait as a test says."""

    waiting: tuple[Order, ...] = ()

    def open_orders(self, account: object = None, symbol: object = None) -> list[Order]:
        return list(self.waiting)


def tried_by_the_rules(config: Facts, inputs: Facts) -> str:
    """Count what no test could place in time: hundreds of orders of one kind."""
    desk = bare_desk(config)
    engine = Crowded(desk.venue.market)
    order = resting_order(desk, "STOP_LOSS" if "openAlgoOrders" in inputs else "LIMIT")
    (count,) = (int(value) for name, value in inputs.items() if name.startswith("open"))
    engine.waiting = (order,) * count
    for _ in range(count):
        engine.counts.add(order, 1)
    try:
        check_filters([order], desk.venue.market, engine)
    except Refusal as refusal:
        return refusal.message.removeprefix("Filter failure: ")
    return ""


def resting_order(desk: Desk, kind: str) -> Order:
    account, listing = desk.venue.accounts["main"], desk.venue.listings["BTCUSDT"]
    side: Side = "BUY"
    order = Order(account, listing, side, kind, "GTC", "NONE", "mine", NOW_MS, price_e8=e8_of("60000"))
    return replace(order, quantity_e8=e8_of("0.002"), stop_price_e8=e8_of("90000"), iceberg_e8=e8_of("0.001"))


TRIES = {
    "MAX_NUM_ORDERS": tried_with_waiting,
    "MAX_NUM_ALGO_ORDERS": tried_with_waiting,
    "MAX_NUM_ICEBERG_ORDERS": tried_with_waiting,
    "MAX_POSITION": tried_with_position,
    "MAX_NUM_ORDER_AMENDS": tried_with_amendments,
    "MAX_NUM_ORDER_LISTS": tried_with_lists,
    "EXCHANGE_MAX_NUM_ORDERS": tried_by_the_rules,
    "EXCHANGE_MAX_NUM_ALGO_ORDERS": tried_by_the_rules,
    "EXCHANGE_MAX_NUM_ICEBERG_ORDERS": tried_by_the_rules,
    "EXCHANGE_MAX_NUM_ORDER_LISTS": tried_with_lists,
    "MAX_ASSET": tried_with_assets,
}
