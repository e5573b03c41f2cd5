"""A broken filter is told with its bound, what was sent, and the nearest values that pass."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog.filters import FILTERS
from binance_nb.rules.filter_facts import Finding, look_into

RULES: dict[str, dict[str, Any]] = {
    "PRICE_FILTER": {"minPrice": "0.01000000", "maxPrice": "1000.00000000", "tickSize": "0.01000000"},
    "LOT_SIZE": {"minQty": "0.00100000", "maxQty": "9000.00000000", "stepSize": "0.00100000"},
    "MARKET_LOT_SIZE": {"minQty": "0.00000000", "maxQty": "150.00000000", "stepSize": "0.00000000"},
    "MIN_NOTIONAL": {"minNotional": "10.00000000", "applyToMarket": True, "avgPriceMins": 5},
    "NOTIONAL": {
        "minNotional": "5.00000000",
        "applyMinToMarket": True,
        "maxNotional": "9000.00000000",
        "applyMaxToMarket": False,
        "avgPriceMins": 5,
    },
    "PERCENT_PRICE": {"multiplierUp": "5", "multiplierDown": "0.2", "avgPriceMins": 5},
    "ICEBERG_PARTS": {"limit": 10},
    "TRAILING_DELTA": {
        "minTrailingAboveDelta": 10,
        "maxTrailingAboveDelta": 2000,
        "minTrailingBelowDelta": 10,
        "maxTrailingBelowDelta": 2000,
    },
    "MAX_NUM_ORDERS": {"maxNumOrders": 200},
}
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "100"}


def found(name: str, **changed: str) -> Finding:
    # A symbol has one of the two.
    other = "NOTIONAL" if name == "MIN_NOTIONAL" else "MIN_NOTIONAL"
    return look_into(name, ORDER | changed, {each: RULES[each] for each in RULES if each != other}.get)


@pytest.mark.parametrize(
    ("name", "changed", "broken", "nearest", "better"),
    [
        (
            "PRICE_FILTER",
            {"price": "60.001"},
            "price 60.001 lies between two steps of tickSize 0.01",
            "price 60 or 60.01",
            {"price": "60"},
        ),
        (
            "PRICE_FILTER",
            {"price": "60.001", "side": "SELL"},
            "price 60.001 lies between two steps of tickSize 0.01",
            "price 60 or 60.01",
            {"price": "60.01"},
        ),
        (
            "PRICE_FILTER",
            {"price": "0.001", "quantity": "1000"},
            "price 0.001 is below minPrice 0.01",
            "price 0.01",
            {"price": "0.01"},
        ),
        ("PRICE_FILTER", {"price": "2000"}, "price 2000 is above maxPrice 1000", "price 1000", {"price": "1000"}),
        (
            "PRICE_FILTER",
            {"stopPrice": "9.999"},
            "stopPrice 9.999 lies between two steps of tickSize 0.01",
            "stopPrice 9.99 or 10",
            {"stopPrice": "9.99"},
        ),
        (
            "PRICE_FILTER",
            {"price": "9", "belowStopPrice": "9.999"},
            "belowStopPrice 9.999 lies between two steps of tickSize 0.01",
            "belowStopPrice 9.99 or 10",
            {"belowStopPrice": "9.99"},
        ),
        (
            "LOT_SIZE",
            {"quantity": "0.1505"},
            "quantity 0.1505 lies between two steps of stepSize 0.001",
            "quantity 0.15 or 0.151",
            {"quantity": "0.15"},
        ),
        (
            "LOT_SIZE",
            {"newQty": "0.0005"},
            "newQty 0.0005 is below minQty 0.001",
            "newQty 0.001",
            {"newQty": "0.001"},
        ),
        (
            "MARKET_LOT_SIZE",
            {"type": "MARKET", "quantity": "150.0004"},
            "quantity 150.0004 is above maxQty 150",
            "quantity 150",
            {"quantity": "150"},
        ),
        (
            "MIN_NOTIONAL",
            {"price": "3", "quantity": "2"},
            "price × quantity = 6 is below minNotional 10",
            "quantity 3.334 or more at this price",
            {"quantity": "3.334"},
        ),
        (
            "NOTIONAL",
            {"price": "700", "quantity": "20"},
            "price × quantity = 14000 is above maxNotional 9000",
            "quantity 12.857 or less at this price",
            {"quantity": "12.857"},
        ),
        (
            "ICEBERG_PARTS",
            {"icebergQty": "0.01"},
            "quantity 1 is above icebergQty × limit = 0.1",
            "icebergQty 0.1 or more",
            {"icebergQty": "0.1"},
        ),
        (
            "TRAILING_DELTA",
            {"type": "STOP_LOSS", "side": "SELL", "trailingDelta": "5"},
            "trailingDelta 5 is below minTrailingBelowDelta 10",
            "trailingDelta 10 or more",
            {"trailingDelta": "10"},
        ),
    ],
)
def test_the_bound_and_the_nearest_values_are_named(
    name: str, changed: Mapping[str, str], broken: str, nearest: str, better: Mapping[str, str]
) -> None:
    """What was sent, what it broke, what would pass on either side; the proposal never costs more than it must."""
    finding = found(name, **changed)

    assert (finding.facts["broken"], finding.facts["nearest"], finding.better) == (broken, nearest, better)


@pytest.mark.parametrize("name", ["PERCENT_PRICE", "MAX_NUM_ORDERS", "NOTIONAL"])
def test_what_only_the_exchange_can_judge_is_told_by_its_rule(name: str) -> None:
    """Without the average price, or the count of open orders, the bounds themselves are shown."""
    finding = found(name, type="MARKET")

    assert {"rule"} == set(finding.facts)
    assert {} == finding.better


@pytest.mark.parametrize("name", ["LOT_SIZE", "NEWER_THAN_THIS"])
def test_without_rules_nothing_is_made_up(name: str) -> None:
    """The symbol's rules have not been seen, or the filter is new."""
    assert Finding() == look_into(name, ORDER, lambda _: None)


