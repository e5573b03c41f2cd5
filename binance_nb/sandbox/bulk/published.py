"""Which bulk files exist at a moment.

A day's file appears when the day is over, a month's on the first Monday of the next month; not before its last candle
has closed, which of a coarse interval may be later. The exchange takes some hours longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from binance_nb.archive import ArchiveName
from binance_nb.archive.names import ArchiveKind, Period
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import INTERVALS

__all__ = ["DAILY_INTERVALS", "KINDS", "PERIODS", "files_of", "is_published", "published_ms"]

PERIODS: tuple[Period, ...] = ("daily", "monthly")
KINDS: tuple[ArchiveKind, ...] = ("aggTrades", "klines", "trades")

DAILY_INTERVALS = tuple(name for name in INTERVALS if name not in {"3d", "1w", "1M"})
"""The intervals that have a file a day; all have one a month."""


def published_ms(name: ArchiveName) -> int:
    """Return when a file appears.

    Args:
        name: The file.

    Returns:
        The moment; what the file holds never changes afterwards.
    """
    if name.interval is None:
        return _due_ms(name)
    cut = INTERVALS[name.interval]
    return max(_due_ms(name), cut.open_ms(cut.bucket_of(name.end_ms - 1) + 1))


def is_published(name: ArchiveName, listings: Mapping[str, Listing], now_ms: int) -> bool:
    """Tell whether a file exists.

    Args:
        name: The file.
        listings: The symbols.
        now_ms: The present.

    Returns:
        True if the symbol traded then, there are files of that interval, and this one has appeared.
    """
    listing = listings.get(name.symbol)
    if listing is None or name.start_ms >= now_ms:
        return False
    if name.period == "daily" and name.interval is not None and name.interval not in DAILY_INTERVALS:
        return False
    return name.end_ms > _first_ms(name, listing) and name.start_ms <= listing.last_ms and published_ms(name) <= now_ms


def files_of(
    listing: Listing, period: Period, kind: ArchiveKind, interval: str | None, now_ms: int
) -> Iterator[ArchiveName]:
    """Yield the files of one folder, oldest first.

    Args:
        listing: The symbol.
        period: ``daily`` or ``monthly``.
        kind: What they hold.
        interval: The interval of klines.
        now_ms: The present.

    Yields:
        The files that exist.
    """
    last = _date_of(min(listing.last_ms, now_ms))
    # A coarse candle may open in the month before the symbol was listed.
    day = (_date_of(listing.listed_at_ms).replace(day=1) - timedelta(days=1)).replace(day=1)
    while day <= last:
        is_daily = period == "daily"
        name = ArchiveName(kind, listing.symbol, interval, day.year, day.month, day.day if is_daily else None)
        if is_published(name, {listing.symbol: listing}, now_ms):
            yield name
        day = day + timedelta(days=1) if is_daily else _next_month(day)


def _first_ms(name: ArchiveName, listing: Listing) -> int:
    """Return the time of the first row that there ever is."""
    if name.interval is None:
        return listing.listed_at_ms
    cut = INTERVALS[name.interval]
    return cut.open_ms(cut.bucket_of(listing.listed_at_ms))


def _due_ms(name: ArchiveName) -> int:
    if name.day is not None:
        return name.end_ms
    first = _date_of(name.end_ms)
    return _ms_of(first + timedelta(days=-first.weekday() % 7))


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _date_of(time_ms: int) -> date:
    return datetime.fromtimestamp(time_ms // 1000, tz=UTC).date()


def _ms_of(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
