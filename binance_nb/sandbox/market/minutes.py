"""A minute in closed form: its candle without making its trades, and the plan its trades follow.

Four prints of a minute are set: the open, the high, the low and the close, each with a drawn quantity. The
rest, the fillers, come in pairs of equal quantity and taker side, as far above the middle price as below it.
The volume of fillers of a side is drawn first and shared out later, so base and quote amounts of a minute,
and the taker's part of both, follow from a few draws and equal the sums over its trades exactly.

Where a recording covers a minute its candle is the recorded one, and its trades are laid out between the
recorded open, high, low and close; their quantities and ids stay synthetic.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from binance_nb.sandbox.amounts import E8, e8_of
from binance_nb.sandbox.candles import Candles, Ints, volume_unit_e8
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market.noise import bits, field, key_of
from binance_nb.sandbox.market.path import PricePath
from binance_nb.sandbox.market.prints import Prints
from binance_nb.sandbox.recorded import Recorded

__all__ = ["Minutes", "Plans"]


@dataclass(frozen=True)
class Plans:
    """What is settled about each of several minutes before any trade is made.

    Prices are in ticks, quantities in lots (quantity steps). A filler pair of a side has ``2 + share`` lots in
    each of its two prints; the shares of a side sum to its ``spare``.
    """

    open: Ints
    high: Ints
    low: Ints
    close: Ints
    prints: Ints
    open_lots: Ints
    high_lots: Ints
    low_lots: Ints
    close_lots: Ints
    open_is_buy: Ints
    close_is_buy: Ints
    buy_pairs: Ints
    sell_pairs: Ints
    buy_spare: Ints
    sell_spare: Ints

    def at(self, place: int) -> Plans:
        """Take the plan of one minute out.

        Args:
            place: Its place among the minutes.

        Returns:
            Columns of one.
        """
        return Plans(*(getattr(self, name)[place : place + 1] for name in _PLANNED))

    @property
    def middle(self) -> Ints:
        """The price that filler pairs lie around."""
        return (self.high + self.low) >> 1

    @property
    def set_prints(self) -> tuple[tuple[Ints, Ints, Ints | int], ...]:
        """Price, lots and whether the taker buys of the prints that are set; buyers make the high, sellers the low."""
        return (
            (self.open, self.open_lots, self.open_is_buy),
            (self.high, self.high_lots, 1),
            (self.low, self.low_lots, 0),
            (self.close, self.close_lots, self.close_is_buy),
        )

    @property
    def buy_filler(self) -> Ints:
        """Lots of all filler prints whose taker buys."""
        return 2 * (2 * self.buy_pairs + self.buy_spare)

    @property
    def sell_filler(self) -> Ints:
        """Lots of all filler prints whose taker sells."""
        return 2 * (2 * self.sell_pairs + self.sell_spare)


_PLANNED = tuple(column.name for column in fields(Plans))


class Minutes:
    """The minutes of a symbol, synthetic or recorded.

    Args:
        seed: The market's seed.
        listing: The symbol.
        recorded: Recorded candles that take the place of synthetic ones.
    """

    def __init__(self, seed: int, listing: Listing, recorded: Recorded | None) -> None:
        self.listing = listing
        self.prints = Prints(seed, listing)
        self.volume_unit_e8 = volume_unit_e8(listing)
        self._recorded = recorded
        self._path = PricePath(seed, listing)
        self._shape_key = key_of(seed, listing.symbol, "shape")
        self._flow_key = key_of(seed, listing.symbol, "flow")
        self._mean_lots = e8_of(listing.mean_qty) // listing.step_e8
        # A minute's typical move in 2**-24 of the price; the divisor is 10,000 bp times the root of a day's minutes.
        self._wick = (listing.daily_volatility_bp << 24) // 379_473

    def candles(self, first: int, stop: int) -> Candles:
        """Return the candles of consecutive minutes.

        Args:
            first: First minute since the epoch.
            stop: Minute after the last.

        Returns:
            One candle a minute.
        """
        candles = self._synthetic(self.plans(first, stop))
        taken = self.recorded(first, stop)
        return candles if taken is None else candles.replaced(*taken)

    def recorded(self, first: int, stop: int) -> tuple[Ints, Candles] | None:
        """Return what a recording has of consecutive minutes.

        Args:
            first: First minute since the epoch.
            stop: Minute after the last.

        Returns:
            Places counted from ``first``, and the candles there; None when there are none.
        """
        if self._recorded is None:
            return None
        return self._recorded.minutes(self.listing, first, stop)

    def plans(self, first: int, stop: int) -> Plans:
        """Settle the synthetic plans of consecutive minutes.

        Args:
            first: First minute since the epoch.
            stop: Minute after the last.

        Returns:
            One plan a minute.
        """
        minutes = np.arange(first, stop, dtype=np.int64)
        shape, flow = bits(self._shape_key, minutes), bits(self._flow_key, minutes)
        ticks = self._path.ticks(first, stop + 1)
        opens, closes = ticks[:-1], ticks[1:]
        upper = self._wicks(opens, field(shape, 0, 8) * field(shape, 8, 8))
        lower = self._wicks(opens, field(shape, 16, 8) * field(shape, 24, 8))
        prints = self.prints.counts(first, stop)
        pairs = (prints >> 1) - 2
        # Four bytes added make an even split likelier than a one-sided one; both sides keep at least one pair.
        balance = field(shape, 32, 8) + field(shape, 40, 8) + field(shape, 48, 8) + 4 * field(shape, 56, 6)
        buy_pairs = 1 + (((pairs - 1) * balance) >> 10)
        sell_pairs = pairs - buy_pairs
        return Plans(
            open=opens,
            high=np.maximum(opens, closes) + upper,
            low=np.maximum(1, np.minimum(opens, closes) - lower),
            close=closes,
            prints=prints,
            open_lots=self._set_lots(field(flow, 0, 8)),
            high_lots=self._set_lots(field(flow, 8, 8)),
            low_lots=self._set_lots(field(flow, 16, 8)),
            close_lots=self._set_lots(field(flow, 24, 8)),
            open_is_buy=field(shape, 62, 1),
            close_is_buy=field(shape, 63, 1),
            buy_pairs=buy_pairs,
            sell_pairs=sell_pairs,
            buy_spare=self._spare(buy_pairs, field(flow, 32, 8) * field(flow, 40, 8)),
            sell_spare=self._spare(sell_pairs, field(flow, 48, 8) * field(flow, 56, 8)),
        )

    def _wicks(self, ticks: Ints, drawn: Ints) -> Ints:
        # Two drawn bytes multiply to 2**14 on average, so a wick is half a typical move on average.
        return (ticks * self._wick * drawn + (1 << 38)) >> 39

    def _set_lots(self, drawn: Ints) -> Ints:
        # At least two lots, since a print may be filled in two parts.
        return 2 + ((self._mean_lots * drawn) >> 7)

    def _spare(self, pairs: Ints, drawn: Ints) -> Ints:
        return pairs * ((self._mean_lots * drawn) >> 14)

    def _synthetic(self, plans: Plans) -> Candles:
        filler = plans.buy_filler + plans.sell_filler
        lots = sum((lots for _, lots, _ in plans.set_prints), filler)
        quote = sum((price * lots for price, lots, _ in plans.set_prints), plans.middle * filler)
        taker_lots = sum((lots * is_buy for _, lots, is_buy in plans.set_prints), plans.buy_filler)
        taker_quote = sum(
            (price * lots * is_buy for price, lots, is_buy in plans.set_prints), plans.middle * plans.buy_filler
        )
        tick, step = self.listing.tick_e8, self.listing.step_e8
        volume_scale, quote_scale = step // self.volume_unit_e8, tick * step // E8
        return Candles(
            open=plans.open * tick,
            high=plans.high * tick,
            low=plans.low * tick,
            close=plans.close * tick,
            volume=lots * volume_scale,
            quote=quote * quote_scale,
            trade_count=plans.prints + (plans.prints >> 1),
            taker_volume=taker_lots * volume_scale,
            taker_quote=taker_quote * quote_scale,
        )
