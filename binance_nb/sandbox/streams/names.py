"""What a stream's name asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import INTERVALS

__all__ = ["MOST_NAME_LENGTH", "MOST_STREAMS", "Stream", "StreamKind", "stream_names", "stream_of"]

StreamKind: TypeAlias = Literal[
    "agg_trade",
    "avg_price",
    "block_trade",
    "book_ticker",
    "diff_depth",
    "kline",
    "mini_ticker",
    "partial_depth",
    "reference_price",
    "rolling_ticker",
    "ticker",
    "trade",
]

MOST_STREAMS = 1024
"""Streams on one connection at most."""

MOST_NAME_LENGTH = 128
"""Longer than any stream's name; nobody may make the sandbox remember more."""

_SECOND_MS = 1_000
_KLINE_MS = 2_000
_FAST_MS = 100
_UTC8_MS = 8 * 3_600_000

_PLAIN: Mapping[str, StreamKind] = {
    "aggTrade": "agg_trade",
    "avgPrice": "avg_price",
    "blockTrade": "block_trade",
    "bookTicker": "book_ticker",
    "miniTicker": "mini_ticker",
    "referencePrice": "reference_price",
    "ticker": "ticker",
    "trade": "trade",
}
_WINDOWS = "1h|4h|1d"
_LEVELS = "5|10|20"
_WINDOWED = re.compile(f"ticker_({_WINDOWS})")
_DEPTH = re.compile(rf"depth({_LEVELS})?(@100ms)?")
_KLINE = re.compile(rf"kline_({'|'.join(INTERVALS)})(@\+08:00)?")
_ALL_WINDOWED = re.compile(f"!ticker_({_WINDOWS})@arr")


@dataclass(frozen=True)
class Stream:
    """What one stream sends.

    Attributes:
        name: Its name.
        kind: What it tells of.
        symbol: Whose; None for everybody's in one list.
        every_ms: How often it is sent, on the sandbox's clock; 0 for each time something happens.
        window: The interval of candles, or the window of a rolling ticker.
        offset_ms: How far the local time that cuts the candles is ahead of UTC.
        levels: How many levels a side of the book.
    """

    name: str
    kind: StreamKind
    symbol: str | None
    every_ms: int = _SECOND_MS
    window: str = ""
    offset_ms: int = 0
    levels: int = 0

    def next_ms(self, now_ms: int) -> int:
        """Return the end of the present period.

        Args:
            now_ms: The present.

        Returns:
            The next moment on the stream's grid.
        """
        return (now_ms // self.every_ms + 1) * self.every_ms


def stream_of(name: str, listings: Mapping[str, Listing]) -> Stream | None:
    """Read a stream's name.

    Args:
        name: The name, its symbol in lower case.
        listings: The symbols there are.

    Returns:
        The stream; None where there is none of that name.
    """
    if name == "!miniTicker@arr":
        return Stream(name, "mini_ticker", None)
    if found := _ALL_WINDOWED.fullmatch(name):
        return Stream(name, "rolling_ticker", None, window=found[1])
    said, _, what = name.partition("@")
    symbol = said.upper()
    # Upper case is another name at the exchange, and nothing is ever sent for it.
    if symbol not in listings or said != symbol.lower():
        return None
    return _of_symbol(name, symbol, what)


def stream_names(symbols: Iterable[str]) -> Iterator[str]:
    """Yield what a fault may call the streams: by their whole names, and without the symbol.

    Args:
        symbols: The symbols there are.

    Yields:
        Names such as ``btcusdt@depth`` and ``depth``.
    """
    windows = _WINDOWS.split("|")
    for every in ("!miniTicker@arr", *(f"!ticker_{window}@arr" for window in windows)):
        yield from (every, every.partition("@")[2])
    books = [f"depth{levels}{speed}" for levels in ("", *_LEVELS.split("|")) for speed in ("", "@100ms")]
    candles = [f"kline_{interval}{offset}" for interval in INTERVALS for offset in ("", "@+08:00")]
    kinds = (*_PLAIN, *(f"ticker_{window}" for window in windows), *books, *candles)
    yield from kinds
    yield from (f"{symbol.lower()}@{kind}" for symbol in symbols for kind in kinds)


def _of_symbol(name: str, symbol: str, what: str) -> Stream | None:
    if what in _PLAIN:
        kind = _PLAIN[what]
        is_periodic = kind in ("avg_price", "mini_ticker", "reference_price", "ticker")
        return Stream(name, kind, symbol, _SECOND_MS if is_periodic else 0)
    if found := _WINDOWED.fullmatch(what):
        return Stream(name, "rolling_ticker", symbol, window=found[1])
    if found := _DEPTH.fullmatch(what):
        every_ms = _FAST_MS if found[2] else _SECOND_MS
        return Stream(name, "partial_depth" if found[1] else "diff_depth", symbol, every_ms, levels=int(found[1] or 0))
    if found := _KLINE.fullmatch(what):
        every_ms = _SECOND_MS if found[1] == "1s" else _KLINE_MS
        return Stream(name, "kline", symbol, every_ms, window=found[1], offset_ms=_UTC8_MS if found[2] else 0)
    return None
