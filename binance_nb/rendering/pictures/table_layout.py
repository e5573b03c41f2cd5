"""How the columns of a table share a width: figures are never cut, words are, and what has no room is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from binance_nb.rendering.pictures.letters import width_of

__all__ = ["Layout", "Part", "lay_out"]

# Size of letters, room between columns, width of what is drawn: the first that fits is taken.
_SIZES = ((12.0, 18, 96), (12.0, 12, 76), (11.0, 10, 60), (10.5, 8, 46))
_LEAST_TEXT, _MOST_TEXT = 54, 320
_NUMBER = re.compile(r"[+\-−±~≈<>]?\s?[\d.,]*\d[\d.,]*(\s?(%|[kMBT]|bn|ms|s))?(\s[A-Z][A-Z0-9]{1,9})?|[–-]|")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True)
class Part:
    """A table.

    Attributes:
        head: The names of its columns; none for a table without a head.
        rows: Its cells.
        lead: What stands above it.
        paths: A path of numbers for each row, oldest first, drawn in a last column.
        shares: A share of a whole for each row, drawn in a last column where there are no paths.
        drawn_name: The name of that column.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    lead: str = ""
    paths: Sequence[Sequence[float]] | None = None
    shares: Sequence[float | None] | None = None
    drawn_name: str = ""

    @property
    def has_drawings(self) -> bool:
        """Whether a last column is drawn."""
        return self.paths is not None or self.shares is not None


@dataclass(frozen=True)
class Layout:
    """Where the columns of a table lie.

    Attributes:
        size: The size of letters.
        gap: The room between columns.
        drawn: The width of what is drawn; 0 where nothing is.
        widths: The widths of the columns shown.
        are_numbers: Whether each is one of numbers, and set right.
        hidden: How many columns there is no room for.
    """

    size: float
    gap: int
    drawn: int
    widths: tuple[float, ...]
    are_numbers: tuple[bool, ...]
    hidden: int

    @property
    def extent(self) -> float:
        """How wide it all is."""
        count = len(self.widths) + (1 if self.drawn else 0)
        return sum(self.widths) + self.drawn + self.gap * max(0, count - 1)


def lay_out(part: Part, room: float) -> Layout:
    """Return where the columns of a table lie.

    Args:
        part: The table.
        room: How wide it may be.
    """
    columns = _columns(part)
    are_numbers = tuple(_are_numbers(cells[1:] if part.head else cells) for cells in columns)
    for size, gap, drawn in _SIZES:
        wanted = [_width(cells, size, is_first=at == 0) for at, cells in enumerate(columns)]
        left = _left(part, gap, drawn, len(columns), room)
        if sum(_least(wanted, are_numbers)) <= left:
            widths = _fitted(wanted, are_numbers, left)
            return Layout(size, gap, drawn if part.has_drawings else 0, widths, are_numbers, 0)
    count = len(columns)
    while count > 1 and sum(_least(wanted, are_numbers)[:count]) > _left(part, gap, drawn, count, room):
        count -= 1
    left = _left(part, gap, drawn, count, room)
    widths = _fitted(wanted[:count], are_numbers[:count], left)
    shown = drawn if part.has_drawings else 0
    return Layout(size, gap, shown, widths, are_numbers[:count], len(columns) - count)


def _left(part: Part, gap: int, drawn: int, count: int, room: float) -> float:
    """Return what the gaps and the drawings leave."""
    return room - gap * max(0, count - 1) - ((drawn + gap) if part.has_drawings else 0)


def _columns(part: Part) -> list[list[str]]:
    lines = [*([part.head] if part.head else []), *part.rows]
    count = max(map(len, lines), default=0)
    return [[line[at] if at < len(line) else "" for line in lines] for at in range(count)]


def _width(cells: Sequence[str], size: float, *, is_first: bool) -> float:
    return min(_MOST_TEXT, max((width_of(cell, size, is_bold=is_first) for cell in cells), default=0.0) + 1)


def _least(widths: Sequence[float], are_numbers: Sequence[bool]) -> list[float]:
    pairs = zip(widths, are_numbers, strict=False)
    return [width if is_number else min(width, _LEAST_TEXT) for width, is_number in pairs]


def _fitted(widths: Sequence[float], are_numbers: Sequence[bool], room: float) -> tuple[float, ...]:
    """Return widths that fit together: the widest columns of words give way first."""
    if sum(widths) <= room:
        return tuple(widths)
    least, most = 0.0, max(widths)
    for _ in range(24):
        middle = (least + most) / 2
        if sum(_cut(widths, are_numbers, middle)) <= room:
            least = middle
        else:
            most = middle
    return tuple(_cut(widths, are_numbers, least))


def _cut(widths: Sequence[float], are_numbers: Sequence[bool], most: float) -> list[float]:
    pairs = zip(widths, are_numbers, strict=False)
    return [width if is_number else min(width, most) for width, is_number in pairs]


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether a column is one of numbers: most are, and the others, such as ``no price``, are not half of one."""
    numbers = [cell for cell in cells if _DIGITS.search(cell) and _NUMBER.fullmatch(cell)]
    others = [cell for cell in cells if _DIGITS.search(cell) and not _NUMBER.fullmatch(cell)]
    empty = [cell for cell in cells if _NUMBER.fullmatch(cell) and not _DIGITS.search(cell)]
    return not others and len(numbers) * 2 >= len(cells) - len(empty) > 0
