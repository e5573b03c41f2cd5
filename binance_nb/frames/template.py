"""What a row of a reply looks like around its digits, by the catalog's declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

from binance_nb.catalog import Column, ColumnKind

__all__ = ["Template", "template_of"]

_RUN, _FLAG = "0", "?"
_PATTERNS = {
    ColumnKind.DECIMAL: f'"{_RUN}"',
    ColumnKind.COUNT: _RUN,
    ColumnKind.TIME: _RUN,
    ColumnKind.FLAG: _FLAG,
}
_SKIPPED_PATTERN = f'"{_RUN}"'


@dataclass(frozen=True)
class Template:
    """The text of one row: numbers, and what stands around them.

    Attributes:
        pieces: The text before, between and behind the numbers; in the last one ``?`` stands for each flag.
        decimals: Which of the numbers are columns of decimals, by the column's name.
        whole_numbers: Which are columns of counts or times.
        flags: Names of the flags; they come behind the numbers.
    """

    pieces: tuple[str, ...]
    decimals: Mapping[str, int]
    whole_numbers: Mapping[str, int]
    flags: tuple[str, ...]

    @property
    def per_row(self) -> int:
        """How many numbers a row has, with those that are no columns."""
        return len(self.pieces) - 1

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """Lengths of the text between the numbers of one row."""
        return tuple(map(len, self.pieces[1:-1]))

    @cached_property
    def before_flags(self) -> tuple[int, ...]:
        """Lengths of the text between the last number and the first flag, then between the flags."""
        return tuple(map(len, self.pieces[-1].split(_FLAG)[:-1]))

    @cached_property
    def rows_without_digits(self) -> tuple[bytes, ...]:
        """A row and a comma, only the points left of its numbers, for all that the flags, read as bits, can be."""
        pointed = set(self.decimals.values())
        row = "".join(piece + "." * (number in pointed) for number, piece in enumerate(self.pieces))
        words = product(("false", "true"), repeat=len(self.flags))
        return tuple((row.replace(_FLAG, "%s") % flags + ",").encode() for flags in words)


@cache
def template_of(columns: tuple[Column, ...], skipped: frozenset[int]) -> Template | None:
    """Return what a row of these columns looks like, as the exchange writes it.

    Args:
        columns: What a row holds, in its order.
        skipped: Places of a row that are no columns, but digits as text.

    Returns:
        The template; None if rows hold something else than decimals and whole numbers with flags behind them, or no
        decimal: its point is what shows that digits are in their places.
    """
    if any(column.kind not in _PATTERNS or column.is_optional for column in columns):
        return None
    row = _row(columns, skipped)
    *before, last = row.split(_RUN)
    kinds = {column.kind for column in columns}
    if (
        ColumnKind.DECIMAL not in kinds
        or not row
        or _FLAG in "".join(before)
        or any(map(str.isdigit, row.replace(_RUN, "")))
    ):
        return None
    numbers = list(enumerate(column for column in columns if column.kind is not ColumnKind.FLAG))
    return Template(
        (*before, last),
        decimals={column.name: place for place, column in numbers if column.kind is ColumnKind.DECIMAL},
        whole_numbers={column.name: place for place, column in numbers if column.kind is not ColumnKind.DECIMAL},
        flags=tuple(column.name for column in columns if column.kind is ColumnKind.FLAG),
    )


def _row(columns: tuple[Column, ...], skipped: frozenset[int]) -> str:
    patterns = [_PATTERNS[column.kind] for column in columns]
    if all(isinstance(column.field, str) for column in columns):
        return "{" + ",".join(f'"{column.field}":{text}' for column, text in zip(columns, patterns, strict=True)) + "}"
    if [*(column.field for column in columns), *sorted(skipped)] != list(range(len(columns) + len(skipped))):
        return ""
    return f"[{','.join(patterns + [_SKIPPED_PATTERN] * len(skipped))}]"
