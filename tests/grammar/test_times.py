from __future__ import annotations

import calendar
import re
import subprocess
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from binance_nb.errors import UsageError
from binance_nb.grammar import find_zone, format_time, parse_duration, parse_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = "2024-03-31 15:30:45.678"
ZONES = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "-03:30"]

milliseconds = st.integers(10**12, 10**13 - 1)
zones = st.sampled_from(ZONES)


def ms(iso: str) -> int:
    return (datetime.fromisoformat(iso).replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


def read(value: object, tz: str = "UTC", now: str = NOW) -> str:
    """Read a time and write it as UTC without its zone."""
    return format_time(parse_time(value, now_ms=ms(now), tz=tz)).removesuffix(" UTC")


def refusal(value: object, tz: str = "UTC") -> UsageError:
    with pytest.raises(UsageError) as caught:
        parse_time(value, now_ms=ms(NOW), tz=tz)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2024-03-31 15:30:45.678"),
        ("NOW", "2024-03-31 15:30:45.678"),
        ("today", "2024-03-31 00:00:00"),
        ("yesterday", "2024-03-30 00:00:00"),
        ("tomorrow", "2024-04-01 00:00:00"),
        ("Today 09:30", "2024-03-31 09:30:00"),
        ("yesterday 9:30", "2024-03-30 09:30:00"),
        ("today 09:30 Asia/Tokyo", "2024-04-01 00:30:00"),
        ("-30d", "2024-03-01 15:30:45.678"),
        ("-12h", "2024-03-31 03:30:45.678"),
        ("-90m", "2024-03-31 14:00:45.678"),
        ("-90min", "2024-03-31 14:00:45.678"),
        ("-45s", "2024-03-31 15:30:00.678"),
        ("-678ms", "2024-03-31 15:30:45"),
        ("-2w", "2024-03-17 15:30:45.678"),
        ("-1M", "2024-02-29 15:30:45.678"),
        ("-13M", "2023-02-28 15:30:45.678"),
        ("+3M", "2024-06-30 15:30:45.678"),
        ("-1y", "2023-03-31 15:30:45.678"),
        ("+1d", "2024-04-01 15:30:45.678"),
        ("-1d12h", "2024-03-30 03:30:45.678"),
        ("-1M1d", "2024-02-28 15:30:45.678"),
        ("-0.5d", "2024-03-31 03:30:45.678"),
        ("now-1h", "2024-03-31 14:30:45.678"),
        ("today - 7d", "2024-03-24 00:00:00"),
    ],
)
def test_a_time_can_be_said_from_now(text: str, expected: str) -> None:
    """Day words and steps are counted from the present time that is handed in."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", "2024-01-01 00:00:00"),
        ("2024-03", "2024-03-01 00:00:00"),
        ("2024-03-05", "2024-03-05 00:00:00"),
        ("2024-W10", "2024-03-04 00:00:00"),
        ("2024-w10-2", "2024-03-05 00:00:00"),
        ("2020-W53-7", "2021-01-03 00:00:00"),
        ("2024-01-01 09:00", "2024-01-01 09:00:00"),
        ("  2024-01-01   9:05 ", "2024-01-01 09:05:00"),
        ("2024-01-01T09:00:00.123", "2024-01-01 09:00:00.123"),
        ("2024-01-01t09:00:00,1z", "2024-01-01 09:00:00.100"),
        ("2024-01-01 09:00 UTC", "2024-01-01 09:00:00"),
        ("2024-01-01 09:00+02:00", "2024-01-01 07:00:00"),
        ("2024-01-01 09:00 -0330", "2024-01-01 12:30:00"),
        ("2024-01-01 09:00 Europe/Berlin", "2024-01-01 08:00:00"),
        ("2024-07-01 09:00 Europe/Berlin", "2024-07-01 07:00:00"),
        ("2024-07-01 Europe/Berlin", "2024-06-30 22:00:00"),
        ("2024-07 Europe/Berlin", "2024-06-30 22:00:00"),
        ("2024-07-01Z", "2024-07-01 00:00:00"),
    ],
)
def test_a_date_may_be_as_coarse_or_fine_as_it_likes(text: str, expected: str) -> None:
    """From a year to a fraction of a second, with or without a zone of its own: its first moment."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-01 09:00", "2024-01-01 08:00:00"),
        ("2024-07-01", "2024-06-30 22:00:00"),
        ("2024", "2023-12-31 23:00:00"),
        (datetime(2024, 7, 1, 9), "2024-07-01 07:00:00"),
        (date(2024, 7, 1), "2024-06-30 22:00:00"),
        (pd.Timestamp("2024-07-01 09:00"), "2024-07-01 07:00:00"),
        (np.datetime64("2024-07-01T09:00"), "2024-07-01 07:00:00"),
        ("2024-07-01 09:00Z", "2024-07-01 09:00:00"),
        (datetime(2024, 7, 1, 9, tzinfo=UTC), "2024-07-01 09:00:00"),
        ("1719824400000", "2024-07-01 09:00:00"),
        ("today", "2024-03-30 23:00:00"),
        ("-1y", "2023-03-31 15:30:45.678"),
        ("-2M", "2024-01-31 16:30:45.678"),
    ],
)
def test_what_names_no_zone_is_read_in_the_one_given(value: object, expected: str) -> None:
    """``tz`` holds for naive text and objects, for day words and calendar steps, and for nothing else."""
    assert read(value, tz="Europe/Berlin") == expected


