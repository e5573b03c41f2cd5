"""Ids, windows, time zones and units of time, over every market endpoint that has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from binance_nb.catalog import ENDPOINTS
from tests.sandbox.desk import NOW_MS, Desk, encoded

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BTC: dict[str, object] = {"symbol": "BTCUSDT"}
LIMITED = [
    endpoint.path.removeprefix("/api/v3/")
    for endpoint in ENDPOINTS.values()
    if endpoint.group == "market" and "limit" in endpoint.by_name and endpoint.name != "depth"
]
EXTRAS: dict[str, dict[str, str]] = {
    "klines": {"interval": "1m"},
    "uiKlines": {"interval": "1m"},
    "historicalBlockTrades": {"fromId": "0"},
}


@pytest.mark.parametrize("path", LIMITED)
def test_a_limit_of_one_and_of_a_thousand(desk: Desk, path: str) -> None:
    """Both ends are allowed, and what lies beyond is refused."""
    sent = {**BTC, **EXTRAS.get(path, {})}

    counts = [len(desk.get(path, **sent, limit=limit).json) for limit in (1, 1000)]
    codes = [desk.get(path, **sent, limit=limit).json["code"] for limit in (0, -1, 1001, "ten")]

    assert [1, 1000] == counts
    assert [-1130, -1100, -1130, -1100] == codes


def test_aggregate_trades_between_two_moments(desk: Desk) -> None:
    """Both are included; a start walks forward; an end alone gives the newest before it; backwards is empty."""
    rows = desk.get("aggTrades", **BTC, startTime=NOW_MS - 10 * MINUTE_MS, limit=50).json
    first_ms, last_ms = rows[3]["T"], rows[9]["T"]

    between = desk.get("aggTrades", **BTC, startTime=first_ms, endTime=last_ms).json
    until = desk.get("aggTrades", **BTC, endTime=last_ms, limit=4).json
    backwards = desk.get("aggTrades", **BTC, startTime=last_ms, endTime=first_ms)

    assert [row for row in rows if first_ms <= row["T"] <= last_ms] == between
    assert [row for row in rows if row["T"] <= last_ms][-4:] == until
    assert (200, []) == (backwards.status, backwards.json)


def test_aggregate_trades_from_an_id(desk: Desk) -> None:
    """The id is included; one that has not been given yet is empty; times do not go with it."""
    newest = desk.get("aggTrades", **BTC, limit=3).json
    last_id = newest[-1]["a"]

    assert newest == desk.get("aggTrades", **BTC, fromId=newest[0]["a"]).json
    assert [0, 1] == [row["a"] for row in desk.get("aggTrades", **BTC, fromId=0, limit=2).json]
    assert [] == desk.get("aggTrades", **BTC, fromId=last_id + 1).json
    for name in ("startTime", "endTime"):
        assert -1128 == desk.get("aggTrades", **BTC, fromId=1, **{name: NOW_MS}).json["code"]


@pytest.mark.parametrize("path", ["historicalTrades", "aggTrades", "historicalBlockTrades"])
def test_ids_that_cannot_be(desk: Desk, path: str) -> None:
    """Of the far future: empty. Negative, no number, or longer than 64 bits: refused."""
    far = desk.get(path, **BTC, fromId=2**62)
    codes = [desk.get(path, **BTC, fromId=text).json["code"] for text in ("-1", "one", "9" * 19)]

    assert (200, []) == (far.status, far.json)
    assert [-1100, -1100, -1108] == codes


def test_old_trades_begin_at_the_first(desk: Desk) -> None:
    """Id 0 is the first trade of all, and the id after the newest gives nothing."""
    first = desk.get("historicalTrades", **BTC, fromId=0, limit=2).json
    newest = desk.get("trades", **BTC, limit=1).json[0]["id"]

    assert [0, 1] == [row["id"] for row in first]
    assert [newest] == [row["id"] for row in desk.get("historicalTrades", **BTC, fromId=newest).json]
    assert [] == desk.get("historicalTrades", **BTC, fromId=newest + 1).json


@pytest.mark.parametrize("path", ["klines", "uiKlines"])
@pytest.mark.parametrize("zone", ["0", "+8", "-5:30", "05:45", "-12:00", "+14:00"])
@pytest.mark.parametrize("interval", ["1d", "3d", "1w", "1M"])
def test_long_candles_open_at_local_midnight(desk: Desk, path: str, interval: str, zone: str) -> None:
    """Weeks on a Monday, months on a first, three days on every third day; each ends where the next begins."""
    rows = desk.get(path, **BTC, interval=interval, timeZone=zone, limit=4).json
    hours, _, minutes = zone.lstrip("+-").partition(":")
    offset_ms = (int(hours) * 60 + int(minutes or 0)) * MINUTE_MS * (-1 if zone.startswith("-") else 1)
    local = [datetime.fromtimestamp((row[0] + offset_ms) / 1000, UTC) for row in rows]

    assert all((moment.hour, moment.minute, moment.second) == (0, 0, 0) for moment in local)
    assert [row[6] + 1 for row in rows[:-1]] == [row[0] for row in rows[1:]]
    assert rows[-1][0] <= NOW_MS <= rows[-1][6]
    match interval:
        case "1d" | "3d":
            days = int(interval[0])
            assert [timedelta(days=days)] * 3 == [later - one for one, later in pairwise(local)]
        case "1w":
            assert {0} == {moment.weekday() for moment in local}
        case "1M":
            assert {1} == {moment.day for moment in local}


def test_start_and_end_stay_utc(desk: Desk) -> None:
    """With any time zone they choose the candles that open between them in UTC."""
    start_ms = NOW_MS // DAY_MS * DAY_MS - 5 * DAY_MS
    ask = {**BTC, "interval": "1d", "startTime": start_ms, "endTime": start_ms + 2 * DAY_MS}

    opens = {zone: [row[0] for row in desk.get("klines", **ask, timeZone=zone).json] for zone in ("0", "8", "-8")}

    assert [start_ms + day * DAY_MS for day in (0, 1, 2)] == opens["0"]
    assert [start_ms + day * DAY_MS - 8 * HOUR_MS for day in (1, 2)] == opens["8"]
    assert [start_ms + day * DAY_MS + 8 * HOUR_MS for day in (0, 1)] == opens["-8"]


@pytest.mark.parametrize("zone", ["+15", "-12:01", "+14:01", "8:60", "Berlin", "+8:0"])
@pytest.mark.parametrize("path", ["klines", "uiKlines", "ticker/tradingDay"])
def test_a_time_zone_that_is_none(desk: Desk, path: str, zone: str) -> None:
    """From -12:00 to +14:00, in hours and minutes."""
    reply = desk.get(path, **BTC, **({} if path == "ticker/tradingDay" else {"interval": "1d"}), timeZone=zone)

    assert (400, -1130) == (reply.status, reply.json["code"])


def test_a_local_day_is_the_sum_of_its_hours(desk: Desk) -> None:
    """Its candle holds what the hours between its ends hold."""
    (day,) = desk.get("klines", **BTC, interval="1d", timeZone="8", endTime=NOW_MS - DAY_MS, limit=1).json
    hours = desk.get("klines", **BTC, interval="1h", startTime=day[0], endTime=day[6]).json

    assert 24 == len(hours)
    assert Decimal(day[5]) == sum(Decimal(row[5]) for row in hours)
    assert (day[1], day[4]) == (hours[0][1], hours[-1][4])


def test_candles_for_drawing_are_the_same(desk: Desk) -> None:
    """Value for value."""
    ask = {**BTC, "interval": "4h", "timeZone": "-3", "limit": 7}

    assert desk.get("klines", **ask).json == desk.get("uiKlines", **ask).json


@pytest.mark.parametrize("size", ["1m", "59m", "1h", "23h", "1d", "7d"])
def test_a_rolling_window_is_its_candles(moving_desk: Desk, size: str) -> None:
    """It begins on the minute, and holds what the minutes since then hold."""
    moving_desk.seconds = 30.5
    row = moving_desk.get("ticker", **BTC, windowSize=size).json
    length_ms = int(size[:-1]) * {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}[size[-1]]
    first = moving_desk.get("klines", **BTC, interval="1m", startTime=row["openTime"], limit=1).json[0]
    trades = moving_desk.get("historicalTrades", **BTC, fromId=row["firstId"], limit=1).json

    assert (NOW_MS + 30_500 - length_ms) // MINUTE_MS * MINUTE_MS == row["openTime"]
    assert NOW_MS + 30_500 == row["closeTime"]
    assert first[1] == row["openPrice"] == trades[0]["price"]
    assert row["count"] == row["lastId"] - row["firstId"] + 1


@pytest.mark.parametrize("size", ["0m", "60m", "24h", "8d", "1s", "1w", "1M", "01h", "1.5h"])
def test_other_windows_do_not_exist(desk: Desk, size: str) -> None:
    """Minutes to 59, hours to 23, days to 7."""
    assert 400 == desk.get("ticker", **BTC, windowSize=size).status


@pytest.mark.parametrize("path", ["ticker", "ticker/24hr", "ticker/tradingDay"])
def test_a_mini_ticker_is_a_part_of_the_full_one(desk: Desk, path: str) -> None:
    """In one or in several, it leaves out what can be computed and what the book says."""
    full, mini = (desk.get(path, **BTC, type=kind).json for kind in ("FULL", "MINI"))
    several = desk.get(path, symbols='["ETHUSDT","BTCUSDT"]', type="MINI").json

    assert mini == {name: full[name] for name in mini}
    assert "weightedAvgPrice" in set(full) - set(mini)
    assert ["ETHUSDT", "BTCUSDT"] == [row["symbol"] for row in several]
    assert mini == several[1]
    assert -1139 == desk.get(path, **BTC, type="mini").json["code"]


@pytest.mark.parametrize("path", ["ticker", "ticker/tradingDay"])
def test_a_window_needs_symbols(desk: Desk, path: str) -> None:
    """One or several, at most a hundred, none twice."""
    many = "[" + ",".join(f'"S{number}"' for number in range(101)) + "]"

    codes = [
        desk.get(path, **params).json["code"]
        for params in (
            {},
            {**BTC, "symbols": '["BTCUSDT"]'},
            {"symbols": many},
            {"symbols": '["BTCUSDT","BTCUSDT"]'},
            {"symbols": '["BTCUSDT","NOSUCH"]'},
        )
    ]

    assert [-1102, -1128, -1101, -1151, -1121] == codes


TIMED: dict[str, dict[str, object]] = {
    "time": {},
    "exchangeInfo": {},
    "executionRules": {},
    "depth": BTC,
    "trades": BTC,
    "historicalTrades": BTC,
    "historicalBlockTrades": {**BTC, "fromId": 5, "limit": 5},
    "aggTrades": BTC,
    "klines": {**BTC, "interval": "1w", "limit": 5},
    "uiKlines": {**BTC, "interval": "1s"},
    "avgPrice": BTC,
    "ticker/24hr": {},
    "ticker/tradingDay": BTC,
    "ticker/price": {},
    "ticker/bookTicker": {},
    "ticker": {**BTC, "type": "MINI"},
    "referencePrice": {"symbol": "BNBUSDT"},
    "referencePrice/calculation": {"symbol": "BNBUSDT"},
}
TIMES = {"serverTime", "time", "T", "openTime", "closeTime", "timestamp", 0, 6}


def differences(one: Any, other: Any, place: str | int | None = None) -> set[tuple[str | int | None, bool]]:
    """Where two replies differ, and whether it is by a thousand."""
    if isinstance(one, dict):
        return {found for name in one for found in differences(one[name], other[name], name)}
    if isinstance(one, list):
        assert len(one) == len(other)
        return {found for at, item in enumerate(one) for found in differences(item, other[at], at)}
    return set() if one == other else {(place, other // 1000 == one)}


@pytest.mark.parametrize("path", TIMED)
@pytest.mark.parametrize("unit", ["MICROSECOND", "microsecond"])
def test_microseconds_change_times_and_nothing_else(desk: Desk, path: str, unit: str) -> None:
    """Each time is the same moment in the other unit; every other number and text stays."""
    in_ms = desk.get(path, **TIMED[path]).json
    in_us = desk.send("GET", f"/api/v3/{path}", encoded(TIMED[path]), x_mbx_time_unit=unit).json
    has_times = path not in (
        "executionRules",
        "depth",
        "ticker/price",
        "ticker/bookTicker",
        "referencePrice/calculation",
    )

    found = differences(in_ms, in_us)

    assert has_times == bool(found)
    assert found <= {(name, True) for name in TIMES}


@pytest.mark.parametrize("path", TIMED)
def test_the_unit_has_two_names(desk: Desk, path: str) -> None:
    """Milliseconds are what comes anyway; a third unit is refused everywhere."""
    query = encoded(TIMED[path])
    named = desk.send("GET", f"/api/v3/{path}", query, x_mbx_time_unit="MILLISECOND")
    other = desk.send("GET", f"/api/v3/{path}", query, x_mbx_time_unit="SECOND")

    assert desk.get(path, **TIMED[path]).json == named.json
    assert (400, -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.") == other.refusal
