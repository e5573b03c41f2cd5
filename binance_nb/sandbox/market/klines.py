"""Klines of any interval at any moment, as the exchange prints them."""

from __future__ import annotations

from itertools import pairwise

from binance_nb.sandbox.candles import Candle, Candles
from binance_nb.sandbox.market.intervals import Interval
from binance_nb.sandbox.market.kline_pages import KeptPages, KlinePage, KlineRow, Source
from binance_nb.sandbox.market.prints import MINUTE_MS
from binance_nb.sandbox.market.spans import DAY, SymbolMarket
from binance_nb.sandbox.recorded import Recorded

__all__ = ["Klines"]

_DAY_MS = DAY * MINUTE_MS


class Klines:
    """The klines of one symbol.

    Args:
        market: The symbol's market.
        kept: Pages asked for before, of all symbols.
        recorded: Recorded candles of intervals other than a minute.
    """

    def __init__(self, market: SymbolMarket, kept: KeptPages, recorded: Recorded | None = None) -> None:
        self._market = market
        self._kept = kept
        self._recorded = recorded

    def rows(
        self,
        interval: Interval,
        *,
        start_ms: int | None,
        end_ms: int | None,
        limit: int,
        now_ms: int,
        offset_ms: int = 0,
    ) -> list[KlineRow]:
        """Return a page of klines.

        Args:
            interval: Their interval.
            start_ms: Earliest open time; with it the page starts at the oldest.
            end_ms: Latest open time; without a start the page ends at the newest.
            limit: Most rows.
            now_ms: The present; the candle in progress holds only what has been traded.
            offset_ms: How far the local time that cuts the buckets is ahead of UTC; whole minutes.

        Returns:
            Rows of twelve, oldest first.
        """
        now_ms = min(now_ms, self._market.listing.last_ms)
        buckets = self._page(interval, start_ms, end_ms, limit, now_ms, offset_ms)
        return self._made(interval, buckets, now_ms, offset_ms).rows() if buckets else []

    def encoded(
        self,
        interval: Interval,
        *,
        start_ms: int | None,
        end_ms: int | None,
        limit: int,
        now_ms: int,
        offset_ms: int = 0,
    ) -> tuple[bytes, Source]:
        """Return a page of klines as JSON, and where it comes from; see `rows`."""
        now_ms = min(now_ms, self._market.listing.last_ms)
        buckets = self._page(interval, start_ms, end_ms, limit, now_ms, offset_ms)
        if not buckets:
            return b"[]", "synthetic"
        # Candles that are closed never change, so that these alone decide the bytes.
        key = (self._market.listing.symbol, interval.name, buckets, offset_ms)
        page = self._kept.get(key)
        if page is None:
            encoded = self._made(interval, buckets, now_ms, offset_ms).encoded()
            page = encoded, self._source(interval, buckets, offset_ms)
            if interval.open_ms(buckets.stop, offset_ms) <= now_ms:
                self._kept.put(key, page)
        return page

    def source(self, interval: Interval, open_ms: int, offset_ms: int = 0) -> Source:
        """Say where a candle comes from.

        Args:
            interval: Its interval.
            open_ms: Its open time.
            offset_ms: The offset it was asked with.

        Returns:
            ``recorded``, ``synthetic``, or ``mixed`` when a recording covers a part of it (or its prices only, as
            with seconds of a recorded minute).
        """
        if self._recorded is None:
            return "synthetic"
        symbol = self._market.listing.symbol
        end_ms = interval.open_ms(interval.bucket_of(open_ms, offset_ms) + 1, offset_ms)
        if not offset_ms and self._recorded.covers(symbol, interval.name, open_ms, end_ms):
            return "recorded"
        if interval.name != "1s" and self._recorded.covers(symbol, "1m", open_ms, end_ms):
            return "recorded"
        return "mixed" if self._recorded.touches(symbol, "1m", open_ms, end_ms) else "synthetic"

    def _source(self, interval: Interval, buckets: range, offset_ms: int) -> Source:
        """Say where a page comes from."""
        if self._recorded is None:
            return "synthetic"
        sources = {self.source(interval, interval.open_ms(bucket, offset_ms), offset_ms) for bucket in buckets}
        return sources.pop() if len(sources) == 1 else "mixed"

    def _page(
        self, interval: Interval, start_ms: int | None, end_ms: int | None, limit: int, now_ms: int, offset_ms: int
    ) -> range:
        listed_ms = self._market.listing.listed_at_ms
        first = interval.bucket_of(listed_ms, offset_ms)
        first_ms = interval.open_ms(first, offset_ms)
        newest_ms = now_ms if end_ms is None else min(end_ms, now_ms)
        if now_ms < listed_ms or newest_ms < first_ms:
            return range(0)
        last = interval.bucket_of(newest_ms, offset_ms)
        if start_ms is None:
            return range(max(first, last - limit + 1), last + 1)
        if start_ms > first_ms:
            # The first bucket that opens at the start or later; a far future start is past the last one.
            first = interval.bucket_of(min(start_ms - 1, now_ms), offset_ms) + 1
        return range(first, min(last, first + limit - 1) + 1)

    def _made(self, interval: Interval, buckets: range, now_ms: int, offset_ms: int) -> KlinePage:
        opens = [interval.open_ms(bucket, offset_ms) for bucket in range(buckets.start, buckets.stop + 1)]
        candles = self._candles(interval, buckets, opens, now_ms, offset_ms)
        return KlinePage(opens, candles, self._market.minutes.volume_unit_e8)

    def _candles(self, interval: Interval, buckets: range, opens: list[int], now_ms: int, offset_ms: int) -> Candles:
        as_recorded = self._as_recorded(interval, opens, now_ms, offset_ms)
        # The first candle may have begun before the listing, and the last is not over yet: those are cut.
        start = buckets.start + (opens[0] < self._market.listing.listed_at_ms)
        stop = buckets.stop - (opens[-1] > now_ms)
        is_long = interval.length_ms is None or interval.length_ms > _DAY_MS
        if as_recorded or is_long or start >= stop:
            one_by_one = zip(buckets, pairwise(opens), strict=True)
            return Candles.of(
                [
                    as_recorded.get(open_ms) or self._candle(interval, bucket, open_ms, next_ms, now_ms, offset_ms)
                    for bucket, (open_ms, next_ms) in one_by_one
                ]
            )
        parts = [self._whole(interval, start, stop, offset_ms)]
        if start > buckets.start:
            parts.insert(0, Candles.of([self._market.span(opens[0], opens[1] - 1)]))
        if stop < buckets.stop:
            parts.append(Candles.of([self._market.span(opens[-2], now_ms)]))
        return Candles.chained(parts)

    def _candle(
        self, interval: Interval, bucket: int, open_ms: int, next_ms: int, now_ms: int, offset_ms: int
    ) -> Candle:
        if next_ms > now_ms or open_ms < self._market.listing.listed_at_ms:
            return self._market.span(open_ms, min(next_ms - 1, now_ms))
        if interval.length_ms is not None and interval.length_ms <= _DAY_MS:
            return self._whole(interval, bucket, bucket + 1, offset_ms).at(0)
        days = range((open_ms + offset_ms) // _DAY_MS, (next_ms + offset_ms) // _DAY_MS)
        joined = Candle.joined(self._market.buckets(DAY, days.start, days.stop, offset_ms // MINUTE_MS).tuples())
        assert joined is not None
        return joined

    def _whole(self, interval: Interval, start: int, stop: int, offset_ms: int) -> Candles:
        if interval.name == "1s":
            # Seconds are the same everywhere: an offset of whole minutes moves their numbers only.
            return self._market.seconds(start - offset_ms // 1000, stop - offset_ms // 1000)
        assert interval.length_ms is not None
        return self._market.buckets(interval.length_ms // MINUTE_MS, start, stop, offset_ms // MINUTE_MS)

    def _as_recorded(self, interval: Interval, opens: list[int], now_ms: int, offset_ms: int) -> dict[int, Candle]:
        if self._recorded is None or interval.name == "1m" or offset_ms:
            return {}
        symbol = self._market.listing.symbol
        if not self._recorded.touches(symbol, interval.name, opens[0], opens[-1]):
            return {}
        rows = self._recorded.rows(self._market.listing, interval.name, opens[0], opens[-1])
        return {
            open_ms: rows[open_ms]
            for open_ms, next_ms in pairwise(opens)
            if open_ms in rows and next_ms <= now_ms and not self._recorded.covers(symbol, "1m", open_ms, next_ms)
        }
