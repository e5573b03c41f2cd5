"""The synthetic market as pure functions of (seed, symbol, time)."""

from __future__ import annotations

from binance_nb.sandbox.market.book import MOST_LEVELS, Book, DepthReply, Level
from binance_nb.sandbox.market.intervals import INTERVALS, Interval
from binance_nb.sandbox.market.kline_pages import KlineRow, Source
from binance_nb.sandbox.market.market import Market
from binance_nb.sandbox.market.tape import Trade
from binance_nb.sandbox.market.tickers import TickerKind, TickerRow, WindowStats
from binance_nb.sandbox.market.trades import AggTradeRow, Side, TradeRow

__all__ = [
    "INTERVALS",
    "MOST_LEVELS",
    "AggTradeRow",
    "Book",
    "DepthReply",
    "Interval",
    "KlineRow",
    "Level",
    "Market",
    "Side",
    "Source",
    "TickerKind",
    "TickerRow",
    "Trade",
    "TradeRow",
    "WindowStats",
]
