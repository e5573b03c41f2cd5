"""What every answer carries: weight, clock, name, unit of time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from tests.sandbox.desk import NOW_MS, Desk, encoded


def test_every_documented_weight_is_charged(desk: Desk, spec_folder: Path) -> None:
    """For each sample of the documentation the header rises by its weight, also when the call is refused."""
    endpoints: list[dict[str, Any]] = json.loads((spec_folder / "rest_endpoints.json").read_text(encoding="utf-8"))
    samples = [(endpoint, sample) for endpoint in endpoints for sample in endpoint.get("weight_examples", [])]

    for endpoint, sample in samples:
        before = desk.get("time").weight
        params = sample["params"].items()
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params}
        reply = desk.send(endpoint["method"], endpoint["path"], encoded(texts), x_mbx_apikey=desk.trading.api_key)
        assert sample["weight"] == reply.weight - before, (endpoint["name"], sample)
    assert len(samples) > 40


@pytest.mark.parametrize("query", ["symbol=BTCUSDT&symbol=ETHUSDT", "symbol=%FF"])
def test_a_call_that_cannot_be_read_weighs_too(desk: Desk, query: str) -> None:
    """Parameters in tatters are no way around the limit."""
    reply = desk.send("GET", "/api/v3/depth", query)

    assert (400, 5) == (reply.status, reply.weight)


def test_placing_and_cancelling_weigh_nothing_when_they_work(desk: Desk) -> None:
    """An accepted order and cancel are free; a refused one of each costs its weight."""
    desk.order(price="50000", quantity="0.001")
    desk.ask("DELETE", "openOrders", symbol="BTCUSDT")
    worked = desk.get("ping").weight
    desk.order(price="50000", quantity="900")
    desk.ask("DELETE", "openOrders", symbol="BTCUSDT")
    failed = desk.get("ping").weight

    assert (1, 4) == (worked, failed)


def test_every_answer_states_clock_and_name(moving_desk: Desk) -> None:
    """Refusals and pages too."""
    moving_desk.seconds = 1.5

    answers = [moving_desk.get("time"), moving_desk.get("klines"), moving_desk.get("nothing")]

    for answer in answers:
        assert answer.headers["X-SANDBOX-CLOCK"] == f"{NOW_MS + 1500};1"
        assert answer.headers["X-SANDBOX"] == "1/test"
        assert answer.headers["Date"] == "Sat, 01 Jun 2024 12:00:01 GMT"
        assert answer.headers["X-MBX-USED-WEIGHT"] == answer.headers["X-MBX-USED-WEIGHT-1M"]


def test_json_answers_are_utf_8(desk: Desk) -> None:
    """A symbol that is not ASCII stands in the answer as it is."""
    reply = desk.get("ticker/price", symbol="这是测试币456")

    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert reply.json["symbol"] == "这是测试币456"


@pytest.mark.parametrize("unit", ["MICROSECOND", "microsecond"])
def test_times_come_in_microseconds_when_asked(desk: Desk, unit: str) -> None:
    """In named fields, in rows without names, in nested rows; sentinels and numbers that are no times stay."""

    def both(path: str, **params: object) -> tuple[Any, Any]:
        query = encoded(params)
        return desk.get(path, **params).json, desk.send("GET", f"/api/v3/{path}", query, x_mbx_time_unit=unit).json

    candles_ms, candles_us = both("klines", symbol="BTCUSDT", interval="1m", limit=2)
    trades_ms, trades_us = both("aggTrades", symbol="BTCUSDT", limit=2)
    info_ms, info_us = both("exchangeInfo", symbol="BTCUSDT")

    assert [row[0] * 1000 for row in candles_ms] == [row[0] for row in candles_us]
    assert [row[6] * 1000 + 999 for row in candles_ms] == [row[6] for row in candles_us]
    assert [row[:6][1:] + row[7:] for row in candles_ms] == [row[:6][1:] + row[7:] for row in candles_us]
    assert [{**row, "T": row["T"] * 1000} for row in trades_ms] == trades_us
    assert {**info_ms, "serverTime": NOW_MS * 1000} == info_us


def test_an_order_keeps_its_sentinels_in_microseconds(desk: Desk) -> None:
    """-1 is no time, and a number that is no time stays as it is."""
    desk.headers = {"x_mbx_time_unit": "MICROSECOND"}
    order = desk.order(price="50000", quantity="0.001").json

    assert NOW_MS * 1000 == order["transactTime"] == order["workingTime"]
    assert (-1, 1) == (order["orderListId"], order["orderId"])


def test_another_unit_is_refused(desk: Desk) -> None:
    """Only the two units exist."""
    reply = desk.send("GET", "/api/v3/time", x_mbx_time_unit="NANOSECOND")

    assert reply.refusal == (
        400,
        -1194,
        "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
    )


def test_microseconds_are_understood_in_requests(desk: Desk) -> None:
    """A start or end in microseconds means the same moment, and a stamp in microseconds is as good."""
    in_ms = desk.get("klines", symbol="BTCUSDT", interval="1m", startTime=NOW_MS - 600_000, endTime=NOW_MS - 1)
    in_us = desk.get(
        "klines",
        symbol="BTCUSDT",
        interval="1m",
        startTime=(NOW_MS - 600_000) * 1000,
        endTime=(NOW_MS - 1) * 1000 + 999,
    )
    stamped = desk.ask("GET", "account", timestamp=NOW_MS * 1000)

    assert len(in_ms.json) == 10
    assert in_ms.json == in_us.json
    assert stamped.status == 200


TEXTS = st.one_of(
    st.text(max_size=6),
    st.integers(-(10**21), 10**21).map(str),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.sampled_from(
        ["BTCUSDT", "ETHBTC", "1m", "BUY", "SELL", "LIMIT", "MARKET", "GTC", "true", '["BTCUSDT"]', "[]", "1"]
    ),
)


@settings(max_examples=200)
@given(data=st.data())
def test_whatever_is_sent_is_answered(data: st.DataObject) -> None:
    """No endpoint fails on parameters that a person, or a program, could come up with."""
    desk = Desk()
    endpoint = data.draw(st.sampled_from(list(ENDPOINTS.values())))
    names = st.sampled_from([parameter.name for parameter in endpoint.asked] or ["none"])
    params = data.draw(st.dictionaries(names | st.text(max_size=4), TEXTS, max_size=6))
    params.update({name: "BTCUSDT" for name in ("symbol",) if data.draw(st.booleans())})

    path = endpoint.path.removeprefix("/api/v3/")
    reply = desk.ask(endpoint.method, path, **params) if endpoint.is_signed else desk.get(path, **params)

    assert 200 == reply.status or reply.json["code"] < -1000
