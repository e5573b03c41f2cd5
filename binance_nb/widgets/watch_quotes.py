"""What a row of the watch list knows, and how it is asked for: together, within the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from binance_nb.errors import UsageError
from binance_nb.session import Session
from binance_nb.streams.events import Event
from binance_nb.together import Call
from binance_nb.widgets.grids import Grid, grids_of

__all__ = ["INTERVALS", "USUAL_SYMBOLS", "Quote", "fetch_quotes", "tidy_symbols"]

USUAL_SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "ADAUSDT", "LTCUSDT")
"""What is watched when nobody says what: pairs that every environment has, and that trade at any hour."""

_HOUR_MS = 3_600_000
INTERVALS = {"15m": _HOUR_MS // 4, "30m": _HOUR_MS // 2, "1h": _HOUR_MS}
"""How far apart the points of the small picture may be, in ms."""

_DAY_MS = 24 * _HOUR_MS
# With more, one answer of the exchange weighs as much as all its tickers.
_MOST_SYMBOLS = 100


@dataclass(frozen=True)
class Quote:
    """The last 24 hours of a symbol.

    Attributes:
        grid: How it is counted.
        last: The last price.
        opened: The price 24 hours ago.
        high: The highest price.
        low: The lowest price.
        volume: How much was traded, in the quote asset.
        time_ms: The exchange's time of all this.
        closes: The last price of each stretch of the day, the present one last.
        stretch_ms: When the present stretch began.
        step_ms: How long a stretch is.
    """

    grid: Grid
    last: Decimal
    opened: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    time_ms: int
    closes: tuple[float, ...]
    stretch_ms: int
    step_ms: int

    @property
    def change(self) -> Decimal:
        """By how many per cent the price has changed; 0 where nothing was traded."""
        return (self.last - self.opened) / self.opened * 100 if self.opened else Decimal(0)

    def after(self, event: Event) -> Quote:
        """Return what holds after an event of the ``miniTicker`` stream.

        Args:
            event: The event.
        """
        time_ms = round(event.event_time.timestamp() * 1000)
        if time_ms == self.time_ms:
            return self  # it has been seen
        begun = time_ms // self.step_ms * self.step_ms
        closes = self.closes[:-1] if begun <= self.stretch_ms else self.closes[1:]
        return replace(
            self,
            last=event.close,
            opened=event.open,
            high=event.high,
            low=event.low,
            volume=event.quote_volume,
            time_ms=time_ms,
            closes=(*closes, float(event.close)),
            stretch_ms=max(begun, self.stretch_ms),
        )

    def facts(self) -> list[str | float]:
        """Return it as the browser takes it: symbol, last, change in %, high, low, volume, quote asset."""
        price = self.grid.price
        return [
            self.grid.symbol,
            price(self.last),
            round(float(self.change), 2),
            price(self.high),
            price(self.low),
            float(self.volume),
            self.grid.quote,
        ]


def tidy_symbols(said: str | Sequence[str]) -> list[str]:
    """Return symbols as the exchange writes them, each once.

    Args:
        said: Names, or one text with commas between them: ``btc/usdt, ETHUSDT``.

    Raises:
        UsageError: There is none among them, or more than can be watched.
    """
    words = said.split(",") if isinstance(said, str) else said
    names = ("".join(letter for letter in word if letter.isalnum()).upper() for word in words)
    symbols = list(dict.fromkeys(name for name in names if name))
    if not symbols:
        raise UsageError("No symbol is named.", hint="Name some, separated by commas.", suggestion="BTCUSDT,ETHUSDT")
    if len(symbols) > _MOST_SYMBOLS:
        raise UsageError(
            f"{len(symbols)} symbols are too many to watch.",
            hint=f"At most {_MOST_SYMBOLS}; session.ticker_24hr() gives them all as a frame.",
            suggestion=",".join(symbols[:3]),
        )
    return symbols


def fetch_quotes(session: Session, symbols: Sequence[str], interval: str) -> dict[str, Quote]:
    """Ask for the last day of symbols: one ticker call for all, and the candles of each, together.

    Args:
        session: Where.
        symbols: Their names.
        interval: How far apart the points of the small picture are.

    Returns:
        The quotes by symbol.

    Raises:
        BinanceError: There is no such symbol, or a call failed.
    """
    grids, step_ms = grids_of(session, symbols), INTERVALS[interval]
    count = _DAY_MS // step_ms + 1
    calls = {symbol: Call("klines", symbol, interval, limit=count, raw=True) for symbol in symbols}
    tickers = Call("ticker_24hr", symbols=list(symbols), raw=True)
    answers = session.together({"tickers of all": tickers, **calls})
    return {
        each["symbol"]: _quote(grids[each["symbol"]], each, answers[each["symbol"]], step_ms)
        for each in sorted(answers["tickers of all"], key=lambda each: symbols.index(each["symbol"]))
    }


def _quote(grid: Grid, ticker: dict[str, Any], candles: list[list[Any]], step_ms: int) -> Quote:  # Any: JSON
    last = Decimal(ticker["lastPrice"])
    return Quote(
        grid,
        last,
        Decimal(ticker["openPrice"]),
        Decimal(ticker["highPrice"]),
        Decimal(ticker["lowPrice"]),
        Decimal(ticker["quoteVolume"]),
        int(ticker["closeTime"]),
        (*(float(candle[4]) for candle in candles[:-1]), float(last)),
        int(candles[-1][0]) if candles else 0,
        step_ms,
    )
