"""What streams send agrees with what REST says at the same moment."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.streams.stage import NOW_MS, Stage, play, stage

MINUTE_MS = 60_000
ALL_KINDS = {
    "reference_price": "bnbusdt@referencePrice",
    "agg_trade": "btcusdt@aggTrade",
    "trade": "btcusdt@trade",
    "kline": "btcusdt@kline_1m",
    "kline_utc8": "btcusdt@kline_1d@+08:00",
    "mini_ticker": "btcusdt@miniTicker",
    "all_mini_ticker": "!miniTicker@arr",
    "ticker": "btcusdt@ticker",
    "rolling_ticker": "btcusdt@ticker_1h",
    "all_rolling_ticker": "!ticker_1h@arr",
    "book_ticker": "btcusdt@bookTicker",
    "avg_price": "btcusdt@avgPrice",
    "partial_depth": "btcusdt@depth5",
    "diff_depth": "btcusdt@depth",
}


def picked(names: dict[str, str], row: dict[str, Any]) -> dict[str, Any]:
    """What a row of REST says, by the letters of the event."""
    return {letter: row[name] for letter, name in names.items()}


def said(names: Iterable[str], event: dict[str, Any]) -> dict[str, Any]:
    """What the event says under those letters."""
    return {letter: event[letter] for letter in names}


async def last_after(opened: Stage, stream: str, passed_ms: int) -> Any:
    """The newest event of a stream when so much time has passed."""
    client = await opened.connect(f"/ws/{stream}")
    opened.pass_ms(passed_ms)
    return (await client.heard())[-1]


def test_payloads_have_the_documented_fields_in_order(spec_folder: Path) -> None:
    """Key for key as in the documented examples."""
    declared = json.loads((spec_folder / "ws_streams.json").read_text())["market_streams"]["streams"]
    examples = {one["name"]: one["example"] for one in declared if one["name"] != "block_trade"}

    async def scenario() -> None:
        assert set(examples) == set(ALL_KINDS)
        async with stage() as opened:
            client = await opened.connect(f"/stream?streams={'/'.join(ALL_KINDS.values())}")
            opened.pass_ms(4000)
            events = {event["stream"]: event["data"] for event in await client.heard()}
            for name, stream in ALL_KINDS.items():
                example, event = examples[name], events[stream]
                if isinstance(example, list):
                    example, event = example[0], event[0]

                assert list(example) == list(event), name
                assert example.get("e", "").removeprefix("1h") == event.get("e", "").removeprefix("1h")
                if "k" in example:
                    assert list(example["k"]) == list(event["k"])

    play(scenario)


def test_trades_are_the_rows_of_trades() -> None:
    """Each once, in order, none left out."""

    async def scenario() -> None:
        async with stage() as opened:
            before = opened.desk.get("trades", symbol="BTCUSDT", limit=1).json[-1]["id"]
            client = await opened.connect("/ws/btcusdt@trade")
            for _ in range(30):
                opened.pass_ms(1000)
            events = await client.heard()
            rows = opened.desk.get("historicalTrades", symbol="BTCUSDT", fromId=before + 1).json

            assert 20 < len(events)
            names = {"t": "id", "p": "price", "q": "qty", "T": "time", "E": "time", "m": "isBuyerMaker"}
            told = [said(names, event) for event in events]
            assert [picked(names, row) for row in rows] == told

    play(scenario)


def test_aggregate_trades_are_the_rows_of_agg_trades() -> None:
    """The event is the row with its type, time and symbol."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws/btcusdt@aggTrade")
            for _ in range(30):
                opened.pass_ms(1000)
            events = await client.heard()
            rows = opened.desk.get("aggTrades", symbol="BTCUSDT", fromId=events[0]["a"]).json

            assert rows == [{letter: event[letter] for letter in rows[0]} for event in events]
            assert NOW_MS < rows[0]["T"]

    play(scenario)


