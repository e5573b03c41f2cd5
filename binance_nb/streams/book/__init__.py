"""The local order book: the documented procedure, kept in sync or saying that it is not."""

from __future__ import annotations

from binance_nb.streams.book.costs import MarketCost
from binance_nb.streams.book.keeping import ChangeHandle
from binance_nb.streams.book.ladder import Ladder
from binance_nb.streams.book.local_book import LocalBook
from binance_nb.streams.book.snapshots import BookPolicy

__all__ = ["BookPolicy", "ChangeHandle", "Ladder", "LocalBook", "MarketCost"]
