"""A side of the book as columns, and the trade that comes next."""

from __future__ import annotations

import random

import pytest

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import Market

NOW_MS = 1_717_243_200_000


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHBTC", "SHIBUSDT", "SOLETH"])
def test_columns_are_the_levels(market: Market, symbol: str) -> None:
    """At any moment, in any order, for any number of levels; the bids of a cheap coin end above zero."""
    dice = random.Random(symbol)
    for _ in range(6):
        book = market.book(symbol, NOW_MS + dice.randrange(-(10**10), 10**9))
        assert book is not None
        for limit in (1, 20, 5000):
            for direction, levels in ((1, book.asks(limit)), (-1, book.bids(limit))):
                prices, quantities = book.columns(direction, limit)

                rows = list(zip(prices.tolist(), quantities.tolist(), strict=True))
                assert [(level.price_e8, level.quantity_e8) for level in levels] == rows


@pytest.mark.parametrize("symbol", ["BTCUSDT", "BNBBTC"])
def test_the_next_trade_is_the_next_row(market: Market, symbol: str) -> None:
    """It is made at the moment foretold, and none before."""
    now_ms = NOW_MS
    for _ in range(30):
        next_ms = market.next_trade_ms(symbol, now_ms)
        assert next_ms is not None
        next_id = market.trades_by(symbol, now_ms)

        assert next_id == market.trades_by(symbol, next_ms - 1)
        assert next_id == market.trades_from(symbol, from_id=next_id, limit=1, now_ms=next_ms)[0]["id"]
        now_ms = next_ms


def test_a_symbol_that_has_stopped_has_no_next_trade(market: Market) -> None:
    """Nor one after its last."""
    last_ms = LISTINGS["SOLETH"].last_ms

    assert market.next_trade_ms("SOLETH", last_ms) is None
    assert market.next_trade_ms("SOLETH", NOW_MS) is None


def test_before_the_listing_the_first_trade_is_the_next(market: Market) -> None:
    """However long before."""
    listed_ms = LISTINGS["BTCUSDT"].listed_at_ms
    first_ms = market.next_trade_ms("BTCUSDT", 0)

    assert first_ms is not None
    assert listed_ms <= first_ms < listed_ms + 1000
    assert 0 == market.trades_by("BTCUSDT", first_ms - 1)
