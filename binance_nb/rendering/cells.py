"""How the cells of a frame are written: with the digits that the exchange trades in, and times without noise.

The frame stays as it is. Only rows that will be seen are looked at, so a long frame costs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import ColumnKind, snake_case
from binance_nb.catalog.payloads import EVENT_KINDS
from binance_nb.catalog.replies import FIELD_KINDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["INDEX", "Cells", "cells_of", "seen_places"]

INDEX = "__index__"
"""What pandas calls the index among the columns that are to be written."""

_Write = Callable[[Any], str]  # Any: a cell

_NAMED = {**{snake_case(field): kind for field, kind in FIELD_KINDS.items()}, **EVENT_KINDS}
_DECIMAL = frozenset(name for name, kind in _NAMED.items() if kind is ColumnKind.DECIMAL)
_PRICES = frozenset({"open", "high", "low", "close", "price_change"})
_QUANTITIES = ("qty", "quantity", "volume")
_SIGNIFICANT = 8
_MOST = 12  # decimals: SHIB's mean price still shows eight digits
_HUGE = 1e15
_PANDAS_PRECISION = 6  # what pandas starts with; another number is a person's wish


@dataclass(frozen=True)
class Cells:
    """How cells are written.

    Attributes:
        writers: What writes a cell, by column or `INDEX`. Other columns are pandas' to write.
        zone: The zone that times are in, when writers leave it out.
        samples: A cell of each column of times, as it is written; all others are as long.
    """

    writers: Mapping[str, _Write]
    zone: str | None = None
    samples: Mapping[str, str] = field(default_factory=dict)


def cells_of(frame: pd.DataFrame, max_rows: int | None, digits: Mapping[str, int]) -> Cells:
    """Find out how a frame's cells are best written.

    Args:
        frame: A frame.
        max_rows: How many rows will be shown, half from each end; None for all.
        digits: Decimals of a ``price`` and a ``quantity``, where the symbol's tick and step are known.

    Returns:
        The writers.
    """
    if not frame.columns.is_unique:
        return Cells({})
    seen = _visible(frame, max_rows)
    zone = _zone(seen)
    times = {name: write for name, column in _labelled(seen) if (write := _time_writer(column, zone))}
    numbers = _number_writers(seen, digits) if _may_round() else {}
    columns = dict(_labelled(seen))
    samples = {name: write(next(iter(columns[name].dropna()))) for name, write in times.items()}
    exact = {name: _write_exact for name, column in _labelled(seen) if _is_exact(column)}
    return Cells({**numbers, **exact, **times}, zone if times else None, samples)


def seen_places(rows: int, max_rows: int | None) -> Sequence[int]:
    """Return which rows will be seen.

    Args:
        rows: How many there are.
        max_rows: How many will be shown, half from each end; None for all.

    Returns:
        Their places, ascending.
    """
    if max_rows is None or rows <= max_rows:
        return range(rows)
    half = max(1, max_rows // 2)
    return [*range(half), *range(rows - half, rows)]


def _is_exact(column: pd.Series | pd.Index) -> bool:
    return column.dtype == object and any(isinstance(cell, Decimal) for cell in column[:1])


def _write_exact(cell: object) -> str:
    # str() would write 0.00000000 as 0E-8.
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def _may_round() -> bool:
    import pandas as pd

    is_untouched = pd.get_option("display.precision") == _PANDAS_PRECISION
    return is_untouched and pd.get_option("display.float_format") is None


def _visible(frame: pd.DataFrame, max_rows: int | None) -> pd.DataFrame:
    places = seen_places(len(frame), max_rows)
    return frame if len(places) == len(frame) else frame.iloc[list(places)]


def _labelled(frame: pd.DataFrame) -> Iterable[tuple[str, Any]]:  # Any: an index or a column
    yield INDEX, frame.index
    yield from ((name, column) for name, column in frame.items() if isinstance(name, str))


def _zone(frame: pd.DataFrame) -> str | None:
    """Return the zone of the first times there are."""
    zones = (getattr(each.dtype, "tz", None) for _, each in _labelled(frame))
    return next((str(zone) for zone in zones if zone is not None), None)


def _time_writer(column: Any, zone: str | None) -> _Write | None:
    """Return what writes times to the precision they have; None where the zone must stand with each."""
    tz = getattr(column.dtype, "tz", None)
    if tz is None or str(tz) != zone:
        return None
    moments = column.dropna()
    if len(set(map(_offset, moments))) != 1:
        return None  # clocks changed in between: an hour may be there twice
    return partial(_write_time, _precision(list(moments)))


def _offset(moment: Any) -> Any:
    return moment.utcoffset()


def _precision(moments: Sequence[Any]) -> str | None:
    """Return the coarsest isoformat that loses nothing; None stands for the date alone."""
    for is_there, timespec in (
        (lambda moment: moment.nanosecond, "nanoseconds"),
        (lambda moment: moment.microsecond % 1000, "microseconds"),
        (lambda moment: moment.microsecond, "milliseconds"),
        (lambda moment: moment.second, "seconds"),
        (lambda moment: moment.hour or moment.minute, "minutes"),
    ):
        if any(map(is_there, moments)):
            return timespec
    return None


def _write_time(timespec: str | None, moment: Any) -> str:
    if moment != moment:  # NaT
        return "NaT"
    local = moment.replace(tzinfo=None)
    return str(local.isoformat(" ", timespec)) if timespec else str(local.date())


def _number_writers(frame: pd.DataFrame, digits: Mapping[str, int]) -> dict[str, _Write]:
    is_mixed = _is_mixed(frame)
    writers = {}
    for name, column in frame.items():
        if not isinstance(name, str) or column.dtype != "float64" or not _is_known(name):
            continue
        values = [value for value in column.tolist() if isfinite(value)]
        known = None if is_mixed else digits.get(_grid(name) or "")
        writers[name] = _number_writer(values, known, _is_sum(name), is_mixed)
    return writers


def _is_mixed(frame: pd.DataFrame) -> bool:
    """Whether rows are of several symbols or assets, whose ticks have nothing in common."""
    if frame.index.name in ("symbol", "asset"):
        return len(frame) > 1
    return "symbol" in frame.columns and frame["symbol"].nunique() > 1


def _is_known(name: str) -> bool:
    return name in _DECIMAL or name.removeprefix("bid_").removeprefix("ask_") in _DECIMAL  # a ladder's columns


def _grid(name: str) -> str | None:
    """Return what a column's numbers are multiples of."""
    if "quote" in name:
        return None
    if name in _PRICES or name.endswith("price"):
        return "price"
    return "quantity" if any(word in name for word in _QUANTITIES) else None


