"""The same sums done the slow way: over printed rows, in Decimal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import KlineRow, TradeRow

MINUTE_MS = 60_000
DAY_MS = 86_400_000
# Every symbol is listed from here on.
ALL_LISTED_MS = 1_640_995_200_000
LAST_MS = ALL_LISTED_MS + 10 * 365 * DAY_MS

# A random moment is a cold one: it makes trades that no cache has yet. A few say enough.
a_few = settings(max_examples=16)
# One that has stopped has its own tests: what holds at any moment does not hold after its last.
symbols = st.sampled_from([symbol for symbol, listing in LISTINGS.items() if not listing.stopped_at])
moments = st.integers(ALL_LISTED_MS, LAST_MS)


def joined(rows: Sequence[KlineRow]) -> list[Decimal]:
    """Open, high, low, close and the five sums of consecutive klines."""
    prices = [[Decimal(row[place]) for row in rows] for place in (1, 2, 3, 4)]
    sums = [sum(Decimal(row[place]) for row in rows) for place in (5, 7, 8, 9, 10)]
    return [prices[0][0], max(prices[1]), min(prices[2]), prices[3][-1], *map(Decimal, sums)]


def figures(row: KlineRow) -> list[Decimal]:
    """The same figures of one kline."""
    return joined([row])


def of_trades(trades: Sequence[TradeRow]) -> list[Decimal]:
    """The same figures of consecutive trades."""
    prices = [Decimal(trade["price"]) for trade in trades]
    bought = [trade for trade in trades if not trade["isBuyerMaker"]]
    sums = [
        sum(Decimal(trade["qty"]) for trade in trades),
        sum(Decimal(trade["quoteQty"]) for trade in trades),
        len(trades),
        sum(Decimal(trade["qty"]) for trade in bought),
        sum(Decimal(trade["quoteQty"]) for trade in bought),
    ]
    return [prices[0], max(prices), min(prices), prices[-1], *map(Decimal, sums)]
