"""Counts and ids of prints and trades."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market.prints import Prints
from tests.sandbox.market.sums import symbols

PRINTS = {symbol: Prints(1, listing) for symbol, listing in LISTINGS.items()}
YEARS = 20 * 365 * 1440


@given(symbols, st.integers(0, YEARS), st.integers(1, 6000))
def test_ids_count_the_prints_before(symbol: str, since: int, length: int) -> None:
    """The closed form of a minute's first id rises by exactly the prints of each minute."""
    prints = PRINTS[symbol]
    first = prints.first_minute + since
    counts = prints.counts(first, first + length)
    ids = prints.before(np.arange(first, first + length + 1))

    assert (np.diff(ids) == counts).all()
    assert counts.min() >= 8
    assert not (counts % 2).any()


@given(symbols)
def test_ids_begin_at_the_listing(symbol: str) -> None:
    """The first print ever has the id 0."""
    assert PRINTS[symbol].first_print(PRINTS[symbol].first_minute) == 0


@given(symbols, st.integers(0, 10**9))
def test_an_id_leads_back_to_its_minute(symbol: str, print_id: int) -> None:
    """Looking a print up finds the minute that holds it."""
    minute = PRINTS[symbol].minute_of(print_id)

    assert PRINTS[symbol].first_print(minute) <= print_id < PRINTS[symbol].first_print(minute + 1)


@given(symbols, st.integers(0, 10**9), st.integers(1, 50))
def test_trades_tile_prints(symbol: str, first: int, count: int) -> None:
    """Each print has one or two trades, each pair of prints three, and each trade leads back to its print."""
    starts = PRINTS[symbol].first_trades(2 * first, 2 * count)

    assert starts[::2] == [3 * (first + pair) for pair in range(count + 1)]
    assert set(np.diff(starts).tolist()) <= {1, 2}
    for place in range(2 * count):
        assert PRINTS[symbol].print_of(starts[place]) == 2 * first + place
        assert PRINTS[symbol].print_of(starts[place + 1] - 1) == 2 * first + place
