"""Literal values of seed 1: what another machine or a later version has to give too.

A change here changes every notebook that was stored from a sandbox.
"""

from __future__ import annotations

import hashlib
import json

import pytest

from binance_nb.sandbox.market import Market

NOW_MS = 1_735_701_945_678


def fingerprint(answer: object) -> str:
    return hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:16]


def test_a_minute_of_seed_1(market: Market) -> None:
    """One minute of Bitcoin, digit by digit."""
    (row,) = market.klines("BTCUSDT", "1m", end_ms=NOW_MS - 60_000, limit=1, now_ms=NOW_MS)

    assert row == [
        1735701840000,
        "66270.97000000",
        "66275.15000000",
        "66181.93000000",
        "66191.72000000",
        "3.62285000",
        1735701899999,
        "239939.28155710",
        93,
        "0.48765000",
        "32298.07585530",
        "0",
    ]


def test_an_aggregate_trade_of_seed_1(market: Market) -> None:
    """One aggregate trade of Ether, with its id."""
    assert market.agg_trades("ETHUSDT", limit=1, now_ms=NOW_MS) == [
        {
            "a": 186207973,
            "p": "1899.57000000",
            "q": "0.28130000",
            "f": 279311959,
            "l": 279311960,
            "T": 1735701945028,
            "m": True,
            "M": True,
        }
    ]


def test_a_book_of_seed_1(market: Market) -> None:
    """The top of a book."""
    book = market.book("BTCUSDT", NOW_MS)
    assert book is not None

    assert book.depth(2) == {
        "lastUpdateId": 232759545679,
        "bids": [["66192.37000000", "0.10709000"], ["66192.11000000", "0.00469000"]],
        "asks": [["66192.38000000", "0.24639000"], ["66192.54000000", "0.03725000"]],
    }


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("1s", "cc730c5e0a3859c7"),
        ("1m", "2512e9ff19163b58"),
        ("3m", "5d151918e2cffe5e"),
        ("5m", "0cddd0f319f6da60"),
        ("15m", "4623571796396f2a"),
        ("30m", "4b637b763ddd864a"),
        ("1h", "978891a36a951fad"),
        ("2h", "772c8ac7de5e79bc"),
        ("4h", "178c77fea7d0b8cc"),
        ("6h", "65a965f88b3f60b4"),
        ("8h", "6b551f112c899852"),
        ("12h", "f65ebef1f9335f81"),
        ("1d", "688782ddb8fcd9c8"),
        ("3d", "27782a72a148a0d1"),
        ("1w", "a463368ea05e6d7f"),
        ("1M", "cccea16e3591a460"),
    ],
)
def test_klines_of_seed_1(market: Market, interval: str, expected: str) -> None:
    """Five candles of each interval, the one in progress included."""
    symbols = ("BTCUSDT", "这是测试币456")

    assert fingerprint([market.klines(symbol, interval, limit=5, now_ms=NOW_MS) for symbol in symbols]) == expected


@pytest.mark.parametrize(
    ("symbol", "price", "expected"),
    [
        ("BTCUSDT", "66192.37000000", "67108f51dcc223c2"),
        ("ETHUSDT", "1899.57000000", "87f8bc51bed98f1e"),
        ("BNBUSDT", "550.36000000", "4035bc146a1a6bdb"),
        ("SOLUSDT", "135.85000000", "d33b7ca1fe28a961"),
        ("XRPUSDT", "0.60420000", "f174575c56c64d9c"),
        ("ADAUSDT", "0.41340000", "eac2f89c6a8b0b0e"),
        ("DOGEUSDT", "0.16327000", "fc320819930b20e9"),
        ("LTCUSDT", "137.82000000", "a402f160efcf6055"),
        ("ETHBTC", "0.04047000", "cb1f2dcf1c3e923f"),
        ("BNBBTC", "0.01010000", "ace690e9294bbccb"),
        ("SHIBUSDT", "0.00001091", "4cd3196b06792e05"),
        ("这是测试币456", "6.32900000", "aea85b708ffb24da"),
    ],
)
def test_trades_and_books_of_seed_1(market: Market, symbol: str, price: str, expected: str) -> None:
    """Fifty trades, aggregate trades and levels of each symbol."""
    book = market.book(symbol, NOW_MS)
    assert book is not None
    trades = market.trades_recent(symbol, limit=50, now_ms=NOW_MS)
    aggregates = market.agg_trades(symbol, limit=50, now_ms=NOW_MS)

    assert trades[-1]["price"] == price
    assert fingerprint([trades, aggregates, book.depth(50)]) == expected
