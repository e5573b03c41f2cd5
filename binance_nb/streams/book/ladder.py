"""One order book, as exact as the exchange prints it: no I/O, no clock, no threads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

__all__ = ["Applied", "Ladder", "Level", "Levels", "Side"]

Level: TypeAlias = tuple[str, str]
"""A price and the quantity that stands there, with the exchange's own digits."""

Levels: TypeAlias = Iterable[Sequence[str]]
"""Prices and quantities as JSON has them."""

_ENDLESS = float("inf")

Applied: TypeAlias = Literal["applied", "skipped", "gap"]
"""What became of a change: it is in, it was old, or one before it is missing."""


class Side:
    """One side of a book: levels by price text, and the prices in order, the best one last.

    Most changes are near the best price, so the end of a list is where inserting and deleting cost least, and most of
    them touch a price that is there: then nothing but the dict changes. Prices are put in order by their floats, which
    is exact but for two texts with the same float; those are compared as Decimals. The floats of a level are made when
    they are first read, and kept up from then on: most levels are never drawn.

    Args:
        sign: 1 where the highest price is the best, -1 where the lowest is.
    """

    __slots__ = ("_edge", "_floats", "_levels", "_ranks", "_sign", "_texts")

    def __init__(self, sign: Literal[1, -1]) -> None:
        self._sign = sign
        self._levels: dict[str, Level] = {}
        self._floats: dict[str, tuple[float, float]] = {}
        self._ranks: list[float] = []
        self._texts: list[str] = []
        self._edge: str | None = None

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def best(self) -> str | None:
        """The best price; None where nobody stands."""
        return self._texts[-1] if self._texts else None

    @property
    def edge(self) -> str | None:
        """The worst price of the snapshot, beyond which levels are known only if they have changed since.

        None where the snapshot held the whole side.
        """
        return self._edge

    @property
    def known(self) -> int:
        """How many of the best levels there are before the edge, so that none is missing among them."""
        if self._edge is None:
            return len(self._texts)
        return len(self._texts) - bisect_left(self._ranks, self._sign * float(self._edge))

    def load(self, levels: Levels, limit: int | None) -> None:
        """Take a snapshot's side over.

        Args:
            levels: Its levels, the best first.
            limit: How many were asked for: with fewer it is the whole side. None for the whole side in any case.

        Raises:
            ValueError: As of `apply`.
        """
        listed = [(price, quantity) for price, quantity in levels]
        for price, quantity in listed:
            if not (0.0 < float(price) < _ENDLESS and 0.0 <= float(quantity) < _ENDLESS):
                raise ValueError(f"No level of a book: {price!r} {quantity!r}")
        sign = self._sign
        ranked = sorted((sign * float(price), sign * Decimal(price), price) for price, _ in listed)
        self._levels = {level[0]: level for level in listed}
        self._floats = {}
        self._ranks = [rank for rank, _, _ in ranked]
        self._texts = [text for _, _, text in ranked]
        self._edge = self._texts[0] if limit is not None and self._texts and len(self._texts) >= limit else None

    def apply(self, levels: Levels) -> None:
        """Set levels to what stands there now; a quantity of zero takes a level away.

        Args:
            levels: What has changed.

        Raises:
            ValueError: One of them is none: a price or a quantity that is no number, below zero, or without end.
        """
        standing, floats, ranks, texts, sign = self._levels, self._floats, self._ranks, self._texts, self._sign
        for price, quantity in levels:
            amount = float(quantity)
            if 0.0 < amount < _ENDLESS:
                if price in standing:
                    if price in floats:
                        floats[price] = floats[price][0], amount
                else:
                    worth = float(price)
                    if not 0.0 < worth < _ENDLESS:
                        raise ValueError(f"No price of a book: {price!r}")
                    rank = sign * worth
                    place = bisect_left(ranks, rank)
                    if place < len(ranks) and ranks[place] == rank:
                        place = self._place_among_equals(price, place)
                    ranks.insert(place, rank)
                    texts.insert(place, price)
                standing[price] = price, quantity
            elif amount != 0.0:  # so is what is no number
                raise ValueError(f"No quantity of a book: {quantity!r}")
            elif price in standing:
                place = bisect_left(ranks, sign * float(price))
                while texts[place] != price:
                    place += 1
                self._take_away(place)
            else:
                self._take_away_otherwise_written(price)

    def top(self, count: int) -> list[Level]:
        """Return the best levels.

        Args:
            count: How many at most.

        Returns:
            Prices and quantities, the best first.
        """
        return list(map(self._levels.__getitem__, self._texts[: -count - 1 : -1])) if count > 0 else []

    def floats(self, count: int) -> list[tuple[float, float]]:
        """Return the best levels as floats, for those who draw them.

        Args:
            count: How many at most.

        Returns:
            Prices and quantities, the best first.
        """
        if count <= 0:
            return []
        texts, known = self._texts[: -count - 1 : -1], self._floats
        found = list(map(known.get, texts))
        for place, pair in enumerate(found) if None in found else ():
            if pair is None:
                price, quantity = self._levels[texts[place]]
                found[place] = known[price] = float(price), float(quantity)
        return found  # type: ignore[return-value]  # none of them is None any more

    def _place_among_equals(self, price: str, place: int) -> int:
        """Return where a price belongs among those with the same float; the same price in other digits makes way."""
        ranks, texts = self._ranks, self._texts
        rank, exact = ranks[place], self._sign * Decimal(price)
        while place < len(ranks) and ranks[place] == rank:
            there = self._sign * Decimal(texts[place])
            if there == exact:
                self._take_away(place)
                break
            if there > exact:
                break
            place += 1
        return place

    def _take_away(self, place: int) -> None:
        price = self._texts[place]
        del self._levels[price], self._ranks[place], self._texts[place]
        self._floats.pop(price, None)

    def _take_away_otherwise_written(self, price: str) -> None:
        """Take a level away whose price has other digits; mostly there is none, for it lies beyond the snapshot."""
        rank = self._sign * float(price)
        place = bisect_left(self._ranks, rank)
        while place < len(self._ranks) and self._ranks[place] == rank:
            if Decimal(self._texts[place]) == Decimal(price):
                self._take_away(place)
                return
            place += 1


