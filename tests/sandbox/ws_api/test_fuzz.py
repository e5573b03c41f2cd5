"""Whatever comes over the socket is answered, and nothing breaks."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.sandbox.ws_api.session_methods import declared
from tests.sandbox.ws_api.stage import Stage, play

METHODS = [endpoint.ws_method for endpoint in ENDPOINTS.values() if endpoint.ws_method]
SESSION = ["session.logon", "session.status", "session.logout", "session.subscriptions", "userDataStream.unsubscribe"]
TEXTS = st.sampled_from(
    [
        "BTCUSDT",
        "BUY",
        "SELL",
        "LIMIT",
        "MARKET",
        "STOP_LOSS",
        "GTC",
        "IOC",
        "0.01",
        "62000",
        "1h",
        "FULL",
        "true",
        "x",
        "",
    ]
)
NUMBERS = st.sampled_from([-1, 0, 1, 5, 1000, 62_000, 2**63, 1_717_243_200_000])
PLAIN = TEXTS | NUMBERS
ODD = PLAIN | st.none() | st.booleans() | st.lists(TEXTS, max_size=2) | st.text() | st.floats(allow_nan=False)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any], bool]:
    """A method, parameters that it may know, and whether they are signed."""
    method = draw(st.sampled_from([*METHODS, *SESSION]))
    endpoint = declared(method)
    assert endpoint is not None
    names = st.sampled_from([*(parameter.name for parameter in endpoint.asked), "timestamp", "symbol"])
    is_signed = endpoint.is_signed and draw(st.booleans())
    params = draw(st.dictionaries(names, PLAIN if is_signed else ODD, max_size=8))
    if draw(st.booleans()) and "symbol" in endpoint.by_name:
        params["symbol"] = "BTCUSDT"
    if is_signed:
        params = {name: value for name, value in params.items() if name not in ("timestamp", "apiKey", "signature")}
    return method, params, is_signed


@settings(max_examples=40)
@given(st.lists(requests(), min_size=1, max_size=12))
def test_every_request_gets_an_answer(asked: list[tuple[str, dict[str, Any], bool]]) -> None:
    """Known methods with all kinds of parameters: a result or a refusal with a code, and never a fault of ours."""

    async def scene(stage: Stage) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        line = await stage.connect()
        await line.follow(stage.trading)
        replies = [
            await (line.ask_signed(stage.trading, method, **params) if is_signed else line.ask(method, params))
            for method, params, is_signed in asked
        ]
        return replies, stage.desk.ask("GET", "account").json["balances"]

    replies, balances = play(scene)

    for reply in replies:
        assert reply["status"] == 200 or 400 <= reply["status"] < 500, reply
        assert ("result" in reply) != ("error" in reply)
        assert "error" not in reply or reply["error"]["code"] < 0
    assert all(min(Decimal(row["free"]), Decimal(row["locked"])) >= 0 for row in balances)


@settings(max_examples=30)
@given(
    st.lists(
        st.text() | st.recursive(ODD, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(json.dumps)
    )
)
def test_garbage_is_refused_and_the_connection_lives(texts: list[str]) -> None:
    """Texts of every kind, JSON or not."""

    async def scene(stage: Stage) -> list[int]:
        line = await stage.connect()
        return [(await line.say(text))["status"] for text in [*texts, '{"method": "ping"}']]

    *refused, alive = play(scene)

    assert all(400 <= status < 500 for status in refused)
    assert 200 == alive
