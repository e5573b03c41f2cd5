"""The trades of one minute, in order.

The price walks from the open over the low to the high and on to the close (a falling minute visits its high
first), and the fillers lie along the way, so that the tape looks like a market and not like dice.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from typing import TypeAlias

import numpy as np

from binance_nb.sandbox.amounts import E8, decimal_of
from binance_nb.sandbox.candles import Candle, Candles, Ints
from binance_nb.sandbox.market.minutes import Minutes, Plans
from binance_nb.sandbox.market.noise import Bits, bits, field, key_of
from binance_nb.sandbox.market.prints import MINUTE_MS

__all__ = ["Tape", "TapeMaker", "Trade"]

_Flows: TypeAlias = tuple[Ints, Ints, Ints, Ints, Ints]

_SECONDS = 60
_PLANNED_AT_ONCE = 64
_LAST = 1 << 62


@dataclass(frozen=True)
class Trade:
    """One trade: a fill of one taker order by one maker order.

    Args:
        id: Trade id.
        print_id: Id of the aggregate trade that it belongs to.
        price_e8: Price in units of 1e-8.
        quantity_e8: Base amount in units of 1e-8.
        time_ms: When.
        is_buyer_maker: True when the taker sold.
    """

    id: int
    print_id: int
    price_e8: int
    quantity_e8: int
    time_ms: int
    is_buyer_maker: bool

    @property
    def price(self) -> Decimal:
        """Price."""
        return decimal_of(self.price_e8)

    @property
    def quantity(self) -> Decimal:
        """Base amount."""
        return decimal_of(self.quantity_e8)

    @property
    def quote_e8(self) -> int:
        """Quote amount, price times quantity, in units of 1e-8."""
        return self.price_e8 * self.quantity_e8 // E8


@dataclass(frozen=True)
class Tape:
    """A minute's prints in order of time, and what has been traded before each.

    Args:
        minute: Minute since the epoch.
        first_print: Id of the first print.
        first_trade: Id of each print's first trade, and of the trade after the minute's last.
        price_e8: Price of each print.
        lots: Quantity of each print in quantity steps.
        is_buy: 1 where the taker bought.
        time_ms: Time of each print, not decreasing.
        flows: Base, quote, trades, taker base and taker quote before each print, and in the whole minute last.
        step_e8: The quantity step.
    """

    minute: int
    first_print: int
    first_trade: list[int]
    price_e8: Ints
    lots: Ints
    is_buy: Ints
    time_ms: Ints
    flows: _Flows
    step_e8: int

    def __len__(self) -> int:
        return len(self.price_e8)

    def until(self, time_ms: int) -> int:
        """Return how many prints happened up to a time, which is included.

        Args:
            time_ms: The time.

        Returns:
            A count, which is also the index of the first later print.
        """
        return int(np.searchsorted(self.time_ms, time_ms, side="right"))

    def between(self, start: int, stop: int) -> Candle | None:
        """Return the candle of some consecutive prints.

        Args:
            start: Index of the first.
            stop: Index after the last.

        Returns:
            Their candle; None when there are none.
        """
        if start >= stop:
            return None
        prices = self.price_e8[start:stop]
        sums = [int(flow[stop] - flow[start]) for flow in self.flows]
        return Candle(int(prices[0]), int(prices.max()), int(prices.min()), int(prices[-1]), *sums)

    def seconds(self) -> Candles:
        """Return the minute's sixty candles of a second.

        Returns:
            Candles; a second without trades stands at the last price. The first second always has one.
        """
        edges = np.searchsorted(self.time_ms, self.minute * MINUTE_MS + 1000 * np.arange(_SECONDS + 1, dtype=np.int64))
        starts, stops = edges[:-1], edges[1:]
        is_traded = stops > starts
        close = self.price_e8[stops - 1]
        opens, high, low = close.copy(), close.copy(), close.copy()
        opens[is_traded] = self.price_e8[starts[is_traded]]
        high[is_traded] = np.maximum.reduceat(self.price_e8, starts[is_traded])
        low[is_traded] = np.minimum.reduceat(self.price_e8, starts[is_traded])
        return Candles(opens, high, low, close, *(flow[stops] - flow[starts] for flow in self.flows))

    def fills(self, index: int) -> list[Trade]:
        """Return the trades of one print.

        Args:
            index: The print's place in the minute.

        Returns:
            One trade, or two.
        """
        return [self._fill(index, trade_id, lots) for trade_id, lots in self.parts(index, int(self.lots[index]))]

    def parts(self, index: int, lots: int) -> list[tuple[int, int]]:
        """Split a print into its trades.

        Args:
            index: The print's place in the minute.
            lots: Its quantity in steps.

        Returns:
            Id and quantity in steps of one trade, or of two.
        """
        first, stop = self.first_trade[index], self.first_trade[index + 1]
        if stop - first == 1:
            return [(first, lots)]
        # Any split serves; two fifths keeps both parts at one lot or more.
        part = max(1, lots * 2 // 5)
        return [(first, part), (first + 1, lots - part)]

    def _fill(self, index: int, trade_id: int, lots: int) -> Trade:
        return Trade(
            id=trade_id,
            print_id=self.first_print + index,
            price_e8=int(self.price_e8[index]),
            quantity_e8=lots * self.step_e8,
            time_ms=int(self.time_ms[index]),
            is_buyer_maker=not self.is_buy[index],
        )


class TapeMaker:
    """Makes the tape of any minute of a symbol.

    Args:
        seed: The market's seed.
        minutes: The symbol's minutes.
    """

    def __init__(self, seed: int, minutes: Minutes) -> None:
        self._minutes = minutes
        self._key = key_of(seed, minutes.listing.symbol, "tape")
        # Who asks for one minute asks for the next: planned together they cost a third.
        self._planned = lru_cache(maxsize=8)(self._plan)

    def make(self, minute: int) -> Tape:
        """Make the tape of a minute.

        Args:
            minute: Minute since the epoch.

        Returns:
            Its prints.
        """
        plans, first_prints = self._planned(minute // _PLANNED_AT_ONCE)
        plan, first_print = plans.at(minute % _PLANNED_AT_ONCE), first_prints[minute % _PLANNED_AT_ONCE]
        taken = self._minutes.recorded(minute, minute + 1)
        recorded = None if taken is None else taken[1].tuples()[-1]
        count = int(plan.prints[0])
        first_trade = self._minutes.prints.first_trades(first_print, count)
        drawn = bits(self._key, np.arange(first_print, first_print + count, dtype=np.int64))
        prices, lots, is_buy = _laid_out(plan, self._corners(plan, recorded), drawn)
        return Tape(
            minute=minute,
            first_print=first_print,
            first_trade=first_trade,
            price_e8=prices,
            lots=lots,
            is_buy=is_buy,
            time_ms=minute * MINUTE_MS + _offsets(drawn),
            flows=_shared_out(recorded, lots) if recorded else self._flows(prices, lots, is_buy, first_trade),
            step_e8=self._minutes.listing.step_e8,
        )

    def _plan(self, block: int) -> tuple[Plans, list[int]]:
        """Plan consecutive minutes, and count the prints before each."""
        first = block * _PLANNED_AT_ONCE
        plans = self._minutes.plans(first, first + _PLANNED_AT_ONCE)
        return plans, [*accumulate(plans.prints.tolist(), initial=self._minutes.prints.first_print(first))]

    def _corners(self, plan: Plans, recorded: Candle | None) -> _Corners:
        tick = self._minutes.listing.tick_e8
        if recorded is None:
            opens, high, low, close = (int(price[0]) * tick for price in (plan.open, plan.high, plan.low, plan.close))
            return _Corners(opens, high, low, close, tick)
        # Older recordings may lie between today's ticks.
        is_on_grid = all(price % tick == 0 for price in recorded[:4])
        grid = tick if is_on_grid else 1
        return _Corners(recorded.open, recorded.high, recorded.low, recorded.close, grid)

    def _flows(self, prices: Ints, lots: Ints, is_buy: Ints, first_trade: list[int]) -> _Flows:
        listing = self._minutes.listing
        volume = lots * (listing.step_e8 // self._minutes.volume_unit_e8)
        quote = prices // listing.tick_e8 * lots * (listing.tick_e8 * listing.step_e8 // E8)
        return (
            _running(volume),
            _running(quote),
            np.array(first_trade, dtype=np.int64) - first_trade[0],
            _running(volume * is_buy),
            _running(quote * is_buy),
        )


@dataclass(frozen=True)
class _Corners:
    """Where a minute's price path turns, in units of 1e-8, and the grid its other prices lie on."""

    open: int
    high: int
    low: int
    close: int
    grid: int

    @property
    def middle(self) -> int:
        return self.low + (self.high - self.low) // (2 * self.grid) * self.grid


