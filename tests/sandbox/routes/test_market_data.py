"""Market data agrees with itself over the wire, and with what was asked."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from binance_nb.sandbox.launcher import SandboxProcess
from tests.sandbox.desk import NOW_MS, Desk

MINUTE_MS, DAY_MS = 60_000, 86_400_000
BTC = {"symbol": "BTCUSDT"}
Get = Callable[..., Any]


@pytest.fixture
def get(sandbox: SandboxProcess) -> Get:
    """Asks the shared sandbox over its socket."""

    def ask(path: str, **params: object) -> Any:
        with requests.get(f"{sandbox.url}/api/v3/{path}", params={k: str(v) for k, v in params.items()}) as reply:
            reply.raise_for_status()
            return reply.json()

    return ask


def test_last_prices_agree_everywhere(get: Get) -> None:
    """Candles of any length, trades, tickers and the book tell the same last price."""
    last = get("ticker/price", **BTC)["price"]
    closes = {get("klines", **BTC, interval=size)[-1][4] for size in ("1s", "1m", "1h", "1d")}
    best = get("ticker/bookTicker", **BTC)
    book = get("depth", **BTC, limit=1)

    assert {last} == closes
    assert last == get("trades", **BTC, limit=1)[0]["price"]
    assert last == get("aggTrades", **BTC, limit=1)[0]["p"]
    assert last == get("ticker/24hr", **BTC)["lastPrice"]
    assert last in (best["bidPrice"], best["askPrice"])
    assert [[best["bidPrice"], best["bidQty"]]] == book["bids"]
    assert [[best["askPrice"], best["askQty"]]] == book["asks"]


def test_a_minute_adds_up_to_its_trades(get: Get) -> None:
    """Volume, count and extremes of a candle are those of the trades in it."""
    start_ms = NOW_MS - 5 * MINUTE_MS
    (candle,) = get("klines", **BTC, interval="1m", startTime=start_ms, limit=1)
    rows = get("aggTrades", **BTC, startTime=start_ms, endTime=start_ms + MINUTE_MS - 1, limit=1000)
    prices = [Decimal(row["p"]) for row in rows]

    assert [max(prices), min(prices), prices[-1]] == [Decimal(candle[place]) for place in (2, 3, 4)]
    assert sum(Decimal(row["q"]) for row in rows) == Decimal(candle[5])
    assert sum(row["l"] - row["f"] + 1 for row in rows) == candle[8]


def test_a_day_ticker_is_the_sum_of_its_minutes(get: Get) -> None:
    """The day so far in the time zone asked for, and its times span the whole day."""
    ticker = get("ticker/tradingDay", **BTC, timeZone="+02:00")
    open_ms = NOW_MS // DAY_MS * DAY_MS - 2 * 3_600_000
    hours = get("klines", **BTC, interval="1h", startTime=open_ms)

    assert (open_ms, open_ms + DAY_MS - 1) == (ticker["openTime"], ticker["closeTime"])
    assert sum(Decimal(row[5]) for row in hours) == Decimal(ticker["volume"])
    assert hours[0][1] == ticker["openPrice"]


@pytest.mark.parametrize(("size", "length_ms"), [("1m", MINUTE_MS), ("23h", 23 * 60 * MINUTE_MS), ("7d", 7 * DAY_MS)])
def test_a_rolling_window_begins_on_a_minute(moving_desk: Desk, size: str, length_ms: int) -> None:
    """It ends now and may be up to a minute longer than asked."""
    moving_desk.seconds = 12.345

    row = moving_desk.get("ticker", **BTC, windowSize=size).json

    assert NOW_MS + 12_345 == row["closeTime"]
    assert NOW_MS - length_ms == row["openTime"]


@pytest.mark.parametrize("path", ["ticker/24hr", "ticker/price", "ticker/bookTicker"])
def test_tickers_of_one_several_and_all(desk: Desk, path: str) -> None:
    """One symbol gives an object, several a list in their order, none the whole market."""
    one = desk.get(path, symbol="ETHUSDT").json
    two = desk.get(path, symbols='["ETHUSDT","BTCUSDT"]').json
    every = desk.get(path).json

    assert one == two[0]
    assert ["ETHUSDT", "BTCUSDT"] == [row["symbol"] for row in two]
    assert list(desk.venue.listings) == [row["symbol"] for row in every]


def test_another_status_hides_symbols_from_a_list(desk: Desk) -> None:
    """Of several symbols only those in the state asked for come, silently."""
    both = desk.get("ticker/price", symbols='["ETHUSDT","BTCUSDT"]', symbolStatus="TRADING").json
    none = desk.get("ticker/price", symbols='["ETHUSDT","BTCUSDT"]', symbolStatus="HALT").json

    assert (2, 0) == (len(both), len(none))


def test_candles_are_paged_as_asked(desk: Desk) -> None:
    """A start walks forward from there; without one the newest come; both ends are inclusive."""
    start_ms = NOW_MS - 60 * MINUTE_MS
    ask = {**BTC, "interval": "1m"}

    forward = desk.get("klines", **ask, startTime=start_ms, limit=3).json
    newest = desk.get("klines", **ask, limit=3).json
    until = desk.get("klines", **ask, endTime=start_ms, limit=3).json
    between = desk.get("klines", **ask, startTime=start_ms, endTime=start_ms + 2 * MINUTE_MS).json

    assert [start_ms + step * MINUTE_MS for step in (0, 1, 2)] == [row[0] for row in forward]
    assert [NOW_MS - step * MINUTE_MS for step in (2, 1, 0)] == [row[0] for row in newest]
    assert [start_ms - step * MINUTE_MS for step in (2, 1, 0)] == [row[0] for row in until]
    assert forward == between
    assert 500 == len(desk.get("klines", **ask).json)


@pytest.mark.parametrize(("zone", "hours"), [("0", 0), ("8", 8), ("-5:30", -5.5), ("+05:45", 5.75)])
def test_a_time_zone_moves_where_a_day_begins(desk: Desk, zone: str, hours: float) -> None:
    """Days open at local midnight; the times in the answer stay UTC."""
    row = desk.get("klines", **BTC, interval="1d", timeZone=zone, limit=1).json[0]

    assert 0 == (row[0] + hours * 3_600_000) % DAY_MS


def test_trades_from_an_id_on(desk: Desk) -> None:
    """Old trades come from the very id asked for; without one the newest come."""
    newest = desk.get("historicalTrades", **BTC, limit=5).json
    older = desk.get("historicalTrades", **BTC, fromId=newest[0]["id"] - 3, limit=3).json

    assert newest == desk.get("trades", **BTC, limit=5).json
    assert [newest[0]["id"] - step for step in (3, 2, 1)] == [row["id"] for row in older]


def test_depth_is_cut_at_five_thousand(desk: Desk) -> None:
    """A larger limit is lowered, not refused, and costs the dearest weight."""
    reply = desk.get("depth", **BTC, limit=6000)

    assert (200, 250) == (reply.status, reply.weight)
    assert (5000, 5000) == (len(reply.json["bids"]), len(reply.json["asks"]))


@pytest.fixture
def recording(real_folder: Path) -> list[list[str]]:
    """The rows of a recorded day, as they stand in its file."""
    (path,) = real_folder.glob("BTCUSDT-1m-2020-01-01.zip")
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        return list(csv.reader(io.TextIOWrapper(file)))


def test_recorded_candles_are_served_to_the_digit(
    start_sandbox: Callable[..., SandboxProcess], real_folder: Path, recording: list[list[str]]
) -> None:
    """With archives a day's minutes are the file's, and a header tells them from made-up ones."""
    process = start_sandbox(frozen="2020-01-05", archives=real_folder)
    start_ms = int(recording[0][0])

    def ask(interval: str, first_ms: int, last_ms: int) -> requests.Response:
        query = {**BTC, "interval": interval, "startTime": str(first_ms), "endTime": str(last_ms), "limit": "1000"}
        return requests.get(f"{process.url}/api/v3/klines", params=query)

    noon_ms = start_ms + DAY_MS // 2
    halves = [ask("1m", start_ms, noon_ms - 1), ask("1m", noon_ms, start_ms + DAY_MS - 1)]
    served = [[str(value) for value in row] for half in halves for row in half.json()]
    hours = ask("1h", start_ms, start_ms + DAY_MS - 1)
    others = [ask("1h", noon_ms, noon_ms + DAY_MS), ask("1h", start_ms + DAY_MS, noon_ms + DAY_MS)]
    sources = [reply.headers["X-SANDBOX-SOURCE"] for reply in (*halves, hours, *others)]

    assert [row[:11] for row in recording] == [row[:11] for row in served]
    assert sum(Decimal(row[5]) for row in recording) == sum(Decimal(row[5]) for row in hours.json())
    assert ["recorded", "recorded", "recorded", "mixed", "synthetic"] == sources
