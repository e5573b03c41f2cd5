"""What an order book looks like: levels grouped and added up exactly, and the curve of its depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from binance_nb.widgets.grids import Grid

__all__ = ["BookView", "Levels", "Row", "book_view", "grouped"]

# Prices and quantities are counted in whole units, far finer than any grid, so that nothing is ever rounded.
_PLACES = 18
_POINTS = 90

Levels = Sequence[Sequence[str]]
"""Prices and quantities as the exchange writes them, the best first."""


@dataclass(frozen=True)
class Row:
    """A line of the ladder.

    Attributes:
        price: Of all that stands in it, the price that is worst for a taker.
        quantity: How much stands there.
        total: How much stands there and at better prices.
    """

    price: Decimal
    quantity: Decimal
    total: Decimal


@dataclass(frozen=True)
class BookView:
    """A book at a moment.

    Attributes:
        bids: The best first.
        asks: The best first.
        mid: The middle of the best prices; None where a side is empty.
        spread: Between the best prices.
        spread_bps: The spread by the middle, in hundredths of a per cent.
        imbalance: From -1, only asks, to 1, only bids, over the lines that are shown.
        bid_curve: Price and added-up quantity, from the best price outwards.
        ask_curve: As for bids.
    """

    bids: tuple[Row, ...]
    asks: tuple[Row, ...]
    mid: Decimal | None
    spread: Decimal | None
    spread_bps: Decimal | None
    imbalance: float
    bid_curve: tuple[tuple[float, float], ...]
    ask_curve: tuple[tuple[float, float], ...]

    def facts(self, grid: Grid, step: Decimal) -> dict[str, Any]:  # Any: what JSON holds
        """Return it as the browser takes it: texts to show, shares to draw.

        Args:
            grid: Of the symbol.
            step: How wide a line is.
        """
        coarse = Grid(grid.symbol, grid.base, grid.quote, step, grid.step)
        most = max([row.total for row in (*self.bids, *self.asks)], default=Decimal(0))
        sides = {
            name: [
                [
                    coarse.price(row.price),
                    grid.quantity(row.quantity),
                    grid.quantity(row.total),
                    int(row.total * 1000 / most),
                ]
                for row in rows
            ]
            for name, rows in (("bids", self.bids), ("asks", self.asks))
        }
        return {
            **sides,
            "mid": "" if self.mid is None else grid.price(self.mid),
            "spread": "" if self.spread is None else grid.price(self.spread),
            "bps": "" if self.spread_bps is None else f"{self.spread_bps:,.3g}" if self.spread_bps < 100 else "> 1 %",
            "imbalance": round(self.imbalance, 3),
            "curves": [self.bid_curve, self.ask_curve],
        }


def book_view(bids: Levels, asks: Levels, *, step: Decimal, count: int, is_cut: bool = False) -> BookView:
    """Return what a book looks like.

    Args:
        bids: Price and quantity as the exchange writes them, the best first.
        asks: As bids.
        step: How wide a line is: a multiple of the tick.
        count: How many lines a side at most.
        is_cut: Whether there may be more levels than these, so that the last line may not be whole.

    Returns:
        The view.
    """
    bid_lines, ask_lines = (
        grouped(levels, step, is_bid=is_bid, is_cut=is_cut)[:count] for levels, is_bid in ((bids, True), (asks, False))
    )
    bid_rows, ask_rows = (
        tuple(Row(*(_decimal(unit) for unit in line)) for line in lines) for lines in (bid_lines, ask_lines)
    )
    mid = spread = bps = None
    if bids and asks:
        bid, ask = Decimal(bids[0][0]), Decimal(asks[0][0])
        mid, spread = (bid + ask) / 2, ask - bid
        bps = spread / mid * 10_000
    shown = [rows[-1].total if rows else Decimal(0) for rows in (bid_rows, ask_rows)]
    whole = sum(shown, Decimal(0))
    imbalance = float((shown[0] - shown[1]) / whole) if whole else 0.0
    curves = _curves(bids, asks)
    return BookView(bid_rows, ask_rows, mid, spread, bps, imbalance, *curves)


def grouped(levels: Levels, step: Decimal, *, is_bid: bool, is_cut: bool = False) -> list[tuple[int, int, int]]:
    """Add up levels by steps of the price: a bid counts at the step below it, an ask at the one above.

    Args:
        levels: Price and quantity, the best first.
        step: The width of a step.
        is_bid: Which side it is.
        is_cut: Whether there may be more levels than these; then the last step is left out if others remain.

    Returns:
        Price, quantity and added-up quantity of each step that holds any, in units of 1e-18.
    """
    width, total = _units(f"{step:f}"), 0
    lines: list[tuple[int, int, int]] = []
    at, here = None, 0
    for price_text, quantity_text in levels:
        price = _units(price_text)
        place = price // width * width if is_bid else -(-price // width) * width
        if at is not None and place != at:
            lines.append((at, here, total))
            here = 0
        quantity = _units(quantity_text)
        at, here, total = place, here + quantity, total + quantity
    if at is not None and not (is_cut and lines and len(levels) > len(lines) + 1):
        lines.append((at, here, total))
    return lines


def _units(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(_PLACES, "0"))


def _decimal(units: int) -> Decimal:
    return Decimal(units).scaleb(-_PLACES)


def _curves(bids: Levels, asks: Levels) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]:
    """Return both curves over the same distance from the middle: as far as the nearer of the two ends."""
    if not bids or not asks:
        return (), ()
    middle = (float(bids[0][0]) + float(asks[0][0])) / 2
    reach = min(middle - float(bids[-1][0]), float(asks[-1][0]) - middle)
    return _curve(bids, middle, reach), _curve(asks, middle, reach)


def _curve(levels: Levels, middle: float, reach: float) -> tuple[tuple[float, float], ...]:
    total, points = 0.0, []
    for price_text, quantity_text in levels:
        price = float(price_text)
        if abs(price - middle) > reach * (1 + 1e-9):
            break
        total += float(quantity_text)
        points.append((price, float(f"{total:.6g}")))
    # A curve as wide as a hand shows no more points than this; the last is what it comes to.
    thin = points[:: max(1, len(points) // _POINTS)]
    return tuple(thin if not points or thin[-1] == points[-1] else [*thin, points[-1]])
