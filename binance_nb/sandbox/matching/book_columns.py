"""The market's levels as columns, with what users have taken from them and put among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import TypeAlias

import numpy as np

from binance_nb.sandbox.candles import Ints

__all__ = ["Columns", "overlaid"]

Columns: TypeAlias = tuple[Ints, Ints]
"""Prices, the best first, and quantities, in units of 1e-8."""

_MOST = (1 << 63) - 1


def overlaid(
    drawn: Columns, direction: int, *, taken: Mapping[int, int], across_e8: int, shown: Iterable[tuple[int, int]]
) -> Columns:
    """Lay what users did over one side of the market's book.

    Args:
        drawn: The market's levels.
        direction: 1 for the asks, -1 for the bids.
        taken: How much is gone, by price.
        across_e8: The users' best price on the other side, or 0; levels that would trade with it are not there.
        shown: Prices and quantities of the users' orders on this side.

    Returns:
        What can be seen. Quantities are Python's integers where 64 bits do not hold them.
    """
    # Rising, whichever side it is.
    ranks, quantities = direction * drawn[0], drawn[1]
    if taken:
        ranks, quantities = _lessened(ranks, quantities, {direction * price: gone for price, gone in taken.items()})
    if across_e8:
        first = int(np.searchsorted(ranks, direction * across_e8, side="right"))
        ranks, quantities = ranks[first:], quantities[first:]
    own: Counter[int] = Counter()
    for price_e8, quantity_e8 in shown:
        own[direction * price_e8] += quantity_e8
    if own:
        ranks, quantities = _joined(ranks, quantities, own)
    return direction * ranks, quantities


def _lessened(ranks: Ints, quantities: Ints, taken: Mapping[int, int]) -> Columns:
    gone = np.array(list(taken), dtype=np.int64)
    places = np.searchsorted(ranks, gone)
    left = quantities.copy()
    for place, rank, amount in zip(places.tolist(), taken, taken.values(), strict=True):
        if place < len(ranks) and ranks[place] == rank:
            left[place] -= min(amount, int(left[place]))
    stands = left > 0
    return ranks[stands], left[stands]


def _joined(ranks: Ints, quantities: Ints, own: Mapping[int, int]) -> Columns:
    wanted = np.array(sorted(own), dtype=np.int64)
    places = np.searchsorted(ranks, wanted)
    is_new = np.ones(len(wanted), dtype=np.bool_)
    if len(ranks):
        is_new = ranks.take(places, mode="clip") != wanted
    ranks = np.insert(ranks, places[is_new], wanted[is_new])
    quantities = np.insert(quantities, places[is_new], 0)
    # Each new level has moved those behind it by one.
    moved = [0, *accumulate(is_new.tolist())]
    sums = {
        place + shift: int(quantities[place + shift]) + own[rank]
        for place, shift, rank in zip(places.tolist(), moved, wanted.tolist(), strict=False)
    }
    # Whoever is given enough money can offer more than 64 bits hold.
    if max(sums.values()) > _MOST:
        quantities = quantities.astype(object)
    for place, quantity in sums.items():
        quantities[place] = quantity
    return ranks, quantities
