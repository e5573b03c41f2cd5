"""The price at each minute's boundary.

The logarithm of the price is a Brownian path, refined from the top down: every 2**19 minutes (a year) it is
pinned near the anchor, and each halving adds a displacement drawn for that minute alone (the midpoint
construction). A minute therefore costs nineteen draws, wherever it lies, and a range costs two a minute.
Logarithms are integers; the one step in floating point uses only products and sums, which IEEE 754 fixes
to the bit.
"""

from __future__ import annotations

from math import isqrt

import numpy as np

from binance_nb.sandbox.candles import Ints
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market.noise import SPREAD, bits, centred, key_of

__all__ = ["WIDEST_LOG2", "PricePath"]

_TOP = 19
_ONE = 1 << 32  # a doubling of the price
WIDEST_LOG2 = 2.5
"""The price stays within this many doublings of its anchor."""

# 2**g for |g| <= 1/2 by its Taylor series; the coefficients are log(2)**n / n!.
_SERIES = (
    1.0,
    0.6931471805599453,
    0.24022650695910072,
    0.05550410866482158,
    0.009618129107628477,
    0.0013333558146428443,
    0.00015403530393381608,
    1.5252733804059838e-05,
)
_ROOT_2 = 1.4142135623730951


class PricePath:
    """Prices at minute boundaries, in ticks, as a function of seed, symbol and minute.

    Args:
        seed: The market's seed.
        listing: The symbol.
    """

    def __init__(self, seed: int, listing: Listing) -> None:
        self._key = key_of(seed, listing.symbol, "path")
        self._pin_key = key_of(seed, listing.symbol, "pins")
        self._anchor_ticks = float(listing.anchor / listing.tick_size)
        # 26.303 is log(2) times the root of a day's 1440 minutes.
        minute_sigma = listing.daily_volatility_bp * _ONE // 263_030
        per_draw = (minute_sigma << 16) // SPREAD
        # Half of a span's own spread is what its midpoint strays by: sigma * sqrt(span) / 2.
        self._strays = [isqrt(per_draw * per_draw << (level + 1)) // 2 for level in range(_TOP)]

    def ticks(self, first: int, stop: int) -> Ints:
        """Return prices at consecutive minute boundaries.

        Args:
            first: First minute since the epoch.
            stop: Minute after the last.

        Returns:
            Whole ticks.
        """
        return self._ticks_of(self._log2(first, stop))

    def _log2(self, first: int, stop: int) -> Ints:
        low, high = first >> _TOP, ((stop - 1) >> _TOP) + 1
        values = centred(bits(self._pin_key, np.arange(low, high + 1, dtype=np.int64))) << 14
        for level in range(_TOP - 1, -1, -1):
            finer = np.empty(2 * len(values) - 1, dtype=np.int64)
            finer[::2] = values
            finer[1::2] = ((values[:-1] + values[1:]) >> 1) + self._displacements(level, low, high)
            new_low, new_high = first >> level, ((stop - 1) >> level) + 1
            values = finer[new_low - 2 * low : new_high - 2 * low + 1]
            low, high = new_low, new_high
        return values[: stop - first]

    def _displacements(self, level: int, low: int, high: int) -> Ints:
        # Odd multiples of 2**level are new at this level, so one key serves them all.
        minutes = np.arange(2 * low + 1, 2 * high, 2, dtype=np.int64) << level
        return (centred(bits(self._key, minutes)) * self._strays[level]) >> 16

    def _ticks_of(self, log2: Ints) -> Ints:
        widest = int(WIDEST_LOG2 * _ONE)
        bounded = np.clip(log2, -widest, widest)
        whole = bounded >> 32
        part = (bounded & (_ONE - 1)) * (1.0 / _ONE) - 0.5
        power = np.full(len(part), _SERIES[-1])
        for coefficient in reversed(_SERIES[:-1]):
            power *= part
            power += coefficient
        power *= _ROOT_2 * self._anchor_ticks
        ticks: Ints = np.rint(np.ldexp(power, whole.astype(np.int32))).astype(np.int64)
        return ticks
