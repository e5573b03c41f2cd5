"""The sixteen kline intervals: where their buckets begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["INTERVALS", "Interval", "interval_of"]

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Interval:
    """How time is cut into candles.

    Args:
        name: The exchange's name, such as ``1h``.
        length_ms: Length of a bucket; None for calendar months.
        origin_ms: A moment at which a bucket begins, other than the epoch: weeks begin on Mondays.
    """

    name: str
    length_ms: int | None
    origin_ms: int = 0

    def bucket_of(self, time_ms: int, offset_ms: int = 0) -> int:
        """Return the number of the bucket that holds a time.

        Args:
            time_ms: The time.
            offset_ms: How far local time, which cuts the buckets, is ahead of UTC.

        Returns:
            A number that rises by one a bucket.
        """
        local_ms = time_ms + offset_ms - self.origin_ms
        if self.length_ms is not None:
            return local_ms // self.length_ms
        moment = datetime.fromtimestamp(local_ms // 1000, tz=UTC)
        return moment.year * 12 + moment.month - 1

    def open_ms(self, bucket: int, offset_ms: int = 0) -> int:
        """Return the first millisecond of a bucket.

        Args:
            bucket: From `bucket_of`.
            offset_ms: How far local time, which cuts the buckets, is ahead of UTC.

        Returns:
            Its open time; the bucket's close time is the next open time less one.
        """
        if self.length_ms is not None:
            return bucket * self.length_ms + self.origin_ms - offset_ms
        first = datetime(bucket // 12, bucket % 12 + 1, 1, tzinfo=UTC)
        return int(first.timestamp()) * 1000 - offset_ms


_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": _DAY_MS}
_FIXED = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d")

INTERVALS: dict[str, Interval] = {
    **{name: Interval(name, int(name[:-1]) * _UNITS[name[-1]]) for name in _FIXED},
    # 5 January 1970 was a Monday.
    "1w": Interval("1w", 7 * _DAY_MS, origin_ms=4 * _DAY_MS),
    "1M": Interval("1M", None),
}


def interval_of(name: str) -> Interval:
    """Look an interval up.

    Args:
        name: The exchange's name; ``1m`` is a minute and ``1M`` a month.

    Returns:
        The interval.

    Raises:
        KeyError: There is none of that name.
    """
    return INTERVALS[name]
