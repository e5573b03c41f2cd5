"""Recorded candles from bulk files, which take the place of synthetic ones.

Recorded minutes replace synthetic minutes; every coarser candle adds up minutes, so a bucket that a recording
covers is the exact sum of it, and one that it covers in part is a sum of both kinds. Files of coarser (or 1s)
candles are served as they are, where minutes do not cover the bucket. A minute that is missing between the first
and the last row of a file is one without trades, standing at the close before it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from binance_nb.archive import ArchiveColumns, ArchiveName, find_archives, read_archive, scaled_ints, times_ms
from binance_nb.sandbox.candles import Candle, Candles, Ints, volume_unit_e8
from binance_nb.sandbox.listings import Listing

__all__ = ["Coverage", "Recorded"]

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_DAY = 1440


@dataclass(frozen=True)
class Coverage:
    """A stretch of time without a hole that recordings cover.

    Args:
        symbol: The symbol.
        interval: The interval of the recorded candles.
        start_ms: First millisecond.
        end_ms: First millisecond after it.
    """

    symbol: str
    interval: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class _File:
    path: Path
    name: ArchiveName
    first_ms: int
    last_ms: int
    end_ms: int


@dataclass(frozen=True)
class _Rows:
    open_ms: Ints
    candles: Candles


class Recorded:
    """The kline files below a folder.

    Every file is read once at the start, so that a damaged one is refused there and not in the middle of a
    session; its numbers are taken in when they are asked for. Where a daily and a monthly file cover the same
    time the daily one counts.

    Args:
        directory: The folder with the zips, at any depth.

    Raises:
        StoreError: The folder or a file in it cannot be used; the message names it.
    """

    def __init__(self, directory: Path) -> None:
        self._days: dict[tuple[str, str], dict[int, list[_File]]] = defaultdict(lambda: defaultdict(list))
        self._coverage: list[Coverage] = []
        self._rows = lru_cache(maxsize=64)(_read_rows)
        for path, name in find_archives(directory).items():
            if name.kind == "klines":
                self._add(path, name)
        self._coverage = _merged(self._coverage)

    def coverage(self) -> list[Coverage]:
        """Return what the recordings cover.

        Returns:
            Stretches by symbol, interval and time.
        """
        return list(self._coverage)

    def covers(self, symbol: str, interval: str, start_ms: int, end_ms: int) -> bool:
        """Tell whether recordings cover all of a stretch of time.

        Args:
            symbol: The symbol.
            interval: The interval of the recorded candles.
            start_ms: First millisecond.
            end_ms: First millisecond after it.

        Returns:
            True if not a millisecond is missing.
        """
        return any(
            part.start_ms <= start_ms and end_ms <= part.end_ms
            for part in self._coverage
            if (part.symbol, part.interval) == (symbol, interval)
        )

    def touches(self, symbol: str, interval: str, start_ms: int, end_ms: int) -> bool:
        """Tell whether recordings cover any of a stretch of time.

        Args:
            symbol: The symbol.
            interval: The interval of the recorded candles.
            start_ms: First millisecond.
            end_ms: First millisecond after it.

        Returns:
            True if a millisecond is covered.
        """
        return any(
            part.start_ms < end_ms and start_ms < part.end_ms
            for part in self._coverage
            if (part.symbol, part.interval) == (symbol, interval)
        )

    def minutes(self, listing: Listing, first: int, stop: int) -> tuple[Ints, Candles] | None:
        """Return the recorded ones of consecutive minutes.

        Args:
            listing: The symbol.
            first: First minute since the epoch.
            stop: Minute after the last.

        Returns:
            Places counted from ``first`` and the candles there (of a place named twice the last counts), or
            None when there are none.
        """
        rows = self._between(listing, "1m", first * _MINUTE_MS, stop * _MINUTE_MS)
        return None if rows is None else (rows.open_ms // _MINUTE_MS - first, rows.candles)

    def rows(self, listing: Listing, interval: str, start_ms: int, end_ms: int) -> dict[int, Candle]:
        """Return recorded candles of an interval by open time.

        Args:
            listing: The symbol.
            interval: The interval of the files.
            start_ms: First open time.
            end_ms: First open time after the last.

        Returns:
            Candles, exactly as recorded.
        """
        rows = self._between(listing, interval, start_ms, end_ms)
        return {} if rows is None else dict(zip(rows.open_ms.tolist(), rows.candles.tuples(), strict=True))

    def _add(self, path: Path, name: ArchiveName) -> None:
        columns = read_archive(path)
        if not len(columns) or name.interval is None:
            return
        opens, closes = columns.columns["open_time"], columns.columns["close_time"]
        first_ms, last_ms, close_ms = times_ms((opens[0], opens[-1], closes[-1]), columns.unit, source=str(path))
        file = _File(path, name, first_ms, last_ms, close_ms + 1)
        for day in range(first_ms // _DAY_MS, last_ms // _DAY_MS + 1):
            self._days[name.symbol, name.interval][day].append(file)
        self._coverage.append(Coverage(name.symbol, name.interval, file.first_ms, file.end_ms))

    def _between(self, listing: Listing, interval: str, start_ms: int, end_ms: int) -> _Rows | None:
        parts = [
            _cut(self._rows(file, listing), start_ms, end_ms)
            for file in self._files((listing.symbol, interval), start_ms, end_ms)
        ]
        if not any(len(part.open_ms) for part in parts):
            return None
        columns = zip(*(part.candles.columns for part in parts), strict=True)
        return _Rows(np.concatenate([part.open_ms for part in parts]), Candles(*map(np.concatenate, columns)))

    def _files(self, kind: tuple[str, str], start_ms: int, end_ms: int) -> list[_File]:
        if kind not in self._days:
            return []
        days = self._days[kind]
        found = [file for day in range(start_ms // _DAY_MS, (end_ms - 1) // _DAY_MS + 1) for file in days.get(day, ())]
        # Monthly files first: of two candles of one time the last counts.
        return sorted(dict.fromkeys(found), key=lambda file: file.name.period == "daily")


def _merged(parts: list[Coverage]) -> list[Coverage]:
    merged: list[Coverage] = []
    for part in sorted(parts, key=lambda part: (part.symbol, part.interval, part.start_ms)):
        before = merged[-1] if merged else part
        is_same = (before.symbol, before.interval) == (part.symbol, part.interval)
        if merged and is_same and before.end_ms >= part.start_ms:
            merged[-1] = replace(before, end_ms=max(before.end_ms, part.end_ms))
        else:
            merged.append(part)
    return merged


def _read_rows(file: _File, listing: Listing) -> _Rows:
    table = read_archive(file.path)
    source = str(file.path)
    open_ms = np.array(times_ms(table.columns["open_time"], table.unit, source=source), dtype=np.int64)
    # The unit is a power of ten: one digit stands for eight decimals, two for seven.
    candles = _candles(table, 9 - len(str(volume_unit_e8(listing))), source)
    return _with_quiet_minutes(open_ms, candles) if file.name.interval == "1m" else _Rows(open_ms, candles)


def _candles(table: ArchiveColumns, volume_decimals: int, source: str) -> Candles:
    def ints(column: str, decimals: int) -> Ints:
        values = np.array(scaled_ints(table.columns[column], decimals, source=source), dtype=np.int64)
        # Days are added up in 64 bits.
        if np.add.reduceat(values.astype(np.float64), np.arange(0, len(values), _DAY)).max() >= 2.0**62:
            raise OverflowError(f"{source}: the column {column} is too large to be added up")
        return values

    return Candles(
        open=ints("open", 8),
        high=ints("high", 8),
        low=ints("low", 8),
        close=ints("close", 8),
        volume=ints("volume", volume_decimals),
        quote=ints("quote_volume", 8),
        trade_count=ints("count", 0),
        taker_volume=ints("taker_buy_base", volume_decimals),
        taker_quote=ints("taker_buy_quote", 8),
    )


def _with_quiet_minutes(open_ms: Ints, candles: Candles) -> _Rows:
    """Put a candle without trades where a minute is missing between two rows."""
    every = np.arange(open_ms[0], open_ms[-1] + _MINUTE_MS, _MINUTE_MS, dtype=np.int64)
    if len(every) == len(open_ms):
        return _Rows(open_ms, candles)
    before = np.searchsorted(open_ms, every, side="right") - 1
    is_missing = open_ms[before] != every
    prices = [np.where(is_missing, candles.close[before], column[before]) for column in candles.columns[:4]]
    sums = [np.where(is_missing, 0, column[before]) for column in candles.columns[4:]]
    return _Rows(every, Candles(*prices, *sums))


def _cut(rows: _Rows, start_ms: int, end_ms: int) -> _Rows:
    start, stop = np.searchsorted(rows.open_ms, (start_ms, end_ms))
    return _Rows(rows.open_ms[start:stop], Candles(*(column[start:stop] for column in rows.candles.columns)))
