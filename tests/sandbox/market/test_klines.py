"""Klines of all intervals."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import INTERVALS, Market
from tests.sandbox.market.sums import DAY_MS, MINUTE_MS, a_few, figures, joined, moments, of_trades, symbols

FINER = {
    "1m": "1s",
    "3m": "1m",
    "5m": "1m",
    "15m": "5m",
    "30m": "15m",
    "1h": "30m",
    "2h": "1h",
    "4h": "2h",
    "6h": "2h",
    "8h": "4h",
    "12h": "6h",
    "1d": "12h",
    "3d": "1d",
    "1w": "1d",
    "1M": "1d",
}
OFFSETS_MS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: minutes * MINUTE_MS)
NOW_MS = 1_735_701_945_678


def test_there_are_sixteen_intervals() -> None:
    """Every interval but the finest is compared with a finer one below."""
    assert set(INTERVALS) == {"1s", *FINER}


@a_few
@given(symbols, st.sampled_from(list(FINER)), moments, OFFSETS_MS)
@example("BTCUSDT", "1M", NOW_MS, 0)
@example("这是测试币456", "1w", NOW_MS, 345 * MINUTE_MS)
def test_an_interval_is_the_sum_of_a_finer_one(
    market: Market, symbol: str, interval: str, moment: int, offset_ms: int
) -> None:
    """At any moment, the candle in progress included, coarse candles are exact sums of fine ones."""
    coarse = market.klines(symbol, interval, limit=2, now_ms=moment, offset_ms=offset_ms)
    for row in coarse:
        fine = market.klines(
            symbol,
            FINER[interval],
            start_ms=int(row[0]),
            end_ms=int(row[6]),
            limit=1000,
            now_ms=moment,
            offset_ms=offset_ms,
        )

        assert fine[0][0] == row[0]
        assert joined(fine) == figures(row)


@a_few
@given(symbols, moments)
def test_the_candle_in_progress_holds_the_trades_so_far(market: Market, symbol: str, moment: int) -> None:
    """The hour in progress is the sum of the trades since it began, and of no later one."""
    open_ms = moment // 3_600_000 * 3_600_000
    (row,) = market.klines(symbol, "1h", limit=1, now_ms=moment)
    first = market.agg_trades(symbol, start_ms=open_ms, limit=1, now_ms=moment)
    if not first:
        assert row[8] == 0
        return
    trades = market.trades_from(symbol, from_id=first[0]["f"], limit=10_000, now_ms=moment)

    assert trades[-1]["time"] <= moment
    assert figures(row) == of_trades(trades)


@a_few
@given(symbols, moments)
def test_seconds_without_trades_stand_still(market: Market, symbol: str, moment: int) -> None:
    """A second without trades has no volume and stands at the close before it; each opens inside its minute."""
    rows = market.klines(symbol, "1s", limit=100, now_ms=moment)

    assert [row[0] for row in rows] == list(range(int(rows[0][0]), int(rows[-1][0]) + 1, 1000))
    for before, row in pairwise(rows):
        if row[8] == 0:
            assert row[1:6] == [before[4]] * 4 + ["0.00000000"]


@settings(max_examples=4)
@given(st.permutations(["1m", "1d", "1s", "1M", "4h"]), st.permutations(["BTCUSDT", "SHIBUSDT"]))
def test_the_order_of_questions_does_not_matter(market: Market, intervals: list[str], names: list[str]) -> None:
    """A fresh market gives the answers of one that has been asked much."""
    fresh = Market(1, LISTINGS)
    for symbol in names:
        for interval in intervals[:2]:
            question = {"limit": 3, "now_ms": NOW_MS}

            assert fresh.klines(symbol, interval, **question) == market.klines(symbol, interval, **question)


@a_few
@given(symbols, st.sampled_from(list(INTERVALS)), moments, OFFSETS_MS)
def test_candles_tile_time(market: Market, symbol: str, interval: str, moment: int, offset_ms: int) -> None:
    """Each candle closes one millisecond before the next opens, and the newest holds the present."""
    rows = market.klines(symbol, interval, limit=5, now_ms=moment, offset_ms=offset_ms)

    assert [int(row[6]) + 1 for row in rows[:-1]] == [row[0] for row in rows[1:]]
    assert int(rows[-1][0]) <= moment <= int(rows[-1][6])


@pytest.mark.parametrize(
    ("interval", "opened"),
    [
        ("1w", "2024-12-30T00:00"),
        ("1M", "2025-01-01T00:00"),
        ("3d", "2024-12-31T00:00"),
        ("1d", "2025-01-01T00:00"),
        ("8h", "2025-01-01T00:00"),
        ("1s", "2025-01-01T03:25:45"),
    ],
)
def test_buckets_begin_where_the_exchange_begins_them(market: Market, interval: str, opened: str) -> None:
    """Weeks begin on Monday, months on the first, everything else on multiples of its length."""
    (row,) = market.klines("BTCUSDT", interval, limit=1, now_ms=NOW_MS)

    assert datetime.fromtimestamp(int(row[0]) / 1000, tz=UTC) == datetime.fromisoformat(opened).replace(tzinfo=UTC)


def test_an_offset_moves_the_edges() -> None:
    """A day at +8:00 begins at 16:00 UTC."""
    (row,) = Market(1, LISTINGS).klines("BTCUSDT", "1d", limit=1, now_ms=NOW_MS, offset_ms=8 * 3_600_000)

    assert int(row[0]) % DAY_MS == 16 * 3_600_000


def test_the_four_windows(market: Market) -> None:
    """A start walks forward from the oldest; without one the page ends at the newest; both ends are inclusive."""
    hour = 3_600_000
    base = NOW_MS // hour * hour - 100 * hour

    def opens(**window: int) -> list[int]:
        rows = market.klines("BTCUSDT", "1h", limit=3, now_ms=NOW_MS, **window)
        return [(int(row[0]) - base) // hour for row in rows]

    assert opens() == [98, 99, 100]
    assert opens(start_ms=base) == [0, 1, 2]
    assert opens(start_ms=base + 1) == [1, 2, 3]
    assert opens(end_ms=base) == [-2, -1, 0]
    assert opens(end_ms=base - 1) == [-3, -2, -1]
    assert opens(start_ms=base, end_ms=base + hour) == [0, 1]
    assert opens(start_ms=base + 1, end_ms=base + hour - 1) == []
    assert opens(start_ms=base + hour, end_ms=base) == []
    assert opens(start_ms=NOW_MS + 1) == []
    assert opens(start_ms=2**62) == []
    assert opens(end_ms=-(2**62)) == []


@pytest.mark.parametrize("interval", list(INTERVALS))
@pytest.mark.parametrize("symbol", ["BTCUSDT", "BNBUSDT", "SHIBUSDT"])
def test_nothing_exists_before_the_listing(market: Market, symbol: str, interval: str) -> None:
    """The first candle holds the listing's moment, also when that is not its first minute, and adds up."""
    listed_ms = LISTINGS[symbol].listed_at_ms
    (row,) = market.klines(symbol, interval, start_ms=0, limit=1, now_ms=NOW_MS)
    finer = FINER.get(interval, interval)
    fine = market.klines(symbol, finer, start_ms=0, end_ms=int(row[6]), limit=1000, now_ms=NOW_MS)

    assert int(row[0]) <= listed_ms <= int(row[6])
    assert joined(fine) == figures(row) if interval != "1s" else fine[0] == row
    assert market.klines(symbol, interval, limit=1, now_ms=listed_ms - 1) == []


def test_rows_are_printed_as_the_exchange_prints_them(market: Market) -> None:
    """Twelve items: whole numbers for times and count, text with eight decimals otherwise, and a zero."""
    (row,) = market.klines("SHIBUSDT", "1m", limit=1, now_ms=NOW_MS)

    assert [type(item) for item in row] == [int, *[str] * 5, int, str, int, str, str, str]
    assert all(len(str(row[place]).split(".")[1]) == 8 for place in (1, 2, 3, 4, 5, 7, 9, 10))
    assert row[11] == "0"
    assert 0 < Decimal(row[4]) < Decimal("0.001")
