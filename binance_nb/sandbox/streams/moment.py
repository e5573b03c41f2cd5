"""What streams see at one moment, looked at once however many of them ask."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.market import Side, TickerRow
from binance_nb.sandbox.streams.depth import BookWindow
from binance_nb.sandbox.streams.payloads import Payload
from binance_nb.sandbox.venue import Venue

__all__ = ["Moment"]

_MINUTE_MS = 60_000
_WINDOW_MS = {"1h": 60 * _MINUTE_MS, "4h": 240 * _MINUTE_MS, "1d": 1440 * _MINUTE_MS}


class Moment:
    """The exchange at one moment.

    Args:
        venue: The exchange, its waiting orders settled up to the moment.
        now_ms: The moment.
        is_frozen: Whether the clock stands, so that only orders change anything.
    """

    def __init__(self, venue: Venue, now_ms: int, *, is_frozen: bool) -> None:
        self.venue = venue
        self.now_ms = now_ms
        self.is_frozen = is_frozen
        # Dictionaries, for functools' caches would tie each moment into a knot that only the collector undoes.
        self._earlier: dict[int, Moment] = {}
        self._windows: dict[str, BookWindow] = {}
        self._best: dict[str, Mapping[str, str]] = {}
        self._mini_tickers: dict[str, TickerRow] = {}
        self._rolling_tickers: dict[tuple[str, str], TickerRow] = {}

    def earlier(self, time_ms: int) -> Moment:
        """Return an earlier moment, with the orders of this one.

        Args:
            time_ms: When.

        Returns:
            That moment; the same one each time it is asked for.
        """
        if time_ms not in self._earlier:
            self._earlier[time_ms] = Moment(self.venue, time_ms, is_frozen=self.is_frozen)
        return self._earlier[time_ms]

    def update_id(self, symbol: str) -> int:
        """Return the id of the book's last change.

        Args:
            symbol: The symbol.

        Returns:
            What REST prints as ``lastUpdateId``.
        """
        return self.venue.engine.book.update_id(symbol, self.now_ms)

    def window(self, symbol: str) -> BookWindow:
        """Return the book as far as a snapshot shows it.

        Args:
            symbol: The symbol.

        Returns:
            Both sides, as many levels as the largest snapshot has.
        """
        if symbol not in self._windows:
            self._windows[symbol] = BookWindow.of(self.venue.engine.book, symbol, self.now_ms)
        return self._windows[symbol]

    def best(self, symbol: str) -> Mapping[str, str]:
        """Return the best prices as REST prints them.

        Args:
            symbol: The symbol.

        Returns:
            The row of ``ticker/bookTicker``.
        """
        if symbol not in self._best:
            self._best[symbol] = self.venue.engine.book.ticker(symbol, self.now_ms)
        return self._best[symbol]

    def mini_ticker(self, symbol: str) -> TickerRow:
        """Return the short ticker of 24 hours as REST prints it.

        Args:
            symbol: The symbol.

        Returns:
            The row of ``ticker/24hr`` of type MINI.
        """
        if symbol not in self._mini_tickers:
            self._mini_tickers[symbol] = self.venue.market.ticker_24hr(symbol, self.now_ms, "MINI")
        return self._mini_tickers[symbol]

    def rolling_ticker(self, symbol: str, window: str) -> TickerRow:
        """Return the ticker of a window that ends now as REST prints it.

        Args:
            symbol: The symbol.
            window: ``1h``, ``4h`` or ``1d``.

        Returns:
            The row of ``ticker``.
        """
        key = symbol, window
        if key not in self._rolling_tickers:
            start_ms = (self.now_ms - _WINDOW_MS[window]) // _MINUTE_MS * _MINUTE_MS
            self._rolling_tickers[key] = self.venue.market.ticker(symbol, start_ms, self.now_ms)
        return self._rolling_tickers[key]

    def ticker(self, symbol: str) -> TickerRow:
        """Return the ticker of 24 hours as REST prints it, with the book as everybody's orders make it.

        Args:
            symbol: The symbol.

        Returns:
            The row of ``ticker/24hr``.
        """
        return {**self.venue.market.ticker_24hr(symbol, self.now_ms), **self.best(symbol)}

    def partial_depth(self, symbol: str, levels: int) -> Payload:
        """Return the best levels as REST prints them.

        Args:
            symbol: The symbol.
            levels: How many of each side.

        Returns:
            The reply of ``depth``.
        """
        return {
            "lastUpdateId": self.update_id(symbol),
            "bids": self._rows(symbol, "BUY", levels),
            "asks": self._rows(symbol, "SELL", levels),
        }

    def _rows(self, symbol: str, side: Side, levels: int) -> list[list[str]]:
        prices, quantities = self.venue.engine.book.columns(symbol, side, levels, self.now_ms)
        rows = zip(prices.tolist(), quantities.tolist(), strict=True)
        return [[text_of(price), text_of(quantity)] for price, quantity in islice(rows, levels)]
