"""The account's rarer lists: prevented matches, allocations, amendments, order lists, and the filters that bind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_nb.sandbox.amounts import E8
from tests.sandbox.desk import NOW_MS, Desk

BTC = {"symbol": "BTCUSDT"}
DAY_MS = 86_400_000
MAKER, TAKER = "makerPreventedQuantity", "takerPreventedQuantity"


def matches(desk: Desk, **params: object) -> Any:
    return desk.ask("GET", "myPreventedMatches", **BTC, **params).json


@pytest.fixture
def price(desk: Desk) -> str:
    """A price at which nobody bids but the account: it has sold into what stood there."""
    price, quantity = desk.get("depth", **BTC, limit=1).json["bids"][0]
    desk.order("BTCUSDT", "SELL", "MARKET", quantity=quantity)
    return str(price)


def rest(desk: Desk, price: str) -> int:
    number: int = desk.order(quantity="0.001", price=price).json["orderId"]
    return number


def meet(desk: Desk, price: str, mode: str) -> Any:
    return desk.order("BTCUSDT", "SELL", quantity="0.003", price=price, selfTradePreventionMode=mode).json


@pytest.mark.parametrize(
    ("mode", "lost"),
    [
        ("EXPIRE_MAKER", {MAKER: "0.00100000"}),
        ("EXPIRE_TAKER", {TAKER: "0.00300000"}),
        ("EXPIRE_BOTH", {MAKER: "0.00100000", TAKER: "0.00300000"}),
        ("DECREMENT", {MAKER: "0.00100000", TAKER: "0.00100000"}),
    ],
)
def test_a_prevented_match_says_what_each_side_lost(desk: Desk, price: str, mode: str, lost: dict[str, str]) -> None:
    """The mode, both orders, the price, and the quantity of those that lost any."""
    maker = rest(desk, price)
    taker = meet(desk, price, mode)

    (row,) = matches(desk, orderId=maker)

    assert {
        "symbol": "BTCUSDT",
        "preventedMatchId": 0,
        "takerOrderId": taker["orderId"],
        "makerSymbol": "BTCUSDT",
        "makerOrderId": maker,
        "tradeGroupId": -1,
        "selfTradePreventionMode": mode,
        "price": price,
        "transactTime": NOW_MS,
        **lost,
    } == row
    reported = {name: row[name] for name in ("preventedMatchId", "makerSymbol", "makerOrderId", "price", *lost)}
    assert [reported] == taker["preventedMatches"]


@pytest.mark.parametrize(
    ("mode", "losers"),
    [("EXPIRE_MAKER", [True, False]), ("EXPIRE_TAKER", [False, True]), ("DECREMENT", [True, True])],
)
def test_only_an_order_that_lost_something_names_its_prevented_match(
    desk: Desk, price: str, mode: str, losers: list[bool]
) -> None:
    """The order that the mode spares is printed as if nothing had been."""
    numbers = [rest(desk, price), meet(desk, price, mode)["orderId"]]

    rows = [desk.ask("GET", "order", **BTC, orderId=number).json for number in numbers]

    assert losers == ["preventedMatchId" in row for row in rows] == ["preventedQuantity" in row for row in rows]


def test_prevented_matches_are_found_by_number_and_by_order(desk: Desk, price: str) -> None:
    """By their own number, by either order's, and from a number on; what is not there is empty."""
    makers = [rest(desk, price), rest(desk, price)]
    taker = meet(desk, price, "EXPIRE_MAKER")["orderId"]

    def ids(**params: object) -> list[int]:
        return [row["preventedMatchId"] for row in matches(desk, **params)]

    assert [0, 1] == ids(orderId=taker)
    assert [[0], [1]] == [ids(orderId=maker) for maker in makers] == [ids(preventedMatchId=0), ids(preventedMatchId=1)]
    assert [1] == ids(orderId=taker, fromPreventedMatchId=1)
    assert [0] == ids(orderId=taker, fromPreventedMatchId=0, limit=1)
    assert [] == ids(preventedMatchId=2) == ids(orderId=99) == ids(orderId=taker, fromPreventedMatchId=2)
    assert [] == desk.ask("GET", "myPreventedMatches", symbol="ETHUSDT", orderId=taker).json


