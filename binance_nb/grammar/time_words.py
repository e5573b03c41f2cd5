"""The words and shapes that a time may have, for those who read it and those who say what is wrong with it."""

from __future__ import annotations

import re

__all__ = [
    "AMOUNT",
    "CLOCK",
    "DAY_WORDS",
    "MOMENT",
    "OFFSET",
    "PERIOD",
    "RELATIVE",
    "SPANS",
    "UNITS_MONTHS",
    "UNITS_US",
    "UNSTEADY_ZONES",
]

UNITS_US = {
    "ms": 1000,
    **dict.fromkeys(("s", "sec"), 1_000_000),
    **dict.fromkeys(("m", "min"), 60_000_000),
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
UNITS_MONTHS = {"M": 1, "y": 12}
DAY_WORDS = {"today": 0, "yesterday": -1, "tomorrow": 1}

_SPAN = r"\d{1,12}(?:\.\d{1,9})?(?:ms|min|m|sec|s|h|d|w)"
_STEP = r"\d{1,12}[My]"
_WORD = "today|yesterday|tomorrow"
_NAMED_ZONE = r"[A-Za-z][\w+/-]*"
CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"

SPANS = re.compile(rf"(?:{_SPAN})+", re.ASCII)
AMOUNT = re.compile(r"([\d.]+)([A-Za-z]+)", re.ASCII)
RELATIVE = re.compile(rf"(?P<word>(?i:now|{_WORD}))?(?: ?(?P<sign>[+-]) ?(?P<amounts>(?:{_SPAN}|{_STEP})+))?", re.ASCII)
PERIOD = re.compile(
    rf"(?P<day>{_WORD}|\d{{4}}(?:-\d\d(?:-\d\d)?)?|\d{{4}}-W\d\d(?:-\d)?)(?P<zone> ?(?:Z|UTC)| {_NAMED_ZONE})?",
    re.ASCII | re.IGNORECASE,
)
MOMENT = re.compile(
    rf"(?P<day>{_WORD}|\d{{4}}-\d\d-\d\d|\d{{4}}-W\d\d-\d)[T ](?P<clock>{CLOCK})"
    rf"(?P<zone> ?(?:Z|UTC|[+-][\d:]+)| {_NAMED_ZONE})?",
    re.ASCII | re.IGNORECASE,
)
OFFSET = re.compile(r"([+-])(\d\d)(?::?([0-5]\d))?(?::?([0-5]\d))?", re.ASCII)

UNSTEADY_ZONES = {
    "EST": ("-05:00", "America/New_York"),
    "MST": ("-07:00", "America/Denver"),
    "HST": ("-10:00", "Pacific/Honolulu"),
    "CET": ("+01:00", "Europe/Berlin"),
    "EET": ("+02:00", "Europe/Athens"),
    "MET": ("+01:00", "Europe/Berlin"),
    "WET": ("+00:00", "Europe/Lisbon"),
    "EST5EDT": ("-05:00", "America/New_York"),
    "CST6CDT": ("-06:00", "America/Chicago"),
    "MST7MDT": ("-07:00", "America/Denver"),
    "PST8PDT": ("-08:00", "America/Los_Angeles"),
}
"""Names that tables of zones know and people use for two things: an offset, and a place that leaves it in summer."""
