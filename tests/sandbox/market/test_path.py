"""The price path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.listings import LISTINGS, Listing
from binance_nb.sandbox.market.path import WIDEST_LOG2, PricePath

BTC = PricePath(1, LISTINGS["BTCUSDT"])


@given(st.integers(0, 10**8), st.integers(1, 3000), st.data())
def test_a_price_does_not_depend_on_the_range_asked(first: int, length: int, data: st.DataObject) -> None:
    """Any minute has the same price alone as within a range."""
    place = data.draw(st.integers(0, length - 1))
    prices = BTC.ticks(first, first + length)

    assert len(prices) == length
    assert BTC.ticks(first + place, first + place + 1)[0] == prices[place]


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=lambda listing: listing.symbol)
def test_prices_stay_within_bounds(listing: Listing) -> None:
    """Five years of prices are positive and within the promised number of doublings of the anchor."""
    path, minutes = PricePath(7, listing), range(25_000_000, 27_600_000, 60_007)
    prices = [int(path.ticks(minute, minute + 1)[0]) for minute in minutes]
    anchor = float(listing.anchor / listing.tick_size)

    assert anchor * 2**-WIDEST_LOG2 <= min(prices) <= max(prices) <= anchor * 2**WIDEST_LOG2


def test_a_day_moves_as_much_as_its_listing_says() -> None:
    """The spread of daily returns is the listing's volatility, so that charts look like a market."""
    days = BTC.ticks(25_000_000, 25_000_000 + 400 * 1440)[::1440]
    returns = np.diff(np.log(days))

    assert math.isclose(returns.std(), 0.025, rel_tol=0.15)


def test_seeds_and_symbols_have_paths_of_their_own() -> None:
    """Another seed or symbol is another path."""
    btc, eth = LISTINGS["BTCUSDT"], LISTINGS["ETHUSDT"]
    moves = {
        tuple(np.sign(np.diff(PricePath(seed, listing).ticks(0, 64))).tolist())
        for seed, listing in ((1, btc), (2, btc), (1, eth))
    }

    assert len(moves) == 3
