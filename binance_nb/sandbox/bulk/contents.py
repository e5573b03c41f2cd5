"""The rows of a bulk file: those of the REST pages, value for value."""

from __future__ import annotations

from collections.abc import Iterator

from binance_nb.archive import COLUMNS, ArchiveName, ArchiveRow
from binance_nb.sandbox.bulk.published import published_ms
from binance_nb.sandbox.market import Market

__all__ = ["rows_of"]

_HOUR_MS = 3_600_000
# More than an hour can hold.
_ALL = 1 << 40
_FIRST_MICROSECONDS_MS = 1_735_689_600_000
"""1 January 2025: files of days from then on count time in microseconds."""


def rows_of(market: Market, name: ArchiveName) -> Iterator[ArchiveRow]:
    """Yield the rows of a file.

    Args:
        market: Where they come from.
        name: The file, which has been published.

    Yields:
        Cells in the order of the kind's columns.
    """
    columns = COLUMNS[name.kind]
    times = [columns.index(column) for column in ("open_time", "time") if column in columns]
    closes = [columns.index("close_time")] if name.kind == "klines" else []
    is_fine = name.start_ms >= _FIRST_MICROSECONDS_MS
    # An hour at a time: a month of rows would not fit into memory.
    for start_ms in range(name.start_ms, name.end_ms, _HOUR_MS):
        for row in _rows(market, name, start_ms, start_ms + _HOUR_MS - 1):
            if is_fine:
                for place in times + closes:
                    # A candle closes with the last microsecond before the next one.
                    row[place] = int(row[place]) * 1000 + (999 if place in closes else 0)
            yield row


def _rows(market: Market, name: ArchiveName, start_ms: int, end_ms: int) -> Iterator[list[int | str | bool]]:
    symbol, now_ms = name.symbol, published_ms(name)
    if name.interval is not None:
        page = market.klines(symbol, name.interval, start_ms=start_ms, end_ms=end_ms, limit=_ALL, now_ms=now_ms)
        yield from (list(row) for row in page)
    elif name.kind == "aggTrades":
        trades = market.agg_trades(symbol, start_ms=start_ms, end_ms=end_ms, limit=_ALL, now_ms=now_ms)
        yield from (list(row.values()) for row in trades)  # type: ignore[misc]  # a TypedDict's values are objects
    else:
        yield from _trades(market, symbol, start_ms, end_ms)


def _trades(market: Market, symbol: str, start_ms: int, end_ms: int) -> Iterator[list[int | str | bool]]:
    first_id = market.trades_by(symbol, start_ms - 1)
    limit = market.trades_by(symbol, end_ms) - first_id
    for row in market.trades_from(symbol, from_id=first_id, limit=limit, now_ms=end_ms) if limit else ():
        yield list(row.values())  # type: ignore[arg-type]  # a TypedDict's values are objects
