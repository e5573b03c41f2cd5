"""What a stream's name asks for: of the kinds that the catalog declares, for the symbols that are listed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from binance_nb.catalog.streams import MARKET_STREAMS, STREAM_LIMITS, match_stream
from binance_nb.sandbox.listings import Listing

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

MOST_STREAMS = STREAM_LIMITS.streams_per_connection
"""Streams on one connection at most."""

MOST_NAME_LENGTH = 128
"""Longer than any stream's name; nobody may make the sandbox remember more."""

_SECOND_MS = 1_000
_UTC8_MS = 8 * 3_600_000
_ALL, _UTC8 = "all_", "_utc8"


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
    match = match_stream(name)
    if match is None:
        return None
    symbol = match.symbol.upper() or None
    # Upper case is another name at the exchange, and nothing is ever sent for it.
    if symbol is not None and (symbol not in listings or match.symbol != symbol.lower()):
        return None
    kind = match.declared.name.removeprefix(_ALL).removesuffix(_UTC8)
    return Stream(
        name,
        cast("StreamKind", kind),
        symbol,
        match.speed_ms or 0,
        window=match.values.get("interval") or match.values.get("window_size") or "",
        offset_ms=_UTC8_MS if match.declared.name.endswith(_UTC8) else 0,
        levels=int(match.values.get("levels", 0)),
    )


def stream_names(symbols: Iterable[str]) -> Iterator[str]:
    """Yield what a fault may call the streams: by their whole names, and without the symbol.

    Args:
        symbols: The symbols there are.

    Yields:
        Names such as ``btcusdt@depth`` and ``depth``.
    """
    declared = MARKET_STREAMS.values()
    kinds = [each for stream in declared if stream.is_of_symbol for each in stream.types()]
    for every in (each for stream in declared if not stream.is_of_symbol for each in stream.types()):
        yield from (every, every.partition("@")[2])
    yield from kinds
    yield from (f"{symbol.lower()}@{kind}" for symbol in symbols for kind in kinds)