def _is_sum(name: str) -> bool:
    # Price times quantity over a whole candle has more digits than anybody reads.
    return "quote" in name and "volume" in name


def _number_writer(values: Sequence[float], known: int | None, is_sum: bool, is_mixed: bool) -> _Write:
    if is_mixed:
        return partial(_write_alone, is_sum)
    decimals = _decimals(values, known, is_sum)
    if any(value and not float(_write_fixed(decimals, value)) for value in values):
        return partial(_write_alone, is_sum)  # beside the large ones the small ones would show as nothing
    return partial(_write_fixed, decimals)


def _decimals(values: Sequence[float], known: int | None, is_sum: bool) -> int:
    """Return how many decimals a column shows.

    The fewest that show each value exactly, but never fewer than the tick has; a sum, and a value that was computed, is
    cut at the eighth digit of the largest.
    """
    needed = max(map(_places, values), default=0)
    if known is not None and needed <= known:
        return known
    readable = _readable(max(map(abs, values), default=0.0))
    if is_sum:
        return max(2, min(needed, readable))
    return max(needed, 1) if needed <= _SIGNIFICANT else max(readable, known or 0)


def _places(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _readable(value: float) -> int:
    """Return the decimals of a number's first eight digits, at least two."""
    before_point = floor(log10(value)) + 1 if value else 1
    return min(_MOST, max(2, _SIGNIFICANT - before_point))


def _write_fixed(decimals: int, value: float) -> str:
    # Beyond this a float has no decimals, and nobody counts the digits.
    return f"{value:.{decimals}f}" if abs(value) < _HUGE else str(value)


def _write_alone(is_sum: bool, value: float) -> str:
    """Write a number exactly and without an exponent, whatever stands above and below it."""
    number = float(value)  # numpy's own repr is not a number's text
    return _write_fixed(max(1, _decimals([number], None, is_sum)), number) if isfinite(number) else str(number)
