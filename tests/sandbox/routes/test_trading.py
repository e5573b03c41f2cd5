"""Placing and cancelling over the whole path."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.desk import NOW_MS, Desk

BTC = {"symbol": "BTCUSDT"}
RESTING = {"quantity": "0.0002", "price": "50000"}


@pytest.mark.parametrize(
    ("kind", "params", "fields"),
    [
        ("LIMIT", RESTING, 17),
        ("MARKET", {"quantity": "0.001"}, 17),
        ("LIMIT_MAKER", RESTING, 5),
        ("LIMIT", {**RESTING, "newOrderRespType": "ACK"}, 5),
        ("LIMIT_MAKER", {**RESTING, "newOrderRespType": "RESULT"}, 16),
    ],
)
def test_the_answer_is_as_long_as_the_type_makes_it(desk: Desk, kind: str, params: dict[str, str], fields: int) -> None:
    """LIMIT and MARKET answer in full, the rest only with ids, unless told otherwise."""
    reply = desk.order("BTCUSDT", "BUY", kind, **params)

    assert fields == len(reply.json)


def test_own_marks_come_back(desk: Desk) -> None:
    """Client id, strategy and self-trade mode are repeated by every answer about the order."""
    marks = {"strategyId": 7, "strategyType": 1_000_000, "selfTradePreventionMode": "EXPIRE_BOTH"}
    placed = desk.order(**RESTING, newClientOrderId="mine", **marks).json
    found = desk.ask("GET", "order", **BTC, origClientOrderId="mine").json
    cancelled = desk.ask("DELETE", "order", **BTC, origClientOrderId="mine", newClientOrderId="cancel").json

    for answer in (placed, found, cancelled):
        assert marks == {name: answer[name] for name in marks}
    assert ("mine", "mine") == (placed["clientOrderId"], found["clientOrderId"])
    assert ("mine", "cancel") == (cancelled["origClientOrderId"], cancelled["clientOrderId"])


def test_an_order_without_a_name_gets_one_from_the_seed() -> None:
    """On a clock that stands the same ids come in every session, so that notebooks compare."""
    first, second, other = ([desk.order(**RESTING).json["clientOrderId"]] for desk in (Desk(), Desk(), Desk(seed=2)))
    running = [Desk(rate=1.0).order(**RESTING).json["clientOrderId"] for _ in range(2)]

    assert first == second != other
    assert running[0] != running[1]
    assert len(first[0]) == 22


def test_a_cancelled_order_gives_back_what_it_held(desk: Desk) -> None:
    """Nothing stays locked, and the order says CANCELED."""
    desk.order(**RESTING, newClientOrderId="mine")
    locked = desk.balance("USDT")

    cancelled = desk.ask("DELETE", "order", **BTC, orderId=1).json

    assert (Decimal(99_990), Decimal(10)) == locked
    assert (Decimal(100_000), Decimal(0)) == desk.balance("USDT")
    assert ("CANCELED", NOW_MS) == (cancelled["status"], cancelled["transactTime"])


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("order", {"orderId": 9}, "Unknown order sent."),
        ("order", {"origClientOrderId": "nobody"}, "Unknown order sent."),
        ("order", {"orderId": 1}, "Unknown order sent."),
        (
            "order",
            {"orderId": 2, "cancelRestrictions": "ONLY_PARTIALLY_FILLED"},
            "Order was not canceled due to cancel restrictions.",
        ),
    ],
)
def test_a_cancel_that_cannot_be_done(desk: Desk, path: str, params: dict[str, object], message: str) -> None:
    """Unknown, done already, or in another state than the cancel asks for."""
    desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.001")
    desk.order(**RESTING)

    assert (400, -2011, message) == desk.ask("DELETE", path, **BTC, **params).refusal


def test_cancelling_all_takes_one_symbol_only(desk: Desk) -> None:
    """Every open order of the symbol is answered; another symbol's stay; a second time there is nothing to cancel."""
    desk.order(**RESTING)
    desk.order(**RESTING)
    desk.order("ETHUSDT", quantity="0.01", price="2000")

    cancelled = desk.ask("DELETE", "openOrders", **BTC).json
    again = desk.ask("DELETE", "openOrders", **BTC)

    assert [1, 2] == [row["orderId"] for row in cancelled]
    assert [3] == [row["orderId"] for row in desk.ask("GET", "openOrders").json]
    assert (400, -2011, "Unknown order sent.") == again.refusal


