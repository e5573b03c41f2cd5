"""Tickers: statistics of a window of time, the last price, the best bid and ask, the average price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from binance_nb.sandbox.amounts import E8, text_of
from binance_nb.sandbox.market.book import Book
from binance_nb.sandbox.market.spans import SymbolMarket

__all__ = ["TickerKind", "TickerRow", "WindowStats", "average_price", "book_ticker", "day_ticker", "window_ticker"]

TickerKind = Literal["FULL", "MINI"]
TickerRow: TypeAlias = dict[str, str | int]

_DAY_MS = 86_400_000
_AVERAGE_MINUTES = 5


@dataclass(frozen=True)
class WindowStats:
    """What was traded in a window of time; amounts in units of 1e-8.

    Args:
        symbol: The symbol.
        open_ms: First moment of the window.
        close_ms: Last moment of the window.
        open: Price of the first trade.
        high: Highest price.
        low: Lowest price.
        last: Price of the last trade.
        volume: Base amount.
        quote: Quote amount.
        first_id: Id of the first trade; -1 when there is none.
        last_id: Id of the last trade; -1 when there is none.
        count: Number of trades, as the klines count them.
    """

    symbol: str
    open_ms: int
    close_ms: int
    open: int
    high: int
    low: int
    last: int
    volume: int
    quote: int
    first_id: int
    last_id: int
    count: int

    @classmethod
    def of(cls, market: SymbolMarket, start_ms: int, end_ms: int) -> WindowStats:
        """Take the statistics of a window.

        Args:
            market: The symbol's market.
            start_ms: First moment.
            end_ms: Last moment, which is the present or earlier.

        Returns:
            The statistics.
        """
        candle = market.span(start_ms, end_ms)
        first_id, last_id = market.trades_by(start_ms - 1), market.trades_by(end_ms) - 1
        return cls(
            symbol=market.listing.symbol,
            open_ms=start_ms,
            close_ms=end_ms,
            open=candle.open,
            high=candle.high,
            low=candle.low,
            last=candle.close,
            volume=candle.volume * market.minutes.volume_unit_e8,
            quote=candle.quote,
            first_id=first_id if first_id <= last_id else -1,
            last_id=last_id if first_id <= last_id else -1,
            count=candle.trade_count,
        )

    @property
    def average_e8(self) -> int:
        """Average price weighted by volume, cut to eight decimals; 0 without trades."""
        return self.quote * E8 // self.volume if self.volume else 0

    @property
    def change_percent(self) -> str:
        """Change of the price since the open, in per cent with three decimals."""
        if not self.open:
            return "0.000"
        change = self.last - self.open
        # Rounded half away from zero, which integer division alone does not do.
        thousandths = (abs(change) * 200_000 + self.open) // (2 * self.open)
        return f"{'-' if change < 0 and thousandths else ''}{thousandths // 1000}.{thousandths % 1000:03d}"


def window_ticker(stats: WindowStats, kind: TickerKind = "FULL") -> TickerRow:
    """Print statistics as the rolling-window and trading-day tickers do.

    Args:
        stats: The statistics.
        kind: ``MINI`` leaves out what can be computed from the rest.

    Returns:
        The reply for one symbol.
    """
    changes: TickerRow = {
        "priceChange": text_of(stats.last - stats.open),
        "priceChangePercent": stats.change_percent,
        "weightedAvgPrice": text_of(stats.average_e8),
    }
    return {
        "symbol": stats.symbol,
        **(changes if kind == "FULL" else {}),
        "openPrice": text_of(stats.open),
        "highPrice": text_of(stats.high),
        "lowPrice": text_of(stats.low),
        "lastPrice": text_of(stats.last),
        "volume": text_of(stats.volume),
        "quoteVolume": text_of(stats.quote),
        "openTime": stats.open_ms,
        "closeTime": stats.close_ms,
        "firstId": stats.first_id,
        "lastId": stats.last_id,
        "count": stats.count,
    }


def day_ticker(market: SymbolMarket, book: Book | None, now_ms: int, kind: TickerKind = "FULL") -> TickerRow:
    """Print the statistics of the last 24 hours.

    Args:
        market: The symbol's market.
        book: The order book at that moment, if there is one.
        now_ms: The present, which the window includes.
        kind: ``FULL`` or ``MINI``.

    Returns:
        The reply for one symbol.
    """
    stats = WindowStats.of(market, now_ms - _DAY_MS, now_ms)
    row = window_ticker(stats, kind)
    if kind == "MINI":
        return row
    last = market.last_print(now_ms)
    last_quantity = 0 if last is None else last[0].fills(last[1])[-1].quantity_e8
    best = book_ticker(market.listing.symbol, book)
    names = list(row)
    # The full reply puts the book between the average and the open.
    return {
        **{name: row[name] for name in names[:4]},
        "prevClosePrice": text_of(market.last_price_e8(now_ms - _DAY_MS - 1)),
        "lastPrice": row["lastPrice"],
        "lastQty": text_of(last_quantity),
        **{name: best[name] for name in ("bidPrice", "bidQty", "askPrice", "askQty")},
        **{name: row[name] for name in names[4:]},
    }


def book_ticker(symbol: str, book: Book | None) -> TickerRow:
    """Print the best bid and ask.

    Args:
        symbol: The symbol.
        book: The order book, if there is one.

    Returns:
        The reply for one symbol; an empty side prints zeros.
    """
    bids, asks = (book.bids(1), book.asks(1)) if book else ([], [])
    return {
        "symbol": symbol,
        "bidPrice": text_of(bids[0].price_e8 if bids else 0),
        "bidQty": text_of(bids[0].quantity_e8 if bids else 0),
        "askPrice": text_of(asks[0].price_e8 if asks else 0),
        "askQty": text_of(asks[0].quantity_e8 if asks else 0),
    }


def average_price(market: SymbolMarket, now_ms: int) -> TickerRow:
    """Print the average price of the last five minutes, weighted by volume.

    Args:
        market: The symbol's market.
        now_ms: The present, which the window includes.

    Returns:
        The reply for one symbol.
    """
    stats = WindowStats.of(market, now_ms - _AVERAGE_MINUTES * 60_000 + 1, now_ms)
    last = market.last_print(now_ms)
    return {
        "mins": _AVERAGE_MINUTES,
        # Without volume the last price stands in, as nothing else is known.
        "price": text_of(stats.average_e8 or stats.last),
        "closeTime": now_ms if last is None else int(last[0].time_ms[last[1]]),
    }
