"""What a frame will look like, in words: for docstrings and help. Needs no pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from binance_nb.catalog import Column, ColumnKind, Endpoint, Rows
from binance_nb.frames.layout import CLOSED, kind_column, level_column, rungs

__all__ = ["frame_doc"]

_DTYPES: Mapping[ColumnKind, str] = {
    ColumnKind.DECIMAL: "float64",
    ColumnKind.COUNT: "int64",
    ColumnKind.TIME: "datetime64[ms, UTC]",
    ColumnKind.FLAG: "bool",
    ColumnKind.TEXT: "str",
    ColumnKind.NESTED: "object",
}
_NULLABLE = {ColumnKind.COUNT: "Int64", ColumnKind.FLAG: "boolean"}
_MISSING = {
    ColumnKind.DECIMAL: "NaN",
    ColumnKind.COUNT: "NA",
    ColumnKind.TIME: "NaT",
    ColumnKind.FLAG: "NA",
    ColumnKind.TEXT: "NaN",
    ColumnKind.NESTED: "None",
}


def frame_doc(endpoint: Endpoint) -> str:
    """Describe the frame that an endpoint's reply becomes.

    Args:
        endpoint: The endpoint.

    Returns:
        Lines: what a row is, index, columns with their dtypes and what stands for a missing value, parts.
    """
    return "\n".join(_lines(endpoint.rows))


def _lines(rows: Rows) -> Iterator[str]:
    index, columns = _shape(rows)
    if not (index or columns):
        yield f"{rows.about[:1].upper()}{rows.about[1:]}: a frame without rows or columns."
        return
    yield f"One row: {rows.about}."
    yield "Index:"
    yield from _table([index]) if index else ["    0, 1, 2, ..."]
    yield "Columns:"
    yield from _table(columns)
    if rows.closes_at:
        yield f"    {CLOSED}: whether {rows.closes_at} lies before the server's time; NA where nobody knows that."
    if rows.extra:
        yield "Columns that come only when a row has them:"
        yield from _table(rows.extra)
    yield from _other_tables(rows)
    if rows.at or rows.beside or rows.stacked:
        yield "What the reply says beside these rows stands in attrs['binance']['reply'], as it came."


def _other_tables(rows: Rows) -> Iterator[str]:
    parts = {name: part for name, part in rows.parts.items() if name not in rows.stacked}
    if parts:
        yield "Other tables of the same reply:"
    for name, part in parts.items():
        yield f"    part={name!r}: {part.about}"
        yield from (f"    {line}" for line in _table(part.columns))


def _shape(rows: Rows) -> tuple[Column | None, list[Column]]:
    """The index, if it is a column, and the columns."""
    if rows.beside:
        sides = [Column(rung.name, rung.column.kind, "", is_optional=True) for rung in rungs(rows)]
        return level_column(rows), sides
    if rows.stacked:
        return kind_column(rows), list(rows.parts[rows.stacked[0]].columns)
    columns = [column for column in rows.columns if column.name != rows.index]
    index = next((column for column in rows.columns if column.name == rows.index), None)
    if rows.closes_at:
        columns.append(Column(CLOSED, ColumnKind.FLAG, ""))
    return index, columns


def _table(columns: Sequence[Column]) -> Iterator[str]:
    width = max(len(column.name) for column in columns)
    for column in columns:
        missing = f"{_MISSING[column.kind]} if missing" if column.is_optional else ""
        yield f"    {column.name:<{width}}  {_dtype(column):<19}  {missing}".rstrip()


def _dtype(column: Column) -> str:
    return _NULLABLE.get(column.kind, _DTYPES[column.kind]) if column.is_optional else _DTYPES[column.kind]