@pytest.mark.parametrize(
    "value",
    [
        "1704099600123",
        "1704099600123456",
        1704099600123.0,
        np.int64(1704099600123),
        datetime(2024, 1, 1, 9, 0, 0, 123_456),
        datetime(2024, 1, 1, 11, 0, 0, 123_000, tzinfo=timezone(timedelta(hours=2))),
        pd.Timestamp("2024-01-01 09:00:00.123456789"),
        pd.Timestamp("2024-01-01 18:00:00.123", tz="Asia/Tokyo"),
        pd.Timestamp("2024-01-01 09:00:00.123").as_unit("ms"),
        np.datetime64("2024-01-01T09:00:00.123456789"),
        np.datetime64("2024-01-01T09:00:00.123"),
        "2024-01-01T09:00:00.123999999",
    ],
)
def test_numbers_and_objects_name_the_same_instant(value: object) -> None:
    """One instant in ten spellings; what is finer than a millisecond is cut off."""
    assert parse_time(value, now_ms=0) == 1704099600123


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-01T09:00:00.123456", 1704099600123456),
        ("2024-01-01T09:00:00.1234569", 1704099600123456),
        (1704099600123456, 1704099600123456),
        (1704099600123, 1704099600123000),
        (pd.Timestamp("2024-01-01 09:00:00.123456789"), 1704099600123456),
        (np.datetime64("2024-01-01T09:00:00.123456789"), 1704099600123456),
        ("now", 1704099600000000),
    ],
)
def test_microseconds_are_kept_when_asked_for(value: object, expected: int) -> None:
    """``unit="us"`` loses none of the digits that an archive file has."""
    assert parse_time(value, now_ms=1704099600000, unit="us") == expected


def test_the_clock_is_asked_only_for_what_is_said_from_now() -> None:
    """A date or a number costs no request for the server's time; each step from now costs one."""
    asked: list[None] = []

    def now_ms() -> int:
        asked.append(None)
        return ms(NOW)

    for value in ("2024-01-01", "2024-01-01 09:00 Europe/Berlin", 1704099600123, datetime(2024, 1, 1)):
        parse_time(value, now_ms=now_ms)
    assert asked == []

    assert [parse_time(value, now_ms=now_ms) for value in ("now", "-1d", "today")] == [
        ms(NOW),
        ms(NOW) - 86_400_000,
        ms("2024-03-31"),
    ]
    assert len(asked) == 3


