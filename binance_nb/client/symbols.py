"""The symbols an environment lists, remembered when exchange_info passes by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from binance_nb.catalog import Endpoint
from binance_nb.catalog.limits import parse_limits
from binance_nb.client.budget import WeightBudget
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import did_you_mean, nearest

__all__ = ["SymbolNames"]


class SymbolNames:
    """Symbol names of one environment; empty until exchange_info was answered whole."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the whole list has been seen."""
        return bool(self.names)

    def check(self, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        """Refuse a symbol that is written with small letters or spaces, or is not on the list once it is known.

        Args:
            endpoint: The endpoint to be called.
            sent: Wire texts.

        Raises:
            UsageError: The symbol cannot exist; the suggestion is the nearest that does.
        """
        for symbol in _symbols(sent):
            if symbol != symbol.upper() or not symbol.isalnum():
                tidy = "".join(letter for letter in symbol if letter.isalnum()).upper()
                raise UsageError(
                    f"{symbol!r} is not a symbol.",
                    hint="Symbols are written in capitals and without a separator.",
                    suggestion=self._nearest(tidy) or tidy or None,
                    culprit=symbol,
                    operation=endpoint.name,
                )
            if self.is_known and symbol not in self.names and endpoint.name != "exchange_info":
                raise self._unknown(endpoint, symbol)

    def learn(self, endpoint: Endpoint, sent: Mapping[str, str], body: bytes, budget: WeightBudget) -> None:
        """Remember names and limits when a whole exchange_info passes by.

        Args:
            endpoint: The endpoint that was called.
            sent: Wire texts.
            body: The reply's bytes.
            budget: Learns the limits.
        """
        if endpoint.rows.at != "symbols" or set(sent) - {"showPermissionSets"}:
            return
        said = json.loads(body)
        self.names = tuple(entry["symbol"] for entry in said.get("symbols", ()))
        budget.learn(parse_limits(said.get("rateLimits", ())))

    def explain(self, endpoint: Endpoint, sent: Mapping[str, str], error: BinanceError) -> BinanceError:
        """Add the nearest symbol to the exchange's "Invalid symbol.".

        Args:
            endpoint: The endpoint that was called.
            sent: Wire texts.
            error: The error to raise.

        Returns:
            The same error, with culprit, hint and suggestion.
        """
        wrong = next((symbol for symbol in _symbols(sent) if symbol not in self.names), None)
        if wrong is not None:
            error.culprit = wrong
            error.message = f"{error.message.rstrip('.')}: {wrong}."
            error.hint = did_you_mean(wrong, self.names) or error.hint
            error.suggestion = self._nearest(wrong)
        return error

    def _nearest(self, symbol: str) -> str | None:
        return symbol if symbol in self.names else next(iter(nearest(symbol, self.names)), None)

    def _unknown(self, endpoint: Endpoint, symbol: str) -> UsageError:
        return UsageError(
            f"There is no symbol {symbol} here.",
            hint=did_you_mean(symbol, self.names) or f"{len(self.names)} symbols are listed: %binance exchange_info",
            suggestion=self._nearest(symbol),
            culprit=symbol,
            operation=endpoint.name,
        )


def _symbols(sent: Mapping[str, str]) -> Iterable[str]:
    if "symbol" in sent:
        yield sent["symbol"]
    if "symbols" in sent:
        yield from json.loads(sent["symbols"])
