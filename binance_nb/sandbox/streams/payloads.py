"""What streams send, made of the rows that REST gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from binance_nb.catalog import ColumnKind
from binance_nb.catalog.streams import MARKET_STREAMS
from binance_nb.sandbox.block_trades import BlockTradeRow
from binance_nb.sandbox.market import AggTradeRow, KlineRow, TickerRow, TradeRow

__all__ = [
    "Payload",
    "agg_trade",
    "avg_price",
    "block_trade",
    "book_ticker",
    "in_microseconds",
    "kline",
    "mini_ticker",
    "reference_price",
    "rolling_ticker",
    "server_shutdown",
    "ticker",
    "trade",
]

Payload: TypeAlias = dict[str, Any]  # Any: JSON leaves here

_CHANGES = {"p": "priceChange", "P": "priceChangePercent"}
_PRICES = {"o": "openPrice", "h": "highPrice", "l": "lowPrice"}
_SUMS = {"v": "volume", "q": "quoteVolume"}
_PLACES = {"O": "openTime", "C": "closeTime", "F": "firstId", "L": "lastId", "n": "count"}
_BEST = {"b": "bidPrice", "B": "bidQty", "a": "askPrice", "A": "askQty"}

_MINI = {"c": "lastPrice", **_PRICES, **_SUMS}
_ROLLING = {**_CHANGES, **_PRICES, "c": "lastPrice", "w": "weightedAvgPrice", **_SUMS, **_PLACES}
_TICKER = {
    **_CHANGES,
    "w": "weightedAvgPrice",
    "x": "prevClosePrice",
    "c": "lastPrice",
    "Q": "lastQty",
    **_BEST,
    **_PRICES,
    **_SUMS,
    **_PLACES,
}

# The same letter is an id in one event and a time in another; what a kind says of itself, the catalog knows.
_TIMES: Mapping[str, tuple[str, ...]] = {
    said: tuple(str(column.field) for column in declared.payload.columns if column.kind is ColumnKind.TIME)
    for declared in MARKET_STREAMS.values()
    for said in declared.event_types
} | {"serverShutdown": ("E",)}


def trade(symbol: str, row: TradeRow) -> Payload:
    """Tell of a trade; the event has the trade's own time.

    Args:
        symbol: The symbol.
        row: Its row in ``trades``.

    Returns:
        The event.
    """
    return {
        "e": "trade",
        "E": row["time"],
        "s": symbol,
        "t": row["id"],
        "p": row["price"],
        "q": row["qty"],
        "T": row["time"],
        "m": row["isBuyerMaker"],
        "M": True,
    }


def agg_trade(symbol: str, row: AggTradeRow) -> Payload:
    """Tell of an aggregate trade; the event has the trade's own time.

    Args:
        symbol: The symbol.
        row: Its row in ``aggTrades``.

    Returns:
        The event.
    """
    return {"e": "aggTrade", "E": row["T"], "s": symbol, **row}


def block_trade(symbol: str, row: BlockTradeRow) -> Payload:
    """Tell of a block trade; the event has the trade's own time.

    Args:
        symbol: The symbol.
        row: Its row in ``historicalBlockTrades``.

    Returns:
        The event.
    """
    return {
        "e": "blockTrade",
        "E": row["time"],
        "s": symbol,
        "t": row["id"],
        "p": row["price"],
        "q": row["qty"],
        "T": row["time"],
        "m": row["isBuyerMaker"],
    }


def kline(symbol: str, interval: str, row: KlineRow, trade_ids: tuple[int, int], now_ms: int) -> Payload:
    """Tell of a candle.

    Args:
        symbol: The symbol.
        interval: The candle's interval.
        row: Its row in ``klines``.
        trade_ids: Its first and last trade; -1 where it has none.
        now_ms: The present; the event of a closed candle has the moment at which it closed.

    Returns:
        The event.
    """
    opens_ms, closes_ms = int(row[0]), int(row[6])
    is_closed = closes_ms < now_ms
    return {
        "e": "kline",
        "E": closes_ms + 1 if is_closed else now_ms,
        "s": symbol,
        "k": {
            "t": opens_ms,
            "T": closes_ms,
            "s": symbol,
            "i": interval,
            "f": trade_ids[0],
            "L": trade_ids[1],
            "o": row[1],
            "c": row[4],
            "h": row[2],
            "l": row[3],
            "v": row[5],
            "n": row[8],
            "x": is_closed,
            "q": row[7],
            "V": row[9],
            "Q": row[10],
            "B": row[11],
        },
    }


def mini_ticker(row: TickerRow, now_ms: int) -> Payload:
    """Tell of the last 24 hours in short.

    Args:
        row: The row of ``ticker/24hr``.
        now_ms: The present.

    Returns:
        The event.
    """
    return {"e": "24hrMiniTicker", "E": now_ms, "s": row["symbol"], **_picked(_MINI, row)}


def ticker(row: TickerRow, now_ms: int) -> Payload:
    """Tell of the last 24 hours.

    Args:
        row: The row of ``ticker/24hr``, with the best prices.
        now_ms: The present.

    Returns:
        The event.
    """
    return {"e": "24hrTicker", "E": now_ms, "s": row["symbol"], **_picked(_TICKER, row)}


def rolling_ticker(window: str, row: TickerRow, now_ms: int) -> Payload:
    """Tell of a window that ends now.

    Args:
        window: How long it is: ``1h``, ``4h`` or ``1d``.
        row: The row of ``ticker``.
        now_ms: The present.

    Returns:
        The event.
    """
    return {"e": f"{window}Ticker", "E": now_ms, "s": row["symbol"], **_picked(_ROLLING, row)}


def book_ticker(update_id: int, row: Mapping[str, str | int]) -> Payload:
    """Tell of the best bid and ask.

    Args:
        update_id: The id of the book's last change.
        row: The row of ``ticker/bookTicker``.

    Returns:
        The event.
    """
    return {"u": update_id, "s": row["symbol"], **_picked(_BEST, row)}


def avg_price(symbol: str, row: TickerRow, now_ms: int) -> Payload:
    """Tell of the average price.

    Args:
        symbol: The symbol.
        row: The row of ``avgPrice``.
        now_ms: The present.

    Returns:
        The event.
    """
    return {
        "e": "avgPrice",
        "E": now_ms,
        "s": symbol,
        "i": f"{row['mins']}m",
        "w": row["price"],
        "T": row["closeTime"],
    }


def reference_price(row: Mapping[str, Any]) -> Payload:  # Any: JSON passes through here
    """Tell of the price that filters refer to.

    Args:
        row: The row of ``referencePrice``.

    Returns:
        The event.
    """
    return {"e": "referencePrice", "s": row["symbol"], "r": row["referencePrice"], "t": row["timestamp"]}


def server_shutdown(now_ms: int) -> Payload:
    """Tell that the connection is about to end.

    Args:
        now_ms: The present.

    Returns:
        The event.
    """
    return {"e": "serverShutdown", "E": now_ms}


def in_microseconds(event: Any) -> Any:  # Any: JSON passes through here
    """Turn an event's times into microseconds.

    Args:
        event: The event, or a list of events, in milliseconds.

    Returns:
        A new one.
    """
    if isinstance(event, list):
        return [in_microseconds(one) for one in event]
    scaled = dict(event)
    for letter in _TIMES.get(event.get("e", ""), ()):
        scaled[letter] *= 1000
    if "k" in scaled:
        candle = scaled["k"]
        # A candle closes with the last microsecond before the next one.
        scaled["k"] = {**candle, "t": candle["t"] * 1000, "T": candle["T"] * 1000 + 999}
    return scaled


def _picked(names: Mapping[str, str], row: Mapping[str, Any]) -> Payload:  # Any: JSON passes through here
    return {letter: row[name] for letter, name in names.items()}
