"""What all pictures have in common: a title, a line that says what, where and when, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from binance_nb.rendering.pictures.canvas import Canvas
from binance_nb.rendering.pictures.letters import width_of

__all__ = ["MARGIN", "begin", "folded", "head_height", "shortened", "write_lines"]

MARGIN = 14
"""Room between the edge and what is drawn."""

_TITLE, _BELOW, _BAND = 15.0, 11.5, 24.0
_LINE = 17
_MOST_LINES = 4
_DOT = " · "


def head_height(below: str, problem: str, width: int) -> int:
    """Return how much of a picture its head takes.

    Args:
        below: The line under the title.
        problem: What went wrong.
        width: How wide the picture is.
    """
    lines = len(folded(below, width - 2 * MARGIN, _BELOW))
    return 34 + _LINE * lines + (len(_problem_lines(problem, width)) * _LINE + 14 if problem else 0)


def begin(canvas: Canvas, title: str, below: str, problem: str) -> int:
    """Write the head of a picture.

    Args:
        canvas: The picture.
        title: What it is of.
        below: Where and when.
        problem: What went wrong; empty when all is well.

    Returns:
        How far down it goes.
    """
    room = canvas.width - 2 * MARGIN
    canvas.text((MARGIN, 21), shortened(title, room, _TITLE, is_bold=True), size=_TITLE, is_bold=True)
    top = 40.0
    for line in folded(below, room, _BELOW):
        canvas.text((MARGIN, top), line, "muted", size=_BELOW)
        top += _LINE
    if problem:
        lines = _problem_lines(problem, canvas.width)
        band = top - 4
        canvas.rectangle(MARGIN, band, canvas.width - MARGIN, band + len(lines) * _LINE + 8, "wrong_tint")
        canvas.rectangle(MARGIN, band, MARGIN + 4, band + len(lines) * _LINE + 8, "wrong")
        for place, line in enumerate(lines):
            canvas.text((MARGIN + 12, band + 12.5 + place * _LINE), line, "wrong_on_tint", size=12)
    return head_height(below, problem, canvas.width)


def _problem_lines(problem: str, width: int) -> list[str]:
    return folded(problem, width - 2 * MARGIN - 24, 12)


def write_lines(canvas: Canvas, top: float, lines: Sequence[str], ink: str = "muted") -> float:
    """Write lines of running text across the picture.

    Args:
        canvas: The picture.
        top: Where they begin.
        lines: What to write; a long one is folded.
        ink: The name of their colour.

    Returns:
        Where they end.
    """
    for line in lines:
        for part in folded(line, canvas.width - 2 * MARGIN, _BELOW):
            canvas.text((MARGIN, top + _LINE / 2), part, ink, size=_BELOW)
            top += _LINE
    return top


def folded(text: str, room: float, size: float) -> list[str]:
    """Break a text into lines.

    Args:
        text: The text.
        room: How wide a line may be.
        size: The size of its letters.

    Returns:
        The lines; none for no text, and no more than a few.
    """
    lines: list[str] = []
    # Between the dots first: what stands between two of them is read as one.
    for part in filter(None, (part.strip() for part in text.split(_DOT))):
        tried = f"{lines[-1]}{_DOT}{part}" if lines else part
        if lines and width_of(tried, size) <= room:
            lines[-1] = tried
        else:
            lines += _words_folded(part, room, size)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], shortened(" ".join(lines[_MOST_LINES - 1 :]), room, size)]
    return lines


def _words_folded(text: str, room: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        tried = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(tried, size) <= room:
            lines[-1] = tried
        else:
            lines.append(shortened(word, room, size))
    return lines


def shortened(text: str, room: float, size: float, *, is_bold: bool = False) -> str:
    """Return a text that fits, with dots where it was cut.

    Args:
        text: The text.
        room: How wide it may be.
        size: The size of its letters.
        is_bold: Whether they are bold.
    """
    if width_of(text, size, is_bold=is_bold) <= room:
        return text
    short, long = 0, len(text)
    while short < long - 1:  # between what fits and what does not
        middle = (short + long) // 2
        if width_of(f"{text[:middle].rstrip()}…", size, is_bold=is_bold) <= room:
            short = middle
        else:
            long = middle
    return f"{text[:short].rstrip()}…"
