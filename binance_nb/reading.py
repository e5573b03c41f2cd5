"""How a person wants an answer: options of our own, on top of the exchange's parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from numbers import Integral
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import Endpoint, Security
from binance_nb.errors import UsageError
from binance_nb.frames import part_of
from binance_nb.grammar import find_zone, parse_time

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["READING_OPTIONS", "Reading", "options_of", "split_options", "wire_names"]

_ZONES = "Give UTC, an offset such as +02:00, a name such as Europe/Berlin, or a ZoneInfo."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

READING_OPTIONS: Mapping[str, tuple[str, str]] = {
    "start": ("object", "earliest time, inclusive: a date, ``-30d``, a Timestamp, or ms"),
    "end": ("object", "latest time, exclusive"),
    "tz": ("tzinfo | str | None", "time zone for reading and for times that name none; UTC when left out"),
    "closed": ("bool", "leave out the candle that is not finished"),
    "part": ("str | None", "another table of the same answer"),
    "exact": ("bool", "Decimal with the digits that came instead of float64"),
    "raw": ("bool", "the decoded JSON instead of a frame"),
    "time_unit": ("str | None", "``us`` for the exchange's times to the microsecond; ms when left out"),
    "source": ("str | None", "``api``, ``archive`` or ``store`` for rows from there alone; ``auto`` for the quickest"),
    "max_rows": ("int | None", "ceiling for the rows of a range of time; from an id on, how many rows"),
    "quiet": ("bool", "no progress bar"),
    "check": ("bool", "only check the order: a report of every rule and what it says, and nothing is sent"),
    "again": ("bool", "order once more although an earlier run of the same cell has ordered just this"),
}
"""Options of our own, on top of the exchange's parameters: type, and what it does."""

# Where a field cannot have the option's name, for a method has it.
_FIELDS = {"check": "checks"}


