"""An order is held against every rule, in exact decimals, and the smallest change that keeps them all is found."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.rules import OpenCounts, OrderFacts, RuleLine, RuleReport, SymbolTerms, judge
from binance_nb.rules.held import Span

FILTERS: tuple[dict[str, Any], ...] = (
    {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000.00", "tickSize": "0.01"},
    {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"},
    {"filterType": "MARKET_LOT_SIZE", "minQty": "0", "maxQty": "150", "stepSize": "0.00005"},
    {"filterType": "ICEBERG_PARTS", "limit": 10},
    {
        "filterType": "PERCENT_PRICE_BY_SIDE",
        "bidMultiplierUp": "5",
        "bidMultiplierDown": "0.2",
        "askMultiplierUp": "5",
        "askMultiplierDown": "0.2",
        "avgPriceMins": 5,
    },
    {
        "filterType": "NOTIONAL",
        "minNotional": "5",
        "applyMinToMarket": True,
        "maxNotional": "9000000",
        "applyMaxToMarket": False,
        "avgPriceMins": 5,
    },
    {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 2},
    {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 1},
    {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
    {"filterType": "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders": 3},
)
ENTRY: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
    "permissionSets": [["SPOT", "TRD_GRP_004"]],
    "allowedSelfTradePreventionModes": ["NONE", "EXPIRE_MAKER"],
    **dict.fromkeys(("icebergAllowed", "ocoAllowed", "otoAllowed", "opoAllowed", "amendAllowed"), True),
    "cancelReplaceAllowed": True,
    "quoteOrderQtyMarketAllowed": True,
}
ACCOUNT: dict[str, Any] = {
    "canTrade": True,
    "permissions": ["SPOT"],
    "balances": [
        {"asset": "USDT", "free": "1000.00000000", "locked": "0"},
        {"asset": "BTC", "free": "0.50000000", "locked": "0.1"},
    ],
}
LEVELS = {
    "bids": [(Decimal("59999"), Decimal("0.01")), (Decimal("59998"), Decimal(1))],
    "asks": [(Decimal("60001"), Decimal("0.01")), (Decimal("60002"), Decimal(1))],
}
LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.001",
    "price": "60000",
}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET"}
OPEN = {
    "symbol": "BTCUSDT",
    "orderId": 7,
    "clientOrderId": "mine",
    "orderListId": -1,
    "side": "BUY",
    "type": "LIMIT",
    "price": "50000.00",
    "origQty": "0.01",
    "executedQty": "0.001",
    "status": "PARTIALLY_FILLED",
    "icebergQty": "0",
}


def known(**changed: Any) -> OrderFacts:
    """Everything that can be known."""
    facts: dict[str, Any] = {
        "filters": FILTERS,
        "are_asset_filters_known": True,
        "terms": SymbolTerms.of(ENTRY),
        "routed": ("BTCUSDT",),
        "account": ACCOUNT,
        "is_reference_known": True,
        "averages": {5: Decimal(60000), 0: Decimal("60000.5")},
        "open_here": [],
        "elsewhere": OpenCounts(),
        "open_lists": [],
        "amendments": 0,
        "book": LEVELS,
        "execution_rules": [],
    }
    return OrderFacts(**(facts | changed))


def report_of(sent: Mapping[str, str], name: str = "new_order", **changed: Any) -> RuleReport:
    return judge(ENDPOINTS[name], sent, known(**changed))


def line_of(report: RuleReport, rule: str, verdict: str) -> RuleLine:
    return next(line for line in report.lines if (line.rule, line.verdict) == (rule, verdict))


def test_an_order_that_keeps_every_rule_passes_with_nothing_left_open() -> None:
    """Each filter, the permissions and the balance are judged, and there is nothing to change."""
    report = report_of(LIMIT)

    assert report.passed
    assert report.unknown == ()
    assert {"PRICE_FILTER", "LOT_SIZE", "NOTIONAL", "STATUS", "PERMISSIONS", "BALANCE"} <= {
        line.rule for line in report.lines
    }
    assert (dict(report.mend), report.suggestion) == ({}, None)


def test_a_line_tells_what_was_sent_the_bound_and_the_nearest_values() -> None:
    """In plain decimals with the digits that were written."""
    line = line_of(report_of(LIMIT | {"price": "60000.1290"}), "PRICE_FILTER", "fail")

    assert line == RuleLine(
        "PRICE_FILTER",
        "price",
        "60000.1290",
        "a multiple of tickSize 0.01",
        "fail",
        below="60000.12",
        above="60000.13",
        of="price",
    )


def test_price_and_quantity_are_put_right_together() -> None:
    """The proposal keeps all rules, and is a line to paste."""
    report = report_of(LIMIT | {"price": "60000.129", "quantity": "0.00012345"})

    assert [line.rule for line in report.broken] == ["PRICE_FILTER", "LOT_SIZE"]
    assert dict(report.mend) == {"price": "60000.12", "quantity": "0.00012"}
    assert report.suggestion == (
        "%binance new_order BTCUSDT BUY LIMIT --time-in-force GTC --quantity 0.00012 --price 60000.12"
    )


@pytest.mark.parametrize(
    ("sent", "mend"),
    [
        # Too little: the quantity makes up for it, not the price.
        (LIMIT | {"quantity": "0.00008"}, {"quantity": "0.00009"}),
        # Between two steps of which the lower is worth too little.
        (LIMIT | {"quantity": "0.000085"}, {"quantity": "0.00009"}),
        # More than the account can pay.
        (LIMIT | {"quantity": "0.5"}, {"quantity": "0.01666"}),
        (LIMIT | {"side": "SELL", "quantity": "0.7"}, {"quantity": "0.5"}),
        # A price off the raster and far from the market: the edge, on the raster.
        (LIMIT | {"price": "300000.001"}, {"price": "300000"}),
        (LIMIT | {"side": "SELL", "price": "60000.001"}, {"price": "60000.01"}),
        # The visible part follows the quantity.
        (LIMIT | {"quantity": "0.010001", "icebergQty": "0.0001"}, {"quantity": "0.01", "icebergQty": "0.001"}),
        # Both rasters at once: multiples of 0.00005.
        (MARKET | {"side": "SELL", "quantity": "0.00123"}, {"quantity": "0.0012"}),
        # The offers up to there are paid for.
        (MARKET | {"quantity": "0.02"}, {"quantity": "0.01665"}),
        (MARKET | {"quoteOrderQty": "1000.000000001"}, {"quoteOrderQty": "1000"}),
        (MARKET | {"quoteOrderQty": "3"}, {"quoteOrderQty": "5"}),
    ],
)
def test_the_smallest_change_keeps_every_rule(sent: dict[str, str], mend: dict[str, str]) -> None:
    """It is found over all parameters, and the changed order passes."""
    report = report_of(sent)

    assert dict(report.mend) == mend
    assert report_of({**sent, **mend}).passed


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        # The least that counts is more than there is.
        (LIMIT | {"quantity": "0.001"}, {"account": ACCOUNT | {"balances": []}}),
        # No number helps where the type is not taken, or too many orders wait.
        (LIMIT | {"type": "TAKE_PROFIT_LIMIT", "stopPrice": "50000.001"}, {}),
        (LIMIT | {"price": "60000.001"}, {"open_here": [OPEN, OPEN | {"orderId": 8}]}),
    ],
)
def test_nothing_is_proposed_where_no_number_helps(sent: dict[str, str], changed: dict[str, Any]) -> None:
    """The report says what is broken and leaves the rest to the person."""
    report = report_of(sent, **changed)

    assert not report.passed
    assert (dict(report.mend), report.suggestion) == ({}, None)


@settings(max_examples=40)  # each judges a dozen orders
@given(
    price=st.decimals("0.001", "1200000", places=3),
    quantity=st.decimals("0.000001", "10", places=6),
    side=st.sampled_from(["BUY", "SELL"]),
)
def test_every_proposal_passes_and_is_the_same_again(price: Decimal, quantity: Decimal, side: str) -> None:
    """Whatever is wrong with price and quantity."""
    sent = LIMIT | {"price": f"{price:f}", "quantity": f"{quantity:f}", "side": side}

    report = report_of(sent)

    assert report.passed is not bool(report.broken)
    assert report.mend == report_of(sent).mend
    assert not report.mend or report_of({**sent, **report.mend}).passed


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"account": None}, "BALANCE"),
        ({"account": None}, "CAN_TRADE"),
        ({"is_reference_known": False}, "PERCENT_PRICE_BY_SIDE"),
        ({"averages": {}}, "PERCENT_PRICE_BY_SIDE"),
        ({"open_here": None}, "MAX_NUM_ORDERS"),
        ({"elsewhere": None}, "EXCHANGE_MAX_NUM_ORDERS"),
        ({"terms": None}, "STATUS"),
        ({"filters": ()}, "FILTERS"),
        ({"are_asset_filters_known": False}, "MAX_ASSET"),
        ({"filters": (*FILTERS, {"filterType": "NEWER_THAN_THIS"})}, "NEWER_THAN_THIS"),
        ({"filters": ({"filterType": "PRICE_FILTER", "minPrice": "odd"},)}, "PRICE_FILTER"),
    ],
)
def test_what_is_not_known_refuses_nothing(changed: dict[str, Any], rule: str) -> None:
    """An exchange in trouble does not keep an order back that it would take."""
    report = report_of(LIMIT, **changed)

    assert report.passed
    assert rule in [line.rule for line in report.unknown]


def test_why_something_is_not_known_is_told() -> None:
    """The read that failed left its reason."""
    report = report_of(LIMIT, account=None, missing={"account": "no answer within 3 s"})

    assert line_of(report, "BALANCE", "unknown").note == "no answer within 3 s"


@pytest.mark.parametrize(
    ("entry", "account", "name", "rule"),
    [
        ({"status": "HALT"}, {}, "new_order", "STATUS"),
        ({"orderTypes": ["MARKET"]}, {}, "new_order", "ORDER_TYPES"),
        ({"permissionSets": [["TRD_GRP_009"]]}, {}, "new_order", "PERMISSIONS"),
        ({"isSpotTradingAllowed": False}, {}, "new_order", "isSpotTradingAllowed"),
        ({"cancelReplaceAllowed": False}, {}, "cancel_replace", "cancelReplaceAllowed"),
        ({}, {"canTrade": False}, "new_order", "CAN_TRADE"),
        ({}, {"preventSor": True}, "sor_order", "SOR"),
        ({"allowedSelfTradePreventionModes": ["NONE"]}, {}, "new_order", "SELF_TRADE_MODES"),
        ({}, {"requireSelfTradePrevention": True}, "test_order", "SELF_TRADE_MODES"),
        ({"icebergAllowed": False}, {}, "new_order", "icebergAllowed"),
    ],
)
def test_what_symbol_and_account_do_not_allow_is_broken(
    entry: dict[str, Any], account: dict[str, Any], name: str, rule: str
) -> None:
    """Status, types, permissions, switches: as exchange_info and account tell them."""
    mode = "NONE" if name == "test_order" else "EXPIRE_MAKER"
    sent = LIMIT | {"icebergQty": "0.0005", "selfTradePreventionMode": mode}

    report = report_of(sent, name, terms=SymbolTerms.of(ENTRY | entry), account=ACCOUNT | account)

    assert [line.rule for line in report.broken] == [rule]


def test_every_leg_of_a_list_is_held_against_the_rules() -> None:
    """Of an OTOCO each price and both quantities, but only the working order has to be paid for."""
    sent = {
        "symbol": "BTCUSDT",
        "workingType": "LIMIT",
        "workingSide": "BUY",
        "workingPrice": "60000.001",
        "workingQuantity": "0.01",
        "workingTimeInForce": "GTC",
        "pendingSide": "SELL",
        "pendingQuantity": "0.0100001",
        "pendingAboveType": "LIMIT_MAKER",
        "pendingAbovePrice": "70000.001",
        "pendingBelowType": "STOP_LOSS",
        "pendingBelowStopPrice": "50000.001",
    }

    report = report_of(
        sent, "order_list_otoco", filters=[each for each in FILTERS if "MAX_NUM" not in each["filterType"]]
    )

    assert [line.what for line in report.broken] == [
        "workingPrice",
        "pendingAbovePrice",
        "pendingBelowStopPrice",
        "pendingQuantity",
    ]
    assert dict(report.mend) == {
        "workingPrice": "60000",
        "pendingAbovePrice": "70000.01",
        "pendingBelowStopPrice": "50000.01",
        "pendingQuantity": "0.01",
    }
    assert line_of(report, "BALANCE", "pass").what == "workingPrice × workingQuantity"


def test_the_orders_of_a_list_are_all_counted() -> None:
    """Two orders more, one list more."""
    sent = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01", "price": "70000", "stopPrice": "50000"}

    report = report_of(sent, "new_oco", open_here=[OPEN], elsewhere=OpenCounts(1), open_lists=["BTCUSDT", "ETHUSDT"])

    assert [(line.rule, line.sent) for line in report.broken] == [
        ("MAX_NUM_ORDERS", "3"),
        ("MAX_NUM_ORDER_LISTS", "2"),
        ("EXCHANGE_MAX_NUM_ORDERS", "4"),
    ]


def test_an_order_that_takes_the_place_of_another_may_spend_what_that_one_holds() -> None:
    """450 are held by the cancelled order, 1000 are free."""
    sent = LIMIT | {"quantity": "0.024", "cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": "7"}

    report = report_of(sent, "cancel_replace", open_here=[OPEN])

    assert line_of(report, "BALANCE", "pass").bound == "at most the free balance of USDT 1450"


@pytest.mark.parametrize("more", [{"cancelOrderId": "9"}, {"cancelOrderId": "7", "cancelRestrictions": "ONLY_NEW"}])
def test_a_cancel_that_may_fail_leaves_the_balance_open(more: dict[str, str]) -> None:
    """What is not free by itself may become so, or not."""
    sent = LIMIT | {"quantity": "0.017", "cancelReplaceMode": "STOP_ON_FAILURE"} | more
    locked = ACCOUNT | {"balances": [{"asset": "USDT", "free": "1000", "locked": "450"}]}

    report = report_of(sent, "cancel_replace", open_here=[OPEN], account=locked)

    assert report.passed
    assert "BALANCE" in [line.rule for line in report.unknown]


@pytest.mark.parametrize(
    ("size", "changed", "rules"),
    [
        ("0.005", {}, []),
        ("0.01", {}, ["AMENDMENT"]),
        ("0.0050001", {}, ["LOT_SIZE"]),
        ("0.00001", {}, ["NOTIONAL"]),
        ("0.005", {"amendments": 10}, ["MAX_NUM_ORDER_AMENDS"]),
    ],
)
def test_an_amendment_is_held_against_the_order_that_waits(
    size: str, changed: dict[str, Any], rules: list[str]
) -> None:
    """Its price, its present quantity, and how often it was amended."""
    sent = {"symbol": "BTCUSDT", "orderId": "7", "newQty": size}

    report = report_of(sent, "amend_keep_priority", open_here=[OPEN], **changed)

    assert [line.rule for line in report.broken] == rules
    assert not report.mend or report_of({**sent, **report.mend}, "amend_keep_priority", open_here=[OPEN]).passed


def test_a_market_order_beyond_the_offers_known_is_left_open() -> None:
    """More than the book shows cannot be priced, unless what it shows costs too much already."""
    rich = ACCOUNT | {"balances": [{"asset": "USDT", "free": "100000", "locked": "0"}]}

    assert "BALANCE" in [line.rule for line in report_of(MARKET | {"quantity": "5"}, account=rich).unknown]
    assert "BALANCE" in [line.rule for line in report_of(MARKET | {"quantity": "5"}).broken]


def test_the_reference_price_goes_before_the_average() -> None:
    """Where it is not null."""
    report = report_of(LIMIT, reference=Decimal(1000))

    assert line_of(report, "PERCENT_PRICE_BY_SIDE", "fail").bound == "at most reference price × bidMultiplierUp = 5000"


def test_a_call_that_places_nothing_has_nothing_to_keep() -> None:
    """A cancel is never held back."""
    report = report_of({"symbol": "BTCUSDT", "orderId": "7"}, "cancel_order")

    assert report.passed
    assert report.lines == ()


@given(
    step=st.sampled_from(["0.00001", "0.01", "0.25", "1", "3"]),
    other=st.sampled_from(["0.00005", "0.1", "0.5", "2", "7"]),
    value=st.decimals("0.001", "100000", places=5),
)
def test_the_nearest_values_lie_on_both_rasters(step: str, other: str, value: Decimal) -> None:
    """None lies between them and the value."""
    span = Span(step=Decimal(step)) & Span(step=Decimal(other))

    below, above = span.near(value)

    assert above is not None
    assert not above % Decimal(step)
    assert not above % Decimal(other)
    assert above - span.step < value <= above
    assert below is None or (span.holds(below) and below <= value < below + span.step)