def test_block_trades_are_the_rows_of_historical_block_trades() -> None:
    """They come when they are made, a few a day."""

    async def scenario() -> None:
        async with stage(rate=1000) as opened:
            client = await opened.connect("/ws/btcusdt@blockTrade")
            for _ in range(20):
                opened.pass_ms(60 * MINUTE_MS)
            events = await client.heard()
            rows = opened.desk.get("historicalBlockTrades", symbol="BTCUSDT", fromId=events[0]["t"]).json

            names = {"t": "id", "p": "price", "q": "qty", "T": "time", "m": "isBuyerMaker"}
            assert 3 <= len(rows)
            assert [picked(names, row) for row in rows] == [said(names, one) for one in events]
            assert ["e", "E", "s", "t", "p", "q", "T", "m"] == list(events[0])

    play(scenario)


@pytest.mark.parametrize(("stream", "params"), [("kline_1m", {}), ("kline_4h@+08:00", {"timeZone": "+08:00"})])
def test_a_candle_is_the_row_of_klines(stream: str, params: dict[str, str]) -> None:
    """Every value, and the ids of its first and last trade."""

    async def scenario() -> None:
        async with stage() as opened:
            event = await last_after(opened, f"btcusdt@{stream}", 42_000)
            interval = event["k"]["i"]
            row = opened.desk.get("klines", symbol="BTCUSDT", interval=interval, limit=1, **params).json[-1]
            trades = opened.desk.get("trades", symbol="BTCUSDT", limit=1).json

            candle = event["k"]
            assert row == [candle[letter] for letter in "tohlcvTqnVQB"]
            assert candle["L"] == trades[-1]["id"]
            assert candle["n"] == candle["L"] - candle["f"] + 1
            assert (NOW_MS + 42_000, False) == (event["E"], candle["x"])

    play(scenario)


def test_candles_that_closed_before_are_not_told() -> None:
    """A symbol that trades no more has nothing to tell; one that does begins with the present candle."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/stream?streams=soleth@kline_1m/soleth@kline_1M/btcusdt@kline_1m")
            opened.pass_ms(4_000)
            told = {event["stream"] for event in await client.heard()}

            assert {"btcusdt@kline_1m"} == told

    play(scenario)


def test_tickers_are_those_of_rest() -> None:
    """All tickers, one symbol's and everybody's, with the book as orders have left it."""

    async def scenario() -> None:
        async with stage() as opened:
            streams = ["ticker", "miniTicker", "ticker_1h", "ticker_4h", "ticker_1d", "avgPrice", "bookTicker"]
            client = await opened.connect(f"/stream?streams={'/'.join(f'ethusdt@{name}' for name in streams)}")
            bid, _ = opened.desk.best("ETHUSDT")
            opened.desk.order("ETHUSDT", price=bid, quantity="1")
            opened.pass_ms(7000)
            events = {event["stream"].partition("@")[2]: event["data"] for event in await client.heard()}

            day = opened.desk.get("ticker/24hr", symbol="ETHUSDT").json
            moves = {"p": "priceChange", "P": "priceChangePercent", "w": "weightedAvgPrice"}
            prices = {"o": "openPrice", "h": "highPrice", "l": "lowPrice", "c": "lastPrice"}
            sums = {"v": "volume", "q": "quoteVolume"}
            places = {"O": "openTime", "C": "closeTime", "F": "firstId", "L": "lastId", "n": "count"}
            best = {"b": "bidPrice", "B": "bidQty", "a": "askPrice", "A": "askQty"}
            last = {"x": "prevClosePrice", "Q": "lastQty"}
            all_of_it = {**moves, **prices, **sums, **places, **best, **last, "s": "symbol"}
            assert picked(all_of_it, day) == said(all_of_it, events["ticker"])
            assert picked(prices | sums, day) == said(prices | sums, events["miniTicker"])
            for window in ("1h", "4h", "1d"):
                row = opened.desk.get("ticker", symbol="ETHUSDT", windowSize=window).json
                names = {**moves, **prices, **sums, **places}
                assert picked(names, row) == said(names, events[f"ticker_{window}"])
                assert f"{window}Ticker" == events[f"ticker_{window}"]["e"]
            average = opened.desk.get("avgPrice", symbol="ETHUSDT").json
            assert ("5m", average["price"], average["closeTime"]) == tuple(events["avgPrice"][n] for n in "iwT")
            row = opened.desk.get("ticker/bookTicker", symbol="ETHUSDT").json
            assert picked(best, row) == said(best, events["bookTicker"])

    play(scenario)


def test_lists_hold_what_has_changed() -> None:
    """A symbol that has stopped long ago is in none of them."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws/!miniTicker@arr")
            for _ in range(5):
                opened.pass_ms(1000)
            lists = await client.heard()

            assert 5 == len(lists)
            assert {"BTCUSDT", "ETHUSDT"} <= {one["s"] for part in lists for one in part}
            assert "SOLETH" not in {one["s"] for part in lists for one in part}
            for part in lists:
                assert len(part) == len({one["s"] for one in part})

    play(scenario)


