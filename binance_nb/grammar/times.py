"""Times as people say them, turned into exact UTC milliseconds, and back.

A time names an instant: ``2024`` and ``2024-01-01`` are their first moments, at either end of a range.
What could be read in two ways is refused with both readings, since a guessed day or zone costs money.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from numbers import Integral
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from binance_nb.errors import UsageError
from binance_nb.grammar.time_refusals import (
    out_of_range,
    shown,
    unknown_zone,
    unreadable,
    unreadable_text,
    unsteady_zone,
    year_first,
)
from binance_nb.grammar.time_words import (
    AMOUNT,
    DAY_WORDS,
    MOMENT,
    OFFSET,
    PERIOD,
    RELATIVE,
    SPANS,
    UNITS_MONTHS,
    UNITS_US,
    UNSTEADY_ZONES,
)

__all__ = ["find_zone", "format_time", "parse_duration", "parse_time"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_US = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


def parse_time(
    value: object, *, now_ms: int | Callable[[], int], tz: str = "UTC", unit: Literal["ms", "us"] = "ms"
) -> int:
    """Read a time.

    Args:
        value: One of

            - ``now``, and ``today``, ``yesterday``, ``tomorrow`` (their midnight, or ``today 09:00``)
            - a step from now or from one of these: ``-30d``, ``-1d12h``, ``+90m``, ``today-1w``. ``ms``, ``s``, ``m``
              (minutes), ``h``, ``d`` and ``w`` are exact spans; ``M`` and ``y`` are steps in the calendar
            - ``2024``, ``2024-03``, ``2024-W10``, ``2024-W10-2``, ``2024-03-05``, ``2024-03-05 09:00`` or
              ``2024-03-05T09:00:00.123``, with ``Z``, an offset or a zone's name behind it if need be
            - a number, or its digits: 13 of them are milliseconds, 16 microseconds; 0 is the start of 1970
            - a datetime, date, pandas Timestamp or NumPy datetime64
        now_ms: The environment's present time in ms, or a function that asks for it: called only for what is said
            from now, since asking may take a request.
        tz: The zone of whatever does not name its own.
        unit: ``us`` keeps microseconds. Anything finer than the unit is cut off.

    Returns:
        Milliseconds (or microseconds) since 1970-01-01 UTC.

    Raises:
        UsageError: The value cannot be read, has two readings, names an unknown zone or a local time that a clock
            change skips or repeats, or lies before 1970 or after 9999.
    """
    try:
        micros = _read(value, now_ms if callable(now_ms) else lambda: now_ms, tz)
    except OverflowError:
        raise out_of_range(value) from None
    if not 0 <= micros <= _LAST_US:
        raise out_of_range(value)
    return micros if unit == "us" else micros // 1000


def format_time(ms: int, tz: str = "UTC") -> str:
    """Write a time so that a person, and ``parse_time``, can read it: ``2024-01-01 09:00:00 UTC``.

    Args:
        ms: Milliseconds since 1970-01-01 UTC.
        tz: The zone to write it in.

    Returns:
        Date, time of day (with milliseconds where there are any) and zone. In an hour that a clock change repeats,
        the offset stands in place of the zone's name.

    Raises:
        UsageError: The zone is unknown, or the time lies outside the calendar.
    """
    zone = find_zone(tz)
    try:
        aware = _local(ms * 1000, zone)
    except OverflowError:
        raise out_of_range(ms) from None
    local = aware.replace(tzinfo=None)
    named = zone is UTC or (
        isinstance(zone, ZoneInfo) and zone.key not in UNSTEADY_ZONES and len(_instants(local, zone)) == 1
    )
    written = (local if named else aware).isoformat(" ", "milliseconds" if ms % 1000 else "seconds")
    return f"{written} {zone}" if named else written


def parse_duration(value: object) -> float:
    """Read a length of time: ``90s``, ``30min``, ``1h30m``, ``2d``, or a timedelta.

    Args:
        value: Text, or a timedelta. ``m`` and ``min`` are minutes; months and years have no fixed length.

    Returns:
        Seconds.

    Raises:
        UsageError: The value is not a length of time, or is negative.
    """
    if isinstance(value, timedelta) and value >= timedelta():
        return value // _MICROSECOND / 1_000_000
    if isinstance(value, str) and SPANS.fullmatch(value.replace(" ", "")):
        return _add_up(value.replace(" ", ""))[1] / 1_000_000
    raise UsageError(
        f"'{shown(value)}' cannot be read as a length of time.",
        hint="Write numbers with s, m (minutes), h, d or w: 90s, 30m, 1h30m, 2d.",
        culprit=shown(value),
    )


def find_zone(name: str) -> tzinfo:
    """Find a time zone.

    Args:
        name: ``UTC``, an offset such as ``+02:00``, or a name such as ``Europe/Berlin``.

    Raises:
        UsageError: There is no such zone, or this machine has no table of zones.
    """
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        if offset := OFFSET.fullmatch(name):
            hours, minutes, seconds = (int(part or 0) for part in offset.groups()[1:])
            span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
            return timezone(-span if offset[1] == "-" else span)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last two: names that are impossible as offsets or paths
        raise unknown_zone(name) from None


# ---- reading


def _read(value: Any, now_ms: Callable[[], int], tz: str) -> int:  # Any: what it is gets found out here
    if isinstance(value, str):
        return _read_text(value, now_ms, tz)
    is_numpy = (type(value).__module__, type(value).__name__) == ("numpy", "datetime64")
    if (is_numpy or isinstance(value, date | float)) and value != value:
        raise unreadable(value, "A missing time (NaT or nan) is not a time.")
    if is_numpy:
        micros = value.astype("datetime64[us]").astype("int64").item()
        return _place(_local(micros, UTC).replace(tzinfo=None), find_zone(tz), str(value))
    if isinstance(value, datetime) and hasattr(value, "to_pydatetime"):  # a Timestamp, told without importing pandas
        value = value.to_pydatetime(warn=False)
    if isinstance(value, datetime):
        return _to_us(value) if value.utcoffset() is not None else _place(value, find_zone(tz), str(value))
    if isinstance(value, date):
        return _start_of_day(value, find_zone(tz))
    # A float of ten digits is time.time(), and gets the answer that its whole seconds get.
    is_whole = isinstance(value, float) and (value.is_integer() or 10**9 <= value < 10**10)
    if is_whole or (not isinstance(value, bool) and isinstance(value, Integral)):
        return _read_number(int(value))
    raise unreadable(value, f"{shown(value)} is not a time.")


def _read_number(number: int) -> int:
    if 10**12 <= number < 10**13 or number == 0:
        return number * 1000
    if 10**15 <= number < 10**16:
        return number
    hint = "Milliseconds since 1970 have 13 digits, microseconds 16."
    if 10**9 <= number < 10**10:
        seconds, millis = format_time(number * 1000), format_time(number)
        message = f"{number} can be read two ways: in seconds it is {seconds}, in milliseconds {millis}."
        raise unreadable(number, message, hint, str(number * 1000))
    if 10**18 <= number < 10**19:
        raise unreadable(number, f"{number} looks like nanoseconds.", hint, str(number // 10**6))
    message = f"{shown(number)} is not a time."
    if 1970 <= number <= 9999:
        raise unreadable(number, message, "A year is written as text.", f"{number}-01-01")
    suggestion = year_first(str(number)) if 10**7 <= number < 10**8 else None
    raise unreadable(number, message, hint, suggestion)


def _read_text(text: str, now_ms: Callable[[], int], tz: str) -> int:
    words = " ".join(text.split())
    if re.fullmatch(r"\d{1,3}|\d{5,19}", words, re.ASCII):
        return _read_number(int(words))
    if words and (relative := RELATIVE.fullmatch(words)):
        return _read_relative(relative, now_ms, find_zone(tz))
    if match := PERIOD.fullmatch(words) or MOMENT.fullmatch(words):
        written = (match["zone"] or "").strip()
        if written.upper() in UNSTEADY_ZONES:
            raise unsteady_zone(words, written)
        if written.upper() not in ("AM", "PM"):
            return _read_moment(match, now_ms, find_zone(written or tz))
    raise unreadable_text(text, words)


def _read_relative(match: re.Match[str], now_ms: Callable[[], int], zone: tzinfo) -> int:
    word = (match["word"] or "now").lower()
    start = now_ms() * 1000 if word == "now" else _start_of_day(_day_of(word, now_ms, zone), zone)
    months, micros = _add_up(match["amounts"] or "")
    sign = -1 if match["sign"] == "-" else 1
    return (_step(start, sign * months, zone) if months else start) + sign * micros


def _read_moment(match: re.Match[str], now_ms: Callable[[], int], zone: tzinfo) -> int:
    clock = match.groupdict().get("clock")
    try:
        day = _day_of(match["day"], now_ms, zone)
        clock_time = _time_of(clock) if clock else None
    except ValueError as error:
        raise unreadable(match[0], f"{match[0]} is not in the calendar: {error}.") from None
    if clock_time is None:
        return _start_of_day(day, zone)
    return _place(datetime.combine(day, clock_time), zone, match[0])


def _day_of(text: str, now_ms: Callable[[], int], zone: tzinfo) -> date:
    if (days := DAY_WORDS.get(text.lower())) is not None:
        return _local(now_ms() * 1000, zone).date() + timedelta(days=days)
    year, *rest = text.upper().split("-")
    if rest and rest[0].startswith("W"):
        return date.fromisocalendar(int(year), int(rest[0][1:]), int(rest[1]) if rest[1:] else 1)
    month, day = [*map(int, rest), 1, 1][:2]
    return date(int(year), month, day)


def _time_of(clock: str) -> time:
    hour, minute, second, fraction = [*re.split("[:.,]", clock), "0", "0"][:4]
    return time(int(hour), int(minute), int(second), int(fraction[:6].ljust(6, "0")))


def _add_up(amounts: str) -> tuple[int, int]:
    """Add up ``1M1d12h`` into months and microseconds."""
    months, micros = 0, Decimal()
    for number, unit in AMOUNT.findall(amounts):
        if unit in UNITS_MONTHS:
            months += int(number) * UNITS_MONTHS[unit]
        else:
            micros += Decimal(number) * UNITS_US[unit]
    return months, int(micros)


# ---- the calendar


def _local(us: int, zone: tzinfo) -> datetime:
    return (_EPOCH + timedelta(microseconds=us)).astimezone(zone)


def _to_us(aware: datetime) -> int:
    return (aware - _EPOCH) // _MICROSECOND


def _start_of_day(day: date, zone: tzinfo) -> int:
    # Where a clock change skips midnight the day begins right after it, where one repeats it, at the first: both are
    # what fold=0 stands for.
    return _to_us(datetime.combine(day, time(), zone))


def _step(start_us: int, months: int, zone: tzinfo) -> int:
    """Step through the calendar; a day that the month lacks becomes its last: March 31 less 1M is February 29."""
    local = _local(start_us, zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return _to_us(local.replace(year=year, month=month + 1, day=day))


def _instants(local: datetime, zone: tzinfo) -> list[datetime]:
    """List the instants at which clocks in the zone show a naive time: one, none in a gap, two in a repeated hour."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return [first]
    return [each for each in (first, second) if each.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local]


def _place(local: datetime, zone: tzinfo, text: str) -> int:
    instants = _instants(local, zone)
    if len(instants) == 1:
        return _to_us(instants[0])
    if instants:
        first, second = instants
        raise UsageError(
            f"{local} happens twice in {zone}, where the clocks are put back: it is {first} or {second}.",
            hint=f"Write '{first}' or '{second}'.",
            culprit=text,
        )
    before, after = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone) for fold in (1, 0))
    raise UsageError(
        f"{local} does not exist in {zone}: the clocks are put forward over it.",
        hint=f"Write '{before}' or '{after}'.",
        culprit=text,
    )
