"""When the tape next reaches a price: over minutes as candles first, then print by print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from binance_nb.sandbox.market.prints import MINUTE_MS
from binance_nb.sandbox.market.spans import SymbolMarket

__all__ = ["NEVER_MS", "Position", "Reached", "TapeSearch"]

NEVER_MS = 1 << 62
"""Later than any moment there is."""

# What is reached is mostly near, so the first blocks are short; the longest is eight days.
_FIRST_BLOCK, _LONGEST_BLOCK, _GROWTH = 16, 8 * 1440, 8


class Position(NamedTuple):
    """A place on the tape.

    Attributes:
        minute: Minute since the epoch.
        place: Which of the minute's prints; their number where the next one is in the minute after.
    """

    minute: int
    place: int


class Reached(NamedTuple):
    """The print that reached a price.

    Attributes:
        position: Where it is.
        time_ms: When it was made.
        price_e8: Its price.
        quantity_e8: Its base amount.
    """

    position: Position
    time_ms: int
    price_e8: int
    quantity_e8: int


class TapeSearch:
    """Looks forward on the tape of one symbol.

    Args:
        market: The symbol's market.
    """

    def __init__(self, market: SymbolMarket) -> None:
        self._market = market

    def after(self, time_ms: int) -> Position:
        """Return where the first print after a moment is or will be.

        Args:
            time_ms: The moment; prints of that very millisecond lie before.

        Returns:
            The position.
        """
        minute = time_ms // MINUTE_MS
        if minute < self._market.first_minute:
            return Position(self._market.first_minute, 0)
        return Position(minute, self._market.tape(minute).until(time_ms))

    def time_ms(self, position: Position) -> int:
        """Return when the print at a position is made.

        Args:
            position: The position.

        Returns:
            The moment; `NEVER_MS` once the symbol has stopped.
        """
        tape = self._market.tape(position.minute)
        if position.place < len(tape):
            made_ms = int(tape.time_ms[position.place])
        else:
            made_ms = int(self._market.tape(position.minute + 1).time_ms[0])
        return made_ms if made_ms <= self._market.listing.last_ms else NEVER_MS

    def first(self, start: Position, lower_e8: int, upper_e8: int, until_ms: int) -> Reached | None:
        """Find the first print at or below one price, or at or above another.

        Args:
            start: Where to begin, included.
            lower_e8: The lower price.
            upper_e8: The upper price.
            until_ms: Last moment to look at.

        Returns:
            The print; None when there is none.
        """
        until_ms = min(until_ms, self._market.listing.last_ms)
        stop = until_ms // MINUTE_MS + 1
        if start.minute >= stop:
            return None
        found = self._in_minute(start, lower_e8, upper_e8)
        minutes = iter(()) if found else self._reaching(start.minute + 1, stop, lower_e8, upper_e8)
        for minute in minutes:
            found = self._in_minute(Position(minute, 0), lower_e8, upper_e8)
            if found:
                break
        return found if found and found.time_ms <= until_ms else None

    def _in_minute(self, start: Position, lower_e8: int, upper_e8: int) -> Reached | None:
        tape = self._market.tape(start.minute)
        prices = tape.price_e8[start.place :]
        hits = np.flatnonzero((prices <= lower_e8) | (prices >= upper_e8))
        if not len(hits):
            return None
        place = start.place + int(hits[0])
        quantity_e8 = int(tape.lots[place]) * tape.step_e8
        return Reached(Position(start.minute, place), int(tape.time_ms[place]), int(tape.price_e8[place]), quantity_e8)

    def _reaching(self, first: int, stop: int, lower_e8: int, upper_e8: int) -> Iterator[int]:
        block = _FIRST_BLOCK
        while first < stop:
            candles = self._market.minutes.candles(first, min(stop, first + block))
            reached = (candles.low <= lower_e8) | (candles.high >= upper_e8)
            yield from (first + np.flatnonzero(reached)).tolist()
            first, block = first + block, min(block * _GROWTH, _LONGEST_BLOCK)