def options_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the reading options that make sense for an endpoint.

    Args:
        endpoint: The endpoint.

    Returns:
        Their names.
    """
    unfit: set[str] = set()
    for bound in ("start", "end"):
        if f"{bound}Time" not in endpoint.by_name:
            unfit.add(bound)
    if endpoint.rows.index != "open_time":
        unfit.add("closed")
    if not endpoint.rows.parts:
        unfit.add("part")
    if endpoint.paging is None or endpoint.paging.omitted == "not_allowed":
        unfit |= {"max_rows", "quiet"}
    if endpoint.is_signed:
        unfit.add("max_rows")
    if endpoint.bulk_kind is None or "startTime" not in endpoint.by_name:
        unfit.add("source")
    if not endpoint.unfilled_orders:
        unfit |= {"again"} if _tests_an_order(endpoint) else {"again", "check"}
    return tuple(name for name in READING_OPTIONS if name not in unfit)


@dataclass(frozen=True)
class Reading:
    """The reading options of one call; `READING_OPTIONS` says what each does."""

    start: object = None
    end: object = None
    tz: str | tzinfo | None = None
    closed: bool = False
    part: str | None = None
    exact: bool = False
    raw: bool = False
    time_unit: str | None = None
    source: str | None = None
    max_rows: int | None = None
    quiet: bool = False
    checks: bool = False
    again: bool = False

    @property
    def zone(self) -> str:
        """The name or offset of the time zone for reading and writing."""
        if isinstance(self.tz, tzinfo):
            return _zone_name(self.tz)
        if self.tz is None or isinstance(self.tz, str):
            return self.tz or "UTC"
        raise UsageError(f"tz is no time zone but {_shown(self.tz)}.", hint=_ZONES, culprit="tz")

    @property
    def is_in_us(self) -> bool:
        """Whether the exchange's times are wanted to the microsecond."""
        return self.time_unit == "us"

    def check(self, endpoint: Endpoint) -> None:
        """Refuse what the endpoint cannot give.

        Args:
            endpoint: The endpoint to be called.

        Raises:
            UsageError: An option that has no sense there, an unknown part or zone.
        """
        find_zone(self.zone)
        if self.part is not None:
            part_of(endpoint, self.part)
        useful = options_of(endpoint)
        for name in ("start", "end", "closed", "source", "max_rows", "quiet", "check", "again"):
            value = getattr(self, _FIELDS.get(name, name))
            if value is not None and value is not False and name not in useful:
                raise UsageError(
                    f"{endpoint.name} has no option {name}.",
                    hint=f"Its options: {', '.join(useful)}.",
                    culprit=name,
                    operation=endpoint.name,
                )
        moot = [name for name in ("part", "exact", "closed") if self.raw and getattr(self, name)]
        if moot:
            raise UsageError(
                f"raw gives the answer as it came, so {' and '.join(moot)} can do nothing.",
                hint="Leave one of them out.",
                culprit=moot[0],
                operation=endpoint.name,
            )
        if self.time_unit not in (None, "ms", "us"):
            raise UsageError(
                f"There is no time unit {self.time_unit!r}.",
                hint="It is ms or us.",
                suggestion="us",
                culprit=str(self.time_unit),
                operation=endpoint.name,
            )
        if self.max_rows is not None and not _is_count(self.max_rows):
            raise UsageError(
                f"max_rows is {_shown(self.max_rows)}: that is no number of rows.",
                hint="Give a whole number of 1 or more.",
                culprit=_shown(self.max_rows),
                operation=endpoint.name,
            )

    def bound(self, endpoint: Endpoint, words: Mapping[str, object], now_ms: Callable[[], int]) -> dict[str, object]:
        """Return a call's words with ``start`` and ``end`` as the exchange's own inclusive times.

        Args:
            endpoint: The endpoint to be called.
            words: Parameters by name.
            now_ms: Server time, asked only when a time is relative to it.

        Returns:
            The words.

        Raises:
            UsageError: A time is given twice, or the start does not lie before the end.
        """
        times: dict[str, int] = {}
        for name, value in (("start", self.start), ("end", self.end)):
            if value is None:
                continue
            if f"{name}_time" in words or f"{name}Time" in words:
                raise UsageError(f"{name} and {name}_time say the same thing: give one.", culprit=name)
            times[name] = parse_time(value, now_ms=now_ms, tz=self.zone)
        if len(times) == 2 and times["start"] >= times["end"]:
            raise UsageError(
                f"The start ({self.start}) does not lie before the end ({self.end}).",
                hint="The end is exclusive: a day is --start 2024-01-01 --end 2024-01-02.",
                culprit=str(self.start),
                operation=endpoint.name,
            )
        # The end is exclusive for people and inclusive on the wire. Not as bare numbers: those before 2001 have too few
        # digits to be taken for milliseconds.
        wire = {f"{name}_time": _EPOCH + timedelta(milliseconds=ms - (name == "end")) for name, ms in times.items()}
        return {**words, **wire}

    def finish(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a decoded frame as it was asked for.

        Args:
            frame: The frame in UTC with every candle.

        Returns:
            The frame without unfinished candles, in the zone asked for.
        """
        from binance_nb import frames

        if self.closed:
            frame = frames.closed_only(frame)
        return frame if self.zone == "UTC" else frames.in_zone(frame, self.zone)


def split_options(words: Mapping[str, Any]) -> tuple[dict[str, Any], Reading]:
    """Return a call's parameters and its reading options.

    Args:
        words: Both together, by name.

    Returns:
        The parameters, and the options.
    """
    given = {name: value for name, value in words.items() if name in READING_OPTIONS and value is not None}
    options = {_FIELDS.get(name, name): value for name, value in given.items()}
    return {name: value for name, value in words.items() if name not in READING_OPTIONS}, Reading(**options)


def wire_names(endpoint: Endpoint, names: Collection[str]) -> set[str]:
    """Return the exchange's names of what a call is given.

    Args:
        endpoint: The endpoint.
        names: Parameters and reading options, by name.

    Returns:
        Names of parameters; reading options that are no parameter there have none.
    """
    spelled = {f"{name}_time" if name in ("start", "end") else name for name in names}
    return {parameter.name for parameter in endpoint.parameters if {parameter.name, parameter.python_name} & spelled}


def _tests_an_order(endpoint: Endpoint) -> bool:
    return endpoint.security is Security.TRADE and not endpoint.changes_state


def _is_count(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 1


def _shown(value: object) -> str:
    is_short = isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 10**25)
    return repr(value) if is_short else f"a value of type {type(value).__name__}"


def _zone_name(zone: tzinfo) -> str:
    """Return the text that says a zone: its name in the table of zones, or its offset."""
    # A ZoneInfo has a key, a zone of pytz calls it its zone.
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if isinstance(name, str):
        return name
    offset = zone.utcoffset(None)
    if offset is None:
        raise UsageError(f"{zone!r} has neither a name nor a fixed offset.", hint=_ZONES, culprit="tz")
    if not offset:
        return "UTC"
    sign = "-" if offset < timedelta() else "+"
    minutes, seconds = divmod(abs(offset) // timedelta(seconds=1), 60)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
