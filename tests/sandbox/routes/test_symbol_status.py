"""Symbols that do not trade, and the parameter that looks for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.sandbox.listings import LISTINGS
from tests.sandbox.desk import NOW_MS, Desk

MISMATCH = (400, -1220, "The symbol's status does not match the requested symbolStatus.")
TAKES_STATUS = [
    endpoint.path.removeprefix("/api/v3/")
    for endpoint in ENDPOINTS.values()
    if "symbolStatus" in endpoint.by_name and endpoint.group == "market"
]
TAKES_SEVERAL = [path for path in TAKES_STATUS if path.startswith("ticker")]
BLOCK_TRADE_EVERY_MS = 6 * 3_600_000
HALTED, BROKEN = LISTINGS["SOLETH"], LISTINGS["XRPETH"]
STOPPED = pytest.mark.parametrize("symbol", ["SOLETH", "XRPETH"])


@pytest.mark.parametrize("path", TAKES_STATUS)
@pytest.mark.parametrize(("symbol", "status"), [("BTCUSDT", "HALT"), ("SOLETH", "BREAK"), ("XRPETH", "TRADING")])
def test_one_symbol_in_another_state_is_refused(desk: Desk, path: str, symbol: str, status: str) -> None:
    """Everywhere where the parameter exists."""
    assert MISMATCH == desk.get(path, symbol=symbol, symbolStatus=status).refusal


@pytest.mark.parametrize("path", TAKES_STATUS)
def test_the_state_is_one_of_three(desk: Desk, path: str) -> None:
    """Others appear in answers only."""
    assert -1122 == desk.get(path, symbol="BTCUSDT", symbolStatus="CANCEL_ONLY").json["code"]


@pytest.mark.parametrize("path", TAKES_SEVERAL)
def test_several_symbols_are_filtered_silently(desk: Desk, path: str) -> None:
    """What is in another state is left out, be it everything."""
    symbols = '["SOLETH","BTCUSDT","XRPETH"]'

    found = {
        status: [row["symbol"] for row in desk.get(path, symbols=symbols, symbolStatus=status).json]
        for status in ("TRADING", "HALT", "BREAK")
    }
    none = desk.get(path, symbols='["BTCUSDT"]', symbolStatus="HALT")

    assert {"TRADING": ["BTCUSDT"], "HALT": ["SOLETH"], "BREAK": ["XRPETH"]} == found
    assert (200, []) == (none.status, none.json)


@pytest.mark.parametrize("path", ["ticker/24hr", "ticker/price", "ticker/bookTicker"])
def test_the_whole_market_is_filtered_too(desk: Desk, path: str) -> None:
    """Without symbols every listed one is looked at, also those that only some groups may trade."""
    trading = [row["symbol"] for row in desk.get(path, symbolStatus="TRADING").json]

    assert [symbol for symbol in LISTINGS if symbol not in ("SOLETH", "XRPETH")] == trading


@STOPPED
def test_what_has_stopped_has_no_trades_after_its_last(desk: Desk, symbol: str) -> None:
    """Its past stays to be asked for; ids, candles and tickers end where it ended."""
    last_ms = LISTINGS[symbol].last_ms
    (trade,) = desk.get("trades", symbol=symbol, limit=1).json
    (candle,) = desk.get("klines", symbol=symbol, interval="1m", limit=1).json
    late = desk.get("aggTrades", symbol=symbol, startTime=last_ms + 1).json
    beyond = desk.get("historicalTrades", symbol=symbol, fromId=trade["id"] + 1).json
    candles = desk.get("klines", symbol=symbol, interval="1h", startTime=last_ms + 1).json
    stretch = (last_ms - LISTINGS[symbol].listed_at_ms) // BLOCK_TRADE_EVERY_MS
    blocks = desk.get("historicalBlockTrades", symbol=symbol, fromId=stretch - 3).json

    assert trade["time"] <= last_ms == candle[6]
    assert [] == late == beyond == candles
    assert len(blocks) in (3, 4)
    assert all(row["time"] <= last_ms for row in blocks)
    assert trade["price"] == candle[4] == desk.get("ticker/price", symbol=symbol).json["price"]


@STOPPED
@pytest.mark.parametrize(
    ("path", "params"), [("ticker/24hr", {}), ("ticker/tradingDay", {}), ("ticker", {"windowSize": "7d"})]
)
def test_a_window_after_the_last_trade_is_flat(desk: Desk, symbol: str, path: str, params: dict[str, str]) -> None:
    """It holds no trade, and all its prices are the last one."""
    row = desk.get(path, symbol=symbol, **params).json
    last = desk.get("ticker/price", symbol=symbol).json["price"]

    assert {last} == {row[name] for name in ("openPrice", "highPrice", "lowPrice", "lastPrice")}
    assert (-1, -1, 0, "0.00000000") == (row["firstId"], row["lastId"], row["count"], row["volume"])
    assert "0.00000000" == row["priceChange"]


def test_a_halt_keeps_the_book_and_a_break_does_not(desk: Desk) -> None:
    """In a halt the offers stand as they stood; in a break there is nothing to see."""

    def seen(symbol: str) -> tuple[Any, Any]:
        return desk.get("depth", symbol=symbol, limit=5).json, desk.get("ticker/bookTicker", symbol=symbol).json

    halted, halted_best = seen("SOLETH")
    broken, broken_best = seen("XRPETH")

    assert (5, 5) == (len(halted["bids"]), len(halted["asks"]))
    assert [halted_best["bidPrice"], halted_best["bidQty"]] == halted["bids"][0]
    assert {"lastUpdateId": 0, "bids": [], "asks": []} == broken
    assert {Decimal(0)} == {Decimal(text) for name, text in broken_best.items() if name != "symbol"}


def test_a_halted_book_stands_still(moving_desk: Desk) -> None:
    """Hours later it is the same."""
    before = moving_desk.get("depth", symbol="SOLETH").json
    moving_desk.seconds = 7200.0

    assert before == moving_desk.get("depth", symbol="SOLETH").json


@pytest.mark.parametrize(
    ("symbol", "message"),
    [
        ("SOLETH", "Market is closed."),
        ("XRPETH", "Market is closed."),
        ("ADABTC", "This symbol is not permitted for this account."),
    ],
)
def test_orders_are_refused(desk: Desk, symbol: str, message: str) -> None:
    """By the engine, with its reason."""
    reply = desk.order(symbol, "SELL", "MARKET", quantity="10")

    assert (400, -2010, message) == reply.refusal


def test_before_its_stop_a_symbol_trades() -> None:
    """A sandbox whose clock stands earlier has it open, with orders and a moving market."""
    desk = Desk(now_ms=HALTED.last_ms - 3_600_000)

    placed = desk.order("SOLETH", "SELL", "MARKET", quantity="1")
    ticker = desk.get("ticker/24hr", symbol="SOLETH", symbolStatus="TRADING").json

    assert 200 == placed.status
    assert ticker["count"] > 0
    assert "TRADING" == desk.get("exchangeInfo", symbol="SOLETH").json["symbols"][0]["status"]
    assert BROKEN.last_ms < HALTED.last_ms < NOW_MS
