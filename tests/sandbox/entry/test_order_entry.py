"""What an order may carry: by its type, by its symbol, and by what else is sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.desk import Desk

UNNEEDED = "Parameter '{}' sent when not required."
MISSING = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."
EITHER = "Param '{}' or '{}' must be sent, but both were empty/null!"
COMBINATION = "Unsupported order combination."

# A complete order of each type.
WHOLE: dict[str, dict[str, object]] = {
    "LIMIT": {"timeInForce": "GTC", "quantity": "0.001", "price": "60000"},
    "MARKET": {"quantity": "0.001"},
    "STOP_LOSS": {"quantity": "0.001", "stopPrice": "90000"},
    "STOP_LOSS_LIMIT": {"timeInForce": "GTC", "quantity": "0.001", "price": "60000", "stopPrice": "90000"},
    "TAKE_PROFIT": {"quantity": "0.001", "stopPrice": "50000"},
    "TAKE_PROFIT_LIMIT": {"timeInForce": "GTC", "quantity": "0.001", "price": "60000", "stopPrice": "50000"},
    "LIMIT_MAKER": {"quantity": "0.001", "price": "60000"},
}
PEG = {"pegPriceType": "PRIMARY_PEG"}
OFFSET = {"pegOffsetType": "PRICE_LEVEL", "pegOffsetValue": 2}


def test_a_complete_order_of_each_type_is_accepted(desk: Desk) -> None:
    """By the endpoint that only tests, and by the one that places."""
    for kind, params in WHOLE.items():
        assert {} == desk.ask("POST", "order/test", symbol="BTCUSDT", side="BUY", type=kind, **params).json
        assert 200 == desk.order("BTCUSDT", "BUY", kind, **params).status


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        *[(kind, {"strategyId": 1, "strategyType": 1_000_000}) for kind in WHOLE],
        *[(kind, {"trailingDelta": 100}) for kind in ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT")],
        *[(kind, {"trailingDelta": 100, "stopPrice": None}) for kind in ("STOP_LOSS", "TAKE_PROFIT_LIMIT")],
        *[(kind, {"icebergQty": "0.0005"}) for kind in ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT")],
        *[(kind, {**PEG, "price": None}) for kind in ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT")],
        *[(kind, {**PEG, **OFFSET, "price": None}) for kind in ("LIMIT", "LIMIT_MAKER", "TAKE_PROFIT_LIMIT")],
        ("LIMIT", {"pegPriceType": "MARKET_PEG", "timeInForce": "FOK", "price": None}),
        ("LIMIT", {"icebergQty": "0"}),
        ("MARKET", {"quantity": None, "quoteOrderQty": "60"}),
        ("LIMIT", {"timeInForce": "IOC"}),
    ],
)
def test_what_goes_together(desk: Desk, kind: str, params: dict[str, object]) -> None:
    """Marks with anything; trails with stops; icebergs and pegs with a limit price."""
    sent = {name: value for name, value in {**WHOLE[kind], **params}.items() if value is not None}

    reply = desk.ask("POST", "order/test", symbol="BTCUSDT", side="BUY", type=kind, **sent)

    assert (200, {}) == (reply.status, reply.json)


@pytest.mark.parametrize(
    ("kind", "params", "code", "message"),
    [
        # What a type does not take.
        *[
            (kind, {name: "1"}, -1106, UNNEEDED.format(name))
            for kind in ("MARKET", "STOP_LOSS", "TAKE_PROFIT")
            for name in ("price", "icebergQty")
        ],
        *[
            (kind, {"timeInForce": "GTC"}, -1106, UNNEEDED.format("timeInForce"))
            for kind in ("MARKET", "STOP_LOSS", "TAKE_PROFIT", "LIMIT_MAKER")
        ],
        *[
            (kind, {name: "1"}, -1106, UNNEEDED.format(name))
            for kind in ("LIMIT", "LIMIT_MAKER", "MARKET")
            for name in ("stopPrice", "trailingDelta")
        ],
        *[
            (kind, {"quoteOrderQty": "60"}, -1106, UNNEEDED.format("quoteOrderQty"))
            for kind in WHOLE
            if kind != "MARKET"
        ],
        *[
            (kind, PEG, -2010, "This order type may not use pegged price.")
            for kind in ("MARKET", "STOP_LOSS", "TAKE_PROFIT")
        ],
        # What a type cannot do without.
        *[(kind, {"quantity": None}, -1102, MISSING.format("quantity")) for kind in WHOLE if kind != "MARKET"],
        *[
            (kind, {"price": None}, -1102, MISSING.format("price"))
            for kind in ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
        ],
        *[
            (kind, {"timeInForce": None}, -1102, MISSING.format("timeInForce"))
            for kind in ("LIMIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
        ],
        *[
            (kind, {"stopPrice": None}, -1102, EITHER.format("stopPrice", "trailingDelta"))
            for kind in ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
        ],
        ("MARKET", {"quantity": None}, -1102, EITHER.format("quantity", "quoteOrderQty")),
        # What does not go together.
        ("MARKET", {"quoteOrderQty": "60"}, -1128, "Combination of optional parameters invalid."),
        ("LIMIT", {"icebergQty": "0.0005", "timeInForce": "IOC"}, -1014, COMBINATION),
        ("STOP_LOSS_LIMIT", {"icebergQty": "0.0005", "timeInForce": "FOK"}, -1014, COMBINATION),
        ("LIMIT", {**PEG, "price": None, "timeInForce": "IOC"}, -1014, COMBINATION),
        ("LIMIT_MAKER", {"pegPriceType": "MARKET_PEG"}, -2010, "This price peg cannot be used with this order type."),
        (
            "LIMIT",
            {**PEG, "pegOffsetType": "PRICE_LEVEL"},
            -1128,
            "Combination of optional fields invalid. Recommendation: 'pegOffsetType' and 'pegOffsetValue' must both be "
            "sent.",
        ),
        (
            "LIMIT",
            OFFSET,
            -1128,
            "Combination of optional fields invalid. Recommendation: 'pegOffsetValue' and 'pegPriceType' must both be "
            "sent.",
        ),
        # What says nothing, or too much.
        ("LIMIT", {"icebergQty": "0.002"}, -2010, "IcebergQty exceeds QTY."),
        ("MARKET", {"quantity": None, "quoteOrderQty": "0"}, -2010, "Price * QTY is zero or less."),
        ("LIMIT", {"pegPriceType": "BEST"}, -1210, "Invalid pegPriceType."),
        ("LIMIT", {**PEG, "pegOffsetType": "TICKS", "pegOffsetValue": 1}, -1211, "Invalid pegOffsetType."),
        (
            "LIMIT",
            {**PEG, **OFFSET, "pegOffsetValue": 101},
            -1130,
            "Data sent for parameter 'pegOffsetValue' is not valid.",
        ),
        ("LIMIT", {"strategyType": 999_999}, -1134, "strategyType was less than 1000000."),
        *[
            ("LIMIT", {name: "0.000000001"}, -1111, f"Parameter '{name}' has too much precision.")
            for name in ("price", "quantity", "icebergQty")
        ],
        ("STOP_LOSS", {"stopPrice": "1.123456789"}, -1111, "Parameter 'stopPrice' has too much precision."),
        ("MARKET", {"quantity": None, "quoteOrderQty": "9.123456789"}, -1111, None),
    ],
)
def test_what_does_not(desk: Desk, kind: str, params: dict[str, object], code: int, message: str | None) -> None:
    """Each has its code and its words, from the endpoint that places and from the one that tests."""
    sent = {name: value for name, value in {**WHOLE[kind], **params}.items() if value is not None}
    sent = {"symbol": "BTCUSDT", "side": "BUY", "type": kind, **sent}

    replies = [desk.ask("POST", path, **sent) for path in ("order", "order/test")]

    for reply in replies:
        assert (400, code, message or reply.refusal[2]) == reply.refusal
    assert [] == desk.ask("GET", "allOrders", symbol="BTCUSDT").json


def of(symbol: str, kind: str, **params: object) -> dict[str, object]:
    prices = {"ADAUSDT": ("20", "0.4"), "BNBBTC": ("1", "0.01")}
    quantity, price = prices[symbol]
    words = {"quantity": quantity, "price": price, "stopPrice": price}
    sent = {name: words.get(name, value) for name, value in WHOLE[kind].items()}
    return {"symbol": symbol, "side": "BUY", "type": kind, **sent, **params}


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (of("ADAUSDT", "MARKET"), "Market orders are not supported for this symbol."),
        (of("ADAUSDT", "STOP_LOSS"), "Stop loss orders are not supported for this symbol."),
        (of("ADAUSDT", "STOP_LOSS_LIMIT"), "Stop loss limit orders are not supported for this symbol."),
        (of("ADAUSDT", "TAKE_PROFIT"), "Take profit orders are not supported for this symbol."),
        (of("ADAUSDT", "TAKE_PROFIT_LIMIT"), "Take profit limit orders are not supported for this symbol."),
        (of("ADAUSDT", "LIMIT", icebergQty="10"), "Iceberg orders are not supported for this symbol."),
        (of("ADAUSDT", "LIMIT", pegPriceType="PRIMARY_PEG"), "Pegged orders are not supported for this symbol."),
        (of("BNBBTC", "STOP_LOSS", trailingDelta=50), "Trailing stop orders are not supported for this symbol."),
        (
            {"symbol": "BNBBTC", "side": "BUY", "type": "MARKET", "quoteOrderQty": "0.1"},
            "Quote order qty market orders are not support for this symbol.",
        ),
    ],
)
def test_what_a_symbol_does_not_offer(desk: Desk, sent: dict[str, object], message: str) -> None:
    """A flag of exchange_info that is off has its words."""
    assert (400, -2010, message) == desk.ask("POST", "order", **sent).refusal


def test_a_plain_order_on_a_plain_symbol(desk: Desk) -> None:
    """Where everything else is off, limit orders are taken."""
    assert 200 == desk.ask("POST", "order", **of("ADAUSDT", "LIMIT")).status


def test_only_one_symbol_knows_every_self_trade_mode(desk: Desk) -> None:
    """The modes that an order may choose are those that exchange_info lists for the symbol."""
    for symbol in ("BTCUSDT", "SOLUSDT"):
        (entry,) = desk.get("exchangeInfo", symbol=symbol).json["symbols"]
        for mode in ("NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"):
            sent = {"symbol": symbol, "side": "BUY", "type": "MARKET", "quantity": "1"}
            reply = desk.ask("POST", "order/test", **sent, selfTradePreventionMode=mode)
            assert (reply.status == 200) is (mode in entry["allowedSelfTradePreventionModes"])


def test_a_name_is_free_again_once_its_order_is_done(desk: Desk) -> None:
    """Two open orders cannot share one; another account's do not count."""
    resting = {"quantity": "0.001", "price": "50000", "newClientOrderId": "mine"}
    desk.order(**resting)

    again = desk.order(**resting)
    desk.ask("DELETE", "order", symbol="BTCUSDT", origClientOrderId="mine")
    afterwards = desk.order(**resting)

    assert (400, -2010, "Duplicate order sent.") == again.refusal
    assert (200, 2) == (afterwards.status, afterwards.json["orderId"])