def test_partial_depth_is_the_snapshot() -> None:
    """Twenty levels of each side, with its id."""

    async def scenario() -> None:
        async with stage() as opened:
            event = await last_after(opened, "btcusdt@depth20@100ms", 700)

            assert opened.desk.get("depth", symbol="BTCUSDT", limit=20).json == event

    play(scenario)


def test_reference_prices_are_those_of_rest() -> None:
    """One may be null; a symbol that never had one is silent."""

    async def scenario() -> None:
        async with stage() as opened:
            names = "/".join(f"{symbol}@referencePrice" for symbol in ("bnbusdt", "ltcusdt", "btcusdt"))
            client = await opened.connect(f"/ws/{names}")
            opened.pass_ms(1000)
            events = await client.heard()

            assert ["BNBUSDT", "LTCUSDT"] == [event["s"] for event in events]
            for event in events:
                row = opened.desk.get("referencePrice", symbol=event["s"]).json
                assert (row["referencePrice"], row["timestamp"]) == (event["r"], event["t"])
            assert events[1]["r"] is None

    play(scenario)


def test_periodic_streams_keep_to_their_grid() -> None:
    """A second, two seconds, a tenth: on the sandbox's clock."""

    async def scenario() -> None:
        async with stage() as opened:
            names = ["ticker", "kline_1m", "kline_1s", "depth5", "depth5@100ms"]
            client = await opened.connect(f"/stream?streams={'/'.join(f'btcusdt@{name}' for name in names)}")
            for _ in range(120):
                opened.pass_ms(50)
            streams = [event["stream"].removeprefix("btcusdt@") for event in await client.heard()]

            # Each second's candle is told twice: as the present one, and when it has closed.
            expected = {"ticker": 6, "kline_1m": 3, "kline_1s": 12, "depth5": 6, "depth5@100ms": 60}
            assert expected == {name: streams.count(name) for name in names}

    play(scenario)


@pytest.mark.parametrize("rate", [1, 60, 1000])
def test_no_candle_and_no_trade_is_left_out_at_any_speed(rate: int) -> None:
    """Though the clock is looked at but twenty times a second."""

    async def scenario() -> None:
        async with stage(rate=rate) as opened:
            client = await opened.connect("/stream?streams=ethbtc@kline_1m/ethbtc@trade/ethbtc@kline_1s")
            for _ in range(60 if rate == 1000 else 80):
                opened.pass_ms(50 * rate)
            events = await client.heard()
            closed = [event["data"]["k"] for event in events if event["stream"] == "ethbtc@kline_1m"]
            closed = [candle for candle in closed if candle["x"]]
            trades = [event["data"]["t"] for event in events if event["stream"] == "ethbtc@trade"]
            seconds = [event["data"]["k"] for event in events if event["stream"] == "ethbtc@kline_1s"]
            opens = [candle["t"] for candle in seconds if candle["x"]]

            assert opened.passed_ms // MINUTE_MS == len(closed)
            assert all(later["t"] == earlier["T"] + 1 for earlier, later in pairwise(closed))
            assert list(range(trades[0], trades[-1] + 1)) == trades
            assert list(range(NOW_MS, NOW_MS + opened.passed_ms, 1000))[: len(opens)] == opens
            assert len(opens) >= opened.passed_ms // 1000 - 1

    play(scenario)


