"""The synthetic market: everything the sandbox says about prices, as a function of seed, symbol and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from binance_nb.sandbox.amounts import decimal_of
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market.book import Book, BookMaker
from binance_nb.sandbox.market.intervals import interval_of
from binance_nb.sandbox.market.kline_pages import KeptPages, KlineRow, Source
from binance_nb.sandbox.market.klines import Klines
from binance_nb.sandbox.market.spans import SymbolMarket
from binance_nb.sandbox.market.tape_search import TapeSearch
from binance_nb.sandbox.market.tickers import (
    TickerKind,
    TickerRow,
    WindowStats,
    average_price,
    book_ticker,
    day_ticker,
    window_ticker,
)
from binance_nb.sandbox.market.trades import AggTradeRow, TradeRow, Trades
from binance_nb.sandbox.recorded import Recorded

__all__ = ["Market"]


@dataclass(frozen=True)
class _Desk:
    """The parts that answer for one symbol."""

    market: SymbolMarket
    klines: Klines
    trades: Trades
    book_maker: BookMaker


class Market:
    """All symbols' markets.

    A seed gives the same market on every machine and in every version that keeps the golden values of the tests:
    any moment of any year, asked in any order. Candles of all intervals, trades, aggregate trades, tickers and the
    book agree with each other exactly. Nothing exists before a symbol's listing date: lists are empty, prices are 0.
    Nothing is added once a symbol has stopped: its past can be asked for, and its last price stands.

    With recordings, candles and everything made of them (tickers, the average price) are the recorded ones where
    a recording covers the minute, and trades pass through the recorded open, high, low and close, so that last
    prices agree. Quantities, number and ids of single trades stay synthetic there, so those do not add up to the
    recorded volume; an unfinished recorded candle holds the share of its volume that its trades so far make up.

    Args:
        seed: The same seed, the same market.
        listings: The symbols, by name.
        recorded: Recorded candles to serve where they exist.
    """

    def __init__(self, seed: int, listings: Mapping[str, Listing], recorded: Recorded | None = None) -> None:
        self.seed = seed
        self.listings = listings
        self.recorded = recorded
        self._desks: dict[str, _Desk] = {}
        self._kept = KeptPages()

    def klines(
        self,
        symbol: str,
        interval: str,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int = 500,
        now_ms: int,
        offset_ms: int = 0,
    ) -> list[KlineRow]:
        """Return a page of klines.

        Args:
            symbol: The symbol.
            interval: One of the sixteen intervals.
            start_ms: Earliest open time; with it the page starts at the oldest.
            end_ms: Latest open time; without a start the page ends at the newest.
            limit: Most rows.
            now_ms: The present; the candle in progress holds only what has been traded.
            offset_ms: How far the local time that cuts the candles is ahead of UTC; whole minutes. Candles of a
                second are the same everywhere.

        Returns:
            Rows of twelve as the exchange prints them, oldest first.

        Raises:
            KeyError: No such symbol or interval.
        """
        return self._desk(symbol).klines.rows(
            interval_of(interval), start_ms=start_ms, end_ms=end_ms, limit=limit, now_ms=now_ms, offset_ms=offset_ms
        )

    def klines_encoded(
        self,
        symbol: str,
        interval: str,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int = 500,
        now_ms: int,
        offset_ms: int = 0,
    ) -> tuple[bytes, Source]:
        """Return a page of klines as JSON, and where it comes from; see `klines` and `source`."""
        return self._desk(symbol).klines.encoded(
            interval_of(interval), start_ms=start_ms, end_ms=end_ms, limit=limit, now_ms=now_ms, offset_ms=offset_ms
        )

    def trades_recent(self, symbol: str, *, limit: int = 500, now_ms: int) -> list[TradeRow]:
        """Return the newest trades.

        Args:
            symbol: The symbol.
            limit: Most rows.
            now_ms: The present.

        Returns:
            Rows as the exchange prints them, oldest first.

        Raises:
            KeyError: No such symbol.
        """
        return self._desk(symbol).trades.recent(limit=limit, now_ms=now_ms)

    def trades_from(self, symbol: str, *, from_id: int, limit: int = 500, now_ms: int) -> list[TradeRow]:
        """Return trades from an id on.

        Args:
            symbol: The symbol.
            from_id: Id of the first.
            limit: Most rows.
            now_ms: The present.

        Returns:
            Rows as the exchange prints them, oldest first.

        Raises:
            KeyError: No such symbol.
        """
        return self._desk(symbol).trades.starting_at(from_id, limit=limit, now_ms=now_ms)

    def agg_trades(
        self,
        symbol: str,
        *,
        from_id: int | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int = 500,
        now_ms: int,
    ) -> list[AggTradeRow]:
        """Return aggregate trades.

        Args:
            symbol: The symbol.
            from_id: Id of the first; takes the place of a start.
            start_ms: Earliest time; with it the page starts at the oldest.
            end_ms: Latest time; without a start the page ends at the newest.
            limit: Most rows.
            now_ms: The present.

        Returns:
            Rows as the exchange prints them, oldest first.

        Raises:
            KeyError: No such symbol.
        """
        return self._desk(symbol).trades.aggregated(
            from_id=from_id, start_ms=start_ms, end_ms=end_ms, limit=limit, now_ms=now_ms
        )

    def tape_search(self, symbol: str) -> TapeSearch:
        """Return what looks forward on a symbol's tape.

        Args:
            symbol: The symbol.

        Returns:
            The search.

        Raises:
            KeyError: No such symbol.
        """
        return TapeSearch(self._desk(symbol).market)

    def last_price_e8(self, symbol: str, now_ms: int) -> int:
        """Return the price of the last trade in units of 1e-8; see `last_price`."""
        return self._desk(symbol).market.last_price_e8(now_ms)

    def trades_by(self, symbol: str, now_ms: int) -> int:
        """Return how many trades there have been, which is also the id of the next one.

        Args:
            symbol: The symbol.
            now_ms: The moment, which is included.

        Returns:
            The number.

        Raises:
            KeyError: No such symbol.
        """
        return self._desk(symbol).market.trades_by(now_ms)

    def next_trade_ms(self, symbol: str, now_ms: int) -> int | None:
        """Return when the next trade will be.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The moment; None when there will be none.

        Raises:
            KeyError: No such symbol.
        """
        return self._desk(symbol).market.next_print_ms(now_ms)

    def last_price(self, symbol: str, now_ms: int) -> Decimal:
        """Return the price of the last trade.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The price; 0 before the first trade.

        Raises:
            KeyError: No such symbol.
        """
        return decimal_of(self._desk(symbol).market.last_price_e8(now_ms))

    def book(self, symbol: str, now_ms: int) -> Book | None:
        """Return the order book.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The book, whose best bid or ask is the last price; None before the first trade and in a break. In a halt
            it stands as it stood at the last moment of trading.

        Raises:
            KeyError: No such symbol.
        """
        desk, listing = self._desk(symbol), self.listings[symbol]
        last = desk.market.last_print(now_ms)
        if last is None or listing.status_at(now_ms) == "BREAK":
            return None
        now_ms = min(now_ms, listing.last_ms)
        tape, place = last
        return Book(desk.book_maker, now_ms, int(tape.price_e8[place]), bool(tape.is_buy[place]))

    def window_stats(self, symbol: str, start_ms: int, end_ms: int) -> WindowStats:
        """Return what was traded in a window of time.

        Args:
            symbol: The symbol.
            start_ms: First moment.
            end_ms: Last moment, included; the present or earlier.

        Returns:
            The statistics.

        Raises:
            KeyError: No such symbol.
        """
        return WindowStats.of(self._desk(symbol).market, start_ms, end_ms)

    def ticker(self, symbol: str, start_ms: int, end_ms: int, kind: TickerKind = "FULL") -> TickerRow:
        """Return the ticker of any window, as the rolling-window and trading-day tickers print it.

        Args:
            symbol: The symbol.
            start_ms: First moment.
            end_ms: Last moment, included; the present or earlier.
            kind: ``FULL`` or ``MINI``.

        Returns:
            The reply for one symbol.

        Raises:
            KeyError: No such symbol.
        """
        return window_ticker(self.window_stats(symbol, start_ms, end_ms), kind)

    def ticker_24hr(self, symbol: str, now_ms: int, kind: TickerKind = "FULL") -> TickerRow:
        """Return the ticker of the last 24 hours.

        Args:
            symbol: The symbol.
            now_ms: The present.
            kind: ``FULL`` or ``MINI``.

        Returns:
            The reply for one symbol.

        Raises:
            KeyError: No such symbol.
        """
        return day_ticker(self._desk(symbol).market, self.book(symbol, now_ms), now_ms, kind)

    def ticker_price(self, symbol: str, now_ms: int) -> TickerRow:
        """Return the last price.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The reply for one symbol.

        Raises:
            KeyError: No such symbol.
        """
        return {"symbol": symbol, "price": format(self.last_price(symbol, now_ms), "f")}

    def book_ticker(self, symbol: str, now_ms: int) -> TickerRow:
        """Return the best bid and ask.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The reply for one symbol.

        Raises:
            KeyError: No such symbol.
        """
        return book_ticker(symbol, self.book(symbol, now_ms))

    def avg_price(self, symbol: str, now_ms: int) -> TickerRow:
        """Return the average price of the last five minutes.

        Args:
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The reply.

        Raises:
            KeyError: No such symbol.
        """
        return average_price(self._desk(symbol).market, now_ms)

    def source(self, symbol: str, interval: str, open_time_ms: int, offset_ms: int = 0) -> Source:
        """Say where a candle comes from; see `Klines.source`."""
        return self._desk(symbol).klines.source(interval_of(interval), open_time_ms, offset_ms)

    def _desk(self, symbol: str) -> _Desk:
        if symbol not in self._desks:
            listing = self.listings[symbol]
            market = SymbolMarket(self.seed, listing, self.recorded)
            self._desks[symbol] = _Desk(
                market, Klines(market, self._kept, self.recorded), Trades(market), BookMaker(self.seed, listing)
            )
        return self._desks[symbol]
