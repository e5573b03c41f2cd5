"""Which columns a frame has, where they follow from more than a list of fields."""

from __future__ import annotations

from typing import NamedTuple

from binance_nb.catalog import Column, ColumnKind, Rows

__all__ = ["CLOSED", "Rung", "kind_column", "level_column", "rungs"]

CLOSED = "closed"
"""Name of the flag that says whether a candle is finished."""


class Rung(NamedTuple):
    """One column of a ladder.

    Attributes:
        name: Its name in the frame.
        part: The part it is taken from.
        column: Its column there.
    """

    name: str
    part: str
    column: Column


def rungs(rows: Rows) -> list[Rung]:
    """Return the columns of parts that stand side by side.

    Args:
        rows: A declaration with parts ``beside`` each other.

    Returns:
        The columns, left to right: the first part's are turned round, so that both prices meet in the middle.
    """
    first, *others = rows.beside
    sides = [(first, reversed(rows.parts[first].columns)), *((part, rows.parts[part].columns) for part in others)]
    return [
        Rung(f"{part.removesuffix('s')}_{column.name}", part, column) for part, columns in sides for column in columns
    ]


def level_column(rows: Rows) -> Column:
    """Return the column that counts the rungs of a ladder from 0."""
    return Column(name=rows.index or "level", kind=ColumnKind.COUNT, field="")


def kind_column(rows: Rows) -> Column:
    """Return the column that names the part a stacked row comes from."""
    return Column(name=rows.index or "kind", kind=ColumnKind.TEXT, field="")