def _laid_out(plan: Plans, corners: _Corners, drawn: Bits) -> tuple[Ints, Ints, Ints]:
    """Return price, lots and taker side of each print, in order."""
    pair_lots, pair_is_buy = _filler_pairs(plan, drawn)
    pairs = len(pair_lots)
    reach = (corners.middle - corners.low) // corners.grid
    apart = ((reach + 1) * field(drawn[:pairs], 0, 24) >> 24) * corners.grid
    fillers = np.concatenate([corners.middle - apart, corners.middle + apart])
    places, filler_places = _walk(corners, fillers, field(drawn[: 2 * pairs], 32, 2))
    order = np.argsort(np.concatenate([places, filler_places]), kind="stable")
    prices = np.concatenate([[corners.open, corners.low, corners.high, corners.close], fillers])
    set_lots = np.concatenate([plan.open_lots, plan.low_lots, plan.high_lots, plan.close_lots])
    set_is_buy = np.concatenate([plan.open_is_buy, [0], [1], plan.close_is_buy])
    lots = np.concatenate([set_lots, pair_lots, pair_lots])
    is_buy = np.concatenate([set_is_buy, pair_is_buy, pair_is_buy])
    return prices[order], lots[order], is_buy[order]


def _filler_pairs(plan: Plans, drawn: Bits) -> tuple[Ints, Ints]:
    buys, sells = int(plan.buy_pairs[0]), int(plan.sell_pairs[0])
    weights = 1 + field(drawn[: buys + sells], 24, 8)
    bought = _shares(int(plan.buy_spare[0]), weights[:buys])
    sold = _shares(int(plan.sell_spare[0]), weights[buys:])
    return 2 + np.concatenate([bought, sold]), np.repeat(np.array([1, 0], dtype=np.int64), [buys, sells])


