"""What is wrong with a time, and how it would be right: one message for each way to miss."""

from __future__ import annotations

import re
from datetime import date
from numbers import Integral
from zoneinfo import available_timezones

from binance_nb.errors import UsageError
from binance_nb.grammar.spelling import nearest
from binance_nb.grammar.time_words import CLOCK, DAY_WORDS, RELATIVE, UNSTEADY_ZONES
from binance_nb.grammar.tokens import quote

__all__ = [
    "in_words",
    "out_of_range",
    "shown",
    "unknown_zone",
    "unreadable",
    "unreadable_text",
    "unsteady_zone",
    "year_first",
]

_FORMS = (
    "Write a date (2024-01-31, '2024-01-31 09:00'), a month or week (2024-03, 2024-W10), now, today, yesterday, a step "
    "from now (-30d), or milliseconds; a zone may stand behind: '2024-01-31 09:00 Europe/Berlin'."
)

_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([/.-]?)(\d{1,2})\2(\d{1,2})\b", re.ASCII)
_YEAR_SHORT = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{1,2})\b", re.ASCII)
_YEAR_NOWHERE = re.compile(r"\d{1,2}[/.-]\d{1,2}", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_SPOKEN = re.compile(
    rf"(?:{_DAY}[ -](?:of )?{_MONTH}|{_MONTH.replace('<month>', '<month2>')} {_DAY.replace('<day>', '<day2>')}"
    rf"|{_MONTH.replace('<month>', '<month3>')}),?[ -](?P<year>\d{{4}})(?P<rest>(?: .*)?)",
    re.ASCII | re.IGNORECASE,
)
_HALF_DAY = re.compile(
    r"(?P<day>(\d{4})-(\d\d)-(\d\d)[ T])?(?P<hour>\d{1,2})(?P<minutes>(?::[0-5]\d){1,2})? ?(?P<half>[AP])\.?M\.?",
    re.ASCII | re.IGNORECASE,
)
_STEP_IN_WORDS = re.compile(
    r"(?P<sign>[+-]?) ?(?P<number>\d+) ?(?P<unit>second|sec|minute|min|hour|hr|day|week|month|year)s?(?P<ago> ago)?",
    re.ASCII | re.IGNORECASE,
)
_UNITS = {"second": "s", "sec": "s", "minute": "m", "min": "m", "hour": "h", "hr": "h", "day": "d", "week": "w"}
_UNITS |= {"month": "M", "year": "y"}


def shown(value: object) -> str:
    """Write a value, however large or odd, in at most sixty letters.

    Args:
        value: What was given for a time.

    Returns:
        Its text, cut where it is long; its type where it has no text worth showing.
    """
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:59]}…"
    if isinstance(value, Integral):  # printing is refused past 4300 digits
        return str(value) if abs(int(value)) < 10**25 else "An enormous number"
    return str(value) if value is None or isinstance(value, float | date) else f"A value of type {type(value).__name__}"


def unreadable(value: object, message: str, hint: str = _FORMS, suggestion: str | None = None) -> UsageError:
    """Make the error for a value that is no time.

    Args:
        value: The value.
        message: What is wrong with it.
        hint: What would be right.
        suggestion: The value put right, if there is only one way; it is quoted if need be.

    Returns:
        The error.
    """
    return UsageError(message, hint=hint, suggestion=suggestion and quote(suggestion), culprit=shown(value))


def out_of_range(value: object) -> UsageError:
    """Make the error for a time before 1970 or after 9999.

    Args:
        value: The value.

    Returns:
        The error.
    """
    message = f"{shown(value)} lies outside the years 1970 to 9999."
    return unreadable(value, message, "Times count from 1970-01-01 UTC.")


def unreadable_text(text: str, words: str) -> UsageError:
    """Make the error for a text that is no time, with its correction where there is one.

    Args:
        text: The text as it was given.
        words: The same with single spaces.

    Returns:
        The error; both readings where there are two.
    """
    if match := _YEAR_LAST.match(words):
        return _year_last(text, int(match[3]), int(match[1]), int(match[2]))
    if match := _YEAR_SHORT.match(words):
        return _year_short(text, int(match[1]), int(match[2]), int(match[3]))
    message = f"'{shown(text)}' cannot be read as a time."
    if _YEAR_NOWHERE.fullmatch(words):
        return unreadable(text, f"'{text}' names no year.", "Write year-month-day: 2024-01-31.")
    if RELATIVE.fullmatch(f"-{words}"):
        hint = f"Write -{words} for {words} ago, +{words} for {words} from now."
        return unreadable(text, message, hint, f"-{words}")
    if suggestion := in_words(words):
        return unreadable(text, message, suggestion=suggestion)
    if re.match(r"[+-] ?\d", words, re.ASCII):
        return unreadable(text, message, "A step has units: s, m (minutes), h, d, w, M (months) or y.", _step(words))
    if re.fullmatch(CLOCK, words, re.ASCII):
        return unreadable(text, message, suggestion=f"today {words}")
    near = nearest(words, ["now", *DAY_WORDS], limit=1)
    return unreadable(text, message, suggestion=near[0] if near else year_first(words))


