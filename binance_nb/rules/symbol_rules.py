"""The filters of symbols, remembered when exchange_info passes by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["SymbolRules"]

_Config = Mapping[str, Any]  # Any: a filter's fields are texts, counts and flags


class SymbolRules:
    """What is known of the rules of one environment; nothing is ever asked for."""

    def __init__(self) -> None:
        self._of_symbols: dict[str, tuple[_Config, ...]] = {}
        self._of_exchange: tuple[_Config, ...] = ()
        # Thousands of symbols share a few dozen rules.
        self._known: dict[tuple[tuple[str, Any], ...], _Config] = {}

    def learn(self, said: Mapping[str, Any]) -> None:
        """Take over what an exchange_info says.

        Args:
            said: The decoded answer.
        """
        for entry in said.get("symbols", ()):
            self._of_symbols[entry["symbol"]] = self._shared(entry.get("filters", ()))
        if stated := self._shared(said.get("exchangeFilters", ())):
            self._of_exchange = stated

    def find(self, symbol: str, name: str) -> _Config | None:
        """Return a filter's configuration.

        Args:
            symbol: The symbol.
            name: The ``filterType``.

        Returns:
            Its fields by name; None where it has not been seen.
        """
        rules = (*self._of_symbols.get(symbol, ()), *self._of_exchange)
        return next((rule for rule in rules if rule.get("filterType") == name), None)

    def _shared(self, rules: Iterable[_Config]) -> tuple[_Config, ...]:
        return tuple(self._known.setdefault(tuple(rule.items()), rule) for rule in rules)