def _shares(total: int, weights: Ints) -> Ints:
    """Split a total by weights so that the parts sum to it."""
    running = np.cumsum(weights)
    edges: Ints = total * running // running[-1]
    return np.diff(edges, prepend=0)


def _walk(corners: _Corners, fillers: Ints, drawn: Ints) -> tuple[Ints, Ints]:
    """Return how far along the minute's way its set prints and its fillers lie."""
    is_rising = corners.close >= corners.open
    # A falling minute is a rising one in the mirror.
    sign = 1 if is_rising else -1
    start, end = sign * corners.open, sign * corners.close
    bottom, top = (corners.low, corners.high) if is_rising else (-corners.high, -corners.low)
    heights = sign * fillers
    turn, second_turn = start - bottom, start - bottom + top - bottom
    filler_places = np.where(
        (drawn == 0) & (heights <= start),
        start - heights,
        np.where((drawn == 3) & (heights >= end), second_turn + top - heights, turn + heights - bottom),
    )
    low, high = (turn, second_turn) if is_rising else (second_turn, turn)
    return np.array([-1, low, high, _LAST], dtype=np.int64), filler_places


def _offsets(drawn: Bits) -> Ints:
    offsets = field(drawn, 40, 16) * MINUTE_MS >> 16
    # A trade in the first second keeps that second's candle inside the minute's own range.
    offsets[0] = offsets[0] // _SECONDS
    return np.sort(offsets)


def _running(parts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(parts)])


def _shared_out(recorded: Candle, lots: Ints) -> _Flows:
    """Hand a recorded minute's amounts out over its prints, by their synthetic quantities."""
    done = [0, *accumulate(lots.tolist())]

    def running(amount: int) -> Ints:
        return np.array([amount * part // done[-1] for part in done], dtype=np.int64)

    # Bought and sold amounts are handed out apart, so that rounding never lets a part exceed its whole.
    taker_volume, taker_quote = running(recorded.taker_volume), running(recorded.taker_quote)
    volume = taker_volume + running(recorded.volume - recorded.taker_volume)
    quote = taker_quote + running(recorded.quote - recorded.taker_quote)
    return volume, quote, running(recorded.trade_count), taker_volume, taker_quote
