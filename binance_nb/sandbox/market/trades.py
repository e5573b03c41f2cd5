"""Lists of trades and aggregate trades, as the exchange prints them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypedDict

from binance_nb.sandbox.amounts import E8, text_of
from binance_nb.sandbox.market.prints import MINUTE_MS
from binance_nb.sandbox.market.spans import SymbolMarket
from binance_nb.sandbox.market.tape import Tape

__all__ = ["AggTradeRow", "Side", "TradeRow", "Trades"]

Side = Literal["BUY", "SELL"]

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
            rows += [row for row in _trade_rows(tape, places) if row["id"] >= from_id]
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
            rows += _agg_rows(tape, places)
            if len(rows) >= limit:
                break
        return rows[:limit]

    def _until(self, now_ms: int) -> int:
        return min(now_ms, self._market.listing.last_ms)

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


def _trade_rows(tape: Tape, places: range) -> Iterator[TradeRow]:
    for place, price_e8, lots, time_ms, is_buy in _prints(tape, places):
        for trade_id, part in tape.parts(place, lots):
            quantity_e8 = part * tape.step_e8
            yield {
                "id": trade_id,
                "price": text_of(price_e8),
                "qty": text_of(quantity_e8),
                "quoteQty": text_of(price_e8 * quantity_e8 // E8),
                "time": time_ms,
                "isBuyerMaker": not is_buy,
                "isBestMatch": True,
            }


def _agg_rows(tape: Tape, places: range) -> Iterator[AggTradeRow]:
    for place, price_e8, lots, time_ms, is_buy in _prints(tape, places):
        yield {
            "a": tape.first_print + place,
            "p": text_of(price_e8),
            "q": text_of(lots * tape.step_e8),
            "f": tape.first_trade[place],
            "l": tape.first_trade[place + 1] - 1,
            "T": time_ms,
            "m": not is_buy,
            "M": True,
        }


def _prints(tape: Tape, places: range) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield place, price, lots, time and taker side of some prints; whole columns turn into integers at once."""
    columns = (tape.price_e8, tape.lots, tape.time_ms, tape.is_buy)
    return zip(places, *(column[places.start : places.stop].tolist() for column in columns), strict=True)
