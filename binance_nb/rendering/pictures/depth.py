"""An order book: the depth curve on the left, the best prices as a ladder on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from math import isfinite

from binance_nb.rendering.pictures.canvas import Canvas, Point
from binance_nb.rendering.pictures.letters import width_of
from binance_nb.rendering.pictures.page import MARGIN, begin
from binance_nb.rendering.pictures.ticks import Scale, number_scale, write_number

__all__ = ["Level", "depth_png"]

Level = tuple[Decimal | str | float, Decimal | str | float]
"""A price, and how much there is at it."""

_SMALL, _FINE, _ROW = 11.0, 10.0, 17
_LADDER = 330  # how wide the ladder is
_LEAST_CURVE = 260  # a curve narrower than that tells nothing
_MOST_DECIMALS = 10


@dataclass(frozen=True)
class _Side:
    """One side of the book, best price first.

    Attributes:
        name: What it is called.
        ink: Its colour.
        prices: Prices as they came.
        quantities: What there is at each, as it came.
        places: The prices as floats.
        totals: What there is up to each.
    """

    name: str
    ink: str
    prices: list[str]
    quantities: list[str]
    places: list[float]
    totals: list[float]


def depth_png(
    bids: Sequence[Level],
    asks: Sequence[Level],
    title: str,
    *,
    below: str = "",
    problem: str = "",
    width: int = 900,
    height: int = 420,
) -> bytes:
    """Draw an order book.

    Args:
        bids: Prices and quantities, best first.
        asks: As bids.
        title: What it is of.
        below: Where and when.
        problem: What went wrong.
        width: How wide it is shown; a narrow picture has the ladder alone.
        height: How high.

    Returns:
        A PNG, twice as fine as it is shown.
    """
    canvas = Canvas(width, height)
    top = float(begin(canvas, title, below, problem))
    sides = _side("bids", "up", bids), _side("asks", "down", asks)
    if not sides[0].places and not sides[1].places:
        canvas.text((width / 2, (top + height) / 2), "No prices yet", "muted", size=13, align="center")
        return canvas.png()
    has_curve = width - _LADDER - 3 * MARGIN >= _LEAST_CURVE
    if has_curve:
        _draw_curve(canvas, (MARGIN, top + 4, width - _LADDER - 2 * MARGIN, height - 30), *sides)
    left = width - _LADDER - MARGIN if has_curve else MARGIN
    _draw_ladder(canvas, (left, top, width - MARGIN, height - 8), *sides)
    return canvas.png()


def _side(name: str, ink: str, levels: Sequence[Level]) -> _Side:
    known = [(price, quantity) for price, quantity in levels if isfinite(float(price)) and isfinite(float(quantity))]
    prices, quantities = [price for price, _ in known], [quantity for _, quantity in known]
    totals = list(accumulate(map(float, quantities)))
    return _Side(name, ink, _written(prices), _written(quantities), [float(price) for price in prices], totals)


def _written(numbers: Sequence[Decimal | str | float]) -> list[str]:
    """Write a column of numbers with the decimals that its longest needs."""
    decimals = [Decimal(str(number)).normalize() for number in numbers]
    exponents = [number.as_tuple().exponent for number in decimals]
    most = min(_MOST_DECIMALS, max((-one for one in exponents if isinstance(one, int)), default=0))
    return [f"{number:,.{max(0, most)}f}" for number in decimals]


def _draw_curve(canvas: Canvas, within: tuple[float, float, float, float], bids: _Side, asks: _Side) -> None:
    left, top, right, bottom = within
    places = _reach(bids, asks)
    most = max([*_within(bids, places), *_within(asks, places)], default=1.0)
    upwards = number_scale(0.0, most or 1.0, max(2, int((bottom - top) / 40)), room=0.0)
    left += max(width_of(write_number(tick, upwards.decimals), _FINE) for tick in upwards.ticks) + 6
    across = number_scale(*places, max(2, int((right - left) / 80)), room=0.01)
    _draw_axes(canvas, (left, top, right, bottom), across, upwards)

    def point(price: float, total: float) -> Point:
        share = min(1.0, max(0.0, across.share(price)))
        return left + share * (right - left), bottom - upwards.share(total) * (bottom - top) * 0.94

    for side, far in ((bids, left), (asks, right)):
        steps = _steps(side, places, point)
        if steps:
            outline = [(steps[0][0], bottom), *steps, (far, steps[-1][1])]
            canvas.polygon([*outline, (far, bottom)], f"{side.ink}_tint")
            canvas.line(outline, side.ink, 1.6, within=(left, top, right, bottom))
    for side, x, align in ((bids, left + 6, "left"), (asks, right - 6, "right")):
        canvas.text((x, top + 8), side.name, side.ink, size=12, align=align, is_bold=True)


def _draw_axes(canvas: Canvas, within: tuple[float, float, float, float], across: Scale, upwards: Scale) -> None:
    left, top, right, bottom = within
    for tick in upwards.ticks:
        y = bottom - upwards.share(tick) * (bottom - top) * 0.94
        canvas.rule((left, y), (right, y), "edge" if tick == 0 else "grid")
        canvas.text((left - 5, y), write_number(tick, upwards.decimals), "muted", size=_FINE, align="right")
    free = left
    for tick in across.ticks:
        x, text = left + across.share(tick) * (right - left), write_number(tick, across.decimals)
        half = width_of(text, _SMALL) / 2
        canvas.rule((x, top), (x, bottom))
        if free <= x - half and x + half <= right + MARGIN / 2:
            canvas.text((x, bottom + 13), text, "muted", size=_SMALL, align="center")
            free = x + half + 8


def _reach(bids: _Side, asks: _Side) -> tuple[float, float]:
    """Return the prices to show: as far to one side of the middle as to the other, and all that is near."""
    best = [side.places[0] for side in (bids, asks) if side.places]
    middle = sum(best) / len(best)
    far = max(abs(side.places[-1] - middle) for side in (bids, asks) if side.places)
    near = min(abs(side.places[-1] - middle) for side in (bids, asks) if side.places) or far
    reach = min(far, near * 2) or abs(middle) * 0.001 or 1.0
    return middle - reach, middle + reach


def _within(side: _Side, places: tuple[float, float]) -> list[float]:
    return [total for price, total in zip(side.places, side.totals, strict=True) if places[0] <= price <= places[1]]


def _steps(side: _Side, places: tuple[float, float], point: Callable[[float, float], Point]) -> list[Point]:
    found: list[Point] = []
    before = 0.0
    for price, total in zip(side.places, side.totals, strict=True):
        if places[0] <= price <= places[1]:
            found += [point(price, before), point(price, total)]
        before = total
    return found


def _draw_ladder(canvas: Canvas, within: tuple[float, float, float, float], bids: _Side, asks: _Side) -> None:
    left, top, right, bottom = within
    rows = max(1, int((bottom - top - 2 * _ROW - 10) / 2 / _ROW))
    columns = left + (right - left) * 0.40, left + (right - left) * 0.72
    for x, name in ((columns[0], "price"), (columns[1], "quantity"), (right, "total")):
        canvas.text((x, top + _ROW / 2), name, "muted", size=_SMALL, align="right")
    y = top + _ROW + 2
    canvas.rule((left, y), (right, y), "edge")
    y += 2
    most = max([side.totals[min(rows, len(side.totals)) - 1] for side in (bids, asks) if side.totals], default=1.0)
    best = min(rows, len(asks.places))
    y += (rows - best) * _ROW
    for at in reversed(range(best)):
        _draw_level(canvas, y, asks, at, (left, *columns, right), most)
        y += _ROW
    canvas.text((left, y + _ROW / 2 + 1), _spread(bids, asks), "muted", size=_SMALL)
    y += _ROW + 2
    for at in range(min(rows, len(bids.places))):
        _draw_level(canvas, y, bids, at, (left, *columns, right), most)
        y += _ROW


def _draw_level(
    canvas: Canvas, y: float, side: _Side, at: int, columns: tuple[float, float, float, float], most: float
) -> None:
    left, prices, quantities, right = columns
    middle = y + _ROW / 2
    if at == 0:
        canvas.text((left, middle), side.name, side.ink, size=_SMALL, is_bold=True)
    canvas.text((prices, middle), side.prices[at], side.ink, size=_SMALL, align="right")
    canvas.text((quantities, middle), side.quantities[at], size=_SMALL, align="right")
    room = right - quantities - 12
    share = side.totals[at] / most if most > 0 else 0.0
    canvas.rectangle(right - max(1.0, room * share), middle - 5, right, middle + 5, f"{side.ink}_tint")


def _spread(bids: _Side, asks: _Side) -> str:
    if not bids.places or not asks.places:
        return f"no {'bids' if not bids.places else 'asks'}"
    spread = Decimal(asks.prices[0].replace(",", "")) - Decimal(bids.prices[0].replace(",", ""))
    middle = (asks.places[0] + bids.places[0]) / 2
    share = f", {float(spread) / middle * 1e4:.3g} basis points" if middle > 0 else ""
    return f"spread {spread:f}{share}"
