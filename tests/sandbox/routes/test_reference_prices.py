"""Reference prices, the filters that look at them, and the price range in which orders execute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_nb.sandbox.amounts import E8
from binance_nb.sandbox.matching.execution_rules import ANY_PRICE, price_range_e8
from tests.sandbox.desk import NOW_MS, Desk

NEVER = (400, -2043, "This symbol doesn't have a reference price.")
REASON = "EXECUTION_RULE_PRICE_RANGE_EXCEEDED"


def reference(desk: Desk, symbol: str = "BNBUSDT") -> Decimal:
    return Decimal(desk.get("referencePrice", symbol=symbol).json["referencePrice"])


def test_the_mean_is_that_of_the_last_ten_seconds(desk: Desk) -> None:
    """The closes of the last complete seconds, as klines give them, and the moment when the last of them ended."""
    closes = [
        Decimal(row[4])
        for row in desk.get("klines", symbol="BNBUSDT", interval="1s", endTime=NOW_MS - 1000, limit=10).json
    ]

    reply = desk.get("referencePrice", symbol="BNBUSDT").json

    assert sum(closes) / 10 == Decimal(reply["referencePrice"])
    assert ("BNBUSDT", NOW_MS) == (reply["symbol"], reply["timestamp"])


def test_the_mean_moves_with_the_clock(moving_desk: Desk) -> None:
    """Within a second it stands, and it is made again when the next one is complete."""

    def at(seconds: float) -> Any:
        moving_desk.seconds = seconds
        return moving_desk.get("referencePrice", symbol="BNBUSDT").json

    assert at(60.1) == at(60.9)
    assert [NOW_MS + 60_000, NOW_MS + 61_000] == [at(60.9)["timestamp"], at(61.0)["timestamp"]]
    assert at(60.0)["referencePrice"] != at(120.0)["referencePrice"]


def test_the_external_price_is_near_the_book(moving_desk: Desk) -> None:
    """It is the mean of mid prices of five minutes, made on the minute."""
    moving_desk.seconds = 30.0
    rows = moving_desk.get("klines", symbol="DOGEUSDT", interval="1m", endTime=NOW_MS - 1, limit=5).json

    reply = moving_desk.get("referencePrice", symbol="DOGEUSDT").json
    mean = sum((Decimal(row[4]) for row in rows), Decimal()) / 5

    assert NOW_MS == reply["timestamp"]
    assert abs(mean / Decimal(reply["referencePrice"]) - 1) < Decimal("0.0005")


def test_a_price_that_nobody_has_set_is_null(desk: Desk) -> None:
    """The symbol has a calculation, and at present no price."""
    reply = desk.get("referencePrice", symbol="LTCUSDT")

    assert (200, None) == (reply.status, reply.json["referencePrice"])


@pytest.mark.parametrize("path", ["referencePrice", "referencePrice/calculation"])
def test_other_symbols_never_had_one(desk: Desk, path: str) -> None:
    """Most have none."""
    assert NEVER == desk.get(path, symbol="BTCUSDT").refusal
    assert -1121 == desk.get(path, symbol="NOSUCH").json["code"]
    assert -1102 == desk.get(path).json["code"]


def test_before_its_first_trades_a_symbol_has_no_mean() -> None:
    """There is nothing to make it of."""
    desk = Desk(now_ms=Desk().venue.listings["BNBUSDT"].listed_at_ms + 1000)

    assert desk.get("referencePrice", symbol="BNBUSDT").json["referencePrice"] is None
    assert desk.get("referencePrice", symbol="DOGEUSDT").json["referencePrice"] is None


def test_percent_price_is_measured_from_the_reference(desk: Desk) -> None:
    """A fifth of it is the lowest price of an order, to the tick."""
    lowest = (reference(desk) / 5 / Decimal("0.01")).to_integral_value("ROUND_CEILING") * Decimal("0.01")

    good = desk.order("BNBUSDT", price=lowest, quantity="1")
    bad = desk.order("BNBUSDT", price=lowest - Decimal("0.01"), quantity="1")

    assert 200 == good.status
    assert (400, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE") == bad.refusal


def test_notional_of_a_market_order_is_measured_by_the_reference() -> None:
    """As the price rises a hundredth is worth five at the reference, which at the average of five minutes it is not."""
    desk = Desk(now_ms=1_700_034_780_000)
    average = Decimal(desk.get("avgPrice", symbol="BNBUSDT").json["price"])

    good = desk.order("BNBUSDT", "SELL", "MARKET", quantity="0.010")
    bad = desk.order("BNBUSDT", "SELL", "MARKET", quantity="0.009")

    assert average < 500 <= reference(desk)
    assert 200 == good.status
    assert (400, -1013, "Filter failure: NOTIONAL") == bad.refusal


@pytest.mark.parametrize(
    ("side", "kind", "sent"),
    [
        ("SELL", "MARKET", {"quantity": "1800"}),
        ("SELL", "LIMIT", {"quantity": "9000", "price": "400"}),
        ("BUY", "MARKET", {"quoteOrderQty": "900000"}),
        ("BUY", "MARKET", {"quantity": "1800"}),
    ],
)
def test_an_order_stops_at_the_edge_of_the_range(desk: Desk, side: str, kind: str, sent: dict[str, str]) -> None:
    """What could trade only beyond it expires, with the reason; what traded before stays traded."""
    for asset in ("BNB", "USDT"):
        desk.venue.accounts["main"].ledger.book(asset, 10_000_000 * E8)
    edge = reference(desk) * Decimal("0.9990" if side == "SELL" else "1.0010")

    order = desk.order("BNBUSDT", side, kind, **sent).json
    prices = [Decimal(fill["price"]) for fill in order["fills"]]
    looked_up = desk.ask("GET", "order", symbol="BNBUSDT", orderId=order["orderId"]).json

    assert ("EXPIRED", REASON) == (order["status"], order["expiryReason"])
    assert prices
    assert all(price >= edge if side == "SELL" else price <= edge for price in prices)
    assert Decimal(order["executedQty"]) == sum(Decimal(fill["qty"]) for fill in order["fills"])
    assert ("EXPIRED", REASON) == (looked_up["status"], looked_up["expiryReason"])
    assert [] == desk.ask("GET", "openOrders").json


def test_a_small_order_keeps_the_range(desk: Desk) -> None:
    """It fills, and a resting one is not asked at all."""
    sold = desk.order("BNBUSDT", "SELL", "MARKET", quantity="0.5").json
    resting = desk.order("BNBUSDT", "SELL", price="900", quantity="1").json

    assert ("FILLED", "NEW") == (sold["status"], resting["status"])


def test_a_null_reference_binds_nobody(desk: Desk) -> None:
    """Its rule is listed, and an order trades far beyond the range that it would give."""
    (rules,) = desk.get("executionRules", symbol="LTCUSDT").json["symbolRules"]
    order = desk.order("LTCUSDT", "BUY", "MARKET", quoteOrderQty="20000").json

    assert "1.0100" == rules["rules"][0]["bidLimitMultUp"]
    assert "expiryReason" not in order


def test_the_range_is_the_reference_times_the_multipliers() -> None:
    """Bounds are inclusive and lie inside; a multiplier that is not named leaves its side open."""
    assert (95_000, 100_100) == price_range_e8("BNBUSDT", "BUY", 100_000)
    assert (99_901, 105_001) == price_range_e8("BNBUSDT", "SELL", 100_001)
    assert (ANY_PRICE[0], 101_000) == price_range_e8("DOGEUSDT", "BUY", 100_000)
    assert (99_000, ANY_PRICE[1]) == price_range_e8("DOGEUSDT", "SELL", 100_000)
    assert ANY_PRICE == price_range_e8("BNBUSDT", "BUY", None) == price_range_e8("BTCUSDT", "BUY", 100_000)