def test_an_order_that_trades_with_its_own_is_not_prevented(desk: Desk, price: str) -> None:
    """Where prevention is off there is nothing to list."""
    maker = rest(desk, price)
    meet(desk, price, "NONE")

    assert [] == matches(desk, orderId=maker)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, -1102),
        ({"preventedMatchId": 1, "orderId": 1}, -1128),
        ({"preventedMatchId": 1, "fromPreventedMatchId": 1}, -1128),
        ({"fromPreventedMatchId": 1}, -1102),
        ({"preventedMatchId": 1, "limit": 5}, -1128),
        ({"orderId": 1, "limit": 5}, -1128),
        ({"orderId": 1, "fromPreventedMatchId": 1, "limit": 1001}, -1130),
        ({"orderId": -1}, -1100),
    ],
)
def test_prevented_matches_are_asked_for_in_four_ways(desk: Desk, params: dict[str, int], code: int) -> None:
    """Other combinations are refused."""
    assert code == desk.ask("GET", "myPreventedMatches", **BTC, **params).json["code"]


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("myAllocations", BTC),
        ("myAllocations", {**BTC, "startTime": NOW_MS - DAY_MS, "endTime": NOW_MS}),
        ("myAllocations", {**BTC, "orderId": 1, "fromAllocationId": 2}),
        ("order/amendments", {**BTC, "orderId": 1}),
        ("order/amendments", {**BTC, "orderId": 1, "fromExecutionId": 3, "limit": 1000}),
    ],
)
def test_what_is_not_there_is_empty(desk: Desk, path: str, params: dict[str, object]) -> None:
    """No routed order and no amendment: empty, in every way of asking."""
    reply = desk.ask("GET", path, **params)

    assert (200, []) == (reply.status, reply.json)


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("myAllocations", {"symbol": "NOSUCH"}, -1121),
        ("myAllocations", {}, -1102),
        ("myAllocations", {**BTC, "orderId": 1, "startTime": 1}, -1128),
        ("myAllocations", {**BTC, "fromAllocationId": 1, "endTime": 1}, -1128),
        ("order/amendments", BTC, -1102),
        ("order/amendments", {"symbol": "NOSUCH", "orderId": 1}, -1121),
        ("order/amendments", {**BTC, "orderId": 1, "limit": 1001}, -1130),
        ("account/commission", {"symbol": "NOSUCH"}, -1121),
        ("myFilters", {"symbol": "NOSUCH"}, -1121),
    ],
)
def test_the_rules_of_the_lists_hold_though_they_are_empty(
    desk: Desk, path: str, params: dict[str, object], code: int
) -> None:
    """A wrong call is told so."""
    assert code == desk.ask("GET", path, **params).json["code"]


@pytest.mark.parametrize(("path", "params"), [(path, BTC) for path in ("myAllocations", "allOrders", "myTrades")])
def test_a_window_is_a_day_at_most(desk: Desk, path: str, params: dict[str, object]) -> None:
    """A millisecond more is refused, in microseconds too."""
    start, end = NOW_MS - DAY_MS, NOW_MS
    spans = [(start, end), (start * 1000, end * 1000), (start - 1, end), (start * 1000 - 1, end * 1000)]

    replies = [desk.ask("GET", path, **params, startTime=first, endTime=last) for first, last in spans]

    assert [200, 200, 400, 400] == [reply.status for reply in replies]
    assert (400, -1127, "More than 24 hours between startTime and endTime.") == replies[2].refusal == replies[3].refusal


def route(desk: Desk, count: int) -> list[int]:
    """Buy through smart order routing, an hour apart each; return the allocations' numbers."""
    sent = {**BTC, "side": "BUY", "type": "MARKET", "quantity": "0.0001"}
    numbers = []
    for hour in range(count):
        desk.seconds = 3600.0 * hour
        numbers += [fill["allocId"] for fill in desk.ask("POST", "sor/order", **sent).json["fills"]]
    return numbers


@pytest.mark.parametrize(
    ("params", "chosen"),
    [
        ({}, slice(None)),
        # Unlike other histories, a symbol alone begins with the oldest.
        ({"limit": 2}, slice(2)),
        ({"startTime": NOW_MS + 3_600_000, "limit": 2}, slice(1, 3)),
        ({"endTime": NOW_MS + 3_600_000}, slice(2)),
        ({"startTime": NOW_MS, "endTime": NOW_MS + 3_600_000}, slice(2)),
        ({"orderId": 2}, slice(1, 2)),
        ({"orderId": 2, "fromAllocationId": 3}, slice(0, 0)),
        ({"fromAllocationId": 2}, slice(1, None)),
    ],
)
def test_allocations_are_chosen(moving_desk: Desk, params: dict[str, int], chosen: slice) -> None:
    """By time, by order, and from a number on."""
    numbers = route(moving_desk, 4)

    rows = moving_desk.ask("GET", "myAllocations", **BTC, **params).json

    assert [1, 2, 3, 4] == numbers
    assert numbers[chosen] == [row["allocationId"] for row in rows]


def test_only_some_symbols_are_routed(desk: Desk) -> None:
    """Those that exchange_info lists."""
    (sor,) = desk.get("exchangeInfo", symbol="BTCUSDT").json["sors"]
    sent = {"side": "BUY", "type": "MARKET", "quantity": "1"}

    replies = {
        symbol: desk.ask("POST", "sor/order/test", symbol=symbol, **sent).status for symbol in ("BTCUSDT", "ETHUSDT")
    }

    assert {"BTCUSDT"} == {symbol for symbol, status in replies.items() if status == 200} == set(sor["symbols"])


def test_an_order_moves_so_much_of_an_asset_at_most(desk: Desk) -> None:
    """The asset's filter binds each order by itself, whatever names its size; the symbol's own would allow more."""
    desk.venue.accounts["main"].ledger.book("DOGE", 9_000_000 * E8)
    desk.venue.accounts["main"].ledger.book("USDT", 9_000_000 * E8)
    last = Decimal(desk.get("ticker/price", symbol="DOGEUSDT").json["price"])

    most = desk.order("DOGEUSDT", "SELL", price="0.5", quantity="5000000")
    more = desk.order("DOGEUSDT", "SELL", price="0.5", quantity="5000001")
    sold = desk.order("DOGEUSDT", "SELL", "MARKET", quantity="5000001")
    bought = desk.order("DOGEUSDT", "BUY", "MARKET", quoteOrderQty=round(last * 5_100_000, 2))

    assert 200 == most.status
    assert {(400, -1013, "Filter failure: MAX_ASSET")} == {reply.refusal for reply in (more, sold, bought)}
