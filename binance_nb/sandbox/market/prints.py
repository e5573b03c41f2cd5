"""How many trades each minute has, and the ids that follow from it.

A print is one aggregate trade. Minutes, hours and days come in pairs that lend prints to each other, so the
number of prints before any minute is a closed form and ids are functions of time. Every two prints hold three
trades: one of the two, drawn by lot, is filled in two parts. Ids start at 0 in the listing's first minute.
"""

from __future__ import annotations

import numpy as np

from binance_nb.sandbox.candles import Ints
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market.noise import bits, field, key_of

__all__ = ["MINUTE_MS", "Prints"]

MINUTE_MS = 60_000
_HOUR = 60
_DAY = 1440
_FEWEST = 8


class Prints:
    """Counts and ids of a symbol's prints and trades.

    Args:
        seed: The market's seed.
        listing: The symbol.
    """

    def __init__(self, seed: int, listing: Listing) -> None:
        self.first_minute = listing.listed_at_ms // MINUTE_MS
        self._mean = listing.prints_per_minute
        self._swing = (self._mean - _FEWEST) // 6
        self._keys = {span: key_of(seed, listing.symbol, f"prints/{span}") for span in (1, _HOUR, _DAY)}
        self._split_key = key_of(seed, listing.symbol, "split")

    def counts(self, first: int, stop: int) -> Ints:
        """Return the number of prints in consecutive minutes; always even, at least 8.

        Args:
            first: First minute since the epoch.
            stop: Minute after the last.

        Returns:
            Prints a minute.
        """
        since = np.arange(first, stop, dtype=np.int64) - self.first_minute
        total = np.full(len(since), self._mean, dtype=np.int64)
        for span in self._keys:
            loan = self._loans(span, since)
            total += np.where((since // span) & 1, -loan, loan)
        return total

    def before(self, minutes: Ints) -> Ints:
        """Return the id of the first print of each minute.

        Args:
            minutes: Minutes since the epoch, ascending.

        Returns:
            Prints since the listing.
        """
        since = minutes - self.first_minute
        total = since * self._mean
        for span in self._keys:
            place = since % (2 * span)
            # A pair's loan is handed out over its first half and taken back over its second.
            total += self._loans(span, since) * np.minimum(place, 2 * span - place)
        return total

    def first_print(self, minute: int) -> int:
        """Return the id of a minute's first print.

        Args:
            minute: Minute since the epoch.

        Returns:
            The id.
        """
        return int(self.before(np.array([minute], dtype=np.int64))[0])

    def minute_of(self, print_id: int) -> int:
        """Return the minute in which a print happened.

        Args:
            print_id: Id of the print, 0 or more.

        Returns:
            Minute since the epoch.
        """
        strays = 2 * self._swing * (1 + _HOUR + _DAY) // self._mean + 1
        guess = self.first_minute + print_id // self._mean
        minutes = np.arange(guess - strays, guess + strays + 1, dtype=np.int64)
        return int(minutes[np.searchsorted(self.before(minutes), print_id, side="right") - 1])

    def first_trades(self, first_print: int, count: int) -> list[int]:
        """Return the ids of the first trade of consecutive prints, and of the one after them.

        Args:
            first_print: Id of the first print.
            count: How many prints.

        Returns:
            ``count + 1`` trade ids; a print's last trade is the next one's first less one.
        """
        ids = np.arange(first_print, first_print + count + 1, dtype=np.int64)
        pairs = ids >> 1
        first_is_split = field(bits(self._split_key, pairs), 0, 1)
        trades: list[int] = (3 * pairs + (ids & 1) * (1 + first_is_split)).tolist()
        return trades

    def print_of(self, trade_id: int) -> int:
        """Return the print that a trade belongs to.

        Args:
            trade_id: Id of the trade, 0 or more.

        Returns:
            Id of the print.
        """
        pair = trade_id // 3
        second = self.first_trades(2 * pair, 2)[1]
        return 2 * pair + (trade_id >= second)

    def _loans(self, span: int, since: Ints) -> Ints:
        pairs = since // (2 * span)
        low, high = int(pairs[0]), int(pairs[-1])
        if high - low > 2 * len(pairs):
            return self._drawn_loans(span, pairs)
        return self._drawn_loans(span, np.arange(low, high + 1, dtype=np.int64))[pairs - low]

    def _drawn_loans(self, span: int, pairs: Ints) -> Ints:
        drawn = field(bits(self._keys[span], pairs), 0, 32)
        return 2 * (drawn % (2 * self._swing + 1) - self._swing)
