"""A parameter that breaks a rule is refused with the exchange's own code and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from binance_nb.sandbox.routes import HANDLERS
from tests.sandbox.desk import NOW_MS, Desk

DAY_MS = 86_400_000
MANDATORY = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."
LEGAL = "Illegal characters found in parameter '{}'; legal range is '{}'."
INVALID = "Data sent for parameter '{}' is not valid."
WHOLE, DECIMAL = "^[0-9]{1,20}$", r"^([0-9]{1,20})(\.[0-9]{1,20})?$"

KLINES = {"symbol": "BTCUSDT", "interval": "1m"}
PUBLIC: list[tuple[str, dict[str, object], int, str]] = [
    ("klines", {"interval": "1m"}, -1102, MANDATORY.format("symbol")),
    ("klines", {**KLINES, "symbol": ""}, -1102, MANDATORY.format("symbol")),
    ("klines", {**KLINES, "limit": ""}, -1105, "Parameter 'limit' was empty."),
    ("klines", {**KLINES, "interval": "1x"}, -1120, "Invalid interval."),
    ("klines", {**KLINES, "limit": "many"}, -1100, LEGAL.format("limit", WHOLE)),
    ("klines", {**KLINES, "limit": "-1"}, -1100, LEGAL.format("limit", WHOLE)),
    ("klines", {**KLINES, "limit": "1e3"}, -1100, LEGAL.format("limit", WHOLE)),
    ("klines", {**KLINES, "limit": "0"}, -1130, INVALID.format("limit")),
    ("klines", {**KLINES, "limit": "1001"}, -1130, INVALID.format("limit")),
    ("klines", {**KLINES, "startTime": "9" * 20}, -1108, "Parameter 'startTime' overflowed."),
    ("klines", {**KLINES, "timeZone": "+15:00"}, -1130, INVALID.format("timeZone")),
    (
        "klines",
        {**KLINES, "colour": "red", "size": "2"},
        -1104,
        "Not all sent parameters were read; read '2' parameter(s) but was sent '4'.",
    ),
    ("time", {"symbol": "BTCUSDT"}, -1101, "Too many parameters; expected '0' and received '1'."),
    (
        "avgPrice",
        {"symbol": "BTCUSDT", "a": 1, "b": 2, "c": 3, "symbolStatus": "TRADING"},
        -1101,
        "Too many parameters; expected '1' and received '5'.",
    ),
    ("klines", {**KLINES, "symbol": "NOSUCH"}, -1121, "Invalid symbol."),
    ("klines", {**KLINES, "symbol": "btcusdt"}, -1100, LEGAL.format("symbol", r"^[\w\-._&&[^a-z]]{1,50}$")),
    ("klines", {**KLINES, "symbol": "BTC/USDT"}, -1100, LEGAL.format("symbol", r"^[\w\-._&&[^a-z]]{1,50}$")),
    ("depth", {"symbol": "BTCUSDT", "symbolStatus": "OPEN"}, -1122, "Invalid symbolStatus."),
    (
        "depth",
        {"symbol": "BTCUSDT", "symbolStatus": "HALT"},
        -1220,
        "The symbol's status does not match the requested symbolStatus.",
    ),
    (
        "aggTrades",
        {"symbol": "BTCUSDT", "fromId": 1, "startTime": 2},
        -1128,
        "Combination of optional parameters invalid.",
    ),
    ("ticker", {}, -1102, "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"),
    ("ticker", {"symbol": "BTCUSDT", "type": "HUGE"}, -1139, "Invalid ticker type."),
    ("ticker", {"symbol": "BTCUSDT", "windowSize": "8d"}, -1130, INVALID.format("windowSize")),
    (
        "ticker",
        {"symbols": json.dumps([f"S{number}" for number in range(101)])},
        -1101,
        "Too many parameters; expected '100' and received '101'.",
    ),
    ("ticker/price", {"symbols": '["BTCUSDT"'}, -1135, "JSON sent for parameter 'symbols' is not valid"),
    (
        "ticker/price",
        {"symbols": '["BTCUSDT","BTCUSDT"]'},
        -1151,
        "Symbol is present multiple times in the list.",
    ),
    ("ticker/price", {"symbols": '["BTCUSDT","NOSUCH"]'}, -1121, "Invalid symbol."),
    ("exchangeInfo", {"showPermissionSets": "maybe"}, -1130, INVALID.format("showPermissionSets")),
]

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
LIMIT = {**ORDER, "type": "LIMIT", "timeInForce": "GTC", "price": "60000"}
SIGNED: list[tuple[str, str, dict[str, object], int, str]] = [
    ("POST", "order", {**ORDER, "side": "LONG"}, -1117, "Invalid side."),
    ("POST", "order", {**ORDER, "type": "STOP"}, -1116, "Invalid orderType."),
    ("POST", "order", {**LIMIT, "timeInForce": "GTD"}, -1115, "Invalid timeInForce."),
    ("POST", "order", {**LIMIT, "price": None}, -1102, MANDATORY.format("price")),
    (
        "POST",
        "order",
        {**ORDER, "quantity": None},
        -1102,
        "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
    ),
    ("POST", "order", {**ORDER, "quantity": "1e-05"}, -1100, LEGAL.format("quantity", DECIMAL)),
    ("POST", "order", {**ORDER, "quantity": "0.001000001"}, -1111, "Parameter 'quantity' has too much precision."),
    ("POST", "order", {**LIMIT, "price": "60000.000000001"}, -1111, "Parameter 'price' has too much precision."),
    ("POST", "order", {**LIMIT, "stopPrice": "1"}, -1106, "Parameter 'stopPrice' sent when not required."),
    ("POST", "order", {**ORDER, "price": "1"}, -1106, "Parameter 'price' sent when not required."),
    ("POST", "order", {**ORDER, "timeInForce": "GTC"}, -1106, "Parameter 'timeInForce' sent when not required."),
    ("POST", "order", {**ORDER, "quoteOrderQty": "50"}, -1128, "Combination of optional parameters invalid."),
    ("POST", "order", {**ORDER, "strategyType": "5"}, -1134, "strategyType was less than 1000000."),
    (
        "POST",
        "order",
        {**ORDER, "newClientOrderId": "a b"},
        -1100,
        LEGAL.format("newClientOrderId", "^[a-zA-Z0-9-_]{1,36}$"),
    ),
    ("POST", "order", {**ORDER, "newClientOrderId": ""}, -1105, "Parameter 'newClientOrderId' was empty."),
    (
        "POST",
        "order",
        {**ORDER, "selfTradePreventionMode": "TRANSFER"},
        -1013,
        "This symbol does not allow the specified self-trade prevention mode.",
    ),
    (
        "GET",
        "order",
        {"symbol": "BTCUSDT"},
        -1102,
        "Param 'orderId' or 'origClientOrderId' must be sent, but both were empty/null!",
    ),
    (
        "DELETE",
        "order",
        {"symbol": "BTCUSDT", "orderId": 1, "cancelRestrictions": "NEVER"},
        -1145,
        "Invalid cancelRestrictions",
    ),
    (
        "GET",
        "allOrders",
        {"symbol": "BTCUSDT", "startTime": NOW_MS - DAY_MS - 1, "endTime": NOW_MS},
        -1127,
        "More than 24 hours between startTime and endTime.",
    ),
    (
        "GET",
        "openOrders",
        {"symbol": "BTCUSDT", "extra": 1},
        -1104,
        # The stamp and the signature are parameters too.
        "Not all sent parameters were read; read '3' parameter(s) but was sent '4'.",
    ),
    (
        "GET",
        "account",
        {"recvWindow": "60001"},
        -1102,
        "'recvWindow' contains unexpected value. Cannot be greater than 60000.",
    ),
]


@pytest.mark.parametrize(("path", "params", "code", "message"), PUBLIC)
def test_public_parameters_are_checked(
    desk: Desk, path: str, params: dict[str, object], code: int, message: str
) -> None:
    """Each broken rule has its code and its literal message."""
    reply = desk.get(path, **params)

    assert (400, code, message) == reply.refusal


@pytest.mark.parametrize(("method", "path", "params", "code", "message"), SIGNED)
def test_signed_parameters_are_checked(
    desk: Desk, method: str, path: str, params: dict[str, object], code: int, message: str
) -> None:
    """Each broken rule has its code and its literal message."""
    given = {name: value for name, value in params.items() if value is not None}

    reply = desk.ask(method, path, **given)

    assert (400, code, message) == reply.refusal


@pytest.mark.parametrize("path", ["klines", "uiKlines", "aggTrades"])
def test_an_end_before_the_start_is_an_empty_answer(desk: Desk, path: str) -> None:
    """The exchange sees nothing wrong in it."""
    interval = {} if path == "aggTrades" else {"interval": "1m"}

    reply = desk.get(path, symbol="BTCUSDT", startTime=NOW_MS, endTime=NOW_MS - 60_000, **interval)

    assert (200, []) == (reply.status, reply.json)


def test_every_endpoint_is_answered(desk: Desk, spec_folder: Path) -> None:
    """Every endpoint of the documentation has a route and a handler."""
    endpoints: list[dict[str, Any]] = json.loads((spec_folder / "rest_endpoints.json").read_text(encoding="utf-8"))

    answers = {
        endpoint["name"]: desk.send(endpoint["method"], endpoint["path"], x_mbx_apikey=desk.trading.api_key)
        for endpoint in endpoints
    }

    assert 48 == len(answers)
    assert {200, 400} == {answer.status for answer in answers.values()}
    assert set(answers) == set(HANDLERS)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v3/nothing", 404), ("PATCH", "/api/v3/time", 405)]
)
def test_an_unknown_path_or_method_is_a_page(desk: Desk, method: str, path: str, status: int) -> None:
    """There the exchange answers with HTML and no code."""
    reply = desk.send(method, path)

    assert status == reply.status
    assert reply.headers["Content-Type"] == "text/html"
    assert str(status) in reply.json
