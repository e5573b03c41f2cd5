"""Candles with their volume, lines over them, and marks for trades of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from binance_nb.rendering.pictures.candle_columns import Columns, Overlay, columns_of, overlays_of
from binance_nb.rendering.pictures.canvas import Canvas
from binance_nb.rendering.pictures.letters import width_of
from binance_nb.rendering.pictures.page import MARGIN, begin, shortened
from binance_nb.rendering.pictures.ticks import Scale, number_scale, time_ticks, write_exactly, write_number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Mark", "candles_png", "marks_of"]

_LINES = ("line_1", "line_2", "line_3", "line_4")
_VOLUME = 0.18  # of the height, for the volume
_SMALL = 11.0
_TICK_ROOM = 64  # of the width, for the text of a time
_ARROW = 6.0
_LONGEST_STRETCH = 2.0  # a line that would make the range larger than that leaves the picture instead


@dataclass(frozen=True)
class Mark:
    """A trade of one's own.

    Attributes:
        time_ms: When it was.
        price: At which price.
        is_buy: Whether it bought: its arrow points up, from below.
        text: What is written beside it.
    """

    time_ms: int
    price: float
    is_buy: bool
    text: str = ""


def marks_of(trades: pd.DataFrame) -> list[Mark]:
    """Return marks for a frame of own trades.

    Args:
        trades: What ``my_trades`` gives: columns ``time``, ``price`` and ``is_buyer``.
    """
    times = trades["time"].astype("datetime64[ms, UTC]").astype("int64")
    rows = zip(times, trades["price"], trades["is_buyer"], strict=True)
    return [Mark(int(time), float(price), bool(is_buyer)) for time, price, is_buyer in rows]


@dataclass(frozen=True)
class _Plot:
    """Where things lie.

    Attributes:
        left: The left edge of the candles.
        right: The right one.
        top: The upper edge of the prices.
        bottom: The lower one.
        floor: Where the volume stands.
        prices: The scale of the prices.
        columns: What is drawn.
    """

    left: float
    right: float
    top: float
    bottom: float
    floor: float
    prices: Scale
    columns: Columns

    @property
    def within(self) -> tuple[float, float, float, float]:
        return self.left, self.top, self.right, self.bottom

    def y(self, price: float) -> float:
        return self.bottom - self.prices.share(price) * (self.bottom - self.top)

    def x(self, time_ms: float) -> float:
        """Return the middle of the candle of a moment."""
        start, end = self.columns.start_ms, self.columns.end_ms
        return self.left + (time_ms - start) / (end - start) * (self.right - self.left)


def candles_png(
    frame: pd.DataFrame,
    title: str,
    *,
    overlays: Mapping[str, Any] | Sequence[Any] = (),  # Any: a Series of any type, or what makes one
    marks: Sequence[Mark] = (),
    below: str | None = None,
    problem: str = "",
    width: int = 900,
    height: int = 420,
) -> bytes:
    """Draw candles.

    Args:
        frame: Columns ``open``, ``high``, ``low``, ``close``, with or without ``volume``; the index is their time.
        title: What they are of.
        overlays: Lines over them: Series by name, on times or as long as the frame.
        marks: Trades of one's own.
        below: The line under the title; what the frame knows of itself when left out.
        problem: What went wrong.
        width: How wide the picture is shown.
        height: How high.

    Returns:
        A PNG, twice as fine as it is shown. Times are in UTC; a rising candle is hollow.
    """
    canvas = Canvas(width, height)
    columns = columns_of(frame, most=max(1, int((width - 90) * 2 / 3)))
    lines = overlays_of(overlays, frame)
    said = columns.words(frame) if below is None else below
    top = float(begin(canvas, title, said, problem))
    if not columns.count:
        canvas.text((width / 2, (top + height) / 2), "No candles yet", "muted", size=13, align="center")
        return canvas.png()
    top += _draw_names(canvas, lines, top)
    plot = _plot(columns, lines, marks, top, width, height)
    _draw_grid(canvas, plot)
    _draw_volume(canvas, plot)
    _draw_candles(canvas, plot)
    for place, line in enumerate(lines):
        _draw_line(canvas, plot, line, _LINES[place % len(_LINES)])
    for mark in marks:
        _draw_mark(canvas, plot, mark)
    _draw_last(canvas, plot)
    return canvas.png()


def _plot(
    columns: Columns, lines: Sequence[Overlay], marks: Sequence[Mark], top: float, width: int, height: int
) -> _Plot:
    low, high = float(columns.low.min()), float(columns.high.max())
    extent = high - low
    ends = [end for line in lines for end in line.range_between(columns.start_ms, columns.end_ms)]
    ends += [mark.price for mark in marks if columns.start_ms <= mark.time_ms <= columns.end_ms]
    reach = extent * (_LONGEST_STRETCH - 1) / 2
    near = [end for end in ends if low - reach <= end <= high + reach]
    has_volume = columns.volume is not None
    floor = height - 30
    bottom = floor - (floor - top) * _VOLUME - 8 if has_volume else floor
    prices = number_scale(min([low, *near]), max([high, *near]), max(2, int((bottom - top) / 32)))
    texts = [write_number(tick, prices.decimals) for tick in prices.ticks]
    texts.append(write_exactly(float(columns.close[-1]), prices.decimals + 2))
    room = max(width_of(text, _SMALL) for text in texts)
    return _Plot(MARGIN, width - MARGIN - room - 10, top + 4, bottom, floor, prices, columns)


def _draw_names(canvas: Canvas, lines: Sequence[Overlay], top: float) -> float:
    """Write which line is which; return how much room that took."""
    left = float(MARGIN)
    for place, line in enumerate(lines):
        name = shortened(line.name, 180, _SMALL)
        if left + 40 + width_of(name, _SMALL) > canvas.width - MARGIN:
            break
        canvas.rectangle(left, top + 6.5, left + 18, top + 9, _LINES[place % len(_LINES)])
        left += 24 + canvas.text((left + 24, top + 8), name, size=_SMALL) + 16
    return 18 if lines else 0


def _draw_grid(canvas: Canvas, plot: _Plot) -> None:
    for tick in plot.prices.ticks:
        y = plot.y(tick)
        canvas.rule((plot.left, y), (plot.right, y))
        canvas.text((plot.right + 8, y), write_number(tick, plot.prices.decimals), "muted", size=_SMALL)
    start, end = plot.columns.start_ms, plot.columns.end_ms
    most = max(2, int((plot.right - plot.left) / _TICK_ROOM))
    free = plot.left
    for moment in time_ticks(int(start), int(end), most):
        x = plot.x(moment.stamp_ms)
        canvas.rule((x, plot.top), (x, plot.floor), "edge" if moment.is_border else "grid")
        half = width_of(moment.text, _SMALL) / 2
        if free <= x - half and x + half <= canvas.width - MARGIN:
            ink = "text" if moment.is_border else "muted"
            canvas.text((x, plot.floor + 13), moment.text, ink, size=_SMALL, align="center")
            free = x + half + 8
    canvas.rule((plot.left, plot.floor), (plot.right, plot.floor), "edge")


def _draw_volume(canvas: Canvas, plot: _Plot) -> None:
    columns = plot.columns
    if columns.volume is None or not columns.volume.max() > 0:
        return
    room = plot.floor - plot.bottom - 18
    half = _half_width(plot)
    for at in range(columns.count):
        if not columns.volume[at] > 0:
            continue
        x, share = plot.x(columns.middle(at)), float(columns.volume[at] / columns.volume.max())
        ink = "up_tint" if columns.close[at] >= columns.open[at] else "down_tint"
        canvas.rectangle(x - half, plot.floor - share * room, x + half, plot.floor, ink)
    text = f"volume, at most {_short(float(columns.volume.max()))}"
    canvas.text((plot.left + 2, plot.bottom + 8), text, "muted", size=10)


def _short(value: float) -> str:
    for size, sign in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size * 10 or (abs(value) >= size and size > 1e3):
            return f"{value / size:,.4g}{sign}" if value < 1e13 else f"{value:.3g}"
    return f"{value:,.4g}"


def _half_width(plot: _Plot) -> float:
    step = (plot.right - plot.left) * plot.columns.step_ms / (plot.columns.end_ms - plot.columns.start_ms)
    return float(max(0.5, min(7.0, step * 0.36)))


def _draw_candles(canvas: Canvas, plot: _Plot) -> None:
    columns, half = plot.columns, _half_width(plot)
    for at in range(columns.count):
        x = plot.x(columns.middle(at))
        first, last = float(columns.open[at]), float(columns.close[at])
        is_up = last >= first
        ink = "up" if is_up else "down"
        canvas.rule((x - 0.5, plot.y(float(columns.high[at]))), (x - 0.5, plot.y(float(columns.low[at]))), ink)
        top, bottom = plot.y(max(first, last)), plot.y(min(first, last))
        # Too narrow to have an inside, a rising candle is told by its colour and by the next one's place.
        is_filled = not is_up or half < 1.2 or bottom - top < 2
        rim = 1.0 if half >= 2.5 else 0.5
        canvas.rectangle(x - half, top, x + half, max(bottom, top + 1), ink, is_filled=is_filled, rim=rim)


def _draw_line(canvas: Canvas, plot: _Plot, line: Overlay, ink: str) -> None:
    for part in line.parts(plot.columns.start_ms, plot.columns.end_ms):
        points = [(plot.x(time + plot.columns.own_step_ms / 2), plot.y(value)) for time, value in part]
        canvas.line(points, ink, 1.6, within=plot.within)


def _draw_mark(canvas: Canvas, plot: _Plot, mark: Mark) -> None:
    if not plot.columns.start_ms <= mark.time_ms <= plot.columns.end_ms:
        return
    x, y = plot.x(mark.time_ms), min(max(plot.y(mark.price), plot.top), plot.bottom)
    way = 1 if mark.is_buy else -1
    for grown, ink in ((2.0, "on_up"), (0.0, "text")):  # a rim of paper, so that it stands out of the candles
        tip, foot = y + way * (2 - grown), y + way * (2 + _ARROW * 1.6 + grown * 0.7)
        canvas.polygon([(x, tip), (x - _ARROW - grown, foot), (x + _ARROW + grown, foot)], ink)
    if mark.text:
        canvas.text((x, y + way * (10 + _ARROW * 1.6)), mark.text, size=10, align="center")


def _draw_last(canvas: Canvas, plot: _Plot) -> None:
    columns = plot.columns
    last = float(columns.close[-1])
    y, is_up = plot.y(last), last >= float(columns.open[-1])
    ink = "up" if is_up else "down"
    for dot in range(int(plot.left), int(plot.right), 6):
        canvas.rule((dot, y), (dot + 2, y), ink, 0.5)
    text = write_exactly(last, plot.prices.decimals + 2)
    canvas.rectangle(plot.right + 3, y - 9, canvas.width - 5, y + 9, ink)
    canvas.text((plot.right + 8, y), text, f"on_{ink}", size=_SMALL)
