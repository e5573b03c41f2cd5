"""Forms, bars and what stands under them: how an order ticket and the gauge look where nobody can press a button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from binance_nb.rendering.pictures.canvas import Canvas
from binance_nb.rendering.pictures.letters import width_of
from binance_nb.rendering.pictures.page import MARGIN, begin, folded, head_height, shortened

__all__ = ["Bar", "bars_png", "form_png"]

_SIZE, _ROW, _LINE = 12.0, 30, 18
_BUTTONS = 40
_MOST_NAME = 160
_SIGN = 18  # room for the sign before a line
_BAR = 12


@dataclass(frozen=True)
class Bar:
    """A share of a whole.

    Attributes:
        name: What it is a share of.
        share: How much, from 0 to 1.
        text: What is written behind it.
        is_high: Whether it is to be noticed.
    """

    name: str
    share: float
    text: str = ""
    is_high: bool = False


def form_png(
    fields: Sequence[tuple[str, str]],
    title: str,
    *,
    below: str = "",
    lines: Sequence[tuple[str, str]] = (),
    buttons: Sequence[str] = (),
    problem: str = "",
    width: int = 640,
) -> bytes:
    """Draw a form as it was filled in.

    Args:
        fields: Names and what is entered.
        title: What it is for.
        below: Where and when.
        lines: What was found out, each with its sign: ``ok``, ``wrong`` or ``note``.
        buttons: What could be pressed.
        problem: What went wrong.
        width: How wide it is shown.

    Returns:
        A PNG, twice as fine as it is shown.
    """
    top = head_height(below, problem, width)
    height = top + _ROW * len(fields) + _lines_height(lines, width) + (_BUTTONS if buttons else 0) + 14
    canvas = Canvas(width, height)
    begin(canvas, title, below, problem)
    names = min(_MOST_NAME, max((width_of(name, _SIZE) for name, _ in fields), default=0) + 14)
    y = float(top)
    for name, value in fields:
        canvas.text((MARGIN, y + _ROW / 2), shortened(name, names - 8, _SIZE), "muted", size=_SIZE)
        left, right = MARGIN + names, width - MARGIN
        canvas.rectangle(left, y + 3, right, y + _ROW - 3, "field")
        canvas.text((left + 8, y + _ROW / 2), shortened(value, right - left - 16, _SIZE), "text_on_field", size=_SIZE)
        y += _ROW
    y = _draw_lines(canvas, y + (6 if lines else 0), lines)
    _draw_buttons(canvas, y + 8, buttons)
    return canvas.png()


def bars_png(
    bars: Sequence[Bar],
    title: str,
    *,
    below: str = "",
    lines: Sequence[tuple[str, str]] = (),
    problem: str = "",
    width: int = 640,
) -> bytes:
    """Draw shares as bars.

    Args:
        bars: The shares.
        title: What they are of.
        below: Where and when.
        lines: What else is to be said, each with its sign: ``ok``, ``wrong`` or ``note``.
        problem: What went wrong.
        width: How wide it is shown.

    Returns:
        A PNG, twice as fine as it is shown.
    """
    top = head_height(below, problem, width)
    row = 24
    canvas = Canvas(width, top + row * len(bars) + _lines_height(lines, width) + 12)
    begin(canvas, title, below, problem)
    names = min(_MOST_NAME, max((width_of(bar.name, _SIZE) for bar in bars), default=0) + 14)
    texts = min(width * 0.5, max((width_of(bar.text, _SIZE) for bar in bars), default=0) + 12)
    left, right = MARGIN + names, max(MARGIN + names + 20, width - MARGIN - texts)
    y = float(top)
    for bar in bars:
        middle = y + row / 2
        canvas.text((MARGIN, middle), shortened(bar.name, names - 8, _SIZE), size=_SIZE)
        canvas.rectangle(left, middle - _BAR / 2, right, middle + _BAR / 2, "field")
        share = min(1.0, max(0.0, bar.share)) if isfinite(bar.share) else 0.0
        if share:
            ink = "down" if bar.is_high else "up"
            # A little is not nothing.
            canvas.rectangle(left, middle - _BAR / 2, left + max(2, (right - left) * share), middle + _BAR / 2, ink)
        canvas.text((right + 12, middle), shortened(bar.text, texts - 10, _SIZE), size=_SIZE)
        y += row
    _draw_lines(canvas, y + (4 if lines else 0), lines)
    return canvas.png()


def _room(width: int) -> float:
    return width - 2 * MARGIN - _SIGN


def _lines_height(lines: Sequence[tuple[str, str]], width: int) -> int:
    return sum(_LINE * max(1, len(folded(text, _room(width), _SIZE))) for _, text in lines) + (10 if lines else 0)


def _draw_lines(canvas: Canvas, y: float, lines: Sequence[tuple[str, str]]) -> float:
    for sign, text in lines:
        _draw_sign(canvas, (MARGIN + 5, y + _LINE / 2), sign)
        for part in folded(text, _room(canvas.width), _SIZE) or [""]:
            ink = "wrong" if sign == "wrong" else "text"
            canvas.text((MARGIN + _SIGN, y + _LINE / 2), part, ink, size=_SIZE)
            y += _LINE
    return y


def _draw_sign(canvas: Canvas, at: tuple[float, float], sign: str) -> None:
    """Draw a tick, a cross or a dot: the font has none of them."""
    x, y = at
    within = (x - 7, y - 7, x + 7, y + 7)
    if sign == "ok":
        canvas.line([(x - 4, y), (x - 1, y + 3.5), (x + 5, y - 4)], "up", 1.8, within=within)
    elif sign == "wrong":
        canvas.line([(x - 4, y - 4), (x + 4, y + 4)], "wrong", 1.8, within=within)
        canvas.line([(x - 4, y + 4), (x + 4, y - 4)], "wrong", 1.8, within=within)
    else:
        canvas.rectangle(x - 1.5, y - 1.5, x + 1.5, y + 1.5, "muted")


def _draw_buttons(canvas: Canvas, top: float, buttons: Sequence[str]) -> None:
    left = float(MARGIN)
    for button in buttons:
        wide = width_of(button, _SIZE) + 24
        if left + wide > canvas.width - MARGIN:
            return
        canvas.rectangle(left, top, left + wide, top + 26, "edge", is_filled=False)
        canvas.text((left + 12, top + 13), button, "muted", size=_SIZE)
        left += wide + 8
