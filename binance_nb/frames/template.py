"""What a row of a reply looks like around its values, by the catalog's declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from binance_nb.catalog import Column, ColumnKind
from binance_nb.frames.digits import WORD, Integers, Places

__all__ = ["Probe", "Template", "template_of"]

# What stands around a value.
_QUOTES = {ColumnKind.DECIMAL: '"', ColumnKind.COUNT: "", ColumnKind.TIME: "", ColumnKind.FLAG: ""}
_QUOTE_OF_SKIPPED = '"'


@dataclass(frozen=True)
class Probe:
    """Words to find behind values, for all values of a row at once.

    Attributes:
        distance: How far behind the end of a value its word begins.
        cells: Behind which values of a row there is one: all, at distance 0.
        kept: Masks that keep what a word shows of the text.
        wanted: What is there then.
    """

    distance: int
    cells: Places
    kept: Integers
    wanted: Integers


@dataclass(frozen=True)
class Template:
    """The text of one row. Every value stands in a cell of its own, which ends with a comma, the last one, too.

    Attributes:
        before: What stands in each cell in front of its value.
        after: What stands in each cell behind it.
        decimals: Which cells are columns of decimals, by the column's name.
        times: Which are columns of times.
        counts: Which are columns of counts.
        flags: Which are columns of flags; they come last.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    decimals: Mapping[str, int]
    times: Mapping[str, int]
    counts: Mapping[str, int]
    flags: Mapping[str, int]

    @property
    def per_row(self) -> int:
        """How many cells a row has, with those that are no columns."""
        return len(self.before)

    @property
    def numbers(self) -> int:
        """How many cells hold digits; they come first."""
        return self.per_row - len(self.flags)

    @cached_property
    def head(self) -> bytes:
        """What stands in front of a row's first value."""
        return self.before[0].encode()

    @cached_property
    def lengths_after(self) -> Places:
        """How much of each cell stands behind its value, as a column."""
        return np.array([[len(text)] for text in self.after])

    @cached_property
    def lengths_around(self) -> Places:
        """How much of each cell is not its value, with its comma, as a column."""
        return np.array([[len(before) + 1 + len(after)] for before, after in zip(self.before, self.after, strict=True)])

    @cached_property
    def decimal_cells(self) -> Places:
        """Which cells are decimals."""
        return np.array([*self.decimals.values()], np.intp)

    @cached_property
    def whole_cells(self) -> Places:
        """Which cells are whole numbers: times, then counts."""
        return np.array([*self.times.values(), *self.counts.values()], np.intp)

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """All text from the end of each value to the beginning of the next, which may be in the next row."""
        following = (*self.before[1:], self.before[0])
        texts = [f"{after},{before}".encode() for after, before in zip(self.after, following, strict=True)]
        return tuple(_probes(texts))


def _probes(texts: Sequence[bytes]) -> Iterator[Probe]:
    for distance in range(0, max(map(len, texts)), WORD):
        parts = {cell: text[distance : distance + WORD] for cell, text in enumerate(texts) if len(text) > distance}
        yield Probe(
            distance,
            np.array([*parts], np.intp),
            np.array([[256 ** len(part) - 1] for part in parts.values()], np.uint64),
            np.array([[int.from_bytes(part, "little")] for part in parts.values()], np.uint64),
        )


@cache
def template_of(columns: tuple[Column, ...], skipped: frozenset[int]) -> Template | None:
    """Return what a row of these columns looks like, as the exchange writes it.

    Args:
        columns: What a row holds, in its order.
        skipped: Places of a row that are no columns, but digits as text.

    Returns:
        The template; None if rows hold something else than decimals and whole numbers with flags behind them, or no
        decimal.
    """
    if any(column.kind not in _QUOTES or column.is_optional for column in columns):
        return None
    kinds = [column.kind for column in columns]
    numbers = len(kinds) - kinds.count(ColumnKind.FLAG)
    around = _around(columns, skipped)
    if not around or ColumnKind.DECIMAL not in kinds or ColumnKind.FLAG in kinds[:numbers]:
        return None
    # Commas and digits are how cells and their values are found.
    if any(letter == "," or letter.isdigit() for text in around for letter in "".join(text)):
        return None
    before, after = zip(*around, strict=True)
    places = {kind: {c.name: place for place, c in enumerate(columns) if c.kind is kind} for kind in _QUOTES}
    return Template(
        before,
        after,
        decimals=places[ColumnKind.DECIMAL],
        times=places[ColumnKind.TIME],
        counts=places[ColumnKind.COUNT],
        flags=places[ColumnKind.FLAG],
    )


def _around(columns: tuple[Column, ...], skipped: frozenset[int]) -> list[tuple[str, str]]:
    """What stands in front of each value of a row and behind it; nothing if the row is neither object nor array."""
    quotes = [_QUOTES[column.kind] for column in columns]
    if all(isinstance(column.field, str) for column in columns):
        cells = [(f'"{column.field}":{quote}', quote) for column, quote in zip(columns, quotes, strict=True)]
        return _enclosed(cells, "{", "}")
    if [*(column.field for column in columns), *sorted(skipped)] != list(range(len(columns) + len(skipped))):
        return []
    return _enclosed([(quote, quote) for quote in quotes + [_QUOTE_OF_SKIPPED] * len(skipped)], "[", "]")


def _enclosed(cells: list[tuple[str, str]], opening: str, closing: str) -> list[tuple[str, str]]:
    cells[0] = (opening + cells[0][0], cells[0][1])
    cells[-1] = (cells[-1][0], cells[-1][1] + closing)
    return cells
