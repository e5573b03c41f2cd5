"""What a bulk file is called, and what its name says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from binance_nb.errors import StoreError

__all__ = ["ArchiveKind", "ArchiveName", "Period"]

ArchiveKind = Literal["klines", "trades", "aggTrades"]
Period = Literal["daily", "monthly"]

_INTERVALS = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
# File systems that ignore case cannot tell 1m from 1M, so the archive writes the month as 1mo.
_WRITTEN = {interval: "1mo" if interval == "1M" else interval for interval in _INTERVALS}
_READ = {written: interval for interval, written in _WRITTEN.items()}
_TRADE_KINDS: dict[str, ArchiveKind] = {"trades": "trades", "aggTrades": "aggTrades"}
_PATTERN = re.compile(
    r"(?P<symbol>[^-/\\]+)-(?P<what>[A-Za-z0-9]+)-(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d))?\.zip"
)


@dataclass(frozen=True)
class ArchiveName:
    """One file of the spot archive.

    Args:
        kind: ``klines``, ``trades`` or ``aggTrades``.
        symbol: The symbol, such as ``BTCUSDT``.
        interval: The interval in the API's spelling (``1M`` for a month); None for trades.
        year: Calendar year, UTC.
        month: Month, 1 to 12.
        day: Day of the month of a daily file; None for a monthly one.
    """

    kind: ArchiveKind
    symbol: str
    interval: str | None
    year: int
    month: int
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> ArchiveName:
        """Read a file name such as ``BTCUSDT-1m-2020-01-01.zip``.

        Args:
            text: The bare name, or a path that ends in it.

        Returns:
            What the name says.

        Raises:
            StoreError: It is not the name of a spot bulk file, or its date does not exist.
        """
        name = cls.recognised(text)
        if name is None:
            raise StoreError(
                f"{text!r} is not the name of a spot bulk file.",
                hint="Names read SYMBOL-INTERVAL-YYYY-MM[-DD].zip, SYMBOL-trades-... or SYMBOL-aggTrades-...",
                culprit=text,
            )
        return name

    @classmethod
    def recognised(cls, text: str) -> ArchiveName | None:
        """Read a file name if it is one; see `parse`.

        Args:
            text: The bare name, or a path that ends in it.

        Returns:
            What the name says; None for any other text, and for a date that does not exist.
        """
        match = _PATTERN.fullmatch(re.split(r"[/\\]", text)[-1])
        what = match["what"] if match else ""
        if match is None or not (what in _READ or what in _TRADE_KINDS):
            return None
        year, month, day = (None if match[part] is None else int(match[part]) for part in ("year", "month", "day"))
        name = cls(_TRADE_KINDS.get(what, "klines"), match["symbol"], _READ.get(what), year or 0, month or 0, day)
        try:
            name._first_moment()
        except ValueError:
            return None
        return name

    @property
    def period(self) -> Period:
        """``daily`` or ``monthly``."""
        return "monthly" if self.day is None else "daily"

    @property
    def stem(self) -> str:
        """The name without its ending, which the CSV inside shares."""
        what = self.kind if self.interval is None else _WRITTEN[self.interval]
        day = "" if self.day is None else f"-{self.day:02d}"
        return f"{self.symbol}-{what}-{self.year:04d}-{self.month:02d}{day}"

    @property
    def file_name(self) -> str:
        """The zip's name."""
        return f"{self.stem}.zip"

    @property
    def path(self) -> str:
        """The zip's place below the archive's root, with forward slashes."""
        folder = f"data/spot/{self.period}/{self.kind}/{self.symbol}"
        if self.interval is not None:
            folder += f"/{_WRITTEN[self.interval]}"
        return f"{folder}/{self.file_name}"

    @property
    def start_ms(self) -> int:
        """First millisecond of the named day or month, UTC."""
        return int(self._first_moment().timestamp()) * 1000

    @property
    def end_ms(self) -> int:
        """First millisecond after the named day or month, UTC."""
        if self.day is not None:
            return self.start_ms + 86_400_000
        later = ArchiveName(self.kind, self.symbol, self.interval, self.year + self.month // 12, self.month % 12 + 1)
        return later.start_ms

    def _first_moment(self) -> datetime:
        return datetime(self.year, self.month, self.day or 1, tzinfo=UTC)
