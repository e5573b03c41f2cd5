"""The closed form of a minute against its trades."""

from __future__ import annotations

import pytest
from hypothesis import given

from binance_nb.sandbox.amounts import E8, e8_of
from binance_nb.sandbox.listings import LISTINGS, Listing
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.market.path import WIDEST_LOG2
from binance_nb.sandbox.market.prints import Prints
from tests.sandbox.market.sums import MINUTE_MS, a_few, figures, moments, of_trades, symbols


@a_few
@given(symbols, moments)
def test_a_minute_is_the_sum_of_its_trades(market: Market, symbol: str, moment: int) -> None:
    """A minute's kline, which is made without its trades, equals the sum over them to the last digit."""
    open_ms = moment // MINUTE_MS * MINUTE_MS
    now_ms = open_ms + MINUTE_MS
    (kline,) = market.klines(symbol, "1m", start_ms=open_ms, limit=1, now_ms=now_ms)
    last = market.trades_recent(symbol, limit=1, now_ms=now_ms - 1)[0]["id"]
    trades = market.trades_from(symbol, from_id=last - 299, limit=300, now_ms=now_ms - 1)

    assert figures(kline) == of_trades([trade for trade in trades if trade["time"] >= open_ms])


@a_few
@given(symbols, moments)
def test_prints_lie_on_the_grid(market: Market, symbol: str, moment: int) -> None:
    """Prices are whole ticks, quantities whole steps, and a candle's middle values lie within its range."""
    listing = LISTINGS[symbol]
    trades = market.trades_recent(symbol, limit=100, now_ms=moment)
    (kline,) = market.klines(symbol, "1m", end_ms=moment, limit=1, now_ms=moment + MINUTE_MS)

    assert {e8_of(trade["price"]) % listing.tick_e8 for trade in trades} == {0}
    assert {e8_of(trade["qty"]) % listing.step_e8 for trade in trades} == {0}
    assert min(e8_of(trade["qty"]) for trade in trades) > 0
    assert e8_of(str(kline[3])) <= min(e8_of(str(kline[1])), e8_of(str(kline[4])))
    assert e8_of(str(kline[2])) >= max(e8_of(str(kline[1])), e8_of(str(kline[4])))


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=lambda listing: listing.symbol)
def test_a_day_cannot_overflow(listing: Listing) -> None:
    """A day of the largest draws at the highest price still counts in 64 bits."""
    mean_lots = e8_of(listing.mean_qty) // listing.step_e8
    most_prints = int(Prints(1, listing).counts(0, 1)[0]) + 12 * ((listing.prints_per_minute - 8) // 6)
    most_lots = most_prints * (2 + (mean_lots * 255 * 255 >> 14))
    highest = int(listing.anchor / listing.tick_size * 2 ** int(WIDEST_LOG2 + 1))
    quote_scale = listing.tick_e8 * listing.step_e8 // E8

    assert 1440 * most_lots * highest * quote_scale < 2**63
    # The largest product before a shift, of price, wick factor and two drawn bytes.
    assert highest * (listing.daily_volatility_bp << 24) // 379_473 * 255 * 255 < 2**63


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=lambda listing: listing.symbol)
def test_quote_amounts_need_no_rounding(listing: Listing) -> None:
    """A tick times a step is a whole number of 1e-8, or sums of quote amounts would not be exact."""
    assert listing.tick_e8 * listing.step_e8 % E8 == 0