def test_a_frozen_clock_tells_of_orders_alone() -> None:
    """Best prices, levels and differences come when an order changes them; all else stands."""

    async def scenario() -> None:
        async with stage(rate=0) as opened:
            client = await opened.connect(f"/stream?streams={'/'.join(ALL_KINDS.values())}")
            opened.streams.turn()
            assert [] == await client.heard()

            bid, ask = opened.desk.best()
            opened.desk.order("BTCUSDT", "BUY", price=bid, quantity="0.01")
            opened.streams.turn()
            streams = {event["stream"]: event["data"] for event in await client.heard()}

            assert {"btcusdt@bookTicker", "btcusdt@depth5", "btcusdt@depth"} == set(streams)
            snapshot = opened.desk.get("depth", symbol="BTCUSDT", limit=5).json
            assert snapshot == streams["btcusdt@depth5"]
            assert [snapshot["bids"][0]] == streams["btcusdt@depth"]["b"]
            assert ask > bid

    play(scenario)


def test_microseconds_on_request() -> None:
    """Times are a thousand times as large, ids are not, and a candle closes with its last microsecond."""

    async def scenario() -> None:
        async with stage() as opened:
            names = (
                "btcusdt@kline_1m/btcusdt@trade/btcusdt@ticker/!ticker_1h@arr/btcusdt@avgPrice/bnbusdt@referencePrice"
            )
            plain = await opened.connect(f"/stream?streams={names}")
            fine = await opened.connect(f"/stream?streams={names}&timeUnit=microsecond")
            opened.pass_ms(4000)
            told = {event["stream"]: event["data"] for event in await plain.heard()}
            finely = {event["stream"]: event["data"] for event in await fine.heard()}

            assert set(told) == set(finely)
            one, same = told["btcusdt@kline_1m"], finely["btcusdt@kline_1m"]
            assert (one["E"] * 1000, one["k"]["t"] * 1000) == (same["E"], same["k"]["t"])
            assert one["k"]["T"] * 1000 + 999 == same["k"]["T"]
            one, same = told["btcusdt@trade"], finely["btcusdt@trade"]
            assert (one["T"] * 1000, one["E"] * 1000, one["t"]) == (same["T"], same["E"], same["t"])
            one, same = told["btcusdt@ticker"], finely["btcusdt@ticker"]
            assert {**one, **{letter: one[letter] * 1000 for letter in "EOC"}} == same
            assert told["!ticker_1h@arr"][0]["O"] * 1000 == finely["!ticker_1h@arr"][0]["O"]
            assert told["btcusdt@avgPrice"]["T"] * 1000 == finely["btcusdt@avgPrice"]["T"]
            assert told["bnbusdt@referencePrice"]["t"] * 1000 == finely["bnbusdt@referencePrice"]["t"]

    play(scenario)


def test_a_defect_in_one_stream_leaves_the_others_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Its traceback is in the log, under the stream's name."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/stream?streams=btcusdt@avgPrice/btcusdt@miniTicker")
            opened.desk.venue.market.avg_price = None  # type: ignore[assignment, method-assign]  # the defect
            opened.pass_ms(1000)

            assert ["btcusdt@miniTicker"] == [event["stream"] for event in await client.heard()]

    with caplog.at_level(logging.ERROR):
        play(scenario)
    assert "btcusdt@avgPrice failed" in caplog.text
