"""Candles as columns of integers, and how finer ones add up to coarser ones.

Prices and quote amounts are in units of 1e-8. Base amounts are in the listing's volume unit, which is
a thousandth of its quantity step: fine enough for what older recordings hold, and coarse enough that
a day of the largest coin counts in 64 bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from binance_nb.sandbox.listings import Listing

__all__ = ["Candle", "Candles", "Ints", "volume_unit_e8"]

Ints: TypeAlias = npt.NDArray[np.int64]

_TOO_LARGE = 1 << 63


def volume_unit_e8(listing: Listing) -> int:
    """Return what one unit of a base amount stands for.

    Args:
        listing: The symbol.

    Returns:
        The unit in 1e-8 of the base asset; a power of ten.
    """
    return max(1, listing.step_e8 // 1000)


class Candle(NamedTuple):
    """One candle; sums are Python integers, so a month cannot overflow."""

    open: int
    high: int
    low: int
    close: int
    volume: int
    quote: int
    trade_count: int
    taker_volume: int
    taker_quote: int

    @classmethod
    def flat(cls, price_e8: int) -> Candle:
        """Return a candle without trades, standing at a price.

        Args:
            price_e8: The last price before it.

        Returns:
            The candle.
        """
        return cls(price_e8, price_e8, price_e8, price_e8, 0, 0, 0, 0, 0)

    @classmethod
    def joined(cls, parts: Iterable[Candle]) -> Candle | None:
        """Add up consecutive candles.

        Args:
            parts: Candles in order of time.

        Returns:
            The candle that spans them; None when there are none.
        """
        candles = list(parts)
        if not candles:
            return None
        opens, highs, lows, closes, *sums = zip(*candles, strict=True)
        return cls(opens[0], max(highs), min(lows), closes[-1], *map(sum, sums))


@dataclass(frozen=True)
class Candles:
    """Consecutive candles as columns of equal length."""

    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints
    quote: Ints
    trade_count: Ints
    taker_volume: Ints
    taker_quote: Ints

    @classmethod
    def of(cls, candles: Sequence[Candle]) -> Candles:
        """Make columns of single candles.

        Args:
            candles: At least one.

        Returns:
            The columns; of Python integers where a number does not fit into 64 bits.
        """
        largest = max(map(max, candles))
        kind = np.int64 if largest < _TOO_LARGE else object
        return cls(*(np.array(column, dtype=kind) for column in zip(*candles, strict=True)))

    @classmethod
    def chained(cls, parts: Sequence[Candles]) -> Candles:
        """Put candles behind each other.

        Args:
            parts: At least one.

        Returns:
            All of them.
        """
        if len(parts) == 1:
            return parts[0]
        return cls(*map(np.concatenate, zip(*(part.columns for part in parts), strict=True)))

    def __len__(self) -> int:
        return len(self.open)

    def part(self, start: int, stop: int) -> Candles:
        """Cut some of them out.

        Args:
            start: Place of the first.
            stop: Place after the last.

        Returns:
            Those.
        """
        return Candles(*(column[start:stop] for column in self.columns))

    def at(self, place: int) -> Candle:
        """Take one out.

        Args:
            place: Which one.

        Returns:
            The candle, of Python integers.
        """
        return Candle(*(int(column[place]) for column in self.columns))

    @property
    def columns(self) -> tuple[Ints, ...]:
        """The columns in the order of `Candle`."""
        return (
            self.open,
            self.high,
            self.low,
            self.close,
            self.volume,
            self.quote,
            self.trade_count,
            self.taker_volume,
            self.taker_quote,
        )

    def merged(self, step: int) -> Candles:
        """Add up every ``step`` candles to one.

        Args:
            step: How many; the length is a multiple of it.

        Returns:
            The coarser candles.
        """
        if step == 1:
            return self
        edges = np.arange(0, len(self), step)
        return Candles(
            self.open[edges],
            np.maximum.reduceat(self.high, edges),
            np.minimum.reduceat(self.low, edges),
            self.close[edges + step - 1],
            *(np.add.reduceat(column, edges) for column in self.columns[4:]),
        )

    def replaced(self, places: Ints, others: Candles) -> Candles:
        """Put other candles in some places.

        Args:
            places: Indices into these candles.
            others: As many candles as there are places.

        Returns:
            New candles; these stay as they are.
        """
        copies = [column.copy() for column in self.columns]
        for column, other in zip(copies, others.columns, strict=True):
            column[places] = other
        return Candles(*copies)

    def tuples(self) -> list[Candle]:
        """Return the candles one by one.

        Returns:
            Candles of Python integers.
        """
        return [Candle(*row) for row in zip(*(column.tolist() for column in self.columns), strict=True)]
