"""What a call costs: the weight rules of the documentation, each able to price one call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ByLimit", "BySymbols", "Fixed", "IfSent", "Tiers", "WeightRule"]

Tiers = tuple[tuple[int | None, int], ...]


def _tier(tiers: Tiers, value: int) -> int:
    return next(weight for top, weight in tiers if top is None or value <= top)


def _is_on(text: str | None) -> bool:
    return text is not None and text.lower() != "false"


@dataclass(frozen=True)
class Fixed:
    """The same weight for every call."""

    weight: int

    def price(self, sent: Mapping[str, str]) -> int:
        """Return the weight of a call.

        Args:
            sent: Wire texts by parameter name.

        Returns:
            Request weight.
        """
        return self.weight


@dataclass(frozen=True)
class ByLimit:
    """A weight that grows in tiers with how many rows are asked for."""

    parameter: str
    default: int
    clamp: int
    tiers: Tiers

    def price(self, sent: Mapping[str, str]) -> int:
        """Return the weight of a call; see `Fixed.price`."""
        asked = sent.get(self.parameter, "")
        # A text that is no number is refused elsewhere; its price still has to be one.
        rows = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 20 else self.default
        return _tier(self.tiers, min(rows, self.clamp))


@dataclass(frozen=True)
class BySymbols:
    """A weight that grows with the number of symbols.

    Attributes:
        one: Weight when ``symbol`` is sent.
        omitted: Weight when neither ``symbol`` nor ``symbols`` is; None where that is not allowed.
        each: Weight per symbol of ``symbols``, up to ``cap``.
        cap: Highest weight in all.
        tiers: The weight by the number of symbols, instead of ``each``.
    """

    one: int
    omitted: int | None
    each: int | None = None
    cap: int | None = None
    tiers: Tiers = ()

    def price(self, sent: Mapping[str, str]) -> int:
        """Return the weight of a call; see `Fixed.price`. A call that is not allowed costs as much as the dearest."""
        if "symbol" in sent:
            return self.one
        if "symbols" in sent and (self.each is not None or self.tiers):
            return self._many(_count(sent["symbols"]))
        return self.omitted if self.omitted is not None else self._many(1)

    def _many(self, count: int) -> int:
        if self.each is None:
            return _tier(self.tiers, count)
        weight = self.each * count
        return weight if self.cap is None else min(self.cap, weight)


def _count(text: str) -> int:
    try:
        symbols = json.loads(text)
    except (ValueError, RecursionError):
        return 1
    return len(symbols) if isinstance(symbols, list) else 1


@dataclass(frozen=True)
class IfSent:
    """A base weight, replaced when a parameter is sent and is not false."""

    base: int
    parameter: str
    weight: int

    def price(self, sent: Mapping[str, str]) -> int:
        """Return the weight of a call; see `Fixed.price`."""
        return self.weight if _is_on(sent.get(self.parameter)) else self.base


WeightRule = Fixed | ByLimit | BySymbols | IfSent
