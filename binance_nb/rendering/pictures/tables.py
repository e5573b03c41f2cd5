"""Tables as pictures, with a small path of prices or a share of a whole in each row where there is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from binance_nb.rendering.pictures.canvas import Canvas
from binance_nb.rendering.pictures.letters import width_of
from binance_nb.rendering.pictures.page import MARGIN, begin, folded, head_height, shortened, write_lines
from binance_nb.rendering.pictures.table_layout import Layout, Part, lay_out

__all__ = ["table_png", "tables_png"]

_ROW, _LEAD, _AFTER = 22, 24, 8
_NOTE_SIZE, _NOTE = 11.5, 17
_MOST_ROWS = 26
_PATH_HEIGHT = 16
_NARROWEST, _WIDEST = 360, 900
_CHANGE = re.compile(r"([+\-−])\s?[\d.,]*[1-9][\d.,]*\s?%")


def table_png(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    title: str,
    *,
    below: str = "",
    sparklines: Sequence[Sequence[float]] | None = None,
    spark_name: str = "",
    problem: str = "",
    notes: Sequence[str] = (),
    width: int | None = None,
) -> bytes:
    """Draw a table.

    Args:
        head: The names of its columns; none for a table without a head.
        rows: Its cells. Columns of numbers are set right; changes in percent with a sign have its colour.
        title: What it is of.
        below: Where and when.
        sparklines: A path of numbers for each row, oldest first; drawn in a last column.
        spark_name: The name of that column.
        problem: What went wrong.
        notes: What stands under it.
        width: How wide it is shown; as wide as it needs when left out.

    Returns:
        A PNG, twice as fine as it is shown. Of a long table the first rows, and how many more there are.
    """
    part = Part(head, rows, paths=sparklines, drawn_name=spark_name)
    return tables_png([part], title, below=below, problem=problem, notes=notes, width=width)


def tables_png(
    parts: Sequence[Part],
    title: str,
    *,
    below: str = "",
    problem: str = "",
    notes: Sequence[str] = (),
    width: int | None = None,
) -> bytes:
    """Draw tables below each other.

    Args:
        parts: The tables.
        title: What they are of.
        below: Where and when.
        problem: What went wrong.
        notes: What stands under them.
        width: How wide the picture is shown; as wide as it needs when left out.

    Returns:
        A PNG, twice as fine as it is shown.
    """
    shown = [_shown(part) for part in parts]
    wide = width or _width(shown, title, below)
    room = wide - 2 * MARGIN
    layouts = [lay_out(part, room) for part in shown]
    said = [_left_out(part, layout) for part, layout in zip(parts, layouts, strict=True)]
    top = head_height(below, problem, wide)
    heights = [_height(part, text) for part, text in zip(shown, said, strict=True)]
    lines = sum(len(folded(note, room, _NOTE_SIZE)) for note in notes)
    canvas = Canvas(wide, top + sum(heights) + lines * _NOTE + (14 if lines else 6))
    begin(canvas, title, below, problem)
    y = float(top)
    for part, layout, text, height in zip(shown, layouts, said, heights, strict=True):
        _draw(canvas, y, part, layout, text)
        y += height
    write_lines(canvas, y + 4, notes)
    return canvas.png()


def _shown(part: Part) -> Part:
    rows = [[str(cell) for cell in row] for row in part.rows[:_MOST_ROWS]]
    return replace(part, head=[str(name) for name in part.head], rows=rows)


def _width(parts: Sequence[Part], title: str, below: str) -> int:
    needed = [lay_out(part, _WIDEST).extent for part in parts]
    needed += [width_of(title, 15, is_bold=True), *(width_of(text, 11.5) for text in below.split(" · "))]
    return int(min(_WIDEST, max(_NARROWEST, *(extent + 2 * MARGIN + 1 for extent in needed))))


def _left_out(part: Part, layout: Layout) -> str:
    """Say what of a table is not shown."""
    if not part.rows:
        return "nothing"
    rows, columns = len(part.rows) - _MOST_ROWS, layout.hidden
    said = [f"{rows:,} more row{'' if rows == 1 else 's'}"] if rows > 0 else []
    said += [f"{columns} more column{'' if columns == 1 else 's'}"] if columns else []
    return f"and {' and '.join(said)}" if said else ""


def _height(part: Part, said: str) -> int:
    has_head = bool(part.head and part.rows)
    return (_LEAD if part.lead else 0) + _ROW * (len(part.rows) + has_head) + (_NOTE if said else 0) + _AFTER


def _draw(canvas: Canvas, top: float, part: Part, layout: Layout, said: str) -> None:
    if part.lead:
        canvas.text((MARGIN, top + _LEAD / 2), part.lead, size=12.5, is_bold=True)
        top += _LEAD
    y, right = top + _ROW / 2, canvas.width - MARGIN
    if part.head and part.rows:
        _draw_row(canvas, y, part.head, layout, is_head=True)
        if part.drawn_name and layout.drawn:
            canvas.text((right, y), part.drawn_name, "muted", size=layout.size - 0.5, align="right")
        canvas.rule((MARGIN, y + _ROW / 2), (right, y + _ROW / 2), "edge")
        y += _ROW + 2
    for at, row in enumerate(part.rows):
        _draw_row(canvas, y, row, layout)
        if part.paths is not None:
            _draw_path(canvas, y, part.paths[at] if at < len(part.paths) else (), layout)
        elif part.shares is not None:
            _draw_share(canvas, y, part.shares[at] if at < len(part.shares) else None, layout)
        if at < len(part.rows) - 1:
            canvas.rule((MARGIN, y + _ROW / 2), (right, y + _ROW / 2), "grid", 0.5)
        y += _ROW
    if said:
        canvas.text((MARGIN, y - _ROW / 2 + _NOTE / 2), said, "muted", size=_NOTE_SIZE)


def _draw_row(canvas: Canvas, y: float, row: Sequence[str], layout: Layout, *, is_head: bool = False) -> None:
    left = float(MARGIN)
    for at, (text, width, is_number) in enumerate(zip(row, layout.widths, layout.are_numbers, strict=False)):
        is_bold = at == 0 and not is_head
        fitting = shortened(text, width, layout.size, is_bold=is_bold)
        change = _CHANGE.fullmatch(text)
        ink = "muted" if is_head else ("up" if change[1] == "+" else "down") if change else "text"
        x, align = (left + width, "right") if is_number else (left, "left")
        canvas.text((x, y), fitting, ink, size=layout.size, align=align, is_bold=is_bold)
        left += width + layout.gap


def _draw_path(canvas: Canvas, y: float, path: Sequence[float], layout: Layout) -> None:
    known = [float(value) for value in path if isfinite(value) and abs(value) < 1e280]
    right, top = canvas.width - MARGIN, y - _PATH_HEIGHT / 2
    left = right - layout.drawn
    if len(known) < 2:
        canvas.text((right, y), "–", "muted", size=layout.size, align="right")
        return
    low, high = min(known), max(known)
    step = (right - left - 4) / (len(known) - 1)
    shares = [(value - low) / (high - low) if high > low else 0.5 for value in known]
    points = [(left + at * step, top + (1 - share) * _PATH_HEIGHT) for at, share in enumerate(shares)]
    ink = "up" if known[-1] >= known[0] else "down"
    canvas.line(points, ink, 1.3, within=(left - 2, top - 2, right + 2, top + _PATH_HEIGHT + 2))
    x, end = points[-1]
    canvas.rectangle(x - 1.5, end - 1.5, x + 1.5, end + 1.5, ink)


def _draw_share(canvas: Canvas, y: float, share: float | None, layout: Layout) -> None:
    right = canvas.width - MARGIN
    left = right - layout.drawn
    if share is None or not isfinite(share):
        canvas.text((right, y), "–", "muted", size=layout.size, align="right")
        return
    canvas.rectangle(left, y - 5, right, y + 5, "field")
    if share > 0:
        canvas.rectangle(left, y - 5, left + max(1.0, layout.drawn * min(1.0, share)), y + 5, "up")
