"""The rules of symbols, remembered when exchange_info passes by."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from binance_nb.rules.facts import SymbolTerms

__all__ = ["SymbolRules"]

_Config = Mapping[str, Any]  # Any: a filter's fields are texts, counts and flags


class SymbolRules:
    """What is known of the rules of one environment; nothing is ever asked for.

    Args:
        now_seconds: A clock that never goes back.

    Attributes:
        routed: The symbols with smart order routing; None where they have not been told.
    """

    def __init__(self, now_seconds: Callable[[], float] = time.monotonic) -> None:
        self._now_seconds = now_seconds
        self._of_symbols: dict[str, tuple[_Config, ...]] = {}
        self._of_exchange: tuple[_Config, ...] = ()
        self._terms: dict[str, SymbolTerms] = {}
        self._learned: dict[str, float] = {}
        self.routed: frozenset[str] | None = None
        # Thousands of symbols share a few dozen rules.
        self._known: dict[tuple[tuple[str, Any], ...], _Config] = {}
        self._shared_parts: dict[tuple[object, ...], tuple[Any, ...]] = {}

    def learn(self, said: Mapping[str, Any]) -> None:
        """Take over what an exchange_info says.

        Args:
            said: The decoded answer.
        """
        for entry in said.get("symbols", ()):
            symbol = entry["symbol"]
            self._of_symbols[symbol] = self._shared(entry.get("filters", ()))
            self._terms[symbol] = SymbolTerms.of(entry, self._part)
            self._learned[symbol] = self._now_seconds()
        if stated := self._shared(said.get("exchangeFilters", ())):
            self._of_exchange = stated
        if "sors" in said:
            self.routed = frozenset(symbol for each in said["sors"] for symbol in each.get("symbols", ()))

    def find(self, symbol: str, name: str) -> _Config | None:
        """Return a filter's configuration.

        Args:
            symbol: The symbol.
            name: The ``filterType``.

        Returns:
            Its fields by name; None where it has not been seen.
        """
        return next((rule for rule in self.filters(symbol) if rule.get("filterType") == name), None)

    def filters(self, symbol: str) -> tuple[_Config, ...]:
        """Return the filters of a symbol and those of the exchange.

        Args:
            symbol: The symbol.

        Returns:
            Those that have been seen.
        """
        return (*self._of_symbols.get(symbol, ()), *self._of_exchange)

    def terms(self, symbol: str) -> SymbolTerms | None:
        """Return what else is known of a symbol, None if it has not been seen."""
        return self._terms.get(symbol)

    def age_seconds(self, symbol: str) -> float | None:
        """Return how long ago a symbol's rules were told; None where they have not been, or do not hold any more."""
        learned = self._learned.get(symbol)
        return None if learned is None else self._now_seconds() - learned

    def distrust(self, symbol: str) -> None:
        """Let a symbol's rules count as outdated: the exchange refused what they allow."""
        self._learned.pop(symbol, None)

    def _shared(self, rules: Iterable[_Config]) -> tuple[_Config, ...]:
        return tuple(self._known.setdefault(tuple(rule.items()), rule) for rule in rules)

    def _part(self, part: tuple[Any, ...]) -> tuple[Any, ...]:
        return self._shared_parts.setdefault(part, part)