def test_zero_is_the_beginning() -> None:
    """``startTime=0`` asks for everything; it is the same instant in every unit."""
    assert [parse_time(value, now_ms=1) for value in (0, "0")] == [0, 0]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("01/02/2024", ("2024-01-02", "2024-02-01")),
        ("03-04-2024", ("2024-03-04", "2024-04-03")),
        ("03.04.2024 09:00", ("2024-03-04", "2024-04-03")),
        ("03/04/24", ("2003-04-24 (year first)", "2024-03-04 (month first)", "2024-04-03 (day first)")),
        ("2024-07-01 09:00 CET", ("+01:00", "Europe/Berlin")),
        ("2024-07-01 est", ("-05:00", "America/New_York")),
        ("1704067200", ("2024-01-01 00:00:00", "1970-01-20 17:21:07.200")),
        (1704067200, ("2024-01-01 00:00:00", "1970-01-20 17:21:07.200")),
        (1704067200.75, ("2024-01-01 00:00:00", "1970-01-20 17:21:07.200")),
    ],
)
def test_what_reads_two_ways_is_refused_with_both(text: object, readings: tuple[str, str]) -> None:
    """Days against months, seconds against milliseconds: the person chooses."""
    error = refusal(text)

    assert "can be read" in error.message
    assert [reading for reading in readings if reading not in error.message] == []


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("31.12.2024", "2024-12-31"),
        ("12/31/2024", "2024-12-31"),
        ("05/05/2024", "2024-05-05"),
        ("2024/1/5", "2024-01-05"),
        ("2024/1/5 09:00", '"2024-01-05 09:00"'),
        ("20240105", "2024-01-05"),
        (20240229, "2024-02-29"),
        (2024, "2024-01-01"),
        (1704067200, "1704067200000"),
        ("1704067200000000000", "1704067200000"),
        ("30d", "-30d"),
        ("3M", "-3M"),
        ("-30D", "-30d"),
        ("09:00", '"today 09:00"'),
        ("todya", "today"),
        ("-1.5M", None),
        ("2024-01-01 9am", '"2024-01-01 09:00"'),
        ("2024-01-01 12:30 AM", '"2024-01-01 00:30"'),
        ("2024-01-01 11:59:30 p.m.", '"2024-01-01 23:59:30"'),
        ("9pm", '"today 21:00"'),
        ("2024-01-01 13 pm", None),
        ("2024-02-30 9 pm", None),
        ("2024-02-20 9:75 pm", None),
        ("30 days ago", "-30d"),
        ("-30 days", "-30d"),
        ("3 Months ago", "-3M"),
        ("2 min", "-2m"),
        ("-30 d", "-30d"),
        ("- 1 d 12 h", "-1d12h"),
        ("5 March 2024", "2024-03-05"),
        ("Mar 5th, 2024 09:00", '"2024-03-05 09:00"'),
        ("5-Mar-2024", "2024-03-05"),
        ("March 2024", "2024-03"),
        ("31 April 2024", None),
        ("31.31.2024", None),
        ("gibberish", None),
    ],
)
def test_a_near_miss_comes_with_its_correction(value: object, suggestion: str | None) -> None:
    """The suggestion can be pasted; where there is only a guess there is none."""
    assert refusal(value).suggestion == suggestion


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "-30",
        "+",
        "-",
        "2024-13",
        "2024-02-30",
        "2024-W54",
        "2024-01-01 24:00",
        "2024-01-01 09:60",
        "2024-01-01 09:00+25:00",
        "2024-03 09:00",
        "2024-01-01 09",
        "２０２４",
        pytest.param("9" * 5000, id="5000 digits"),
        pytest.param(10**5000, id="a number of 5001 digits"),
        -5,
        12,
        10**11,
        1.5,
        float("inf"),
        float("nan"),
        True,
        False,
        None,
        b"now",
        pd.NaT,
        np.datetime64("NaT"),
        timedelta(1),
        pd.DataFrame(),
        pd.DatetimeIndex(["2024-01-01"]),
        np.array([1704099600123]),
    ],
)
def test_what_is_no_time_is_refused(value: object) -> None:
    """Each is a usage error that names the value and says what would be right."""
    error = refusal(value)

    assert error.culprit is not None
    assert len(error.culprit) <= 60
    assert error.hint


@pytest.mark.parametrize(
    "value",
    [
        "1969-12-31 23:59",
        "-60y",
        "-9999y",
        "+9999y",
        "-999999999999w",
        "0000",
        "0001-01-01",
        "9999-12-31 23:59 -05:00",
        datetime.min,
        datetime.min.replace(tzinfo=UTC),
        date.min,
    ],
)
def test_times_before_1970_and_after_9999_are_refused(value: object) -> None:
    """They would be sent as negative or fifteen-digit numbers."""
    assert re.search("outside the years 1970 to 9999|year 0 is out of range", refusal(value).message)


