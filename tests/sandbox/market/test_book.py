"""The order book."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import MOST_LEVELS, Book, Market
from tests.sandbox.market.sums import a_few, moments, symbols

NOW_MS = 1_735_701_945_678


def book_of(market: Market, symbol: str, now_ms: int) -> Book:
    book = market.book(symbol, now_ms)
    assert book is not None
    return book


@a_few
@given(symbols, moments)
def test_the_last_price_is_the_best_bid_or_ask(market: Market, symbol: str, moment: int) -> None:
    """A taker who bought left the last price as best ask, one who sold as best bid; the book is never crossed."""
    book = book_of(market, symbol, moment)
    (last,) = market.trades_recent(symbol, limit=1, now_ms=moment)
    best_bid, best_ask = book.bids(1)[0].price, book.asks(1)[0].price

    assert best_bid < best_ask
    assert Decimal(last["price"]) == (best_bid if last["isBuyerMaker"] else best_ask)


@a_few
@given(symbols, moments, st.integers(1, 300))
def test_levels_are_in_order_and_on_the_grid(market: Market, symbol: str, moment: int, limit: int) -> None:
    """Bids fall and asks rise strictly, in whole ticks and steps, and a shorter book is the start of a longer one."""
    listing, book = LISTINGS[symbol], book_of(market, symbol, moment)
    bids, asks = book.bids(limit), book.asks(limit)

    assert len(asks) == limit
    assert all(one.price > other.price for one, other in pairwise(bids))
    assert all(one.price < other.price for one, other in pairwise(asks))
    assert {level.price_e8 % listing.tick_e8 for level in bids + asks} == {0}
    assert {level.quantity_e8 % listing.step_e8 for level in bids + asks} == {0}
    assert min(level.quantity_e8 for level in bids + asks) > 0
    assert bids == book.bids(MOST_LEVELS)[:limit]
    assert asks == book.asks(limit + 50)[:limit]


def test_a_deep_book_has_five_thousand_levels(market: Market) -> None:
    """A price of many ticks has the most levels there can be on both sides; asking for more gives no more."""
    depth = book_of(market, "BTCUSDT", NOW_MS).depth(9999)

    assert (len(depth["bids"]), len(depth["asks"])) == (5000, 5000)


def test_bids_end_at_the_smallest_price(market: Market) -> None:
    """A price of few ticks runs out of bids before it runs out of levels."""
    bids = book_of(market, "SHIBUSDT", NOW_MS).bids()

    assert bids[-1].price_e8 == LISTINGS["SHIBUSDT"].tick_e8
    assert len(bids) == bids[0].price_e8


def test_amounts_change_slowly(market: Market) -> None:
    """Within a hundred milliseconds most of the levels that stay keep their amount; in a minute most change."""

    def amounts(now_ms: int) -> dict[int, int]:
        book = book_of(market, "ETHUSDT", now_ms)
        return {level.price_e8: level.quantity_e8 for level in book.bids(500)}

    def kept(later_ms: int) -> float:
        before, after = amounts(NOW_MS), amounts(NOW_MS + later_ms)
        shared = before.keys() & after.keys()
        return sum(before[price] == after[price] for price in shared) / len(shared)

    assert kept(100) > 0.9 > 0.1 > kept(60_000)


@a_few
@given(symbols, moments, st.integers(1, 10**9))
def test_update_ids_rise(market: Market, symbol: str, moment: int, later_ms: int) -> None:
    """A later book has a larger update id."""
    assert book_of(market, symbol, moment).last_update_id < book_of(market, symbol, moment + later_ms).last_update_id


@pytest.mark.parametrize("symbol", list(LISTINGS))
def test_there_is_no_book_before_the_listing(market: Market, symbol: str) -> None:
    """Before its first trade a symbol has no book."""
    assert market.book(symbol, LISTINGS[symbol].listed_at_ms - 1) is None


def test_depth_is_printed_as_text(market: Market) -> None:
    """Levels are pairs of text with eight decimals."""
    depth = book_of(market, "SHIBUSDT", NOW_MS).depth(1)
    book = book_of(market, "SHIBUSDT", NOW_MS)

    assert depth["bids"] == [[format(book.bids(1)[0].price, "f"), format(book.bids(1)[0].quantity, "f")]]
    assert e8_of(depth["bids"][0][0]) == book.bids(1)[0].price_e8
