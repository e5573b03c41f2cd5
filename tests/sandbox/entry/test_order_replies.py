"""Fields that appear only in some replies about orders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.desk import NOW_MS, Desk

BTC = {"symbol": "BTCUSDT"}
RESTING = {"quantity": "0.002", "price": "50000"}
STOP = {"quantity": "0.002", "stopPrice": "90000", "price": "95000", "timeInForce": "GTC"}
CONDITIONAL = {
    "expiryReason",
    "icebergQty",
    "pegOffsetType",
    "pegOffsetValue",
    "pegPriceType",
    "peggedPrice",
    "preventedMatchId",
    "preventedQuantity",
    "stopPrice",
    "strategyId",
    "strategyType",
    "trailingDelta",
    "trailingTime",
    "usedSor",
    "workingFloor",
}


def answers(desk: Desk, kind: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything the exchange says about an order: placed, looked up, listed, cancelled."""
    placed = desk.order("BTCUSDT", "BUY", kind, **params, newOrderRespType="RESULT").json
    number = {**BTC, "orderId": placed["orderId"]}
    listed = desk.ask("GET", "openOrders", **BTC).json
    stored = desk.ask("GET", "order", **number).json
    return [placed, stored, *listed, desk.ask("DELETE", "order", **number).json]


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("LIMIT", RESTING, {}),
        ("LIMIT", {**RESTING, "icebergQty": "0.001"}, {"icebergQty": "0.00100000"}),
        (
            "LIMIT",
            {**RESTING, "strategyId": 7, "strategyType": 1_000_001},
            {"strategyId": 7, "strategyType": 1_000_001},
        ),
        ("STOP_LOSS", {"quantity": "0.002", "stopPrice": "90000"}, {"stopPrice": "90000.00000000"}),
        ("STOP_LOSS_LIMIT", STOP, {"stopPrice": "90000.00000000"}),
        (
            "STOP_LOSS_LIMIT",
            {**STOP, "trailingDelta": 50},
            {"stopPrice": "90000.00000000", "trailingDelta": 50, "trailingTime": -1},
        ),
        (
            "LIMIT",
            {"quantity": "0.002", "pegPriceType": "PRIMARY_PEG", "pegOffsetType": "PRICE_LEVEL", "pegOffsetValue": 3},
            {"pegPriceType": "PRIMARY_PEG", "pegOffsetType": "PRICE_LEVEL", "pegOffsetValue": 3, "peggedPrice": None},
        ),
    ],
)
def test_a_field_appears_where_it_was_asked_for(
    desk: Desk, kind: str, params: dict[str, Any], said: dict[str, Any]
) -> None:
    """Every reply about the order repeats it; an order that is looked up always shows stop and visible part."""
    replies = answers(desk, kind, params)

    assert 4 == len(replies)
    for reply in replies:
        always = {"stopPrice", "icebergQty"} if "updateTime" in reply else set()
        assert set(said) | always == CONDITIONAL & set(reply)
        for name, value in said.items():
            assert value in (None, reply[name])


def test_a_stop_does_not_work_before_it_goes_off(desk: Desk) -> None:
    """Its working time is -1 until then."""
    desk.order("BTCUSDT", "BUY", "STOP_LOSS_LIMIT", **STOP)
    desk.order(**RESTING)

    waiting, resting = desk.ask("GET", "openOrders", **BTC).json

    assert (-1, False) == (waiting["workingTime"], waiting["isWorking"])
    assert (NOW_MS, True) == (resting["workingTime"], resting["isWorking"])


def test_an_order_that_expires_says_why(desk: Desk) -> None:
    """A FILL-OR-KILL order that is too large, and an IMMEDIATE-OR-CANCEL order that meets nobody."""
    reasons = [
        desk.order(quantity="0.002", price="50000", timeInForce=force).json["expiryReason"] for force in ("FOK", "IOC")
    ]

    assert ["UNFILLED_FOK_ORDER_EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED"] == reasons


def test_a_routed_order_that_rests_works_on_the_exchange(desk: Desk) -> None:
    """What nothing was found for is left in the symbol's own book, and stays the exchange's after a cancel."""
    sent = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", **RESTING}
    placed = desk.ask("POST", "sor/order", **sent).json

    cancelled = desk.ask("DELETE", "order", **BTC, orderId=placed["orderId"]).json

    assert [(True, "EXCHANGE")] * 2 == [(row["usedSor"], row["workingFloor"]) for row in (placed, cancelled)]


def test_what_was_routed_is_an_allocation(desk: Desk) -> None:
    """Its fills are allocations, and no trades of the account."""
    sent = {**BTC, "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    placed = desk.ask("POST", "sor/order", **sent).json

    allocations = desk.ask("GET", "myAllocations", **BTC).json

    assert (True, "SOR") == (placed["usedSor"], placed["workingFloor"])
    assert {-1} == {fill["tradeId"] for fill in placed["fills"]}
    assert [fill["allocId"] for fill in placed["fills"]] == [row["allocationId"] for row in allocations]
    assert [fill["price"] for fill in placed["fills"]] == [row["price"] for row in allocations]
    assert [] == desk.ask("GET", "myTrades", **BTC).json
