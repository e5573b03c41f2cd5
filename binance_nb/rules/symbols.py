"""The symbols an environment lists, remembered when exchange_info passes by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from binance_nb.catalog import Endpoint
from binance_nb.catalog.limits import RateLimit, parse_limits
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import did_you_mean, nearest
from binance_nb.rules.symbol_ranks import SymbolRanks
from binance_nb.rules.symbol_rules import SymbolRules

__all__ = ["SymbolNames"]


class SymbolNames:
    """Symbol names of one environment; empty until exchange_info was answered whole.

    Attributes:
        names: All symbols.
        ranks: Which of them a person most likely means.
        rules: The filters of each symbol seen so far.
        digits: Of each symbol seen so far, the decimals that its tick leaves a ``price`` and its step a ``quantity``.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.ranks = SymbolRanks()
        self.rules = SymbolRules()
        self.digits: dict[str, dict[str, int]] = {}

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
            if "," in symbol:
                raise UsageError(
                    f"{endpoint.name} takes one symbol here, not {symbol}.",
                    hint="Some calls take several, as --symbols; %binance help tells."
                    if "symbols" not in sent
                    else None,
                    culprit=symbol,
                    operation=endpoint.name,
                )
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

    def learn(self, endpoint: Endpoint, sent: Mapping[str, str], body: bytes) -> Sequence[RateLimit]:
        """Remember ticks and steps when an exchange_info passes by, names and limits when it is the whole one.

        Args:
            endpoint: The endpoint that was called.
            sent: Wire texts.
            body: The reply's bytes.

        Returns:
            The limits of the exchange, if it told them.
        """
        self.ranks.learn(endpoint, _symbols(sent), body)
        if endpoint.rows.at != "symbols":
            return ()
        try:
            said = json.loads(body)
            digits = {entry["symbol"]: _digits(entry.get("filters", ())) for entry in said.get("symbols", ())}
            self.rules.learn(said)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
            return ()  # what cannot be read is the decoder's to report
        self.digits |= digits
        quotes = {entry["symbol"]: entry.get("quoteAsset", "") for entry in said.get("symbols", ())}
        self.ranks.quotes = self.ranks.quotes | quotes  # replaced, never changed: another thread may be reading it
        if not set(sent) - {"showPermissionSets"}:
            self.names = tuple(digits)
            return parse_limits(said.get("rateLimits", ()))
        if self.is_known:
            # A symbol with special permissions is on no whole list, but is known once it was asked for by name.
            self.names = tuple(dict.fromkeys((*self.names, *digits)))
        return ()

    def explain(self, endpoint: Endpoint, sent: Mapping[str, str], error: BinanceError) -> BinanceError:
        """Add the nearest symbol to the exchange's "Invalid symbol.".

        Args:
            endpoint: The endpoint that was called.
            sent: Wire texts.
            error: The error to raise.

        Returns:
            The same error, with culprit, hint and suggestion.
        """
        asked = list(_symbols(sent))
        wrong = next((symbol for symbol in asked if symbol not in self.names), None)
        # Of several, an unknown list cannot tell which one it was.
        if wrong is not None and (self.is_known or len(asked) == 1):
            error.culprit = wrong
            error.message = f"{error.message.rstrip('.')}: {wrong}."
            error.hint = did_you_mean(wrong, self.names) or error.hint
            error.suggestion = self._nearest(wrong) or "%binance exchange_info"
        return error

    def _nearest(self, symbol: str) -> str | None:
        return symbol if symbol in self.names else next(iter(nearest(symbol, self.names)), None)

    def _unknown(self, endpoint: Endpoint, symbol: str) -> UsageError:
        return UsageError(
            f"There is no symbol {symbol} here.",
            hint=did_you_mean(symbol, self.names)
            or f"If it is new or has special permissions, %binance exchange_info {symbol} makes it known.",
            suggestion=self._nearest(symbol),
            culprit=symbol,
            operation=endpoint.name,
        )


_GRIDS = (("PRICE_FILTER", "tickSize", "price"), ("LOT_SIZE", "stepSize", "quantity"))


def _digits(filters: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Decimals by what they count; a grid of 0 means that there is none."""
    sizes = {rule["filterType"]: rule for rule in filters}
    grids = {what: Decimal(sizes[rule][size]) for rule, size, what in _GRIDS if rule in sizes}
    return {what: _decimals(grid) for what, grid in grids.items() if grid}


def _decimals(grid: Decimal) -> int:
    exponent = grid.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _symbols(sent: Mapping[str, str]) -> Iterable[str]:
    if "symbol" in sent:
        yield sent["symbol"]
    if "symbols" in sent:
        yield from json.loads(sent["symbols"])
