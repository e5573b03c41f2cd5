"""The log: what was received and executed, without secrets, and bounded."""

from __future__ import annotations

from typing import Any

import pytest

from binance_nb.sandbox.control.log import MARKET, Log
from tests.sandbox.desk import NOW_MS, Desk, encoded, signed


def lines(desk: Desk) -> list[dict[str, Any]]:
    return list(desk.exchange.log.entries())


def test_an_order_and_what_became_of_it_are_logged(desk: Desk) -> None:
    """Who, what, when, what was answered, and which orders it changed, fills included."""
    placed = desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01").json

    line = lines(desk)[-1]

    assert ("POST", "/api/v3/order", "new_order", "main") == tuple(
        line[name] for name in ("method", "path", "endpoint", "account")
    )
    assert (NOW_MS, 200, None, True, True) == tuple(
        line[name] for name in ("time", "status", "code", "executed", "answered")
    )
    assert {placed["orderId"]} == {order["orderId"] for order in line["orders"]}
    assert ["NEW", "TRADE"] == list(dict.fromkeys(order["executionType"] for order in line["orders"]))
    assert ("FILLED", "0.01000000") == (line["orders"][-1]["status"], line["orders"][-1]["executedQty"])


def test_no_secret_is_in_the_log(desk: Desk) -> None:
    """Neither keys nor signatures, of calls that worked or were refused."""
    desk.ask("GET", "account")
    desk.send("GET", "/api/v3/account", f"timestamp={NOW_MS}&signature={'a' * 64}", x_mbx_apikey=desk.key.api_key)

    said = repr(lines(desk)) + repr(list(desk.exchange.log._entries))

    assert desk.key.api_key not in said
    assert desk.key.secret_key not in said
    assert "signature'" not in said


def test_a_refused_signature_says_what_should_have_been_signed(desk: Desk) -> None:
    """The exact text: here somebody signed before he sorted."""
    query = encoded({"symbol": "BTCUSDT", "timestamp": NOW_MS})
    wrong = signed("timestamp=1", desk.key.secret_key)

    desk.send("GET", "/api/v3/openOrders", f"{query}&signature={wrong}", x_mbx_apikey=desk.key.api_key)

    line = lines(desk)[-1]
    assert (query, -1022, False) == (line["expected_signed"], line["code"], line["executed"])
    assert "wrong signature: the key is HMAC" == line["reason"]


@pytest.mark.parametrize(
    ("api_key", "code", "reason"),
    [(None, -2014, "no key was sent"), ("short", -2014, "malformed key"), ("a" * 64, -2015, "unknown key")],
)
def test_a_refused_key_says_why(desk: Desk, api_key: str | None, code: int, reason: str) -> None:
    """The exchange itself tells callers less."""
    headers = {} if api_key is None else {"x_mbx_apikey": api_key}

    desk.send("GET", "/api/v3/account", f"timestamp={NOW_MS}&signature=a", **headers)

    line = lines(desk)[-1]
    assert code == line["code"]
    assert line["reason"].startswith(reason)


def test_a_key_that_may_not_says_what_it_lacks(desk: Desk) -> None:
    """The reading key places an order."""
    desk.key = desk.reading

    desk.order(quantity="0.01", price="50000")

    assert (-2015, None) == (lines(desk)[-1]["code"], lines(desk)[-1]["expected_signed"])
    assert "wrong permission: TRADE is needed, the key has USER_DATA, USER_STREAM" == lines(desk)[-1]["reason"]


def test_calls_that_cannot_be_read_are_logged_too(desk: Desk) -> None:
    """Bytes that are no text, and paths that lead nowhere."""
    desk.send("GET", "/api/v3/depth", "symbol=%FF")
    desk.send("GET", "/api/v3/nothing")

    unread, nowhere = lines(desk)[-2:]

    assert ("depth", None, -1100) == (unread["endpoint"], unread["parameters"], unread["code"])
    assert (None, 404, None) == (nowhere["endpoint"], nowhere["status"], nowhere["code"])


def test_what_only_time_did_is_a_line_of_its_own(moving_desk: Desk) -> None:
    """An order that waited just off the best price fills while nobody calls."""
    bid, _ = moving_desk.best()
    moving_desk.order("BTCUSDT", "BUY", "LIMIT", quantity="0.001", price=bid)
    moving_desk.seconds = 3600.0
    moving_desk.get("ping")

    (market,) = [line for line in lines(moving_desk) if line["method"] == MARKET]

    assert (True, False, None) == (market["executed"], market["answered"], market["endpoint"])
    assert {"TRADE"} == {order["executionType"] for order in market["orders"]}


def test_the_log_is_bounded_and_so_is_each_line() -> None:
    """Ten thousand calls, and of a megabyte of parameters the beginning."""
    log = Log(length=3)
    for number in range(5):
        log.begin("", "GET", f"/{number}" + "x" * 100_000, 0).read(
            "ping", {f"{place}" * 300: "y" * 100_000 for place in range(50)}
        )

    kept = list(log.entries())

    assert [3, 4, 5] == [line["id"] for line in kept]
    assert len(repr(kept)) < 50_000


def test_lines_are_picked(desk: Desk) -> None:
    """Those after one that is known, of one endpoint, of one account, and the newest so many."""
    desk.get("ping")
    known = lines(desk)[-1]["id"]
    desk.get("time")
    desk.ask("GET", "account")
    log = desk.exchange.log

    picked = [
        [line["endpoint"] for line in log.entries(**wanted)]
        for wanted in ({"since": known}, {"endpoint": "time"}, {"account": "main"}, {"limit": 1}, {"limit": 0})
    ]

    assert [["time", "account"], ["time"], ["account"], ["account"], []] == picked
