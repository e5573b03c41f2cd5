"""Lists of trades and aggregate trades, as the exchange prints them, and when a resting order would fill."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, TypedDict

import numpy as np

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.market.prints import MINUTE_MS
from binance_nb.sandbox.market.spans import SymbolMarket
from binance_nb.sandbox.market.tape import Tape, Trade

__all__ = ["AggTradeRow", "Side", "TradeRow", "Trades"]

Side = Literal["BUY", "SELL"]

_SEARCHED_AT_ONCE = 8 * 1440
_BEYOND = 1 << 62


class TradeRow(TypedDict):
    """One row of ``trades`` and ``historicalTrades``."""

    id: int
    price: str
    qty: str
    quoteQty: str
    time: int
    isBuyerMaker: bool
    isBestMatch: bool


class AggTradeRow(TypedDict):
    """One row of ``aggTrades``."""

    a: int
    p: str
    q: str
    f: int
    l: int  # noqa: E741 - the exchange's name
    T: int
    m: bool
    M: bool


class Trades:
    """The trades of one symbol.

    Args:
        market: The symbol's market.
    """

    def __init__(self, market: SymbolMarket) -> None:
        self._market = market

    def recent(self, *, limit: int, now_ms: int) -> list[TradeRow]:
        """Return the newest trades.

        Args:
            limit: Most rows.
            now_ms: The present.

        Returns:
            Rows, oldest first.
        """
        last = self._market.last_print(now_ms)
        if last is None:
            return []
        tape, place = last
        stop = tape.first_trade[place + 1]
        return self.starting_at(max(0, stop - limit), limit=limit, now_ms=now_ms)

    def starting_at(self, from_id: int, *, limit: int, now_ms: int) -> list[TradeRow]:
        """Return trades from an id on.

        Args:
            from_id: Id of the first.
            limit: Most rows.
            now_ms: The present.

        Returns:
            Rows, oldest first; none when the id has not been given yet.
        """
        prints = self._market.prints
        now_ms = self._until(now_ms)
        # Every two prints hold three trades, and a minute's prints are even in number.
        if from_id >= prints.first_print(now_ms // MINUTE_MS + 1) // 2 * 3:
            return []
        first_print = prints.print_of(max(0, from_id))
        rows: list[TradeRow] = []
        for tape, places in self._tapes(first_print, now_ms):
            for place in places:
                rows += [_trade_row(trade) for trade in tape.fills(place) if trade.id >= from_id]
            if len(rows) >= limit:
                break
        return rows[:limit]

    def aggregated(
        self,
        *,
        from_id: int | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int,
        now_ms: int,
    ) -> list[AggTradeRow]:
        """Return aggregate trades.

        Args:
            from_id: Id of the first; takes the place of times.
            start_ms: Earliest time; with it the page starts at the oldest.
            end_ms: Latest time; without a start the page ends at the newest.
            limit: Most rows.
            now_ms: The present.

        Returns:
            Rows, oldest first.
        """
        until_ms = self._until(now_ms if end_ms is None else min(end_ms, now_ms))
        if from_id is None:
            from_id = self._first_of_page(start_ms, until_ms, limit)
        rows: list[AggTradeRow] = []
        from_id = min(from_id, self._market.prints.first_print(until_ms // MINUTE_MS + 1))
        for tape, places in self._tapes(max(0, from_id), until_ms):
            rows += [_agg_row(tape, place) for place in places]
            if len(rows) >= limit:
                break
        return rows[:limit]

    def first_cross(self, side: Side, price: Decimal, *, after_ms: int, until_ms: int) -> Trade | None:
        """Find the trade at which a resting limit order would fill.

        Args:
            side: The order's side.
            price: Its price.
            after_ms: Trades up to this moment do not count.
            until_ms: Last moment to look at.

        Returns:
            The first trade at the price or beyond; None when there is none.
        """
        until_ms = self._until(until_ms)
        listed_minute = self._market.first_minute
        first = max(listed_minute, (after_ms + 1) // MINUTE_MS)
        stop = until_ms // MINUTE_MS + 1
        for start in range(first, stop, _SEARCHED_AT_ONCE):
            for minute in self._reaching(side, price, start, min(stop, start + _SEARCHED_AT_ONCE)):
                tape = self._market.tape(minute)
                place = _first_at(tape, side, price, tape.until(after_ms))
                if place is not None:
                    return tape.fills(place)[0] if tape.time_ms[place] <= until_ms else None
        return None

    def _until(self, now_ms: int) -> int:
        return min(now_ms, self._market.listing.last_ms)

    def _reaching(self, side: Side, price: Decimal, first: int, stop: int) -> list[int]:
        candles = self._market.minutes.candles(first, stop)
        price_e8 = int(price.scaleb(8))
        reached = candles.low <= price_e8 if side == "BUY" else candles.high >= price_e8
        minutes: list[int] = (first + np.flatnonzero(reached)).tolist()
        return minutes

    def _first_of_page(self, start_ms: int | None, until_ms: int, limit: int) -> int:
        if start_ms is None:
            last = self._market.last_print(until_ms)
            return 0 if last is None else last[0].first_print + last[1] + 1 - limit
        minute = start_ms // MINUTE_MS
        if minute < self._market.first_minute:
            return 0
        if start_ms > until_ms:
            return _BEYOND
        tape = self._market.tape(minute)
        return tape.first_print + tape.until(start_ms - 1)

    def _tapes(self, first_print: int, until_ms: int) -> Iterator[tuple[Tape, range]]:
        """Yield tapes and the places there, from a print on and up to a moment."""
        minute = self._market.prints.minute_of(first_print)
        for reached in range(minute, until_ms // MINUTE_MS + 1):
            tape = self._market.tape(reached)
            yield tape, range(max(0, first_print - tape.first_print), tape.until(until_ms))


def _first_at(tape: Tape, side: Side, price: Decimal, start: int) -> int | None:
    price_e8 = int(price.scaleb(8))
    prices = tape.price_e8[start:]
    hits = np.flatnonzero(prices <= price_e8 if side == "BUY" else prices >= price_e8)
    return start + int(hits[0]) if len(hits) else None


def _trade_row(trade: Trade) -> TradeRow:
    return {
        "id": trade.id,
        "price": text_of(trade.price_e8),
        "qty": text_of(trade.quantity_e8),
        "quoteQty": text_of(trade.quote_e8),
        "time": trade.time_ms,
        "isBuyerMaker": trade.is_buyer_maker,
        "isBestMatch": True,
    }


def _agg_row(tape: Tape, place: int) -> AggTradeRow:
    return {
        "a": tape.first_print + place,
        "p": text_of(int(tape.price_e8[place])),
        "q": text_of(int(tape.lots[place]) * tape.step_e8),
        "f": tape.first_trade[place],
        "l": tape.first_trade[place + 1] - 1,
        "T": int(tape.time_ms[place]),
        "m": not tape.is_buy[place],
        "M": True,
    }