def test_a_local_time_that_the_clocks_skip_is_refused() -> None:
    """Half past two on the day that summer time begins: the nearest times that exist are named."""
    error = refusal("2024-03-31 02:30", tz="Europe/Berlin")

    assert "does not exist in Europe/Berlin" in error.message
    assert error.hint == "Write '2024-03-31 01:30:00+01:00' or '2024-03-31 03:30:00+02:00'."


@pytest.mark.parametrize("value", ["2024-10-27 02:30 Europe/Berlin", "2024-10-27T02:30", datetime(2024, 10, 27, 2, 30)])
def test_a_local_time_that_happens_twice_is_refused(value: object) -> None:
    """Half past two on the day that summer time ends: both instants are named with their offsets."""
    error = refusal(value, tz="Europe/Berlin")

    assert "happens twice in Europe/Berlin" in error.message
    assert error.hint == "Write '2024-10-27 02:30:00+02:00' or '2024-10-27 02:30:00+01:00'."


@pytest.mark.parametrize(
    ("day", "tz", "expected"),
    [
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04 03:00:00"),  # midnight is skipped
        ("2023-11-05", "America/Havana", "2023-11-05 04:00:00"),  # midnight happens twice
        ("2011-12-30", "Pacific/Apia", "2011-12-30 10:00:00"),  # the whole day is skipped
    ],
)
def test_a_day_begins_at_its_first_moment(day: str, tz: str, expected: str) -> None:
    """A date is no time of day, so that a clock change at midnight does not make it unreadable."""
    assert read(day, tz) == expected


def test_exact_steps_are_hours_and_calendar_steps_keep_the_time_of_day() -> None:
    """Over the night that summer time began a day back is 24 hours, a month back the same time of day."""
    now = "2024-03-31 10:00:00"  # noon in Berlin

    assert read("-1d", "Europe/Berlin", now) == "2024-03-30 10:00:00"
    assert read("-1M", "Europe/Berlin", now) == "2024-02-29 11:00:00"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new_york", "America/New_York"),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Berlim", "Europe/Berlin"),
    ],
)
def test_an_unknown_zone_leads_to_the_nearest(name: str, suggestion: str) -> None:
    """A city, other capitals or a slip lead to the zone's name."""
    errors = [refusal("2024", tz=name), refusal(f"2024-01-01 09:00 {name}")]

    assert [(error.culprit, error.suggestion) for error in errors] == [(name, suggestion)] * 2


@pytest.mark.parametrize(
    "name",
    ["", ".", "../etc/passwd", "/etc/localtime", "Europe", "a\0b", pytest.param("x" * 5000, id="long"), "\ud800"],
)
def test_no_name_of_a_zone_breaks_the_look_up(name: str) -> None:
    """Names that are impossible as paths are unknown zones like any other."""
    with pytest.raises(UsageError, match="no time zone"):
        find_zone(name)


@pytest.fixture
def no_zone_tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the system's time zone tables and the tzdata package away."""
    loaded = [name for name in sys.modules if name.partition(".")[0] == "tzdata"]
    for name in {"tzdata", *loaded}:
        monkeypatch.setitem(sys.modules, name, None)
    zoneinfo.reset_tzpath(to=())
    # Not the whole: pandas knows UTC by the object that was there when it first looked.
    ZoneInfo.clear_cache(only_keys=["Europe/Berlin"])
    yield
    zoneinfo.reset_tzpath()


@pytest.mark.usefixtures("no_zone_tables")
def test_a_machine_without_zone_tables_is_told_what_to_install() -> None:
    """A slim system reads UTC and offsets, and says what a named zone needs."""
    assert find_zone("utc") is UTC
    assert find_zone("+05:30").utcoffset(None) == timedelta(hours=5.5)

    with pytest.raises(UsageError, match="no table of time zones") as caught:
        find_zone("Europe/Berlin")

    assert "pip install tzdata" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("at_ms", "tz", "expected"),
    [
        (1704099600000, "UTC", "2024-01-01 09:00:00 UTC"),
        (1704099600123, "utc", "2024-01-01 09:00:00.123 UTC"),
        (1704099600000, "Europe/Berlin", "2024-01-01 10:00:00 Europe/Berlin"),
        (1704099600000, "+05:30", "2024-01-01 14:30:00+05:30"),
        (1729990800000, "Europe/Berlin", "2024-10-27 02:00:00+01:00"),
        (-1, "UTC", "1969-12-31 23:59:59.999 UTC"),
    ],
)
def test_a_time_is_written_with_its_zone(at_ms: int, tz: str, expected: str) -> None:
    """The zone's name stands behind, or the offset in the hour that happens twice."""
    assert format_time(at_ms, tz) == expected


