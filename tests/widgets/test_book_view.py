from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.widgets.book_view import book_view, grouped
from binance_nb.widgets.grids import Grid, plain

UNIT = Decimal(1).scaleb(-18)
GRID = Grid("BTCUSDT", "BTC", "USDT", Decimal("0.01"), Decimal("0.00001"))
BIDS = [("99.99000000", "1.00000000"), ("99.98000000", "2.50000000"), ("99.80000000", "0.00001000")]
ASKS = [("100.01000000", "0.50000000"), ("100.09000000", "1.00000000"), ("100.11000000", "4.00000000")]

ticks = st.integers(min_value=1, max_value=10**12)
sizes = st.integers(min_value=1, max_value=10**15)
sides = st.dictionaries(ticks, sizes, min_size=1, max_size=60)


def written(units: int) -> str:
    return f"{Decimal(units).scaleb(-8):.8f}"


@given(sides, st.booleans(), st.sampled_from(["0.00000001", "0.001", "0.01", "1", "25", "100"]))
def test_grouping_loses_and_makes_nothing(side: dict[int, int], is_bid: bool, step: str) -> None:
    """Each line is a multiple of the step, not better than what stands in it, and all lines together are the book."""
    levels = [(written(price), written(side[price])) for price in sorted(side, reverse=is_bid)]

    lines = [tuple(Decimal(each) * UNIT for each in line) for line in grouped(levels, Decimal(step), is_bid=is_bid)]

    assert sum(quantity for _, quantity, _ in lines) == sum(Decimal(quantity) for _, quantity in levels)
    assert lines[-1][2] == sum(quantity for _, quantity, _ in lines)
    assert all(price % Decimal(step) == 0 for price, _, _ in lines)
    assert [price for price, _, _ in lines] == sorted({price for price, _, _ in lines}, reverse=is_bid)
    for price, quantity in levels:
        place = Decimal(price) // Decimal(step) * Decimal(step)
        if not is_bid and place != Decimal(price):
            place += Decimal(step)
        assert Decimal(quantity) <= next(held for at, held, _ in lines if at == place)


def test_a_bid_counts_below_and_an_ask_above() -> None:
    """So that no line promises a better price than there is."""
    view = book_view(BIDS, ASKS, step=Decimal("0.1"), count=5)

    assert ["99.9", "99.8"] == [plain(row.price) for row in view.bids]
    assert ["100.1", "100.2"] == [plain(row.price) for row in view.asks]
    assert ["3.5", "3.50001"] == [plain(row.total) for row in view.bids]


def test_the_last_line_of_a_cut_book_is_left_out() -> None:
    """There may be more at that step than was read; a whole book keeps it."""
    levels = [("9.9", "1"), ("9.8", "1"), ("8.9", "1"), ("7.9", "1")]

    assert 2 == len(grouped(levels, Decimal(1), is_bid=True, is_cut=True))
    assert 3 == len(grouped(levels, Decimal(1), is_bid=True))


def test_middle_spread_and_imbalance_are_of_what_is_shown() -> None:
    """The middle with all its digits, the spread also in hundredths of a per cent."""
    view = book_view(BIDS, ASKS, step=GRID.tick, count=1)

    assert (Decimal("100"), Decimal("0.02"), Decimal("2")) == (view.mid, view.spread, view.spread_bps)
    assert view.imbalance == pytest.approx((1 - 0.5) / 1.5)


@pytest.mark.parametrize(("bids", "asks"), [([], []), (BIDS, []), ([], ASKS)])
def test_an_empty_side_is_no_error(bids: list[tuple[str, str]], asks: list[tuple[str, str]]) -> None:
    """There is no middle then, and no curve."""
    view = book_view(bids, asks, step=GRID.tick, count=5)

    assert (None, None, ()) == (view.mid, view.spread, view.bid_curve)
    assert "" == view.facts(GRID, GRID.tick)["mid"]


def test_the_browser_gets_texts_with_the_digits_of_the_grids() -> None:
    """And shares of the longest bar, in thousandths."""
    facts = book_view(BIDS, ASKS, step=GRID.tick, count=2).facts(GRID, GRID.tick)

    assert [["99.99", "1.00000", "1.00000", 285], ["99.98", "2.50000", "3.50000", 1000]] == facts["bids"]
    assert ("100.00", "0.02", "2.00") == (facts["mid"], facts["spread"], facts["bps"])


def test_both_curves_reach_equally_far() -> None:
    """To the nearer of the two ends, or one side would look deeper than it is."""
    view = book_view(BIDS, ASKS, step=GRID.tick, count=5)

    assert ((99.99, 1.0), (99.98, 3.5)) == view.bid_curve
    assert (100.11, 5.5) == view.ask_curve[-1]
