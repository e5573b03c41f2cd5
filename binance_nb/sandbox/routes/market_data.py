"""Market data endpoints: candles, trades, the book and the tickers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from binance_nb.sandbox import reference_prices
from binance_nb.sandbox.block_trades import BlockTradeRow, block_trades
from binance_nb.sandbox.call import Call
from binance_nb.sandbox.market import TickerKind
from binance_nb.sandbox.routes.registry import answers

__all__ = [
    "agg_trades",
    "avg_price",
    "depth",
    "historical_block_trades",
    "historical_trades",
    "klines",
    "reference_price",
    "reference_price_calculation",
    "ticker",
    "ticker_24hr",
    "ticker_book_ticker",
    "ticker_price",
    "ticker_trading_day",
    "trades",
    "ui_klines",
]

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_WINDOW_UNITS_MS = {"m": _MINUTE_MS, "h": 60 * _MINUTE_MS, "d": _DAY_MS}


@answers
def depth(call: Call) -> dict[str, Any]:
    """Give the book, the account's own orders included."""
    return call.venue.engine.book.depth(call.listing().symbol, call.limit, call.now_ms)


@answers
def trades(call: Call) -> Any:
    """Give the newest trades."""
    return call.venue.market.trades_recent(call.listing().symbol, limit=call.limit, now_ms=call.now_ms)


@answers
def historical_trades(call: Call) -> Any:
    """Give trades from an id on."""
    from_id = call.integer("fromId")
    if from_id is None:
        return trades(call)
    symbol = call.listing().symbol
    return call.venue.market.trades_from(symbol, from_id=from_id, limit=call.limit, now_ms=call.now_ms)


@answers
def historical_block_trades(call: Call) -> list[BlockTradeRow]:
    """Give block trades from an id on."""
    listing, from_id = call.listing(), int(call.sent["fromId"])
    return block_trades(call.venue.market, listing, from_id=from_id, limit=call.limit, now_ms=call.now_ms)


@answers
def agg_trades(call: Call) -> Any:
    """Give aggregate trades."""
    return call.venue.market.agg_trades(
        call.listing().symbol,
        from_id=call.integer("fromId"),
        start_ms=call.start_ms,
        end_ms=call.end_ms,
        limit=call.limit,
        now_ms=call.now_ms,
    )


@answers
def klines(call: Call) -> Any:
    """Give candles, and say in a header whether they are recorded, synthetic or mixed."""
    encoded, call.headers["X-SANDBOX-SOURCE"] = call.venue.market.klines_encoded(
        call.listing().symbol,
        call.sent["interval"],
        start_ms=call.start_ms,
        end_ms=call.end_ms,
        limit=call.limit,
        now_ms=call.now_ms,
        offset_ms=call.offset_ms,
    )
    return json.loads(encoded) if call.in_us else encoded


@answers
def ui_klines(call: Call) -> Any:
    """Give the same candles, value for value: they have no outliers that drawing would have to leave out."""
    return klines(call)


@answers
def avg_price(call: Call) -> Any:
    """Give the average price of the last minutes."""
    return call.venue.market.avg_price(call.listing().symbol, call.now_ms)


@answers
def ticker_24hr(call: Call) -> Any:
    """Give the statistics of the last 24 hours, with the best prices of the book as the account sees it."""
    kind = _kind(call)

    def row(symbol: str) -> Any:
        statistics = call.venue.market.ticker_24hr(symbol, call.now_ms, kind)
        best = call.venue.engine.book.ticker(symbol, call.now_ms) if kind == "FULL" else {}
        return {**statistics, **best}

    return _each(call, row)


@answers
def ticker_trading_day(call: Call) -> Any:
    """Give the statistics of the present day in the time zone asked for."""
    offset_ms = call.offset_ms
    start_ms = (call.now_ms + offset_ms) // _DAY_MS * _DAY_MS - offset_ms

    def row(symbol: str) -> Any:
        statistics = call.venue.market.ticker(symbol, start_ms, call.now_ms, _kind(call))
        return {**statistics, "closeTime": start_ms + _DAY_MS - 1}

    return _each(call, row)


@answers
def ticker_price(call: Call) -> Any:
    """Give the last prices."""
    return _each(call, lambda symbol: call.venue.market.ticker_price(symbol, call.now_ms))


@answers
def ticker_book_ticker(call: Call) -> Any:
    """Give the best bids and asks, the account's own orders included."""
    return _each(call, lambda symbol: call.venue.engine.book.ticker(symbol, call.now_ms))


@answers
def ticker(call: Call) -> Any:
    """Give the statistics of a window that ends now and begins on a whole minute."""
    size = call.text("windowSize") or ""
    window_ms = int(size[:-1]) * _WINDOW_UNITS_MS[size[-1]]
    start_ms = (call.now_ms - window_ms) // _MINUTE_MS * _MINUTE_MS
    return _each(call, lambda symbol: call.venue.market.ticker(symbol, start_ms, call.now_ms, _kind(call)))


@answers
def reference_price(call: Call) -> dict[str, Any]:
    """Give the price that price filters refer to."""
    return reference_prices.stated(call.venue.market, call.listing().symbol, call.now_ms)


@answers
def reference_price_calculation(call: Call) -> dict[str, Any]:
    """Tell how that price is made."""
    symbol = call.listing().symbol
    return {"symbol": symbol, **reference_prices.calculation(symbol).described()}


def _kind(call: Call) -> TickerKind:
    return "MINI" if call.text("type") == "MINI" else "FULL"


def _each(call: Call, row: Callable[[str], Any]) -> Any:
    """Answer with one object for one symbol, else with a list."""
    rows = [row(listing.symbol) for listing in call.listings()]
    return rows[0] if "symbol" in call.sent else rows
