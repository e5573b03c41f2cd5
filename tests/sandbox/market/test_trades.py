"""Trades and aggregate trades."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import Market
from tests.sandbox.market.sums import MINUTE_MS, a_few, moments, symbols

NOW_MS = 1_735_701_945_678


@a_few
@given(symbols, moments, st.integers(1, 1000))
def test_ids_follow_on_and_times_do_not_fall(market: Market, symbol: str, moment: int, limit: int) -> None:
    """Recent trades have consecutive ids and times in order, and end at the present."""
    trades = market.trades_recent(symbol, limit=limit, now_ms=moment)
    times = [trade["time"] for trade in trades]

    assert [trade["id"] for trade in trades] == list(range(trades[0]["id"], trades[0]["id"] + limit))
    assert times == sorted(times)
    assert times[-1] <= moment
    after = market.trades_from(symbol, from_id=trades[-1]["id"] + 1, limit=1, now_ms=moment + 2 * MINUTE_MS)
    assert after[0]["time"] > moment


@a_few
@given(symbols, moments, st.integers(0, 500))
def test_a_page_from_an_id_is_a_cut_of_the_list(market: Market, symbol: str, moment: int, skipped: int) -> None:
    """Asking from any id, also the second half of a print, gives the list from there on."""
    trades = market.trades_recent(symbol, limit=600, now_ms=moment)
    page = market.trades_from(symbol, from_id=trades[skipped]["id"], limit=100, now_ms=moment)

    assert page == trades[skipped : skipped + 100]


@a_few
@given(symbols, moments)
def test_aggregates_are_their_trades_put_together(market: Market, symbol: str, moment: int) -> None:
    """An aggregate trade spans its trades' ids, sums their quantities and shares price, time and maker side."""
    aggregates = market.agg_trades(symbol, limit=50, now_ms=moment)
    first, last = aggregates[0]["f"], aggregates[-1]["l"]
    trades = market.trades_from(symbol, from_id=first, limit=last - first + 1, now_ms=moment)

    assert [agg["a"] for agg in aggregates] == list(range(aggregates[0]["a"], aggregates[0]["a"] + 50))
    for agg in aggregates:
        own = trades[agg["f"] - first : agg["l"] - first + 1]
        assert sum(Decimal(trade["qty"]) for trade in own) == Decimal(agg["q"])
        assert {(t["price"], t["time"], t["isBuyerMaker"]) for t in own} == {(agg["p"], agg["T"], agg["m"])}


@a_few
@given(symbols, moments, st.integers(0, 3 * MINUTE_MS))
def test_time_windows_of_aggregates_are_inclusive(market: Market, symbol: str, moment: int, length: int) -> None:
    """A window that begins at a trade holds it, every one up to its last millisecond, and no other."""
    moment = market.agg_trades(symbol, limit=1, now_ms=moment)[0]["T"]
    wide = market.agg_trades(symbol, start_ms=moment - 1000, end_ms=moment + length + 1000, limit=1000, now_ms=2**50)
    inside = [agg for agg in wide if moment <= agg["T"] <= moment + length]

    assert market.agg_trades(symbol, start_ms=moment, end_ms=moment + length, limit=1000, now_ms=2**50) == inside
    assert market.agg_trades(symbol, start_ms=moment, limit=1000, now_ms=moment + length) == inside
    assert market.agg_trades(symbol, end_ms=moment + length, limit=len(inside), now_ms=2**50) == inside
    assert market.agg_trades(symbol, from_id=inside[0]["a"], limit=len(inside), now_ms=2**50) == inside
    assert inside[0]["T"] == moment


def test_there_is_nothing_before_the_first_trade(market: Market) -> None:
    """Lists begin at id 0 with the listing and are empty before."""
    listed_ms = LISTINGS["BTCUSDT"].listed_at_ms

    assert market.trades_recent("BTCUSDT", limit=5, now_ms=listed_ms - 1) == []
    assert market.trades_from("BTCUSDT", from_id=0, limit=5, now_ms=listed_ms - 1) == []
    assert market.agg_trades("BTCUSDT", limit=5, now_ms=listed_ms - 1) == []
    assert market.trades_from("BTCUSDT", from_id=0, limit=1, now_ms=NOW_MS)[0]["id"] == 0
    assert market.agg_trades("BTCUSDT", start_ms=0, limit=1, now_ms=NOW_MS)[0]["a"] == 0
    assert len(market.trades_recent("BTCUSDT", limit=1000, now_ms=listed_ms + MINUTE_MS)) < 1000


@pytest.mark.parametrize("from_id", [10**12, 2**62])
def test_an_id_not_yet_given_is_empty(market: Market, from_id: int) -> None:
    """An id from the future, however large, gives an empty list."""
    assert market.trades_from("BTCUSDT", from_id=from_id, limit=5, now_ms=NOW_MS) == []
    assert market.agg_trades("BTCUSDT", from_id=from_id, limit=5, now_ms=NOW_MS) == []


def test_a_pair_of_prints_has_three_trades(market: Market) -> None:
    """Some prints are filled in two parts, as takers are on a real exchange."""
    trades = market.trades_recent("ETHUSDT", limit=900, now_ms=NOW_MS)
    aggregates = market.agg_trades("ETHUSDT", limit=600, now_ms=NOW_MS)
    parts = [agg["l"] - agg["f"] + 1 for agg in aggregates]

    assert {part for part, _ in groupby(sorted(parts))} == {1, 2}
    assert abs(sum(parts) - len(trades)) <= 2