def test_a_time_outside_the_calendar_is_refused() -> None:
    """Microseconds taken for milliseconds lie in no year that can be written."""
    with pytest.raises(UsageError, match="1704099600123456 lies outside"):
        format_time(1704099600123456)


@pytest.mark.parametrize("text", ["03/04", "31.12", "2024-01-01 09:00 PST", "24-13-45"])
def test_what_lacks_a_part_is_refused(text: str) -> None:
    """No year, a zone that no table has, no day in any order."""
    assert refusal(text).suggestion is None or "PST" in text


def test_both_readings_of_an_abbreviated_zone_can_be_pasted() -> None:
    """CET is an hour ahead, or what clocks in Berlin show; in July these differ."""
    hint = refusal("2024-07-01 09:00 CET").hint or ""
    readings = re.findall("'([^']*)'", hint)

    assert readings == ["2024-07-01 09:00 +01:00", "2024-07-01 09:00 Europe/Berlin"]
    assert [read(each) for each in readings] == ["2024-07-01 08:00:00", "2024-07-01 07:00:00"]


def test_a_time_in_an_abbreviated_zone_is_written_with_its_offset() -> None:
    """What is written has to read back."""
    assert format_time(1719824400000, "CET") == "2024-07-01 11:00:00+02:00"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("90s", 90),
        ("30min", 1800),
        ("30m", 1800),
        ("1h30m", 5400),
        ("1h 30min", 5400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("0.5h", 1800),
        ("250ms", 0.25),
        ("0s", 0),
        (timedelta(minutes=30), 1800),
        (pd.Timedelta("1h"), 3600),
    ],
)
def test_a_duration_is_read_as_seconds(value: object, seconds: float) -> None:
    """``--for 30min`` and its like."""
    assert parse_duration(value) == seconds


@pytest.mark.parametrize(
    "value", ["", "30", "３０m", 1800, "-5m", "1M", "1y", "m", "1h-5m", timedelta(-1), None, pd.NaT, "9" * 50]
)
def test_what_is_no_duration_is_refused(value: object) -> None:
    """No unit, a unit without a fixed length, or a negative length."""
    with pytest.raises(UsageError) as caught:
        parse_duration(value)

    assert "30m" in (caught.value.hint or "")


