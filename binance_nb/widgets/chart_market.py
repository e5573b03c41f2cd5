"""What a chart asks of the exchange. Nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import ENUMS
from binance_nb.catalog.enums import interval_ms
from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, nearest
from binance_nb.widgets.chart_candles import Candles

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.session import Session

__all__ = ["INTERVALS", "ChartMarket", "Loaded", "Wanted", "step_ms"]

INTERVALS = tuple(str(value) for value in ENUMS["kline_interval"].values)
"""The lengths that candles come in, shortest first."""

_ONE_ANSWER = 1_000
_MONTH_MS = 31 * 86_400_000


def step_ms(interval: str) -> int:
    """Return how long a candle lasts at most: months differ.

    Args:
        interval: One of `INTERVALS`.
    """
    return interval_ms(interval) or _MONTH_MS


@dataclass(frozen=True)
class Wanted:
    """What a chart is to show.

    Attributes:
        symbol: Of which symbol.
        interval: How long a candle lasts.
        start: From when on; None for the latest.
        bars: How many candles then.
        with_trades: Whether the account's trades are asked for.
    """

    symbol: str
    interval: str
    start: object = None
    bars: int = 500
    with_trades: bool = False

    def check(self) -> None:
        """Refuse what can be told to be wrong without asking.

        Raises:
            UsageError: There is no such interval, or the number of candles is none.
        """
        if self.interval not in INTERVALS:
            raise UsageError(
                f"There are no candles of {self.interval!r}.",
                hint=did_you_mean(self.interval, INTERVALS) or f"They come in {', '.join(INTERVALS)}.",
                suggestion=next(iter(nearest(self.interval, INTERVALS)), None),
                culprit=self.interval,
                operation="chart",
            )
        if self.bars < 1:
            raise UsageError(
                f"bars is {self.bars!r}: that is no number of candles.",
                hint="Give a whole number of 1 or more.",
                culprit=str(self.bars),
                operation="chart",
            )


@dataclass(frozen=True)
class Loaded:
    """What was fetched for a chart.

    Attributes:
        wanted: What had been asked for.
        candles: The candles.
        tick: The step of a price, as text; empty where the exchange says none.
        trades: The account's trades, as ``my_trades`` gives them; None when they were not asked for.
    """

    wanted: Wanted
    candles: Candles
    tick: str = ""
    trades: pd.DataFrame | None = None

    @property
    def digits(self) -> int:
        """How many decimals a price has."""
        if self.tick:
            return max(0, -int(Decimal(self.tick).normalize().as_tuple().exponent))
        last = self.candles.last_close or 1.0
        return 2 if last >= 1 else 8


class ChartMarket:
    """Asks the exchange, for one thread at a time.

    Args:
        session: Where.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def load(self, wanted: Wanted) -> Loaded:
        """Fetch what a chart shows first.

        Args:
            wanted: What.

        Raises:
            BinanceError: The words are wrong, or the exchange did not answer.
        """
        wanted.check()
        candles = Candles(self._candles(wanted))
        trades = None
        if wanted.with_trades:
            # One answer: the account's latest. What is older than the first of them is seldom on a chart.
            trades = self._session.my_trades(wanted.symbol, limit=_ONE_ANSWER)
        return Loaded(wanted, candles, self._tick(wanted.symbol), trades)

    def older(self, wanted: Wanted, first_ms: float) -> pd.DataFrame:
        """Fetch candles from before those that are there.

        Args:
            wanted: What the chart shows.
            first_ms: When its first candle opened.

        Raises:
            BinanceError: As of `load`.
        """
        bars = min(_ONE_ANSWER, max(wanted.bars, 200))
        start = first_ms - bars * step_ms(wanted.interval)
        return self._klines(wanted, start=max(0, int(start)), end=int(first_ms))

    def since(self, wanted: Wanted, last_ms: float) -> pd.DataFrame:
        """Fetch the last candle anew and what has come after it.

        Args:
            wanted: What the chart shows.
            last_ms: When its last candle opened.

        Raises:
            BinanceError: As of `load`.
        """
        return self._klines(wanted, start=int(last_ms))

    def symbols(self) -> tuple[str, ...]:
        """Return the names of all symbols, from the smallest answer that has them.

        Raises:
            BinanceError: As of `load`.
        """
        if known := self._session.client.symbols.names:
            return tuple(sorted(known))
        prices: list[dict[str, str]] = self._session.ticker_price(raw=True)  # type: ignore[assignment]  # raw: no frame
        return tuple(sorted(each["symbol"] for each in prices))

    def _candles(self, wanted: Wanted) -> pd.DataFrame:
        if wanted.start is not None:
            return self._klines(wanted, start=wanted.start)
        if wanted.bars <= _ONE_ANSWER:
            return self._klines(wanted, limit=wanted.bars)
        start = self._session.client.clock.now_ms() - wanted.bars * step_ms(wanted.interval)
        return self._klines(wanted, start=max(0, start)).iloc[-wanted.bars :]

    def _klines(self, wanted: Wanted, **more: Any) -> pd.DataFrame:  # Any: reading options
        frame: pd.DataFrame = self._session.klines(wanted.symbol, wanted.interval, **more)
        return frame

    def _tick(self, symbol: str) -> str:
        rules = self._session.client.symbols.rules
        if rules.terms(symbol) is None:
            self._session.exchange_info(symbol=symbol, raw=True)
        found = rules.find(symbol, "PRICE_FILTER")
        return "" if found is None else str(found["tickSize"])
