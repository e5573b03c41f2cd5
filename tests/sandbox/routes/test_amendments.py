"""Lowering an order's quantity without losing its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.desk import NOW_MS, Desk, Reply

BTC = {"symbol": "BTCUSDT"}


def amend(desk: Desk, quantity: object, /, **params: object) -> Reply:
    return desk.ask("PUT", "order/amend/keepPriority", **{**BTC, "orderId": 1, "newQty": quantity, **params})


def test_an_amended_order_gives_back_what_it_no_longer_needs(desk: Desk) -> None:
    """It has the new quantity and the new name; the difference is free again."""
    desk.order(quantity="0.01", price="50000", newClientOrderId="old")

    reply = amend(desk, "0.004", newClientOrderId="new").json

    order = reply["amendedOrder"]
    assert ("old", "new", "0.00400000", "NEW") == tuple(
        order[name] for name in ("origClientOrderId", "clientOrderId", "qty", "status")
    )
    assert NOW_MS == reply["transactTime"]
    assert Decimal(200) == desk.balance("USDT")[1]
    assert "0.00400000" == desk.ask("GET", "order", **BTC, origClientOrderId="new").json["origQty"]


@pytest.mark.parametrize(
    ("quantity", "params", "code", "message"),
    [
        ("0.02", {}, -2038, "Order amend (quantity increase) is not supported."),
        ("0.01", {}, -2038, "The requested action would change no state; rejecting"),
        ("0.004", {"orderId": 9}, -2038, "Unknown order sent."),
        ("0.004", {"orderId": 2}, -2038, "Unknown order sent."),
        ("0.004", {"newClientOrderId": "other"}, -2038, "Duplicate order sent."),
        ("0.0000001", {}, -1013, "Filter failure: LOT_SIZE"),
        ("0.00009", {}, -1013, "Filter failure: NOTIONAL"),
        ("0.004000001", {}, -1111, "Parameter 'newQty' has too much precision."),
        ("0", {}, -1130, "Data sent for parameter 'newQty' is not valid."),
        ("0.004", {"orderId": 1, "origClientOrderId": "other"}, -2039, None),
        ("0.004", {"symbol": "ADAUSDT", "orderId": 4}, -2038, "Order amend is not supported for this symbol."),
        ("0.001", {"orderId": 5}, -2038, "IcebergQty exceeds QTY."),
    ],
)
def test_what_cannot_be_amended(
    desk: Desk, quantity: str, params: dict[str, object], code: int, message: str | None
) -> None:
    """More, nothing, what is done, another's name, and what symbol or filters forbid."""
    desk.order(quantity="0.01", price="50000", newClientOrderId="mine")
    desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.001")
    desk.order(quantity="0.001", price="40000", newClientOrderId="other")
    desk.order("ADAUSDT", quantity="50", price="0.3")
    desk.order(quantity="0.01", price="50000", icebergQty="0.005")

    reply = amend(desk, quantity, **params)

    assert (400, code, message or reply.refusal[2]) == reply.refusal


def test_an_order_keeps_its_own_name_when_asked(desk: Desk) -> None:
    """Its own name is no other order's; without one it gets a new one."""
    desk.order(quantity="0.01", price="50000", newClientOrderId="mine")

    kept = amend(desk, "0.009", newClientOrderId="mine").json["amendedOrder"]
    renamed = amend(desk, "0.008").json["amendedOrder"]

    assert ("mine", "mine") == (kept["origClientOrderId"], kept["clientOrderId"])
    assert "mine" == renamed["origClientOrderId"] != renamed["clientOrderId"]


def test_the_changes_of_an_order_are_listed(desk: Desk) -> None:
    """Oldest first, from an id on, as many as asked for; an order without any has none."""
    desk.order(quantity="0.01", price="50000")
    desk.order(quantity="0.01", price="50000")
    numbers = [amend(desk, quantity).json["executionId"] for quantity in ("0.009", "0.008", "0.007")]

    rows = desk.ask("GET", "order/amendments", **BTC, orderId=1).json
    later = desk.ask("GET", "order/amendments", **BTC, orderId=1, fromExecutionId=numbers[1], limit=1).json

    assert numbers == [row["executionId"] for row in rows]
    assert [("0.01000000", "0.00900000"), ("0.00900000", "0.00800000"), ("0.00800000", "0.00700000")] == [
        (row["origQty"], row["newQty"]) for row in rows
    ]
    assert rows[1:2] == later
    assert [] == desk.ask("GET", "order/amendments", **BTC, orderId=2).json
    assert [] == desk.ask("GET", "order/amendments", **BTC, orderId=9).json


def test_an_amendment_costs_weight_unless_it_ends_the_order(moving_desk: Desk) -> None:
    """Four as a rule; it counts as no new order."""
    moving_desk.order(quantity="0.01", price="50000")

    reply = amend(moving_desk, "0.004")

    assert (200, 4) == (reply.status, reply.weight)
    assert 1 == moving_desk.ask("GET", "rateLimit/order").json[0]["count"]


def test_an_order_amended_to_what_it_has_traded_ends_for_nothing(moving_desk: Desk) -> None:
    """It expires, which costs no weight."""
    price, quantity = moving_desk.get("depth", **BTC, limit=1).json["asks"][0]
    placed = moving_desk.order(quantity=Decimal(quantity) + Decimal("0.01"), price=price)
    assert ("PARTIALLY_FILLED", quantity) == (placed.json["status"], placed.json["executedQty"])

    reply = amend(moving_desk, quantity)

    assert (200, "EXPIRED") == (reply.status, reply.json["amendedOrder"]["status"])
    assert placed.weight == reply.weight
    assert [] == moving_desk.ask("GET", "openOrders", **BTC).json
