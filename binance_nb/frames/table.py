"""The rows of a reply -> a frame with the declared columns, and those that nobody declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain, zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from binance_nb.catalog import Column, ColumnKind, Rows, snake_case
from binance_nb.catalog.replies import SENTINELS, kind_of
from binance_nb.frames.arrays import Array, Cells, Reading, array_of, text_array
from binance_nb.frames.blocks import names_index
from binance_nb.frames.layout import CLOSED, kind_column, rungs
from binance_nb.frames.payload import Misfit, json_words

__all__ = ["closed", "ladder", "stack", "table"]

_Fields = Mapping[str | int, Cells]
_NAT = np.iinfo(np.int64).min
"""The cells of a reply, by key or place."""


def table(rows: Rows, items: list[Any], how: Reading) -> pd.DataFrame:  # Any: JSON
    """Return items as rows.

    Args:
        rows: What the items hold.
        items: JSON objects, or arrays where the columns are declared by place.
        how: How to read them.

    Returns:
        The declared columns in order, then the extra ones that came, then those that nobody declared; in the order of
        the items.

    Raises:
        Misfit: The items are not what is declared.
    """
    fields = _by_place(rows, items) if _is_by_place(rows) else _by_key(rows, items)
    missing: Cells = [None] * len(items)
    arrays = {column.name: array_of(column, fields.get(column.field, missing), how) for column in rows.columns}
    if rows.closes_at:
        arrays[CLOSED] = closed(np.asarray(arrays[rows.closes_at].astype("int64")), how)
    present = [column for column in rows.extra if column.field in fields]
    arrays |= {column.name: array_of(column, fields[column.field], how) for column in present}
    for field in _undeclared(rows, fields):
        name = _free_name(field, arrays)
        arrays[name] = _undeclared_array(name, field, fields[field], how)
    return _assemble(arrays, rows.index, len(items))


def ladder(rows: Rows, sides: Mapping[str, list[Any]], how: Reading) -> pd.DataFrame:  # Any: JSON
    """Return parts side by side, the shorter one padded.

    Args:
        rows: A declaration with parts ``beside`` each other.
        sides: The items of each part.
        how: How to read them.

    Returns:
        One row a level, counted from 0; NaN where a side has no such level.

    Raises:
        Misfit: The items are not what is declared.
    """
    levels = pd.RangeIndex(max(map(len, sides.values())), name=rows.index)
    tables = {part: table(rows.parts[part], items, how) for part, items in sides.items()}
    columns = {rung.name: tables[rung.part][rung.column.name] for rung in rungs(rows)}
    return pd.DataFrame(columns, index=levels)


def stack(rows: Rows, piles: Mapping[str, list[Any]], how: Reading) -> pd.DataFrame:  # Any: JSON
    """Return parts one below the other.

    Args:
        rows: A declaration with ``stacked`` parts, which share their columns.
        piles: The items of each part.
        how: How to read them.

    Returns:
        The parts' rows; the index names the part.

    Raises:
        Misfit: The items are not what is declared.
    """
    frame = table(rows.parts[rows.stacked[0]], list(chain.from_iterable(piles.values())), how)
    names = [part for part, items in piles.items() for _ in items]
    frame.index = pd.Index(text_array(names), name=kind_column(rows).name)
    return frame


def _is_by_place(rows: Rows) -> bool:
    return bool(rows.columns) and isinstance(rows.columns[0].field, int)


def _by_key(rows: Rows, items: list[Any]) -> _Fields:
    _demand(items, dict)
    promised = {column.field for column in (*rows.columns, *rows.extra)}
    if promised and any(map(promised.isdisjoint, items)):
        raise Misfit("a row has none of the fields it should have")
    keys = dict.fromkeys(chain.from_iterable(items))
    return {key: [item.get(key) for item in items] for key in keys}


def _by_place(rows: Rows, items: list[Any]) -> _Fields:
    _demand(items, list)
    needed = len(rows.columns)
    if items and (shortest := min(map(len, items))) < needed:
        raise Misfit(f"a row has {shortest} values where {needed} or more belong")
    return dict(enumerate(zip_longest(*items)))


def _demand(items: list[Any], kind: type) -> None:
    if odd := set(map(type, items)) - {kind}:
        raise Misfit(f"a row came as {json_words(odd)} instead of {json_words({kind})}")


def closed(stamps: npt.NDArray[np.int64], how: Reading) -> Array:
    """Return whether each candle's last moment, as the reply's number, is over; NA where nobody knows the time."""
    if how.now_ms is None:
        nothing = np.zeros(len(stamps), np.bool_)
        return pd.arrays.BooleanArray(nothing, ~nothing)
    now = how.now_ms * (1000 if how.unit == "us" else 1)
    # A missing one is the smallest number of all.
    over: npt.NDArray[np.bool_] = (stamps < now) & (stamps != _NAT)
    return over


def _undeclared(rows: Rows, fields: _Fields) -> list[str | int]:
    parts = {part.at for part in rows.parts.values()}
    known = {column.field for column in (*rows.columns, *rows.extra)} | parts | rows.skipped
    return [field for field in fields if field not in known]


def _free_name(field: str | int, taken: Iterable[str]) -> str:
    name = snake_case(field) if isinstance(field, str) else f"field_{field}"
    while name in taken:
        name += "_"
    return name


def _undeclared_array(name: str, field: str | int, cells: Cells, how: Reading) -> Array:
    """Read a field by its usual kind; where it has none, or does not fit it, by what it holds."""
    sentinel = SENTINELS.get(field) if isinstance(field, str) else None
    usual = kind_of(field) if isinstance(field, str) else None
    for kind in (usual, _kind_by_content(cells)):
        if kind is None:
            continue
        column = Column(name, kind, field, is_optional=sentinel is not None, sentinel=sentinel)
        try:
            return array_of(column, cells, how)
        except Misfit:
            continue  # a field that nobody promised cannot break a promise: kept as it came
    return array_of(Column(name, ColumnKind.NESTED, field), cells, how)


def _kind_by_content(cells: Cells) -> ColumnKind:
    found = set(map(type, cells)) - {type(None)}
    if found == {bool}:
        return ColumnKind.FLAG
    if found == {int}:
        return ColumnKind.COUNT
    if found and found <= {int, Decimal}:
        return ColumnKind.DECIMAL
    return ColumnKind.TEXT if found == {str} else ColumnKind.NESTED


def _assemble(arrays: dict[str, Array], index: str | None, length: int) -> pd.DataFrame:
    """Return columns as a frame, indexed by one of them or counted from 0."""
    labels = pd.RangeIndex(length) if index is None else pd.Index(arrays.pop(index), name=index)
    # Numbered first and named after: naming is a fifth of a small frame's cost, and its result can be kept.
    frame = pd.DataFrame(dict(enumerate(arrays.values())), index=labels, copy=False)
    frame.columns = names_index(tuple(arrays))
    return frame