class Ladder:
    """Both sides of a book at an update id.

    Attributes:
        update_id: Of the newest change that is in; -1 before anything was loaded.
        bids: The side of those who buy.
        asks: The side of those who sell.
    """

    __slots__ = ("asks", "bids", "update_id")

    def __init__(self) -> None:
        self.update_id = -1
        self.bids = Side(1)
        self.asks = Side(-1)

    def __len__(self) -> int:
        return len(self.bids) + len(self.asks)

    @property
    def best(self) -> tuple[str | None, str | None]:
        """The best bid and the best ask; None where nobody stands."""
        return self.bids.best, self.asks.best

    @property
    def is_crossed(self) -> bool:
        """Whether somebody bids as much as another asks, or more; no book is like that between two events."""
        bids, asks = self.bids, self.asks
        # Their ranks tell it but where both prices have the same float.
        if not bids._ranks or not asks._ranks or bids._ranks[-1] < -asks._ranks[-1]:
            return False
        return Decimal(bids._texts[-1]) >= Decimal(asks._texts[-1])

    def load(self, update_id: int, bids: Levels, asks: Levels, *, limit: int | None = None) -> None:
        """Take a snapshot over; what was there is forgotten.

        Args:
            update_id: Its ``lastUpdateId``.
            bids: Its bids.
            asks: Its asks.
            limit: How many levels a side were asked for; None when it holds the whole book.
        """
        self.bids.load(bids, limit)
        self.asks.load(asks, limit)
        self.update_id = update_id

    def apply(self, first_id: int, last_id: int, bids: Levels, asks: Levels) -> Applied:
        """Take in the changes of an event, by the documented rules.

        Args:
            first_id: Its ``U``.
            last_id: Its ``u``.
            bids: What has changed of the bids.
            asks: What has changed of the asks.

        Returns:
            What became of it; nothing has changed unless it is ``applied``.
        """
        if last_id < self.update_id:
            return "skipped"
        if first_id > self.update_id + 1:
            return "gap"
        self.bids.apply(bids)
        self.asks.apply(asks)
        self.update_id = last_id
        return "applied"

    def top(self, count: int) -> tuple[list[Level], list[Level]]:
        """Return the best levels.

        Args:
            count: How many a side at most.

        Returns:
            Bids and asks, each the best first.
        """
        return self.bids.top(count), self.asks.top(count)

    def floats(self, count: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """Return the best levels as floats; see `Side.floats`.

        Args:
            count: How many a side at most.

        Returns:
            Bids and asks, each the best first.
        """
        return self.bids.floats(count), self.asks.floats(count)
