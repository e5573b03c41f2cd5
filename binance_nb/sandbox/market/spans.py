"""What one symbol traded between any two moments, and its candles in bulk.

Everything rests on complete minutes, which have a closed form, and on the tape of the minute that a moment
cuts. Complete buckets are made and kept in blocks, so that a long question costs its length once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from binance_nb.sandbox.candles import Candle, Candles
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market.minutes import Minutes
from binance_nb.sandbox.market.prints import MINUTE_MS
from binance_nb.sandbox.market.tape import Tape, TapeMaker
from binance_nb.sandbox.recorded import Recorded

__all__ = ["DAY", "SymbolMarket"]

DAY = 1440
_SECONDS = 60
_LONGEST_BLOCK_DAYS = 64


class SymbolMarket:
    """The market of one symbol.

    Args:
        seed: The market's seed.
        listing: The symbol.
        recorded: Recorded candles that take the place of synthetic ones.
    """

    def __init__(self, seed: int, listing: Listing, recorded: Recorded | None = None) -> None:
        self.seed = seed
        self.listing = listing
        self.minutes = Minutes(seed, listing, recorded)
        self.prints = self.minutes.prints
        self._make_tape = TapeMaker(seed, self.minutes).make
        # Kept by instance: a cache on the method itself would keep every market alive.
        # Their sizes let all symbols together stay below eighty megabytes, when everything has been asked for.
        self.tape = lru_cache(maxsize=128)(self._make_tape)
        self._seconds = lru_cache(maxsize=64)(self._minutes_seconds)
        # A block of days is small and serves every coarse interval; others can weigh a hundred kilobytes.
        self._day_block = lru_cache(maxsize=128)(self._block)
        self._fine_block = lru_cache(maxsize=16)(self._block)

    @property
    def first_minute(self) -> int:
        """First minute of trading."""
        return self.prints.first_minute

    def last_print(self, now_ms: int) -> tuple[Tape, int] | None:
        """Return the last print up to a moment.

        Args:
            now_ms: The moment, which is included.

        Returns:
            Its minute's tape and its place there; None when nothing has been traded yet.
        """
        now_ms = min(now_ms, self.listing.last_ms)
        minute = now_ms // MINUTE_MS
        for tried in (minute, minute - 1):
            if tried < self.first_minute:
                return None
            tape = self.tape(tried)
            done = tape.until(now_ms)
            if done:
                return tape, done - 1
        raise AssertionError("every minute has trades")

    def next_print_ms(self, now_ms: int) -> int | None:
        """Return when the next print after a moment is.

        Args:
            now_ms: The moment.

        Returns:
            The print's time; None when the symbol stops before.
        """
        minute = max(now_ms // MINUTE_MS, self.first_minute)
        tape = self.tape(minute)
        place = tape.until(now_ms)
        if place == len(tape):
            # Every minute has trades.
            tape, place = self.tape(minute + 1), 0
        time_ms = int(tape.time_ms[place])
        return time_ms if time_ms <= self.listing.last_ms else None

    def last_price_e8(self, now_ms: int) -> int:
        """Return the price of the last trade up to a moment.

        Args:
            now_ms: The moment, which is included.

        Returns:
            The price in 1e-8; 0 when nothing has been traded yet.
        """
        last = self.last_print(now_ms)
        return 0 if last is None else int(last[0].price_e8[last[1]])

    def trades_by(self, now_ms: int) -> int:
        """Return how many trades there have been, which is also the id of the next one.

        Args:
            now_ms: The moment, which is included.

        Returns:
            The number.
        """
        now_ms = min(now_ms, self.listing.last_ms)
        minute = now_ms // MINUTE_MS
        if minute < self.first_minute:
            return 0
        tape = self.tape(minute)
        return tape.first_trade[tape.until(now_ms)]

    def span(self, start_ms: int, end_ms: int) -> Candle:
        """Add up everything traded between two moments, both included.

        Args:
            start_ms: The first moment.
            end_ms: The last moment.

        Returns:
            One candle; without trades it stands at the price before it.
        """
        start_ms = max(start_ms, self.first_minute * MINUTE_MS)
        end_ms = min(end_ms, self.listing.last_ms)
        joined = Candle.joined(self._parts(start_ms, end_ms + 1)) if start_ms <= end_ms else None
        return joined or Candle.flat(self.last_price_e8(start_ms - 1))

    def _parts(self, start_ms: int, stop_ms: int) -> Iterator[Candle]:
        """Yield candles that tile the time from start to stop, as coarse as they can be."""
        first, stop = -(-start_ms // MINUTE_MS), stop_ms // MINUTE_MS
        if first > stop:
            yield from self._cut(first - 1, start_ms, stop_ms)
            return
        if start_ms < first * MINUTE_MS:
            yield from self._cut(first - 1, start_ms, first * MINUTE_MS)
        yield from self._whole_minutes(first, stop)
        if stop * MINUTE_MS < stop_ms:
            yield from self._cut(stop, stop * MINUTE_MS, stop_ms)

    def _cut(self, minute: int, start_ms: int, stop_ms: int) -> Iterator[Candle]:
        tape = self.tape(minute)
        candle = tape.between(tape.until(start_ms - 1), tape.until(stop_ms - 1))
        if candle is not None:
            yield candle

    def _whole_minutes(self, first: int, stop: int) -> Iterator[Candle]:
        first_day, stop_day = -(-first // DAY), stop // DAY
        if stop_day - first_day < 2:
            yield from self._merged_minutes(first, stop)
            return
        yield from self._merged_minutes(first, first_day * DAY)
        for day in range(first_day, stop_day):
            yield self.day(day)
        yield from self._merged_minutes(stop_day * DAY, stop)

    def _merged_minutes(self, first: int, stop: int) -> Iterator[Candle]:
        if first < stop:
            yield from self.buckets(1, first, stop).merged(stop - first).tuples()

    def day(self, day: int, offset_minutes: int = 0) -> Candle:
        """Return the candle of a whole day.

        Args:
            day: Days since the epoch.
            offset_minutes: How far the local time that cuts the day is ahead of UTC.

        Returns:
            The candle.
        """
        return self.bucket(DAY, day, offset_minutes)

    def bucket(self, step: int, bucket: int, offset_minutes: int = 0) -> Candle:
        """Return the candle of a whole bucket of at most a day.

        Args:
            step: Minutes in a bucket; a divisor of 1440.
            bucket: Which one, counted from the epoch.
            offset_minutes: How far the local time that cuts the buckets is ahead of UTC.

        Returns:
            The candle.
        """
        return self.buckets(step, bucket, bucket + 1, offset_minutes).at(0)

    def buckets(self, step: int, first: int, stop: int, offset_minutes: int = 0) -> Candles:
        """Return the candles of consecutive whole buckets; see `bucket`.

        Args:
            step: Minutes in a bucket; a divisor of 1440.
            first: The first one, counted from the epoch.
            stop: The one after the last.
            offset_minutes: How far the local time that cuts the buckets is ahead of UTC.

        Returns:
            The candles.
        """
        # Short buckets come in short blocks, or asking for a few minutes would make months.
        per_block = min(_LONGEST_BLOCK_DAYS, step) * DAY // step
        made = self._day_block if step == DAY else self._fine_block
        return _cut_out(lambda index: made(step, index, offset_minutes), per_block, first, stop)

    def seconds(self, first: int, stop: int) -> Candles:
        """Return candles of consecutive seconds.

        Args:
            first: First second since the epoch.
            stop: Second after the last.

        Returns:
            The candles.
        """
        return _cut_out(self._seconds, _SECONDS, first, stop)

    def _minutes_seconds(self, minute: int) -> Candles:
        return self.tape(minute).seconds()

    def _block(self, step: int, index: int, offset_minutes: int) -> Candles:
        days = min(_LONGEST_BLOCK_DAYS, step)
        first = index * days * DAY - offset_minutes
        # A few days at a time stay within the processor's cache.
        starts = range(first, first + days * DAY, min(days, 8) * DAY)
        stops = [min(start + starts.step, first + days * DAY) for start in starts]
        parts = zip(starts, stops, strict=True)
        return Candles.chained([self.minutes.candles(start, stop).merged(step) for start, stop in parts])


def _cut_out(block: Callable[[int], Candles], per_block: int, first: int, stop: int) -> Candles:
    """Put together what lies between two places, of blocks of equal length."""
    parts = []
    for index in range(first // per_block, (stop - 1) // per_block + 1):
        begin = index * per_block
        parts.append(block(index).part(max(0, first - begin), min(per_block, stop - begin)))
    return Candles.chained(parts)