def test_reading_times_does_not_load_pandas() -> None:
    """Timestamps are recognised by what they can do, so that the first line of a session stays quick."""
    code = (
        "import sys, binance_nb.grammar; print(sorted({'pandas', 'numpy', 'requests', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@given(at_ms=milliseconds, tz=zones, other=zones)
def test_what_is_written_reads_back(at_ms: int, tz: str, other: str) -> None:
    """``parse_time`` undoes ``format_time`` in every zone and at every moment, repeated hours included."""
    assert parse_time(format_time(at_ms, tz), now_ms=0, tz=other) == at_ms


@given(number=st.integers(-(10**20), 10**20))
def test_digits_tell_the_unit_or_nothing(number: int) -> None:
    """13 digits are milliseconds, 16 microseconds, 0 is 0; no other number is guessed at, as text or not."""
    digits = len(str(abs(number))) if number > 0 else 0
    expected = {13: number, 16: number // 1000}.get(digits)
    assume(number != 0)

    for value in (number, str(number)):
        if expected is not None:
            assert parse_time(value, now_ms=0) == expected
        elif not (isinstance(value, str) and digits == 4):  # that text is a year
            with pytest.raises(UsageError):
                parse_time(value, now_ms=0)


@given(
    now_ms=milliseconds,
    amounts=st.lists(st.tuples(st.integers(0, 500), st.sampled_from("smhdw")), min_size=1, max_size=4),
)
def test_exact_steps_add_up(now_ms: int, amounts: list[tuple[int, str]]) -> None:
    """A step is the sum of its parts, backwards and forwards, and the same length as the duration."""
    text = "".join(f"{number}{unit}" for number, unit in amounts)
    names: dict[str, Any] = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    span = sum((timedelta(**{names[unit]: number}) for number, unit in amounts), timedelta())
    span_ms = span // timedelta(milliseconds=1)
    assume(span_ms <= now_ms)

    assert parse_time(f"-{text}", now_ms=now_ms) == now_ms - span_ms
    assert parse_time(f"+{text}", now_ms=now_ms) == now_ms + span_ms
    assert parse_duration(text) * 1000 == span_ms


@given(now_ms=milliseconds, months=st.integers(0, 360))
def test_months_keep_the_day_or_end_with_the_month(now_ms: int, months: int) -> None:
    """The month is counted exactly, the time of day stays, and the day is kept or is the month's last."""
    now = EPOCH + timedelta(milliseconds=now_ms)
    then = EPOCH + timedelta(milliseconds=parse_time(f"-{months}M", now_ms=now_ms))

    assert (now.year * 12 + now.month) - (then.year * 12 + then.month) == months
    assert then.day == min(now.day, calendar.monthrange(then.year, then.month)[1])
    assert then.time() == now.time()


@given(moment=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.sampled_from(ZONES).map(find_zone)))
def test_aware_datetimes_are_exact(moment: datetime) -> None:
    """Every microsecond of an aware datetime, a Timestamp and its own text names the same instant."""
    assume(moment.astimezone(UTC).astimezone(moment.tzinfo) == moment.astimezone(UTC))
    expected = (moment.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)

    for value in (moment, pd.Timestamp(moment.astimezone(UTC)), moment.astimezone(UTC).isoformat()):
        assert parse_time(value, now_ms=0, unit="us") == expected


def value_or_refusal(reader: Callable[[], float]) -> float | UsageError:
    try:
        return reader()
    except UsageError as error:
        return error


@given(
    text=st.one_of(
        st.text(),
        st.text(st.sampled_from("0123456789-+:. TZWMymdhws/now"), max_size=20),
        st.from_regex(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{1,2})?( ?[+-]\d\d)?", fullmatch=True),
        st.from_regex(r"(now|today)?[+-]\d{1,14}(ms|s|m|h|d|w|M|y)", fullmatch=True),
    ),
    tz=zones,
)
def test_any_text_is_a_time_or_a_usage_error(text: str, tz: str) -> None:
    """No text brings any other exception, no time lies outside 1970 to 9999, and no length is negative."""
    moment = value_or_refusal(lambda: parse_time(text, now_ms=ms(NOW), tz=tz))
    length = value_or_refusal(lambda: parse_duration(text))

    assert isinstance(moment, UsageError) or 0 <= moment < ms("9999-12-31") + 86_400_000
    assert isinstance(length, UsageError) or length >= 0


@given(st.one_of(st.integers(), st.floats(), st.datetimes(), st.dates(), st.binary(), st.none(), st.timedeltas()))
def test_any_object_is_a_time_or_a_usage_error(value: object) -> None:
    """Objects of all kinds are read or refused, never broken on."""
    moment = value_or_refusal(lambda: parse_time(value, now_ms=ms(NOW)))

    assert isinstance(moment, UsageError) or moment >= 0


@given(naive=st.datetimes(datetime(1972, 1, 1), datetime(2037, 1, 1)), tz=zones)
def test_a_local_time_is_shown_by_clocks_there_or_refused(naive: datetime, tz: str) -> None:
    """What was read shows the very wall time that was written; in a gap and in a repeated hour nothing is read."""
    naive = naive.replace(microsecond=naive.microsecond // 1000 * 1000)
    zone = find_zone(tz)
    clocks = {
        at.replace(tzinfo=None)
        for offset in {naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
        for at in [(naive.replace(tzinfo=UTC) - (offset or timedelta())).astimezone(zone)]
    }
    is_certain = clocks == {naive} and len({naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}) == 1

    for value in (naive, naive.isoformat(" "), f"{naive.isoformat()} {tz}"):
        if is_certain:
            at = EPOCH + timedelta(milliseconds=parse_time(value, now_ms=0, tz=tz))
            assert at.astimezone(zone).replace(tzinfo=None) == naive
        else:
            with pytest.raises(UsageError, match=r"happens twice|does not exist"):
                parse_time(value, now_ms=0, tz=tz)


@given(first=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), later=st.timedeltas(timedelta(milliseconds=1)))
def test_a_later_time_is_read_as_a_later_instant(first: datetime, later: timedelta) -> None:
    """Texts of UTC keep their order, from a millisecond to a century."""
    assume(later < timedelta(days=36_500))
    second = first + later

    read_first, read_second = (parse_time(each.isoformat(), now_ms=0, unit="us") for each in (first, second))

    assert read_second - read_first == later // timedelta(microseconds=1)


@given(moment=st.datetimes(datetime(1972, 1, 3), datetime(2100, 1, 1)), tz=zones)
def test_a_coarser_word_names_the_start_of_what_holds_the_finer(moment: datetime, tz: str) -> None:
    """Year, month, week and day begin at or before any moment in them, and before any moment after them."""
    week = moment.isocalendar()
    coarse = [f"{moment:%Y}", f"{moment:%Y-%m}", f"{moment:%Y-%m-%d}", f"{week.year}-W{week.week:02}"]
    at = parse_time(moment.replace(tzinfo=find_zone(tz)), now_ms=0)
    starts = [parse_time(text, now_ms=0, tz=tz) for text in coarse]

    assert [start for start in starts if start > at] == []
    assert starts[0] <= starts[1] <= starts[2]
    assert at - starts[2] < 26 * 3_600_000


def time_or_error(text: str) -> int | UsageError:
    """What a text says, or why it says nothing."""
    try:
        return parse_time(text, now_ms=1_711_899_045_678)
    except UsageError as error:
        return error


LIKE_TIMES = st.text(alphabet="0123456789-+/.:, TZWMdhmsy", min_size=1, max_size=24)


@given(text=LIKE_TIMES | st.text(max_size=20))
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    """No text breaks the reader, and what it reads is a time that reads back the same."""
    at = time_or_error(text)

    if isinstance(at, UsageError):
        assert at.culprit is not None
    else:
        assert parse_time(format_time(at), now_ms=0) == at


NUMBERS = st.integers(0, 99)
NEAR_MISSES = st.one_of(
    st.builds("{}{} {}s ago".format, st.sampled_from(["", "-"]), NUMBERS, st.sampled_from(["day", "hour", "month"])),
    st.builds("{} {}".format, NUMBERS, st.sampled_from(["d", "h", "M", "min", "weeks", "y", "PM", "a.m."])),
    st.builds("{0}{1}{2}{1}{3}".format, st.integers(1971, 2100), st.sampled_from("/.-"), NUMBERS, NUMBERS),
    st.builds("{0}{1}{2}{1}{3}".format, NUMBERS, st.sampled_from("/.-"), NUMBERS, st.integers(1971, 2100)),
    st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["Jan", "february", "Sept."]), st.integers(1971, 2100)),
    st.builds("{:04}{:02}{:02}".format, st.integers(1971, 2100), NUMBERS, NUMBERS),
    st.builds("2024-02-{:02} {}:{:02}{}".format, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", " pm", "AM"])),
    st.sampled_from(["2024", "1704067200", "toda", "nw", "yesterda", "12:30"]),
)


@given(text=NEAR_MISSES)
def test_a_suggestion_is_a_time(text: str) -> None:
    """Whatever is offered to be pasted can be read."""
    error = time_or_error(text)

    if isinstance(error, UsageError) and error.suggestion is not None:
        assert isinstance(time_or_error(error.suggestion.strip('"')), int)


def test_what_cannot_be_read_is_answered_with_every_way_to_say_a_time() -> None:
    """Each of them can be read."""
    hint = refusal("whenever").hint or ""

    for said in ("2024-01-31", "2024-03", "2024-W10", "today", "yesterday", "-30d", "2024-01-31 09:00 Europe/Berlin"):
        assert said in hint
        assert read(said)
