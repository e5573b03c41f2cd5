"""The order book at a moment: levels around the last trade.

Whether there is a level at a price, and how much stands there, is drawn for that price; amounts change every few
seconds, each price at its own moment, so that two snapshots in a row look alike. The last trade was made at the
best bid or the best ask, as its taker sold or bought, and the next level on the other side is the spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple, TypedDict

import numpy as np

from binance_nb.sandbox.amounts import decimal_of, e8_of, text_of
from binance_nb.sandbox.candles import Ints
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market.noise import bits, field, key_of

__all__ = ["MOST_LEVELS", "Book", "BookMaker", "DepthReply", "Level"]

MOST_LEVELS = 5000
"""Levels on a side at most."""

_LIFE_MS = 8192
# The whole book then spans about one per cent of a price with fine ticks.
_TICKS_PER_GAP = 500_000


class DepthReply(TypedDict):
    """A ``depth`` reply."""

    lastUpdateId: int
    bids: list[list[str]]
    asks: list[list[str]]


@dataclass(frozen=True)
class Level:
    """One price level.

    Args:
        price_e8: Price in units of 1e-8.
        quantity_e8: Base amount in units of 1e-8.
    """

    price_e8: int
    quantity_e8: int

    @property
    def price(self) -> Decimal:
        """Price."""
        return decimal_of(self.price_e8)

    @property
    def quantity(self) -> Decimal:
        """Base amount."""
        return decimal_of(self.quantity_e8)


class _Strip(NamedTuple):
    """The levels between two prices; they are always the same, so they are looked for once."""

    low: int
    high: int
    ticks: Ints
    phases: Ints


class BookMaker:
    """Draws the levels of a symbol's book.

    Args:
        seed: The market's seed.
        listing: The symbol.
    """

    def __init__(self, seed: int, listing: Listing) -> None:
        self.listing = listing
        self._place_key = key_of(seed, listing.symbol, "book/places")
        self._amount_key = key_of(seed, listing.symbol, "book/amounts")
        self._mean_lots = e8_of(listing.mean_qty) // listing.step_e8
        self.mean_gap = 1 + e8_of(listing.anchor) // listing.tick_e8 // _TICKS_PER_GAP
        # The best prices stay for as long as no trade moves them. Kept by instance, like every cache here.
        self.first_tick = lru_cache(maxsize=1024)(self._first_tick)
        self._strip = _Strip(0, 0, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    def _first_tick(self, tick: int, direction: int) -> int:
        """Return the nearest price with a level.

        Args:
            tick: Where to begin, included.
            direction: 1 to look up, -1 to look down.

        Returns:
            The price in ticks; 0 when there is none below.
        """
        while tick > 0:
            ticks = self.ticks(tick, direction, 1)
            if len(ticks):
                return int(ticks[0])
            tick += direction * self._reach(1)
        return 0

    def ticks(self, tick: int, direction: int, count: int) -> Ints:
        """Return prices with a level, outward from a price, as far as a search for so many reaches.

        Args:
            tick: Where to begin, included.
            direction: 1 to look up, -1 to look down.
            count: About how many are wanted.

        Returns:
            Prices in ticks.
        """
        ticks = tick + direction * np.arange(self._reach(count), dtype=np.int64)
        ticks = ticks[ticks > 0]
        has_level = field(bits(self._place_key, ticks), 0, 32) % self.mean_gap == 0
        levels: Ints = ticks[has_level]
        return levels

    def lots(self, ticks: Ints, time_ms: int) -> Ints:
        """Return what stands at some prices.

        Args:
            ticks: Prices in ticks.
            time_ms: The moment.

        Returns:
            Quantities in lots, at least 1.
        """
        return self._lots(ticks, field(bits(self._place_key, ticks), 32, 13), time_ms)

    def standing(self, best: int, direction: int, count: int, time_ms: int) -> tuple[Ints, Ints]:
        """Return the levels from the best price outward; much quicker than `ticks` and `lots` when asked again nearby.

        Args:
            best: The best price in ticks, which is a level in any case.
            direction: 1 to look up, -1 to look down.
            count: Most levels.
            time_ms: The moment.

        Returns:
            Prices in ticks, nearest first, and quantities in lots.
        """
        ticks = np.array([best], dtype=np.int64)
        phases = field(bits(self._place_key, ticks), 32, 13)
        if count > 1:
            strip = self._strip_around(best)
            start = int(np.searchsorted(strip.ticks, best, side="right" if direction > 0 else "left"))
            chosen = slice(start, start + count - 1) if direction > 0 else slice(max(0, start - count + 1), start)
            ticks = np.concatenate([ticks, strip.ticks[chosen][::direction]])
            phases = np.concatenate([phases, strip.phases[chosen][::direction]])
        return ticks, self._lots(ticks, phases, time_ms)

    def _strip_around(self, tick: int) -> _Strip:
        reach = self._reach(MOST_LEVELS)
        if not (self._strip.low <= max(1, tick - reach) and tick + reach <= self._strip.high):
            low, high = max(1, tick - 2 * reach), tick + 2 * reach
            ticks = np.arange(low, high + 1, dtype=np.int64)
            drawn = bits(self._place_key, ticks)
            places = np.flatnonzero(field(drawn, 0, 32) % self.mean_gap == 0)
            self._strip = _Strip(low, high, ticks[places], field(drawn[places], 32, 13))
        return self._strip

    def _lots(self, ticks: Ints, phases: Ints, time_ms: int) -> Ints:
        drawn = bits(self._amount_key, ((time_ms + phases) // _LIFE_MS << 24) ^ ticks)
        # Two bytes multiplied: most levels are small, a few are large.
        return 1 + ((self._mean_lots * field(drawn, 0, 8) * field(drawn, 8, 8)) >> 12)

    def _reach(self, count: int) -> int:
        return (count + 8) * self.mean_gap * 2


@dataclass(frozen=True)
class Book:
    """The order book at a moment; levels are drawn as far as they are asked for.

    Args:
        maker: What draws the levels.
        time_ms: The moment.
        last_price_e8: Price of the last trade.
        last_is_buy: Whether its taker bought, so that the ask side stands at its price.
    """

    maker: BookMaker
    time_ms: int
    last_price_e8: int
    last_is_buy: bool

    @property
    def last_update_id(self) -> int:
        """A number that rises with time."""
        return self.time_ms - self.maker.listing.listed_at_ms + 1

    @cached_property
    def best_ticks(self) -> tuple[int, int]:
        """Best bid and best ask in ticks; the bid is 0 when nobody bids."""
        tick = self.maker.listing.tick_e8
        if self.last_is_buy:
            # Rounded towards its own side, should a recorded price lie between two ticks.
            ask = -(-self.last_price_e8 // tick)
            return self.maker.first_tick(ask - 1, -1), ask
        bid = self.last_price_e8 // tick
        return bid, self.maker.first_tick(bid + 1, 1)

    def bids(self, limit: int = MOST_LEVELS) -> list[Level]:
        """Return the bid side.

        Args:
            limit: Most levels.

        Returns:
            Levels, highest price first.
        """
        return self._levels(self.best_ticks[0], -1, limit)

    def asks(self, limit: int = MOST_LEVELS) -> list[Level]:
        """Return the ask side.

        Args:
            limit: Most levels.

        Returns:
            Levels, lowest price first.
        """
        return self._levels(self.best_ticks[1], 1, limit)

    def columns(self, direction: int, limit: int = MOST_LEVELS) -> tuple[Ints, Ints]:
        """Return one side as columns, for those who look at all of it often.

        Args:
            direction: 1 for the asks, -1 for the bids.
            limit: Most levels.

        Returns:
            Prices, the best first, and quantities, in units of 1e-8.
        """
        best = self.best_ticks[direction > 0]
        limit = min(limit, MOST_LEVELS)
        if best <= 0 or limit <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        ticks, lots = self.maker.standing(best, direction, limit, self.time_ms)
        return ticks * self.maker.listing.tick_e8, lots * self.maker.listing.step_e8

    def depth(self, limit: int) -> DepthReply:
        """Return the book as ``depth`` prints it.

        Args:
            limit: Most levels a side.

        Returns:
            The reply.
        """
        bids = [[text_of(level.price_e8), text_of(level.quantity_e8)] for level in self.bids(limit)]
        asks = [[text_of(level.price_e8), text_of(level.quantity_e8)] for level in self.asks(limit)]
        return {"lastUpdateId": self.last_update_id, "bids": bids, "asks": asks}

    def _levels(self, best: int, direction: int, limit: int) -> list[Level]:
        limit = min(limit, MOST_LEVELS)
        if best <= 0 or limit <= 0:
            return []
        ticks = np.concatenate([[best], self._beyond(best + direction, direction, limit - 1)])
        lots = self.maker.lots(ticks, self.time_ms)
        tick_e8, step_e8 = self.maker.listing.tick_e8, self.maker.listing.step_e8
        return [Level(*level) for level in zip((ticks * tick_e8).tolist(), (lots * step_e8).tolist(), strict=True)]

    def _beyond(self, tick: int, direction: int, count: int) -> Ints:
        if count == 0 or tick <= 0:
            return np.empty(0, dtype=np.int64)
        return self.maker.ticks(tick, direction, count)[:count]
