"""What a frame will look like, in words: for docstrings, help and the reference. Needs no pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from binance_nb.catalog import Column, ColumnKind, Endpoint, Rows
from binance_nb.frames.layout import CLOSED, kind_column, level_column, rungs

__all__ = ["ColumnFacts", "FrameFacts", "frame_doc", "frame_facts"]

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


@dataclass(frozen=True)
class ColumnFacts:
    """One column of a frame.

    Attributes:
        name: Its name.
        dtype: Its dtype.
        missing: What stands where there is no value; empty where there always is one.
        about: What it means, where that has to be said.
    """

    name: str
    dtype: str
    missing: str = ""
    about: str = ""


@dataclass(frozen=True)
class FrameFacts:
    """What a frame holds.

    Attributes:
        about: What one row is.
        index: The column that is the index; None for 0, 1, 2, ...
        columns: Its columns in order.
        extra: Columns that come only when a row has them.
        parts: Other tables of the same reply by their names: what a row of each is, and its columns.
        has_reply: Whether the reply says more than these rows, which then stands in ``attrs``.
    """

    about: str
    index: ColumnFacts | None = None
    columns: tuple[ColumnFacts, ...] = ()
    extra: tuple[ColumnFacts, ...] = ()
    parts: Mapping[str, tuple[str, tuple[ColumnFacts, ...]]] = field(default_factory=dict)
    has_reply: bool = False


def frame_facts(rows: Rows) -> FrameFacts:
    """Return what the frame of a declaration holds.

    Args:
        rows: The declaration.

    Returns:
        What a row is, index, columns with their dtypes and what stands for a missing value, parts.
    """
    index, columns = _shape(rows)
    parts = {name: part for name, part in rows.parts.items() if name not in rows.stacked}
    return FrameFacts(
        rows.about,
        _facts(index, rows) if index else None,
        tuple(_facts(column, rows) for column in columns),
        tuple(_facts(column, rows) for column in rows.extra),
        {name: (part.about, tuple(_facts(column, part) for column in part.columns)) for name, part in parts.items()},
        bool(rows.at or rows.beside or rows.stacked),
    )


def frame_doc(endpoint: Endpoint) -> str:
    """Describe the frame that an endpoint's reply becomes.

    Args:
        endpoint: The endpoint.

    Returns:
        Lines: what a row is, index, columns with their dtypes and what stands for a missing value, parts.
    """
    return "\n".join(_lines(endpoint.rows))


def _lines(rows: Rows) -> Iterator[str]:
    facts = frame_facts(rows)
    if not (facts.index or facts.columns):
        yield f"{rows.about[:1].upper()}{rows.about[1:]}: a frame without rows or columns."
        return
    yield f"One row: {facts.about}."
    yield "Index:"
    yield from _table([facts.index]) if facts.index else ["    0, 1, 2, ..."]
    yield "Columns:"
    yield from _table(facts.columns)
    yield from (f"    {column.name}: {column.about}" for column in facts.columns if column.about)
    if facts.extra:
        yield "Columns that come only when a row has them:"
        yield from _table(facts.extra)
    if facts.parts:
        yield "Other tables of the same reply:"
    for name, (about, columns) in facts.parts.items():
        yield f"    part={name!r}: {about}"
        yield from (f"    {line}" for line in _table(columns))
    if facts.has_reply:
        yield "What the reply says beside these rows stands in attrs['binance']['reply'], as it came."


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


def _facts(column: Column, rows: Rows) -> ColumnFacts:
    missing = _MISSING[column.kind] if column.is_optional else ""
    is_flag = rows.closes_at is not None and column.name == CLOSED
    closed = f"whether {rows.closes_at} lies before the server's time; NA where nobody knows that."
    return ColumnFacts(column.name, _dtype(column), missing, closed if is_flag else "")


def _table(columns: Sequence[ColumnFacts]) -> Iterator[str]:
    width = max(len(column.name) for column in columns)
    for column in columns:
        missing = f"{column.missing} if missing" if column.missing else ""
        yield f"    {column.name:<{width}}  {column.dtype:<19}  {missing}".rstrip()


def _dtype(column: Column) -> str:
    return _NULLABLE.get(column.kind, _DTYPES[column.kind]) if column.is_optional else _DTYPES[column.kind]
