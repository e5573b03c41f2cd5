"""What the store holds: one data set a folder, one period a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from binance_nb.catalog import ENDPOINTS, Endpoint, interval_ms

__all__ = ["Dataset", "Period"]

_DAY_MS = 86_400_000
_PART = re.compile(r"[^A-Za-z0-9._-]")
# File systems that ignore case cannot tell 1m from 1M.
_MONTH, _MONTH_WRITTEN = "1M", "1mo"
_WRITTEN = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


@dataclass(frozen=True)
class Period:
    """The time that one file covers.

    Attributes:
        name: How its file is called: ``2024``, ``2024-05`` or ``2024-05-17``.
        start_ms: Where it begins.
        end_ms: Where it ends, exclusive.
    """

    name: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Dataset:
    """Everything of one kind for one symbol in one market.

    Attributes:
        market: Whose data: ``spot`` for the live exchange and its market data host, ``testnet``, ``demo``, or a sandbox
            of its own.
        operation: Catalog name of the call that brings it: ``klines``, ``agg_trades`` or ``historical_trades``.
        symbol: The symbol.
        interval: The interval of candles; None for trades.
    """

    market: str
    operation: str
    symbol: str
    interval: str | None = None

    @property
    def endpoint(self) -> Endpoint:
        """The call that brings it."""
        return ENDPOINTS[self.operation]

    @property
    def time_column(self) -> str:
        """The column by which its rows lie in time."""
        return "open_time" if self.interval else "time"

    @property
    def key(self) -> str:
        """The column that no two rows share."""
        paging = self.endpoint.paging
        if self.interval or paging is None:
            return "open_time"
        return next(column.name for column in self.endpoint.rows.columns if column.field == paging.field)

    @property
    def path(self) -> Path:
        """Its folder, below the store's."""
        folder = Path(_file_name(self.market), self.operation, f"symbol={_file_name(self.symbol)}")
        if self.interval is None:
            return folder
        return folder / f"interval={_MONTH_WRITTEN if self.interval == _MONTH else self.interval}"

    @property
    def step_ms(self) -> int | None:
        """How far apart two candles open; None for trades, and for months, which differ."""
        return interval_ms(self.interval) if self.interval else None

    @property
    def unit(self) -> Literal["year", "month", "day"]:
        """How much time a file covers: some ten thousand rows, so that it is read and written at once."""
        if self.interval is None or self.interval == "1s":
            return "day"
        step_ms = self.step_ms
        return "month" if step_ms is not None and step_ms < _DAY_MS else "year"

    def periods(self, start_ms: int, end_ms: int) -> Iterator[Period]:
        """Give the periods that a range touches.

        Args:
            start_ms: Where the range begins.
            end_ms: Where it ends, exclusive.

        Yields:
            The periods in order of time.
        """
        while start_ms < end_ms:
            period = self.period_of(start_ms)
            yield period
            start_ms = period.end_ms

    def period_of(self, moment_ms: int) -> Period:
        """Return the period that holds a moment.

        Args:
            moment_ms: The moment.

        Returns:
            The period.
        """
        moment = datetime.fromtimestamp(moment_ms // 1000, UTC)
        day = moment.replace(hour=0, minute=0, second=0)
        if self.unit == "day":
            return _period(f"{day:%Y-%m-%d}", day, day + timedelta(days=1))
        month = day.replace(day=1)
        if self.unit == "month":
            return _period(f"{month:%Y-%m}", month, (month + timedelta(days=32)).replace(day=1))
        year = month.replace(month=1)
        return _period(f"{year:%Y}", year, year.replace(year=year.year + 1))

    def period_named(self, name: str) -> Period | None:
        """Return the period of a name.

        Args:
            name: As of `Period`.

        Returns:
            The period; None where the data set has none of that name.
        """
        try:
            first = datetime.strptime(name, _WRITTEN[self.unit]).replace(tzinfo=UTC)
        except ValueError:
            return None
        return self.period_of(int(first.timestamp()) * 1000)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.operation, self.symbol, self.interval)))


def _period(name: str, start: datetime, end: datetime) -> Period:
    return Period(name, int(start.timestamp()) * 1000, int(end.timestamp()) * 1000)


def _file_name(text: str) -> str:
    """Return a text as a part of a path: symbols may hold letters that file systems spell in several ways."""
    return _PART.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)
