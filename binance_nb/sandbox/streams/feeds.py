"""Where a stream's events come from, and which feed serves which stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from binance_nb.sandbox.streams.book_feeds import BookTickerFeed, DiffDepthFeed, PartialDepthFeed
from binance_nb.sandbox.streams.moment import Moment
from binance_nb.sandbox.streams.names import Stream, StreamKind
from binance_nb.sandbox.streams.payloads import Payload
from binance_nb.sandbox.streams.periodic_feeds import PeriodicFeed, PeriodicListFeed
from binance_nb.sandbox.streams.trade_feeds import AggTradeFeed, BlockTradeFeed, KlineFeed, TradeFeed

__all__ = ["Feed", "feed_of"]


class Feed(Protocol):
    """Where the events of one stream come from, whoever listens to it.

    It is asked whenever the clock is looked at, and tells everything since it was asked last; of what is sent
    periodically only the newest. On a clock that stands it tells of orders alone.
    """

    @property
    def due_ms(self) -> int | None:
        """When it has something to tell by the clock; None for never."""

    def tell(self, moment: Moment) -> Sequence[Payload | list[Payload]]:
        """Return what there is to tell since it was asked last.

        Args:
            moment: The present.

        Returns:
            Events, oldest first; mostly none.
        """


_Opening: TypeAlias = Callable[[Stream, str, Moment], Feed]

_FEEDS: Mapping[StreamKind, _Opening] = {
    "agg_trade": AggTradeFeed,
    "avg_price": PeriodicFeed,
    "block_trade": BlockTradeFeed,
    "book_ticker": BookTickerFeed,
    "diff_depth": DiffDepthFeed,
    "kline": KlineFeed,
    "mini_ticker": PeriodicFeed,
    "partial_depth": PartialDepthFeed,
    "reference_price": PeriodicFeed,
    "rolling_ticker": PeriodicFeed,
    "ticker": PeriodicFeed,
    "trade": TradeFeed,
}


def feed_of(stream: Stream, moment: Moment) -> Feed:
    """Open the feed of a stream.

    Args:
        stream: The stream.
        moment: The present; it tells what comes after.

    Returns:
        The feed.
    """
    if stream.symbol is None:
        return PeriodicListFeed(stream, moment)
    return _FEEDS[stream.kind](stream, stream.symbol, moment)
