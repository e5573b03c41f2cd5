"""One column: the cells that came -> an array of the declared dtype."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from binance_nb.catalog import Column, ColumnKind
from binance_nb.frames.payload import Misfit, json_words

__all__ = ["LATEST_MS", "Array", "Cells", "Reading", "array_of", "moments", "text_array"]

Cells = Sequence[Any]  # Any: JSON values; None stands for a null and for a field that is missing
Array = ExtensionArray | npt.NDArray[Any]

# object on pandas 2.2, str on 3
_TEXT: Any = pd.Series(["text"]).dtype  # Any: pandas' stubs do not know every dtype as an argument

LATEST_MS = 10**14
"""The year 5138 in milliseconds, 1973 in microseconds: what is beyond it in milliseconds is in microseconds."""


@dataclass(frozen=True)
class Reading:
    """How a reply is to be read.

    Attributes:
        exact: Whether decimals stay Decimal instead of float64.
        unit: What the reply's times count: ``ms`` or ``us``.
        now_ms: Server time, if known.
    """

    exact: bool = False
    unit: str = "ms"
    now_ms: int | None = None


def array_of(column: Column, cells: Cells, how: Reading) -> Array:
    """Return a column's cells as one array.

    Args:
        column: What the column holds.
        cells: Its values, None where there is none.
        how: How to read them.

    Returns:
        An array of the dtype that stands for the column's kind; int64 and bool give way to Int64 and boolean where a
        cell is missing.

    Raises:
        Misfit: A cell is not what the column holds.
    """
    has_gaps = _has_gaps(column, cells)
    try:
        return _BUILDERS[column.kind](column, cells, has_gaps, how)
    except (ValueError, ArithmeticError) as error:  # not a number, too large, or text that is no Unicode
        raise Misfit(f"{column.name} holds something that is no {column.kind} ({str(error)[:60]})") from error


def text_array(cells: Cells) -> Array:
    """Return text as pandas' default string type, NaN where there is none, on pandas 2.2 as on 3."""
    texts: Array = pd.Series([np.nan if cell is None else cell for cell in cells], dtype=_TEXT).array
    return texts


_TYPES: Mapping[ColumnKind, frozenset[type]] = {
    ColumnKind.DECIMAL: frozenset({str, int, Decimal}),
    ColumnKind.COUNT: frozenset({int}),
    ColumnKind.TIME: frozenset({int}),
    ColumnKind.FLAG: frozenset({bool}),
    ColumnKind.TEXT: frozenset({str}),
}


def _has_gaps(column: Column, cells: Cells) -> bool:
    """Whether cells are missing; also refuses JSON types that the column cannot hold."""
    found = set(map(type, cells))
    is_gappy = type(None) in found
    if column.kind is not ColumnKind.NESTED and (odd := found - _TYPES[column.kind] - {type(None)}):
        raise Misfit(f"{column.name} came as {json_words(odd)} instead of {column.kind}")
    return is_gappy


def _decimals(column: Column, cells: Cells, has_gaps: bool, how: Reading) -> Array:
    if how.exact:
        return _exact(column, cells)
    numbers = (np.nan if cell is None else float(cell) for cell in cells) if has_gaps else map(float, cells)
    values = np.fromiter(numbers, np.float64, len(cells))
    if column.sentinel is not None:
        values[values < 0] = np.nan
    return values


def _exact(column: Column, cells: Cells) -> Array:
    values = [None if cell is None else Decimal(cell) for cell in cells]
    if column.sentinel is not None:
        values = [None if value is not None and value < 0 else value for value in values]
    return _objects(values)


def _integers(column: Column, cells: Cells, has_gaps: bool) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Numbers, and where there is none."""
    if has_gaps:
        gaps = np.fromiter((cell is None for cell in cells), np.bool_, len(cells))
        cells = [0 if cell is None else cell for cell in cells]
    else:
        gaps = np.zeros(len(cells), np.bool_)
    values = np.array(cells, dtype=np.int64)
    if column.sentinel is not None:
        gaps |= values < 0
    return values, gaps


def _counts(column: Column, cells: Cells, has_gaps: bool, how: Reading) -> Array:
    values, gaps = _integers(column, cells, has_gaps)
    return pd.arrays.IntegerArray(values, gaps) if column.is_optional or has_gaps else values


def _times(column: Column, cells: Cells, has_gaps: bool, how: Reading) -> Array:
    values, gaps = _integers(column, cells, has_gaps)
    values[gaps] = np.iinfo(np.int64).min
    if how.unit == "ms" and values.max(initial=0) > LATEST_MS:
        raise Misfit(f"{column.name} is in microseconds where milliseconds were asked for")
    return moments(values, how)


def moments(stamps: npt.NDArray[np.int64], how: Reading) -> Array:
    """Return the times that numbers stand for; the smallest number stands for NaT."""
    # Not to_datetime(unit="ms"): that gives nanoseconds on pandas 2.2 and microseconds on 3.
    return pd.DatetimeIndex(stamps.view(f"M8[{how.unit}]"), tz="UTC").array


def _flags(column: Column, cells: Cells, has_gaps: bool, how: Reading) -> Array:
    values = np.array([bool(cell) for cell in cells], dtype=np.bool_)
    if not (column.is_optional or has_gaps):
        return values
    return pd.arrays.BooleanArray(values, np.array([cell is None for cell in cells], dtype=np.bool_))


def _texts(column: Column, cells: Cells, has_gaps: bool, how: Reading) -> Array:
    return text_array(cells)


def _nested(column: Column, cells: Cells, has_gaps: bool, how: Reading) -> Array:
    return _objects(cells)


def _objects(cells: Cells) -> Array:
    # One by one: assigned as a whole, lists of equal length would be taken for rows of a matrix.
    values = np.empty(len(cells), dtype=object)
    for place, cell in enumerate(cells):
        values[place] = cell
    return values


_BUILDERS: Mapping[ColumnKind, Callable[[Column, Cells, bool, Reading], Array]] = {
    ColumnKind.DECIMAL: _decimals,
    ColumnKind.COUNT: _counts,
    ColumnKind.TIME: _times,
    ColumnKind.FLAG: _flags,
    ColumnKind.TEXT: _texts,
    ColumnKind.NESTED: _nested,
}
