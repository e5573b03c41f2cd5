"""Round numbers along an axis: prices in steps of 1, 2 or 5, times in steps that a clock or a calendar has. All UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil, floor, log10

__all__ = ["Scale", "TimeTick", "number_scale", "time_ticks", "write_exactly", "write_number"]

_ROOM = 0.05  # of the range, left free above and below
_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_STEPS = tuple(
    [n * _SECOND for n in (1, 2, 5, 10, 15, 30)]
    + [n * _MINUTE for n in (1, 2, 5, 10, 15, 30)]
    + [n * _HOUR for n in (1, 2, 3, 6, 12)]
    + [n * _DAY for n in (1, 2, 5, 10)]
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_MOST_DECIMALS = 12
_LEAST_SHARE = 1e-12  # a range that is less of its numbers than this is none: floats end there
_LEAST = 1e-290  # so is one that is less than this
# Not strftime's: a picture is the same in every country.
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Scale:
    """A range of numbers and what is written beside it.

    Attributes:
        low: Its lower end.
        high: Its upper end.
        ticks: The round numbers in it.
        decimals: How many decimals tell them apart.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int

    def share(self, value: float) -> float:
        """Return where a number lies: 0 at the lower end, 1 at the upper."""
        return (value - self.low) / (self.high - self.low)


def number_scale(low: float, high: float, most: int = 7, *, room: float = _ROOM) -> Scale:
    """Return a scale that holds a range.

    Args:
        low: The least number.
        high: The greatest.
        most: How many ticks at most.
        room: What is left free on both sides, as a share of the range.

    Returns:
        The scale. Numbers that are all the same stand in its middle.
    """
    extent = high - low
    if extent <= max(_LEAST, max(abs(low), abs(high)) * _LEAST_SHARE):
        half = abs(low) * 0.005 if abs(low) > _LEAST else 1.0
        low, high, room = low - half, high + half, 0.0
        extent = high - low
    low, high = low - extent * room, high + extent * room
    step = _nice((high - low) / max(1, most))
    first, last = ceil(low / step), floor(high / step)
    decimals = min(_MOST_DECIMALS, max(0, -floor(log10(step) + 1e-9)))
    return Scale(low, high, tuple(place * step for place in range(first, last + 1)), decimals)


def _nice(rough: float) -> float:
    """Return the next step that is 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(rough))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= rough * (1 - 1e-9)), 10 * power)


def write_number(value: float, decimals: int) -> str:
    """Write a number of an axis.

    Args:
        value: The number.
        decimals: How many decimals.

    Returns:
        Such as ``62,500`` or ``0.0012``; a number too long for an axis as a power of ten.
    """
    text = f"{value:,.{decimals}f}"
    if len(text) > 16:
        return f"{value:.3e}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def write_exactly(value: float, decimals: int) -> str:
    """Write a number with the decimals it has, and no more than asked for.

    Args:
        value: The number.
        decimals: How many decimals at most.
    """
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    return write_number(value, min(max(0, own), decimals))


@dataclass(frozen=True)
class TimeTick:
    """A moment on an axis.

    Attributes:
        stamp_ms: When it is.
        text: What is written there.
        is_border: Whether a day, a month or a year begins there, where its neighbours say less.
    """

    stamp_ms: int
    text: str
    is_border: bool


def time_ticks(start_ms: int, end_ms: int, most: int = 9) -> list[TimeTick]:
    """Return round times in a range.

    Args:
        start_ms: Its beginning.
        end_ms: Its end.
        most: How many at most.

    Returns:
        The times, oldest first: whole minutes, hours, days, months or years of UTC.
    """
    extent = max(1, end_ms - start_ms)
    step = next((step for step in _STEPS if extent / step <= most), None)
    if step is not None and step <= _DAY:
        stamps = range(-(-start_ms // step) * step, end_ms + 1, step)
        return [_tick(stamp, step) for stamp in stamps]
    if step is not None:
        return [_tick(stamp, step) for stamp in _days(start_ms, end_ms, step // _DAY)]
    months = extent / (30.44 * _DAY)
    every = next((count for count in _MONTHS if months / count <= most), _MONTHS[-1])
    return [_tick(stamp, _DAY * 28 * every) for stamp in _month_starts(start_ms, end_ms, every)]


def _days(start_ms: int, end_ms: int, every: int) -> list[int]:
    """Return every so many days of each month, from its first: 1, 6, 11 and so on, none right before the next first."""
    stamps = range(-(-start_ms // _DAY) * _DAY, end_ms + 1, _DAY)
    days = [(stamp, _utc(stamp).day - 1) for stamp in stamps]
    return [stamp for stamp, day in days if day % every == 0 and day <= 30 - every]


def _month_starts(start_ms: int, end_ms: int, every: int) -> list[int]:
    first, last = _utc(start_ms), _utc(end_ms)
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    stamps = [_stamp(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)) for month in months if month % every == 0]
    return [stamp for stamp in stamps if start_ms <= stamp <= end_ms]


def _tick(stamp_ms: int, step_ms: int) -> TimeTick:
    moment = _utc(stamp_ms)
    is_midnight = stamp_ms % _DAY == 0
    if is_midnight and moment.day == 1 and moment.month == 1:
        return TimeTick(stamp_ms, str(moment.year), True)
    if is_midnight and moment.day == 1 and step_ms >= _DAY:
        return TimeTick(stamp_ms, _MONTH_NAMES[moment.month - 1], step_ms < 28 * _DAY)
    if is_midnight:
        return TimeTick(stamp_ms, f"{moment.day} {_MONTH_NAMES[moment.month - 1]}", step_ms < _DAY)
    return TimeTick(stamp_ms, f"{moment:%H:%M:%S}" if step_ms < _MINUTE else f"{moment:%H:%M}", False)


def _utc(stamp_ms: int) -> datetime:
    return datetime.fromtimestamp(stamp_ms // 1000, UTC)


def _stamp(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
