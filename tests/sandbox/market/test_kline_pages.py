"""Pages of klines as they are printed and kept."""

from __future__ import annotations

import json

import pytest

from binance_nb.sandbox.candles import Candle, Candles
from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import INTERVALS, Market
from binance_nb.sandbox.market.kline_pages import KeptPages, KlinePage

NOW_MS = 1_717_243_234_567
DAY_MS = 86_400_000


@pytest.mark.parametrize("offset_ms", [0, 5 * 3_600_000 + 1_800_000])
@pytest.mark.parametrize("interval", list(INTERVALS))
@pytest.mark.parametrize(
    "times",
    [{}, {"start_ms": 0}, {"start_ms": NOW_MS - 3 * DAY_MS}, {"end_ms": NOW_MS - 3 * DAY_MS}, {"start_ms": NOW_MS}],
    ids=["newest", "oldest", "from", "to", "future"],
)
def test_bytes_are_the_json_of_the_rows(market: Market, interval: str, times: dict[str, int], offset_ms: int) -> None:
    """A page printed in one go, the first time and from what was kept, is what its rows would print as."""
    rows = market.klines("SHIBUSDT", interval, limit=70, now_ms=NOW_MS, offset_ms=offset_ms, **times)

    for _ in range(2):
        encoded, source = market.klines_encoded(
            "SHIBUSDT", interval, limit=70, now_ms=NOW_MS, offset_ms=offset_ms, **times
        )
        assert (json.dumps(rows, separators=(",", ":")).encode(), "synthetic") == (encoded, source)


def test_a_page_of_closed_candles_is_kept_and_another_is_not() -> None:
    """What cannot change is printed once; the candle in progress is printed as it is each time."""
    market = Market(1, LISTINGS)

    def page(now_ms: int, end_ms: int | None = None) -> bytes:
        return market.klines_encoded("BTCUSDT", "1m", end_ms=end_ms, limit=5, now_ms=now_ms)[0]

    closed = page(NOW_MS, NOW_MS - 60_000)
    assert page(NOW_MS + DAY_MS, NOW_MS - 60_000) is closed
    assert page(NOW_MS) != page(NOW_MS + 20_000)
    assert page(NOW_MS, NOW_MS) != page(NOW_MS + 60_000, NOW_MS)


def test_numbers_beyond_64_bits_are_printed() -> None:
    """A month of the largest coin may not fit, and is printed to the last digit."""
    huge = 10**20 + 7
    candles = Candles.of([Candle(1, 2, 1, 2, huge, huge, 3, 5, huge)])

    (row,) = KlinePage([0, 60_000], candles, 100).rows()

    assert ["100000000000000.00000700", "1000000000000.00000007"] == [row[5], row[7]]


def test_the_least_used_pages_are_forgotten() -> None:
    """Pages are kept up to so many bytes, the last ones asked for."""
    kept = KeptPages(most_bytes=25)
    for name in "abc":
        kept.put(name, (name.encode() * 10, "synthetic"))
        kept.get("b")

    assert [None, b"bbbbbbbbbb", b"cccccccccc"] == [page and page[0] for page in map(kept.get, "abc")]