def test_a_rule_of_a_new_shape_hides_no_refusal() -> None:
    """A field that is missing or no number costs the bound, not the card."""
    finding = look_into("PRICE_FILTER", ORDER | {"price": "1.005"}, lambda _: {"minPrice": "1", "tickSize": "odd"})

    assert {"rule": "minPrice 1, tickSize odd"} == finding.facts


@pytest.mark.parametrize(
    ("name", "changed", "better"),
    [
        # Two prices of one order, or its two quantities.
        ("PRICE_FILTER", {"price": "60.001", "stopPrice": "61.009"}, {"price": "60", "stopPrice": "61"}),
        ("LOT_SIZE", {"quantity": "1.0005", "icebergQty": "0.5004"}, {"quantity": "1", "icebergQty": "0.5"}),
        # Another filter's raster.
        ("PRICE_FILTER", {"price": "60.001", "quantity": "1.0005"}, {"price": "60", "quantity": "1"}),
        ("LOT_SIZE", {"type": "MARKET", "quantity": "9500"}, {"quantity": "150"}),
        # Of the two nearest, the one that is worth enough.
        ("LOT_SIZE", {"quantity": "0.0505", "price": "99.5"}, {"quantity": "0.051"}),
    ],
)
def test_what_is_proposed_breaks_no_other_filter_that_is_known(
    name: str, changed: Mapping[str, str], better: Mapping[str, str]
) -> None:
    """The line to paste is not refused for what could have been seen at once."""
    finding = found(name, **changed)

    assert finding.better == better


def test_nothing_is_proposed_that_would_need_a_larger_order_than_was_meant() -> None:
    """It is said which filter the nearest values would break."""
    finding = found("LOT_SIZE", quantity="0.0015")

    assert finding.better == {}
    assert finding.facts["nearest"] == "quantity 0.001 or 0.002"
    assert finding.facts["then broken"] == "NOTIONAL: price × quantity = 0.1 is below minNotional 5"


@given(
    price=st.decimals("0.00000001", "3000", places=8),
    side=st.sampled_from(["BUY", "SELL"]),
)
def test_every_price_proposed_would_pass(price: Decimal, side: str) -> None:
    """The filter that refused a price takes what is proposed instead."""
    finding = found("PRICE_FILTER", price=f"{price:f}", side=side)

    better = finding.better.get("price", "100")
    assert FILTERS["PRICE_FILTER"].broken(RULES["PRICE_FILTER"], {"value": better}) is None
    assert ("broken" in finding.facts) == ("nearest" in finding.facts)


@given(price=st.decimals("0.01", "1000", places=2), quantity=st.decimals("0.001", "9000", places=3))
def test_every_quantity_proposed_is_worth_enough(price: Decimal, quantity: Decimal) -> None:
    """An order of the proposed size lies within NOTIONAL."""
    changed = {"price": f"{price:f}", "quantity": f"{quantity:f}"}
    better = found("NOTIONAL", **changed).better

    assert FILTERS["NOTIONAL"].broken(RULES["NOTIONAL"], ORDER | changed | better) is None
