"""Candles of a stretch of time from the API: pages in flight together, stored as they land."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from binance_nb.client import Client, Reply
from binance_nb.history.flight import fetch
from binance_nb.history.long.keeper import Keeper
from binance_nb.history.long.landed import gathered, runs_of
from binance_nb.history.long.report import Report
from binance_nb.history.long.stamps import stamps_of
from binance_nb.history.pages import PAGE_ROWS, Page
from binance_nb.history.progress import Progress
from binance_nb.store import Dataset, Span

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BEFORE_ALL_MS", "CandleFetch", "candle_pages"]

BEFORE_ALL_MS = 1_483_228_800_000
"""1 January 2017: the exchange opened in July."""

_MONTH_MS = 31 * 86_400_000

# So many pages are written together: a file of minutes is then replaced about once.
_BATCH = 44


@dataclass(frozen=True)
class _Piece:
    """One request, and the time that its answer covers."""

    page: Page
    span: Span


def candle_pages(dataset: Dataset, gap: Span) -> int:
    """Return how many requests a gap takes.

    Args:
        dataset: The candles.
        gap: Which time.
    """
    return -(-(gap.end_ms - gap.start_ms) // _width(dataset, gap))


class CandleFetch:
    """Fetches candles.

    Args:
        client: Makes the calls.
        dataset: Which candles.
        keeper: Stores them.
        report: Counts requests and weight.
    """

    def __init__(self, client: Client, dataset: Dataset, keeper: Keeper, report: Report) -> None:
        self._client = client
        self._dataset = dataset
        self._keeper = keeper
        self._report = report
        self._landed: list[tuple[Span, bytes]] = []

    def begin(self, start_ms: int, end_ms: int, progress: Progress) -> int:
        """Fetch the first page of a range of which nothing is known: it begins with the first candle there is.

        Args:
            start_ms: Where the range begins.
            end_ms: Where it ends, exclusive.
            progress: Told of every page.

        Returns:
            From where on the rest is to be fetched; the end where there is no rest.

        Raises:
            BinanceError: As of `Client.call`.
        """
        frame = self._asked(progress, startTime=str(start_ms), limit=str(PAGE_ROWS))
        opens = stamps_of(frame.index)
        first = int(opens[0]) if len(opens) else end_ms
        wanted = frame[opens < end_ms]
        is_full = len(frame) == PAGE_ROWS and len(wanted) == PAGE_ROWS
        until = int(stamps_of(wanted["close_time"])[-1]) + 1 if is_full else end_ms
        empty = [Span(start_ms, min(first, end_ms), "empty")] if first > start_ms else []
        self._keeper.keep(wanted, Span(start_ms, until), empty)
        if len(opens) and self._is_first(first, start_ms, progress):
            self._keeper.note([Span(0, first, "empty")])
        return until

    def _is_first(self, first: int, start_ms: int, progress: Progress) -> bool:
        """Whether a candle is the first of all: the exchange may as well have been down where the range begins."""
        if first - start_ms < (self._dataset.step_ms or _MONTH_MS):
            return False
        if start_ms <= BEFORE_ALL_MS:
            return True
        oldest = self._asked(progress, startTime="0", limit="1")
        return int(stamps_of(oldest.index)[0]) == first

    def _asked(self, progress: Progress, **bounds: str) -> pd.DataFrame:
        progress.grow(1)
        [reply] = fetch(self._client, self._dataset.endpoint, [Page({**self._sent(), **bounds})], progress)
        self._count(reply)
        return gathered(self._dataset.endpoint, [reply.body])

    def fetch(self, gaps: Sequence[Span], progress: Progress) -> None:
        """Fetch stretches of time. What has landed is stored, however this ends.

        Args:
            gaps: Which time.
            progress: Told of every page.

        Raises:
            BinanceError: As of `Client.call`.
            StoreError: The store cannot be written.
        """
        pieces = [piece for gap in gaps for piece in _pieces(self._dataset, gap, self._sent())]

        def take(place: int, reply: Reply) -> Reply:
            self._count(reply)
            self._landed.append((pieces[place].span, reply.body))
            if len(self._landed) >= _BATCH:
                self._store()
            return replace(reply, body=b"")

        try:
            fetch(self._client, self._dataset.endpoint, [piece.page for piece in pieces], progress, take)
        finally:
            self._store()

    def _store(self) -> None:
        landed, self._landed = sorted(self._landed, key=lambda each: each[0]), []
        for run in runs_of(landed):
            span = Span(run[0][0].start_ms, run[-1][0].end_ms)
            self._keeper.keep(gathered(self._dataset.endpoint, [body for _, body in run]), span)

    def _count(self, reply: Reply) -> None:
        self._report.count(reply)
        self._report.sources.add("api")

    def _sent(self) -> dict[str, str]:
        assert self._dataset.interval is not None
        return {"symbol": self._dataset.symbol, "interval": self._dataset.interval}


def _width(dataset: Dataset, gap: Span) -> int:
    """Return how many ms a request covers; months, of which there are few, come in one."""
    return PAGE_ROWS * dataset.step_ms if dataset.step_ms else gap.end_ms - gap.start_ms


def _pieces(dataset: Dataset, gap: Span, sent: dict[str, str]) -> Iterator[_Piece]:
    """Cut a gap into requests."""
    width = _width(dataset, gap)
    for start_ms in range(gap.start_ms, gap.end_ms, width):
        end_ms = min(start_ms + width, gap.end_ms)
        bounds = {"startTime": str(start_ms), "endTime": str(end_ms - 1), "limit": str(PAGE_ROWS)}
        yield _Piece(Page({**sent, **bounds}), Span(start_ms, end_ms))
