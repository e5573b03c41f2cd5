"""A book as one answer of the exchange gave it: it reads like a kept one, and never changes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from binance_nb.session import Session
from binance_nb.streams.book import MarketCost
from binance_nb.streams.book.costs import amount_of, market_cost, side_of

__all__ = ["BookSnapshot", "take_snapshot"]

_Levels = list[tuple[str, str]]


@dataclass(frozen=True)
class BookSnapshot:
    """The book of a moment.

    Attributes:
        bids: Price and quantity, the best first.
        asks: As bids.
        update_id: The exchange's id of the newest change in it.
        last_update_ms: The exchange's time when it was asked for.
        limit: How many levels were asked for.
    """

    bids: _Levels
    asks: _Levels
    update_id: int
    last_update_ms: int
    limit: int

    def ladder(self, count: int) -> tuple[_Levels, _Levels]:
        """Return the best levels of each side."""
        return self.bids[:count], self.asks[:count]

    def cost(
        self, side: str, quantity: Decimal | str | None = None, *, quote_quantity: Decimal | str | None = None
    ) -> MarketCost:
        """Tell what a market order would have come to at that moment; see `LocalBook.cost`."""
        taken, (wanted, is_quote) = side_of(side), amount_of(quantity, quote_quantity)
        levels = self.asks if taken == "BUY" else self.bids
        has_both = bool(self.bids and self.asks)
        return market_cost(
            taken,
            wanted,
            levels,
            is_quote=is_quote,
            mid=(Decimal(self.bids[0][0]) + Decimal(self.asks[0][0])) / 2 if has_both else None,
            has_edge=len(levels) >= self.limit,
            is_in_sync=False,
            update_id=self.update_id,
        )


def take_snapshot(session: Session, symbol: str, limit: int) -> BookSnapshot:
    """Ask for a book.

    Args:
        session: Where.
        symbol: The symbol.
        limit: How many levels a side.

    Returns:
        The book.

    Raises:
        BinanceError: It did not come.
    """
    said: Any = session.depth(symbol, limit=limit, raw=True)  # Any: JSON, as it came
    bids, asks = ([(price, quantity) for price, quantity in said[side]] for side in ("bids", "asks"))
    return BookSnapshot(bids, asks, said["lastUpdateId"], session.client.clock.estimate_ms(), limit)