@pytest.mark.parametrize(
    ("side", "kind", "params", "place"),
    [
        ("BUY", "LIMIT", {}, ("bids", 0)),
        ("SELL", "LIMIT", {}, ("asks", 0)),
        ("BUY", "LIMIT_MAKER", OFFSET, ("bids", 2)),
        ("SELL", "LIMIT", {"pegPriceType": "MARKET_PEG", "timeInForce": "IOC"}, ("bids", 0)),
        # A price beside the peg is only repeated.
        ("BUY", "LIMIT", {"price": "50000"}, ("bids", 0)),
    ],
)
def test_a_peg_takes_its_price_from_the_book(
    desk: Desk, side: str, kind: str, params: dict[str, object], place: tuple[str, int]
) -> None:
    """Its own side's best price or the other's, or a level deeper."""
    levels, depth = place
    price = desk.get("depth", symbol="BTCUSDT", limit=5).json[levels][depth][0]

    order = desk.order("BTCUSDT", side, kind, **{"quantity": "0.001", "newOrderRespType": "RESULT", **PEG, **params})

    assert (price, Decimal(str(params.get("price", 0)))) == (order.json["peggedPrice"], Decimal(order.json["price"]))


@pytest.mark.parametrize(("price", "name"), [("50000.001", "PRICE_FILTER"), ("1", "PERCENT_PRICE_BY_SIDE")])
def test_a_price_beside_a_peg_has_to_keep_the_filters_too(desk: Desk, price: str, name: str) -> None:
    """As well as the one that the order finds in the book."""
    reply = desk.order("BTCUSDT", "BUY", "LIMIT", quantity="0.001", price=price, **PEG)

    assert (400, -1013, f"Filter failure: {name}") == reply.refusal
