"""What is sent at every full second: tickers and averages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from binance_nb.sandbox import reference_prices
from binance_nb.sandbox.streams import payloads
from binance_nb.sandbox.streams.moment import Moment
from binance_nb.sandbox.streams.names import Stream, StreamKind
from binance_nb.sandbox.streams.payloads import Payload

__all__ = ["PeriodicFeed", "PeriodicListFeed"]

_Maker: TypeAlias = Callable[[Stream, str, Moment], Payload | None]


class PeriodicFeed:
    """Tells how things stand with one symbol, at every full period.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._stream = stream
        self._symbol = symbol
        self._make = _MAKERS[stream.kind]
        self.due_ms = stream.next_ms(moment.now_ms)

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the newest state once a period; see `Feed`."""
        if moment.now_ms < self.due_ms:
            return []
        self.due_ms = self._stream.next_ms(moment.now_ms)
        event = self._make(self._stream, self._symbol, moment)
        return [] if event is None else [event]


class PeriodicListFeed:
    """Tells how things stand with every symbol that has changed, at every full period.

    Args:
        stream: The stream.
        moment: The present.
    """

    def __init__(self, stream: Stream, moment: Moment) -> None:
        self._stream = stream
        self._make = _MAKERS[stream.kind]
        self._told: dict[str, Payload] = {}
        self.due_ms = stream.next_ms(moment.now_ms)
        self._changed(moment)

    def tell(self, moment: Moment) -> list[list[Payload]]:
        """Return the newest states once a period, in one list; see `Feed`."""
        if moment.now_ms < self.due_ms:
            return []
        self.due_ms = self._stream.next_ms(moment.now_ms)
        changed = self._changed(moment)
        return [changed] if changed else []

    def _changed(self, moment: Moment) -> list[Payload]:
        changed = []
        for symbol in moment.venue.listings:
            event = self._make(self._stream, symbol, moment) or {}
            # That time passes changes no ticker.
            lasting = {letter: value for letter, value in event.items() if letter not in "EOC"}
            if self._told.get(symbol) != lasting:
                self._told[symbol] = lasting
                changed.append(event)
        return changed


def _avg_price(stream: Stream, symbol: str, moment: Moment) -> Payload:
    return payloads.avg_price(symbol, moment.venue.market.avg_price(symbol, moment.now_ms), moment.now_ms)


def _mini_ticker(stream: Stream, symbol: str, moment: Moment) -> Payload:
    return payloads.mini_ticker(moment.mini_ticker(symbol), moment.now_ms)


def _reference_price(stream: Stream, symbol: str, moment: Moment) -> Payload | None:
    if symbol not in reference_prices.CALCULATIONS:
        return None
    return payloads.reference_price(reference_prices.stated(moment.venue.market, symbol, moment.now_ms))


def _rolling_ticker(stream: Stream, symbol: str, moment: Moment) -> Payload:
    return payloads.rolling_ticker(stream.window, moment.rolling_ticker(symbol, stream.window), moment.now_ms)


def _ticker(stream: Stream, symbol: str, moment: Moment) -> Payload:
    return payloads.ticker(moment.ticker(symbol), moment.now_ms)


_MAKERS: Mapping[StreamKind, _Maker] = {
    "avg_price": _avg_price,
    "mini_ticker": _mini_ticker,
    "reference_price": _reference_price,
    "rolling_ticker": _rolling_ticker,
    "ticker": _ticker,
}
