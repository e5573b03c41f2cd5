"""Which symbols a person most likely means: those used lately, then those that trade most."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from binance_nb.catalog import Endpoint

__all__ = ["SymbolRanks"]

# Volumes in different assets are compared in this one, which nearly every asset is traded against.
_YARDSTICK = "USDT"
_USED_HERE: dict[str, None] = {}


class SymbolRanks:
    """What passes by and tells how likely a symbol is meant. Nothing is ever asked for.

    Args:
        used: Symbols that were used, the latest last; those of the whole process when None, because whoever goes to
            another environment still means the same symbols.

    Attributes:
        quotes: The asset that a symbol's price counts, by symbol.
        tickers: Last price and volume in that asset, by symbol.
    """

    def __init__(self, used: dict[str, None] | None = None) -> None:
        self._used = _USED_HERE if used is None else used
        self.quotes: dict[str, str] = {}
        self.tickers: dict[str, tuple[float, float]] = {}
        self._last: tuple[tuple[object, ...], list[str]] | None = None

    def learn(self, endpoint: Endpoint, symbols: Iterable[str], body: bytes) -> None:
        """Remember the symbols of a call, and the volumes that an answer tells.

        Args:
            endpoint: The endpoint that was called.
            symbols: The symbols it was called with.
            body: The reply's bytes.
        """
        for symbol in symbols:
            self._used.pop(symbol, None)
            self._used[symbol] = None
        if not any(column.field == "quoteVolume" for column in endpoint.rows.columns):
            return
        try:
            said = json.loads(body)
            tickers = {
                each["symbol"]: (float(each["lastPrice"]), float(each["quoteVolume"]))
                for each in (said if isinstance(said, list) else [said])
            }
        except (ValueError, KeyError, TypeError):
            return  # what cannot be read is the decoder's to report
        # Replaced, never changed: another thread may be reading it.
        self.tickers = self.tickers | tickers

    def ranked(self, names: Sequence[str]) -> Sequence[str]:
        """Put symbols in order: used lately, then by volume, then by name.

        Args:
            names: The symbols there are; when there are none, those that were used or seen in a ticker.

        Returns:
            The likeliest first.
        """
        used = list(self._used)
        # Ordering thousands takes longer than finding the few that begin as is written, and little changes in between.
        key = (names, self.quotes, self.tickers, used)
        if self._last is not None and all(
            new is old or new == old for new, old in zip(key, self._last[0], strict=True)
        ):
            return self._last[1]
        ordered = self._ordered(set(names) or {*used, *self.tickers}, used)
        self._last = (key, ordered)
        return ordered

    def _ordered(self, known: set[str], used: Sequence[str]) -> list[str]:
        first = [symbol for symbol in reversed(used) if symbol in known]
        worth = self._worth()
        return first + sorted(known.difference(first), key=lambda symbol: (-worth(symbol), symbol))

    def _worth(self) -> Callable[[str], float]:
        quotes, tickers = self.quotes, self.tickers

        @cache
        def rate(asset: str) -> float:
            if asset == _YARDSTICK:
                return 1.0
            price, _ = tickers.get(f"{asset}{_YARDSTICK}", (0.0, 0.0))
            inverse, _ = tickers.get(f"{_YARDSTICK}{asset}", (0.0, 0.0))
            return price or (1 / inverse if inverse else 0.0)

        def worth(symbol: str) -> float:
            if symbol not in tickers:
                return 0.0
            quote = quotes.get(symbol) or (_YARDSTICK if symbol.endswith(_YARDSTICK) else "")
            return tickers[symbol][1] * rate(quote)

        return worth
