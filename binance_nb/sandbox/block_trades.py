"""Block trades: large ones that two parties agree on outside the book.

There is one in every stretch of some hours since the listing, at a drawn moment and near the last price. A block
trade's id is the number of its stretch, so that every id has a closed form. They count in no candle and no ticker.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from binance_nb.sandbox.amounts import E8, e8_of, text_of
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.market.noise import bits, field, key_of

__all__ = ["BlockTradeRow", "block_trades", "next_block_trade"]

_STRETCH_MS = 6 * 3_600_000
# In typical trades; the size drawn adds up to 255 more.
_SMALLEST = 200
_FARTHEST_BP = 20


class BlockTradeRow(TypedDict):
    """One row of ``historicalBlockTrades``."""

    id: int
    price: str
    qty: str
    quoteQty: str
    time: int
    isBuyerMaker: bool


def block_trades(market: Market, listing: Listing, *, from_id: int, limit: int, now_ms: int) -> list[BlockTradeRow]:
    """Return block trades from an id on.

    Args:
        market: The market, near whose prices they are made.
        listing: The symbol.
        from_id: Id of the first.
        limit: Most rows.
        now_ms: The present.

    Returns:
        Rows, oldest first; none when the id has not been given yet.
    """
    until_ms = min(now_ms, listing.last_ms)
    newest = (until_ms - listing.listed_at_ms) // _STRETCH_MS
    ids = range(from_id, min(from_id + limit, newest + 1))
    rows = (_row(market, listing, number) for number in ids)
    return [row for row in rows if row["time"] <= until_ms]


def next_block_trade(market: Market, listing: Listing, after_ms: int) -> BlockTradeRow | None:
    """Return the first block trade after a moment, which may lie in the future.

    Args:
        market: The market, near whose prices they are made.
        listing: The symbol.
        after_ms: The moment.

    Returns:
        Its row; None where none follows.
    """
    stretch = max(0, (after_ms - listing.listed_at_ms) // _STRETCH_MS)
    rows = (_row(market, listing, number) for number in (stretch, stretch + 1))
    return next((row for row in rows if after_ms < row["time"] <= listing.last_ms), None)


def _row(market: Market, listing: Listing, number: int) -> BlockTradeRow:
    key = key_of(market.seed, listing.symbol, "block trades")
    drawn = bits(key, np.array([number], dtype=np.int64))
    offset_ms, size, away, is_sold = (int(field(drawn, *place)[0]) for place in ((0, 24), (24, 8), (32, 16), (48, 1)))
    time_ms = listing.listed_at_ms + number * _STRETCH_MS + (offset_ms * _STRETCH_MS >> 24)
    last_e8 = e8_of(market.last_price(listing.symbol, time_ms))
    bp = away % (2 * _FARTHEST_BP + 1) - _FARTHEST_BP
    price_e8 = max(1, last_e8 * (10_000 + bp) // 10_000 // listing.tick_e8) * listing.tick_e8
    quantity_e8 = (_SMALLEST + size) * e8_of(listing.mean_qty)
    return {
        "id": number,
        "price": text_of(price_e8),
        "qty": text_of(quantity_e8),
        "quoteQty": text_of(price_e8 * quantity_e8 // E8),
        "time": time_ms,
        "isBuyerMaker": bool(is_sold),
    }
