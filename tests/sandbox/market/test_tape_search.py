"""Looking forward on the tape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.market.tape_search import NEVER_MS
from tests.sandbox.market.sums import DAY_MS, MINUTE_MS, a_few, moments, symbols

NOW_MS = 1_735_701_945_678
OUT_OF_REACH = 1 << 62


@a_few
@given(symbols, moments, st.integers(1, 40 * MINUTE_MS), st.integers(0, 60), st.integers(0, 60))
def test_it_finds_what_reading_every_trade_finds(
    market: Market, symbol: str, after_ms: int, length: int, below: int, above: int
) -> None:
    """The first print at or below one price, or at or above another, though minutes are skipped by their range."""
    last_e8, tick_e8 = market.last_price_e8(symbol, after_ms), LISTINGS[symbol].tick_e8
    lower, upper = last_e8 - below * tick_e8, last_e8 + above * tick_e8
    rows = market.agg_trades(symbol, start_ms=after_ms + 1, end_ms=after_ms + length, limit=10**6, now_ms=2**50)
    reached = [row for row in rows if not lower < e8_of(row["p"]) < upper]
    search = market.tape_search(symbol)

    found = search.first(search.after(after_ms), lower, upper, after_ms + length)

    expected = (reached[0]["T"], e8_of(reached[0]["p"]), e8_of(reached[0]["q"])) if reached else None
    assert expected == (found and (found.time_ms, found.price_e8, found.quantity_e8))


@a_few
@given(symbols, moments)
def test_the_next_print_is_the_first_after_the_moment(market: Market, symbol: str, moment: int) -> None:
    """Its time is told without looking at prices."""
    (row,) = market.agg_trades(symbol, start_ms=moment + 1, limit=1, now_ms=2**50)
    search = market.tape_search(symbol)

    assert row["T"] == search.time_ms(search.after(moment))


def test_a_price_out_of_reach_is_never_found(market: Market) -> None:
    """A month is searched without a hit."""
    search = market.tape_search("BTCUSDT")

    found = search.first(search.after(NOW_MS - 30 * DAY_MS), 1, OUT_OF_REACH, NOW_MS)

    assert found is None


def test_before_the_listing_everything_is_still_to_come(market: Market) -> None:
    """The first print of all is the next one."""
    search, listed_ms = market.tape_search("BTCUSDT"), LISTINGS["BTCUSDT"].listed_at_ms

    (row,) = market.agg_trades("BTCUSDT", from_id=0, limit=1, now_ms=NOW_MS)

    assert row["T"] == search.time_ms(search.after(listed_ms - DAY_MS))


def test_a_stopped_symbol_has_no_next_print(market: Market) -> None:
    """Neither is one found, though the tape could be drawn further."""
    search, last_ms = market.tape_search("SOLETH"), LISTINGS["SOLETH"].last_ms

    after = search.after(last_ms)

    assert NEVER_MS == search.time_ms(after)
    assert search.first(after, OUT_OF_REACH, OUT_OF_REACH, last_ms + DAY_MS) is None
