"""Tickers against klines, trades and the book."""

from __future__ import annotations

import json
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import Market, TickerKind
from tests.sandbox.market.sums import DAY_MS, MINUTE_MS, a_few, joined, moments, symbols

NOW_MS = 1_735_701_945_678
CENT = Decimal("1e-8")


@a_few
@given(symbols, moments)
def test_a_day_on_the_minute_is_the_sum_of_its_minutes(market: Market, symbol: str, moment: int) -> None:
    """A window of whole minutes has the figures of its 1440 klines."""
    end_ms = moment // MINUTE_MS * MINUTE_MS - 1
    rows = market.klines(symbol, "1m", start_ms=end_ms + 1 - DAY_MS, end_ms=end_ms, limit=1440, now_ms=end_ms)
    ticker = market.ticker(symbol, end_ms + 1 - DAY_MS, end_ms)
    opened, high, low, closed, volume, quote, count, *_ = joined(rows)

    assert len(rows) == 1440
    names = ("openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume")
    assert [Decimal(ticker[name]) for name in names] == [opened, high, low, closed, volume, quote]
    assert ticker["count"] == count == int(ticker["lastId"]) - int(ticker["firstId"]) + 1
    assert Decimal(ticker["priceChange"]) == closed - opened
    assert Decimal(ticker["weightedAvgPrice"]) == (quote / volume).quantize(CENT, ROUND_DOWN)
    assert abs(Decimal(ticker["priceChangePercent"]) - (closed - opened) / opened * 100) <= Decimal("0.0005")


@a_few
@given(symbols, moments)
def test_every_last_price_is_the_same(market: Market, symbol: str, moment: int) -> None:
    """Tickers, klines and trades agree on the last price, and tickers and depth on the best prices."""
    full = market.ticker_24hr(symbol, moment)
    (kline,) = market.klines(symbol, "1d", limit=1, now_ms=moment)
    (trade,) = market.trades_recent(symbol, limit=1, now_ms=moment)
    best = market.book_ticker(symbol, moment)
    book = market.book(symbol, moment)
    assert book is not None
    depth = book.depth(1)

    assert {full["lastPrice"], market.ticker_price(symbol, moment)["price"], trade["price"]} == {kline[4]}
    assert market.last_price(symbol, moment) == Decimal(trade["price"])
    assert full["lastQty"] == trade["qty"]
    assert full["lastId"] == trade["id"]
    assert [[best["bidPrice"], best["bidQty"]]] == depth["bids"]
    assert [[best["askPrice"], best["askQty"]]] == depth["asks"]
    assert {name: full[name] for name in best} == best


@a_few
@given(symbols, moments)
def test_the_window_includes_both_ends(market: Market, symbol: str, moment: int) -> None:
    """A trade at the window's first millisecond is its first, and the one before it the previous close."""
    moment = market.agg_trades(symbol, limit=1, now_ms=moment)[0]["T"] + DAY_MS
    full = market.ticker_24hr(symbol, moment)
    first = market.agg_trades(symbol, start_ms=moment - DAY_MS, limit=1, now_ms=moment)[0]

    assert (full["openTime"], full["closeTime"]) == (moment - DAY_MS, moment)
    assert first["T"] == moment - DAY_MS
    assert (full["firstId"], full["openPrice"]) == (first["f"], first["p"])
    assert (
        full["prevClosePrice"] == market.trades_from(symbol, from_id=first["f"] - 1, limit=1, now_ms=moment)[0]["price"]
    )


@a_few
@given(symbols, moments)
def test_the_average_is_of_five_minutes(market: Market, symbol: str, moment: int) -> None:
    """The average price is the quote amount over the base amount of five minutes' trades."""
    aggregates = market.agg_trades(symbol, start_ms=moment - 5 * MINUTE_MS + 1, limit=10**4, now_ms=moment)
    volume = sum((Decimal(agg["q"]) for agg in aggregates), Decimal(0))
    quote = sum((Decimal(agg["q"]) * Decimal(agg["p"]) for agg in aggregates), Decimal(0))

    assert market.avg_price(symbol, moment) == {
        "mins": 5,
        "price": format((quote / volume).quantize(CENT, ROUND_DOWN), "f"),
        "closeTime": aggregates[-1]["T"],
    }


def test_before_the_listing_everything_is_zero(market: Market) -> None:
    """A symbol that has not traded yet has a ticker of zeros and ids of -1."""
    before_ms = LISTINGS["SOLUSDT"].listed_at_ms - 1
    full = market.ticker_24hr("SOLUSDT", before_ms)

    texts = {value for name, value in full.items() if isinstance(value, str) and name != "symbol"}
    assert texts == {"0.00000000", "0.000"}
    assert (full["firstId"], full["lastId"], full["count"]) == (-1, -1, 0)
    assert market.last_price("SOLUSDT", before_ms) == 0


@pytest.mark.parametrize("kind", ["FULL", "MINI"])
def test_fields_are_those_of_the_exchange(market: Market, spec_folder: Path, kind: TickerKind) -> None:
    """The 24-hour and window tickers have the documented fields in the documented order."""

    def documented(name: str) -> list[str]:
        examples: list[dict[str, Any]] = json.loads((spec_folder / "rest_examples" / name).read_text())["examples"]
        return list(next(one["body"] for one in examples if one["when"] == f"{kind}, symbol"))

    assert list(market.ticker_24hr("BTCUSDT", NOW_MS, kind)) == documented("ticker_24hr.json")
    assert list(market.ticker("BTCUSDT", NOW_MS - DAY_MS, NOW_MS, kind)) == documented("ticker.json")
