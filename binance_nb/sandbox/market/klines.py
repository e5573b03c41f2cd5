"""Klines of any interval at any moment, as the exchange prints them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.candles import Candle
from binance_nb.sandbox.market.intervals import Interval
from binance_nb.sandbox.market.prints import MINUTE_MS
from binance_nb.sandbox.market.spans import DAY, SymbolMarket
from binance_nb.sandbox.recorded import Recorded

__all__ = ["KlineRow", "Klines"]

KlineRow: TypeAlias = list[int | str]

_DAY_MS = DAY * MINUTE_MS


class Klines:
    """The klines of one symbol.

    Args:
        market: The symbol's market.
        recorded: Recorded candles of intervals other than a minute.
    """

    def __init__(self, market: SymbolMarket, recorded: Recorded | None = None) -> None:
        self._market = market
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
        if not buckets:
            return []
        unit_e8 = self._market.minutes.volume_unit_e8
        opens = [interval.open_ms(bucket, offset_ms) for bucket in range(buckets.start, buckets.stop + 1)]
        candles = self._candles(interval, buckets, opens, now_ms, offset_ms)
        return [
            _row(open_ms, next_ms - 1, candle, unit_e8)
            for (open_ms, next_ms), candle in zip(pairwise(opens), candles, strict=True)
        ]

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

    def _candles(
        self, interval: Interval, buckets: range, opens: list[int], now_ms: int, offset_ms: int
    ) -> Iterator[Candle]:
        as_recorded = self._as_recorded(interval, opens, now_ms, offset_ms)
        for bucket, (open_ms, next_ms) in zip(buckets, pairwise(opens), strict=True):
            if open_ms in as_recorded:
                yield as_recorded[open_ms]
            elif next_ms > now_ms or open_ms < self._market.listing.listed_at_ms:
                yield self._market.span(open_ms, min(next_ms - 1, now_ms))
            else:
                yield self._whole(interval, bucket, open_ms, next_ms, offset_ms)

    def _whole(self, interval: Interval, bucket: int, open_ms: int, next_ms: int, offset_ms: int) -> Candle:
        if interval.name == "1s":
            return self._market.seconds(open_ms // MINUTE_MS)[open_ms // 1000 % 60]
        offset_minutes = offset_ms // MINUTE_MS
        if interval.length_ms is not None and interval.length_ms <= _DAY_MS:
            return self._market.bucket(interval.length_ms // MINUTE_MS, bucket, offset_minutes)
        days = range((open_ms + offset_ms) // _DAY_MS, (next_ms + offset_ms) // _DAY_MS)
        joined = Candle.joined(self._market.day(day, offset_minutes) for day in days)
        assert joined is not None
        return joined

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


def _row(open_ms: int, close_ms: int, candle: Candle, unit_e8: int) -> KlineRow:
    return [
        open_ms,
        text_of(candle.open),
        text_of(candle.high),
        text_of(candle.low),
        text_of(candle.close),
        text_of(candle.volume * unit_e8),
        close_ms,
        text_of(candle.quote),
        candle.trade_count,
        text_of(candle.taker_volume * unit_e8),
        text_of(candle.taker_quote),
        "0",
    ]