def test_an_own_order_stands_in_the_book(desk: Desk) -> None:
    """It adds to its price level, and the update id rises with it."""
    before = desk.get("depth", **BTC, limit=1).json
    price, quantity = before["bids"][0]
    desk.order(quantity="0.00200", price=price)

    after = desk.get("depth", **BTC, limit=1).json

    assert [price, f"{float(quantity) + 0.002:.8f}"] == after["bids"][0]
    assert after["lastUpdateId"] > before["lastUpdateId"]
    assert after["bids"][0] == [desk.get("ticker/24hr", **BTC).json[name] for name in ("bidPrice", "bidQty")]


def test_a_symbol_that_is_not_ascii_is_traded_like_any_other(desk: Desk) -> None:
    """Percent-encoded UTF-8 is signed, placed, found and cancelled."""
    symbol = "这是测试币456"
    bid, _ = desk.best(symbol)

    placed = desk.order(symbol, "BUY", quantity="5", price=bid)
    cancelled = desk.ask("DELETE", "openOrders", symbol=symbol)

    assert (200, symbol) == (placed.status, placed.json["symbol"])
    assert ["CANCELED"] == [row["status"] for row in cancelled.json]


PAIR = {"side": "SELL", "quantity": "0.01", "aboveType": "LIMIT_MAKER", "abovePrice": "90000"}
PAIR |= {"belowType": "STOP_LOSS", "belowStopPrice": "50000"}


def test_cancelling_all_takes_order_lists_too(desk: Desk) -> None:
    """Orders by themselves come first, then the lists, under one cancel id; nothing stays locked."""
    desk.ask("POST", "orderList/oco", **BTC, **PAIR)
    desk.order(**RESTING)

    order, order_list = desk.ask("DELETE", "openOrders", **BTC).json

    reports = [order, *order_list["orderReports"]]
    assert (-1, "ALL_DONE") == (order["orderListId"], order_list["listOrderStatus"])
    assert {"CANCELED"} == {report["status"] for report in reports}
    assert 1 == len({report["clientOrderId"] for report in reports})
    assert [] == desk.ask("GET", "openOrders").json
    assert [0, 0] == [desk.balance(asset)[1] for asset in ("BTC", "USDT")]


def test_cancelling_a_leg_answers_with_its_list(desk: Desk) -> None:
    """The whole list ends, and the answer says so."""
    legs = desk.ask("POST", "orderList/oco", **BTC, **PAIR).json["orders"]

    reply = desk.ask("DELETE", "order", **BTC, orderId=legs[0]["orderId"], newClientOrderId="cancel").json

    assert ("ALL_DONE", legs) == (reply["listOrderStatus"], reply["orders"])
    assert {("CANCELED", "cancel")} == {(one["status"], one["clientOrderId"]) for one in reply["orderReports"]}


def test_a_tested_order_needs_no_balance(desk: Desk) -> None:
    """The engine alone knows it, and a test does not get there."""
    sent = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "100", "price": "60000"}

    tested, placed = (desk.ask("POST", path, **sent) for path in ("order/test", "order"))

    assert (200, {}) == (tested.status, tested.json)
    assert (400, -2010, "Account has insufficient balance for requested action.") == placed.refusal


def test_accounts_see_nothing_of_each_other(desk: Desk) -> None:
    """Orders, ids and balances are each account's own."""
    desk.order(**RESTING, newClientOrderId="mine")
    stranger = desk.venue.accounts["second"]

    assert [] == desk.venue.engine.orders(stranger, "BTCUSDT")
    assert 0 == stranger.ledger.locked_e8("USDT")
    assert desk.venue.engine.find(stranger, "BTCUSDT", 1) is None
