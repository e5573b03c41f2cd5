"""How the book has changed since it was last told.

A stream mirrors as many levels a side as the largest snapshot has: what left that window, at whichever end, is told
as gone, and what entered it is told anew. A snapshot with the events after it is then exactly the later snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.candles import Ints
from binance_nb.sandbox.market import MOST_LEVELS, Side
from binance_nb.sandbox.matching.order_book import OrderBook
from binance_nb.sandbox.streams.payloads import Payload

__all__ = ["BookWindow", "Mirror"]

_Columns: TypeAlias = tuple[Ints, Ints]
# The same prices and, drawn in lots, the same quantities come again and again.
_text = lru_cache(maxsize=1 << 16)(text_of)
_NOTHING: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class BookWindow:
    """A symbol's book at a moment, as far as a snapshot shows it.

    Attributes:
        update_id: What the snapshot prints as its id.
        bids: Prices and quantities in units of 1e-8, prices rising.
        asks: The same of the other side.
    """

    update_id: int
    bids: _Columns
    asks: _Columns

    @classmethod
    def of(cls, book: OrderBook, symbol: str, now_ms: int) -> BookWindow:
        """Look at the book.

        Args:
            book: Every symbol's book.
            symbol: The symbol.
            now_ms: The present.

        Returns:
            What stands there.
        """
        return cls(
            book.update_id(symbol, now_ms),
            _rising(book, symbol, "BUY", now_ms),
            _rising(book, symbol, "SELL", now_ms),
        )


class Mirror:
    """What those who follow a book's events have been told of it.

    Args:
        symbol: The symbol.
        window: The book when they began to listen.
    """

    def __init__(self, symbol: str, window: BookWindow) -> None:
        self._symbol = symbol
        self._seen = window
        self._told_id = window.update_id
        self._bids, self._asks = _NOTHING, _NOTHING

    def look(self, window: BookWindow) -> None:
        """Take note of the book without telling; needed for every snapshot that is handed out.

        A level may differ in the snapshot and be as before at the next event, which has to tell it nevertheless.

        Args:
            window: The book now.
        """
        self._bids = np.union1d(self._bids, _differing(self._seen.bids, window.bids))
        self._asks = np.union1d(self._asks, _differing(self._seen.asks, window.asks))
        self._seen = window

    def update(self, window: BookWindow, now_ms: int) -> Payload | None:
        """Tell everything that has changed since the last event.

        Args:
            window: The book now.
            now_ms: The present.

        Returns:
            The event, which begins with the id after the last one's; None where nothing has changed.
        """
        self.look(window)
        if not len(self._bids) and not len(self._asks):
            return None
        event = {
            "e": "depthUpdate",
            "E": now_ms,
            "s": self._symbol,
            "U": self._told_id + 1,
            "u": window.update_id,
            "b": _levels(self._bids[::-1], window.bids),
            "a": _levels(self._asks, window.asks),
        }
        self._told_id = window.update_id
        self._bids, self._asks = _NOTHING, _NOTHING
        return event


def _rising(book: OrderBook, symbol: str, side: Side, now_ms: int) -> _Columns:
    prices, quantities = book.columns(symbol, side, MOST_LEVELS, now_ms)
    return (prices, quantities) if side == "SELL" else (prices[::-1], quantities[::-1])


def _differing(before: _Columns, after: _Columns) -> Ints:
    """Return the prices at which two looks at a side differ."""
    places, is_known = _found(after[0], before[0])
    if len(before[0]):
        is_known &= before[1].take(places, mode="clip") == after[1]
    gone = before[0][~_found(before[0], after[0])[1]]
    return np.concatenate([after[0][~is_known], gone])


def _levels(prices: Ints, side: _Columns) -> list[list[str]]:
    """Print what stands at some prices; nothing stands at those that are not there."""
    places, stands = _found(prices, side[0])
    quantities = side[1].take(places, mode="clip").tolist() if len(side[0]) else [0] * len(prices)
    return [
        [_text(price), _text(quantity if is_there else 0)]
        for price, quantity, is_there in zip(prices.tolist(), quantities, stands.tolist(), strict=True)
    ]


def _found(wanted: Ints, among: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return where each number stands in rising ones, and whether it does."""
    places = np.searchsorted(among, wanted)
    if not len(among):
        return places, np.zeros(len(wanted), dtype=np.bool_)
    return places, among.take(places, mode="clip") == wanted
