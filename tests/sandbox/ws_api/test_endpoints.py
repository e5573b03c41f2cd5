"""The endpoints of the REST API, asked over the WebSocket API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.sandbox.ws_api.session_methods import declared
from tests.sandbox.desk import NOW_MS
from tests.sandbox.ws_api.stage import Stage, play

BTC: dict[str, object] = {"symbol": "BTCUSDT"}
ASKED: dict[str, dict[str, object]] = {
    "ping": {},
    "time": {},
    "exchange_info": BTC,
    "execution_rules": BTC,
    "depth": {**BTC, "limit": 5},
    "trades": {**BTC, "limit": 5},
    "historical_trades": {**BTC, "limit": 5},
    "agg_trades": {**BTC, "limit": 5},
    "klines": {**BTC, "interval": "1h", "limit": 2},
    "ui_klines": {**BTC, "interval": "1h", "limit": 2},
    "avg_price": BTC,
    "ticker_24hr": {"symbols": '["BTCUSDT","ETHUSDT"]'},
    "ticker_trading_day": BTC,
    "ticker_price": BTC,
    "ticker_book_ticker": BTC,
    "ticker": BTC,
    "account": {"omitZeroBalances": "true"},
    "open_orders": {},
    "all_orders": BTC,
    "my_trades": BTC,
    "open_order_list": {},
    "all_order_list": {},
    "rate_limit_order": {},
    "account_commission": BTC,
    "my_filters": BTC,
}


def test_every_documented_method_is_known(spec_folder: Path) -> None:
    """Each endpoint that the specification gives a WebSocket name goes by it."""
    rows = json.loads((spec_folder / "rest_endpoints.json").read_text())

    assert [row["name"] for row in rows if row["ws_api_method"]] == [
        getattr(declared(row["ws_api_method"]), "name", None) for row in rows if row["ws_api_method"]
    ]


@pytest.mark.parametrize("name", ASKED)
def test_an_endpoint_answers_as_over_rest(name: str) -> None:
    """The same parameters give the same result, whichever way they come; and cost the same."""
    endpoint, params = ENDPOINTS[name], ASKED[name]

    async def scene(stage: Stage) -> tuple[Any, Any, int]:
        stage.desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        path = endpoint.path.removeprefix("/api/v3/")
        rest = stage.desk.ask("GET", path, **params) if endpoint.is_signed else stage.desk.get(path, **params)
        line = await stage.connect()
        assert endpoint.ws_method
        as_json = {key: json.loads(str(text)) if str(text)[:1] == "[" else text for key, text in params.items()}
        ask = (stage.trading,) if endpoint.is_signed else ()
        reply = await (
            line.ask_signed(*ask, endpoint.ws_method, **as_json) if ask else line.ask(endpoint.ws_method, as_json)
        )
        weight = reply["rateLimits"][-1]["count"] - rest.weight - 2
        return rest.json, reply["result"], weight

    rest, result, weight = play(scene)

    assert rest == result
    assert endpoint.weight.price({key: str(text) for key, text in params.items()}) == weight


def test_an_order_lives_over_the_connection() -> None:
    """Placed, looked up and cancelled; placing tells the order counts before the weight."""

    async def scene(stage: Stage) -> list[dict[str, Any]]:
        line = await stage.connect()
        price = str(stage.desk.best()[0] - 1000)
        order = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": price, "quantity": "0.01"}
        name = {**BTC, "origClientOrderId": "mine"}
        return [
            await line.ask_signed(stage.trading, "order.place", newClientOrderId="mine", **order),
            await line.ask_signed(stage.trading, "v3/order.status", **name),
            await line.ask_signed(stage.trading, "order.cancel", **name),
            await line.ask_signed(stage.trading, "order.cancel", **name),
        ]

    placed, found, cancelled, again = play(scene)

    counts = [(entry["rateLimitType"], entry["interval"], entry["count"]) for entry in placed["rateLimits"]]
    assert [("ORDERS", "SECOND", 1), ("ORDERS", "DAY", 1)] == counts[:2]
    assert "REQUEST_WEIGHT" == counts[2][0]
    assert placed["result"]["orderId"] == found["result"]["orderId"] == cancelled["result"]["orderId"]
    assert ("NEW", "CANCELED") == (found["result"]["status"], cancelled["result"]["status"])
    assert {"code": -2011, "msg": "Unknown order sent."} == again["error"]


def test_a_replacement_that_fails_tells_both_halves() -> None:
    """The status is that of REST, and the error carries what became of the cancel and of the order."""

    async def scene(stage: Stage) -> dict[str, Any]:
        line = await stage.connect()
        order = {**BTC, "side": "BUY", "type": "MARKET", "quantity": "0.01"}
        modes = {"cancelReplaceMode": "ALLOW_FAILURE", "cancelOrigClientOrderId": "nobody"}
        return await line.ask_signed(stage.trading, "order.cancelReplace", **order, **modes)

    reply = play(scene)

    assert (409, -2021) == (reply["status"], reply["error"]["code"])
    data = reply["error"]["data"]
    assert ("FAILURE", "SUCCESS") == (data["cancelResult"], data["newOrderResult"])


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"symbol": "NOBODY", "interval": "1h"}, -1121),
        ({"symbol": "BTCUSDT"}, -1102),
        ({"symbol": "BTCUSDT", "interval": None}, -1102),
        ({"symbol": "BTCUSDT", "interval": "1x"}, -1120),
        ({"symbol": "BTCUSDT", "interval": "1h", "limit": 1.5}, -1100),
        ({"symbol": "BTCUSDT", "interval": "1h", "apiKey": "A" * 64}, -1104),
        ({"symbol": ["BTCUSDT"], "interval": "1h"}, -1100),
    ],
)
def test_wrong_parameters_are_refused_as_over_rest(params: dict[str, object], code: int) -> None:
    """Whatever kind of JSON value holds them."""

    async def scene(stage: Stage) -> dict[str, Any]:
        return await (await stage.connect()).ask("klines", params)

    reply = play(scene)

    assert (400, code) == (reply["status"], reply["error"]["code"])


def test_a_read_only_key_cannot_trade() -> None:
    """Not even its own log-on helps."""

    async def scene(stage: Stage) -> dict[str, Any]:
        line = await stage.connect()
        return await line.ask_signed(stage.reading, "order.test", **BTC, side="BUY", type="MARKET", quantity="0.01")

    reply = play(scene)

    assert (401, -2015) == (reply["status"], reply["error"]["code"])


def test_microseconds_reach_the_endpoints() -> None:
    """Times inside results follow the unit of the connection."""

    async def scene(stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
        line = await stage.connect("/ws-api/v3?timeUnit=MICROSECOND")
        first = await line.ask("klines", {**BTC, "interval": "1h", "limit": 1})
        order = {**BTC, "side": "BUY", "type": "MARKET", "quantity": "0.01"}
        return first, await line.ask_signed(stage.trading, "order.place", **order)

    klines, placed = play(scene)

    assert NOW_MS * 1000 == klines["result"][0][0]
    assert NOW_MS * 1000 == placed["result"]["transactTime"]