def _year_last(text: str, year: int, first: int, second: int) -> UsageError:
    month_first, day_first = _iso(year, first, second), _iso(year, second, first)
    if month_first and day_first and month_first != day_first:
        return unreadable(
            text,
            f"{text} can be read two ways: {month_first} (month first) or {day_first} (day first).",
            f"Write the year first: {month_first} or {day_first}.",
        )
    return unreadable(text, f"{text} has its year last.", "Write year-month-day.", month_first or day_first)


def _year_short(text: str, first: int, second: int, third: int) -> UsageError:
    readings = {
        "year first": _iso(2000 + first, second, third),
        "month first": _iso(2000 + third, first, second),
        "day first": _iso(2000 + third, second, first),
    }
    said = [f"{day} ({order})" for order, day in readings.items() if day]
    ways = f" can be read as {' or '.join(said)}" if said else " is no date"
    return unreadable(text, f"{text}{ways}: its year has two digits.", "Write the year with four digits, and first.")


def year_first(words: str) -> str | None:
    """Correct ``2024/1/5`` and ``20240105``.

    Args:
        words: A text.

    Returns:
        The text with the date as it is read here; None where there is no such date in it.
    """
    match = _YEAR_FIRST.match(words)
    day = match and _iso(int(match[1]), int(match[3]), int(match[4]))
    corrected = f"{day}{words[match.end() :]}" if match and day else words
    return corrected if corrected != words else None


def in_words(words: str) -> str | None:
    """Correct ``30 days ago``, ``5 March 2024`` and ``2024-03-05 9 pm``.

    Args:
        words: A text.

    Returns:
        The time as it is read here; None where the text is nothing of the kind.
    """
    if match := _STEP_IN_WORDS.fullmatch(words):
        sign = "-" if match["ago"] else match["sign"] or "-"
        return f"{sign}{match['number']}{_UNITS[match['unit'].lower()]}"
    if match := _SPOKEN.fullmatch(words):
        return _spoken(match)
    if match := _HALF_DAY.fullmatch(words):
        return _half_day(match)
    return None


def _half_day(match: re.Match[str]) -> str | None:
    day = _iso(*map(int, match.groups()[1:4])) if match["day"] else "today"
    if not day or not 1 <= int(match["hour"]) <= 12:
        return None
    hour = int(match["hour"]) % 12 + (12 if match["half"] in "pP" else 0)
    return f"{day} {hour:02}{match['minutes'] or ':00'}"


def _spoken(match: re.Match[str]) -> str | None:
    month = _MONTHS.index((match["month"] or match["month2"] or match["month3"])[:3].lower()) + 1
    day = match["day"] or match["day2"]
    written = _iso(int(match["year"]), month, int(day or 1))
    return f"{written if day else written[:7]}{match['rest']}" if written else None


def _step(words: str) -> str | None:
    """Correct a step whose units are capital letters, or stand apart from their numbers."""
    joined = words.replace(" ", "")
    for text in (joined, joined.lower()):
        # A capital M is a month, and a small one a minute: whoever wrote the one did not mean the other.
        if text != words and RELATIVE.fullmatch(text) and (text == joined or "M" not in joined):
            return text
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def unknown_zone(name: str) -> UsageError:
    """Make the error for a zone that is in no table.

    Args:
        name: What was given for its name.

    Returns:
        The error, with the nearest name.
    """
    known = sorted(available_timezones())
    if not known:
        hint = "Install it with: pip install tzdata. UTC and offsets such as +02:00 need no table."
        return UsageError("This machine has no table of time zones.", hint=hint, culprit=name)
    near = nearest(name, known, limit=1)
    return UsageError(
        f"There is no time zone {shown(name)}.",
        hint="Write UTC, an offset such as +02:00, or a name such as Europe/Berlin.",
        suggestion=near[0] if near else None,
        culprit=name,
    )


def unsteady_zone(words: str, name: str) -> UsageError:
    """Make the error for an abbreviation that people use for an offset and for a place.

    Args:
        words: The time with the abbreviation behind it.
        name: The abbreviation.

    Returns:
        The error, with both readings.
    """
    offset, place = UNSTEADY_ZONES[name.upper()]
    bare = words[: -len(name)].rstrip()
    return unreadable(
        words,
        f"{name} can be read two ways: always {offset}, or the clock of {place}, which changes in summer.",
        f"Write '{bare} {offset}' or '{bare} {place}'.",
    )
