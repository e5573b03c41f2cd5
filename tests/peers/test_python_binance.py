"""python-binance cannot tell the sandbox from the exchange."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_nb.sandbox.launcher import SandboxProcess
from tests.peers.apart import apart
from tests.peers.python_binance_users import (
    SYMBOL,
    Place,
    depth_cache,
    error_codes,
    kline_stream,
    trading_day,
    user_stream,
)

pytest.importorskip("binance", reason="make test-peers brings python-binance")

_EVENTS = 1000
# After its second snapshot it applies events that are older than it; until they are through, its book may be crossed.
_CATCHING_UP = 60


def place(exchange: SandboxProcess) -> Place:
    assert exchange.ws_url is not None
    return Place(exchange.url, exchange.ws_url, exchange.api_key, exchange.secret_key)


def test_a_day_of_trading(exchange: SandboxProcess, last_price: Decimal) -> None:
    """Exchange info, klines, account, place, query, cancel, a market order, an OCO and the trades."""
    day = apart(trading_day, place(exchange), last_price)

    assert ("TRADING", True) == (day["info"]["status"], day["account"]["canTrade"])
    assert (24, 180) == (len(day["klines"]), len(day["history"]) // 10 * 10)
    assert ["NEW", "NEW", "CANCELED"] == [day[step]["status"] for step in ("placed", "found", "cancelled")]
    assert [day["placed"]["orderId"]] == [order["orderId"] for order in day["waiting"]]
    assert ("FILLED", Decimal("0.01")) == (day["bought"]["status"], sum(Decimal(row["qty"]) for row in day["trades"]))
    assert ("EXECUTING", "ALL_DONE") == (day["oco"]["listOrderStatus"], day["ended"]["listOrderStatus"])


def test_its_errors_carry_the_exchange_s_codes(exchange: SandboxProcess) -> None:
    """A broken filter, an unknown symbol and a wrong secret are the codes its users know."""
    assert [-1013, -1121, -1022] == apart(error_codes, place(exchange))


def test_a_kline_stream(fast_exchange: SandboxProcess) -> None:
    """Candles arrive one after the other, the closed ones marked."""
    events = apart(kline_stream, place(fast_exchange), 80)

    closed = [event["k"]["t"] for event in events if event["k"]["x"]]
    assert {("kline", SYMBOL)} == {(event["e"], event["s"]) for event in events}
    assert len(closed) >= 1
    assert closed == list(range(closed[0], closed[0] + 60_000 * len(closed), 60_000))


def test_a_depth_cache_stays_in_sync_for_a_thousand_events(fast_exchange: SandboxProcess) -> None:
    """Once it has joined the stream it never has to start again, and its best bid stays below its best ask."""
    fared = apart(depth_cache, place(fast_exchange), _EVENTS)

    assert fared.events == _EVENTS
    assert fared.last_crossed < _CATCHING_UP
    assert fared.snapshots == fared.snapshots_at_first


def test_its_user_stream_tells_of_an_order(exchange: SandboxProcess, last_price: Decimal) -> None:
    """An order placed over REST arrives as execution reports over the WebSocket API."""
    events = apart(user_stream, place(exchange), last_price, 4)

    told = [event.get("x", event["e"]) for event in events]
    assert ["NEW", "outboundAccountPosition", "CANCELED", "outboundAccountPosition"] == told
