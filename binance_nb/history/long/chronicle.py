"""A range of any length: from the store what is there, the rest from wherever it is quicker, and stored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from binance_nb.archive import ArchiveName
from binance_nb.catalog import ENDPOINTS, interval_ms
from binance_nb.client import Client
from binance_nb.errors import TransportError, UsageError
from binance_nb.grammar import format_time
from binance_nb.history.bulk import BulkSite
from binance_nb.history.long.candles import CandleFetch, candle_pages
from binance_nb.history.long.files import FileFetch, without_files
from binance_nb.history.long.holes import Hole, holes_of
from binance_nb.history.long.keeper import Keeper
from binance_nb.history.long.planning import LongPlan, Source, api_seconds, file_seconds
from binance_nb.history.long.report import Report
from binance_nb.history.long.stamps import stamps_of
from binance_nb.history.long.trades import TradeFetch
from binance_nb.history.pages import PAGE_ROWS
from binance_nb.history.progress import Progress
from binance_nb.store import Dataset, Span, Store, laid_over, missing, within

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Chronicle", "Told"]

_DAY_MS = 86_400_000
_MONTH_MS = 31 * _DAY_MS
# What was traded this short a time ago may not be told yet.
_FRESH_MS = 5_000
# What the API gives within this time is asked of it, whatever files there are.
_SOON_SECONDS = 10.0
_BY_TIME = [endpoint for endpoint in ENDPOINTS.values() if "startTime" in endpoint.by_name]


@dataclass(frozen=True)
class Told:
    """A long range, and what is to be known of it.

    Attributes:
        frame: The rows.
        holes: Where candles are missing; of trades, the time that was not fetched.
        report: What it took.
    """

    frame: pd.DataFrame
    holes: tuple[Hole, ...]
    report: Report

    @property
    def is_whole(self) -> bool:
        """Whether everything that the exchange has is there."""
        return not any(hole.kind == "not fetched" for hole in self.holes)


class Chronicle:
    """Tells the history of one data set.

    Args:
        client: Makes the calls.
        store: Keeps what came.
        dataset: Which data.
        site: Where its bulk files are; None where there are none.
        source: Where rows may come from.
    """

    def __init__(
        self, client: Client, store: Store, dataset: Dataset, site: BulkSite | None, source: Source = "auto"
    ) -> None:
        self._client = client
        self._store = store
        self._dataset = dataset
        self._source: Source = source
        self._report = Report()
        keeper = Keeper(store, dataset, self._report)
        self._candles = CandleFetch(client, dataset, keeper, self._report)
        self._trades = TradeFetch(client, dataset, keeper, self._report)
        self._files = FileFetch(site, dataset, keeper, self._report) if site else None
        if source == "archive" and site is None:
            raise UsageError(
                "There are no bulk files here: this environment has none, or a tape is on, which holds calls alone.",
                hint="Leave --source out: the API has the same rows.",
                culprit="archive",
            )

    def plan(self, start_ms: int, end_ms: int) -> LongPlan:
        """Tell what a range will take. Nothing of it is fetched; the listing of the bulk files may be.

        Args:
            start_ms: Where it begins.
            end_ms: Where it ends, exclusive.

        Returns:
            The plan.

        Raises:
            BinanceError: The listing cannot be had, or a ledger cannot be read.
        """
        now_ms = self._client.clock.moment_ms()
        end_ms = _checked(start_ms, end_ms, now_ms)
        known = within(self._known() if self._source == "store" else self._trusted(), start_ms, end_ms)
        names, by_api = self._divided(missing(known, start_ms, min(end_ms, self._until(now_ms))))
        rows, requests = self._counted(start_ms, end_ms, by_api, is_missing=bool(names or by_api))
        price = self._dataset.endpoint.weight.price({"symbol": self._dataset.symbol, "limit": "1000"})
        weight = None if requests is None else requests * price
        size, seconds = file_seconds(self._dataset, names)
        seconds += api_seconds(self._client, requests or 0, weight or 0)
        stored = tuple(span for span in known if span.state != "unfinished")
        return LongPlan(
            self._dataset,
            start_ms,
            end_ms,
            rows,
            stored,
            tuple(names),
            tuple(by_api),
            requests,
            weight,
            size,
            seconds,
        )

    def _counted(
        self, start_ms: int, end_ms: int, by_api: Sequence[Span], *, is_missing: bool
    ) -> tuple[int | None, int | None]:
        """Say how many rows a range has, and how many requests take what the API is asked for."""
        if self._dataset.interval:
            length_ms = self._dataset.step_ms or _MONTH_MS
            return (end_ms - start_ms) // length_ms, sum(candle_pages(self._dataset, gap) for gap in by_api)
        if self._source not in ("auto", "api") or not is_missing:
            return None, 0
        # Ids have no holes, so that the first and the last one tell; they cost two requests.
        ids = self._trades.ids(Span(start_ms, end_ms))
        share = sum(gap.end_ms - gap.start_ms for gap in by_api) / (end_ms - start_ms)
        return len(ids), math.ceil(len(ids) * share / PAGE_ROWS)

    def tell(self, start_ms: int, end_ms: int, progress: Progress) -> Told:
        """Fetch what is missing, and return all of a range. What has come is kept, however this ends.

        Args:
            start_ms: Where it begins.
            end_ms: Where it ends, exclusive; what lies in the future is left out.
            progress: Told of every page and file.

        Returns:
            The rows, and what is to be known of them.

        Raises:
            BinanceError: As of `Client.call`, or of the store.
        """
        now_ms = self._client.clock.moment_ms()
        if end_ms > now_ms + 1 > start_ms:
            self._report.remark(f"The range ends in the future; it was cut at {format_time(now_ms)}.")
        end_ms = _checked(start_ms, end_ms, now_ms)
        until_ms = min(end_ms, self._until(now_ms))
        there = self._known() if self._source == "store" else self._trusted()
        if any(span.state == "have" for span in within(there, start_ms, until_ms)):
            self._report.sources.add("store")
        if start_ms < until_ms and self._source != "store":
            self._obtain(start_ms, until_ms, progress)
        return self._whole(start_ms, until_ms, end_ms)

    def _obtain(self, start_ms: int, end_ms: int, progress: Progress) -> None:
        known = [span for span in self._trusted() if span.state != "unfinished"]
        gaps = missing(known, start_ms, end_ms)
        is_older = bool(gaps) and (not known or gaps[0].start_ms < known[0].start_ms)
        if is_older and self._dataset.interval and self._source != "archive":
            # The first page tells where the candles begin, so that no empty pages are asked for.
            begun_ms = self._candles.begin(gaps[0].start_ms, gaps[0].end_ms, progress)
            gaps = missing(self._trusted(), begun_ms, end_ms)
        if not gaps:
            return  # neither asked nor written: the store may be another's to write, or nobody's
        names, by_api = self._divided(gaps)
        self._store.note(self._dataset, gaps)
        progress.grow(len(names) + sum(candle_pages(self._dataset, gap) for gap in by_api if self._dataset.interval))
        if names:
            self._from_files(names, progress)
        if self._source != "archive":
            left = [part for gap in gaps for part in missing(self._trusted(), gap.start_ms, gap.end_ms)]
            self._from_api([*left, *self._doubtful(names)], progress)

    def _from_files(self, names: Sequence[ArchiveName], progress: Progress) -> None:
        assert self._files is not None
        try:
            self._files.fetch(names, progress)
        except TransportError as error:
            if self._source == "archive":
                raise
            self._report.remark(f"{error.message} The API was asked instead.")

    def _from_api(self, gaps: Sequence[Span], progress: Progress) -> None:
        if self._dataset.interval:
            if gaps:
                self._candles.fetch(gaps, progress)
            return
        for gap in gaps:
            self._trades.fetch(gap, progress)

    def _doubtful(self, names: Sequence[ArchiveName]) -> list[Span]:
        """Return the holes that files have left: whether the exchange has nothing there, only it can tell."""
        if not self._dataset.interval or self._source != "auto":
            return []
        covered = laid_over([], [Span(name.start_ms, name.end_ms) for name in names])
        doubtful: list[Span] = []
        for period in {period for span in covered for period in self._dataset.periods(span.start_ms, span.end_ms)}:
            for part in within(covered, period.start_ms, period.end_ms):
                frame = self._store.read(self._dataset, part.start_ms, part.end_ms)
                holes = holes_of(frame, self._dataset, part.start_ms, part.end_ms, self._known())
                doubtful += [Span(hole.start_ms, hole.end_ms) for hole in holes if hole.kind == "none there"]
        return sorted(doubtful)

    def _divided(self, gaps: Sequence[Span]) -> tuple[list[ArchiveName], list[Span]]:
        """Say what of the gaps comes from files, and what from the API."""
        if not gaps or self._source == "store":
            return [], []
        if self._files is None or self._source == "api" or not self._is_worth_files(gaps):
            return [], list(gaps)
        try:
            names = self._files.names(gaps)
        except TransportError as error:
            if self._source == "archive":
                raise
            self._report.remark(f"{error.message} The API was asked instead.")
            names = []
        if self._source == "archive":
            return names, []
        return names, without_files(gaps, names)

    def _is_worth_files(self, gaps: Sequence[Span]) -> bool:
        if self._source == "archive":
            return True
        span_ms = sum(gap.end_ms - gap.start_ms for gap in gaps)
        if not self._dataset.interval:
            return span_ms >= _DAY_MS // 4
        requests = sum(candle_pages(self._dataset, gap) for gap in gaps)
        price = self._dataset.endpoint.weight.price({"limit": "1000"})
        # A file of candles holds a day, so it pays only where the API makes one wait for minutes.
        files_seconds = span_ms / _DAY_MS / 10
        return api_seconds(self._client, requests, requests * price) > max(files_seconds, _SOON_SECONDS)

    def _whole(self, start_ms: int, until_ms: int, end_ms: int) -> Told:
        import pandas as pd

        # In this order: what another process adds in between is then read, but not counted on.
        known = list(self._known())
        frame = self._store.read(self._dataset, start_ms, until_ms)
        begins_ms = max(start_ms, until_ms)
        if self._dataset.endpoint not in _BY_TIME and begins_ms < end_ms:
            self._report.remark(f"Trades after {format_time(begins_ms)} are too young to be told.")
            end_ms = begins_ms  # they cannot be asked for by time
        if begins_ms < end_ms and self._source in ("auto", "api"):
            tail = self._tail(begins_ms, end_ms)
            if len(tail):
                self._report.sources.add("api")
            frame = pd.concat([frame, tail], ignore_index=not self._dataset.interval)
            known.append(Span(begins_ms, end_ms))
        holes = self._holes(frame, start_ms, end_ms, known)
        if holes and holes[0].kind == "before listing":
            self._report.remark(f"{self._dataset.symbol} has no candles before {format_time(known[0].end_ms)}.")
        return Told(frame, holes, self._report)

    def _tail(self, start_ms: int, end_ms: int) -> pd.DataFrame:
        """Return what is too young for the store: the running candle, or the last seconds' trades."""
        import pandas as pd

        words = {"symbol": self._dataset.symbol, "interval": self._dataset.interval}
        sent = {name: text for name, text in words.items() if text} | {"limit": str(PAGE_ROWS)}
        bounds = {"startTime": str(start_ms), "endTime": str(end_ms - 1)}
        pages = [self._page({**sent, **bounds})]
        while len(pages[-1]) == PAGE_ROWS and not self._dataset.interval:
            # A busy second: the rest goes by ids, for trades of one millisecond may lie on both sides of a page's end.
            after = int(pages[-1][self._dataset.key].iloc[-1]) + 1
            pages.append(self._page({**sent, "fromId": str(after)}))
        tail = pd.concat(pages, ignore_index=not self._dataset.interval) if len(pages) > 1 else pages[0]
        return tail if self._dataset.interval else tail[stamps_of(tail["time"]) < end_ms]

    def _page(self, sent: dict[str, str]) -> pd.DataFrame:
        from binance_nb import frames

        reply = self._client.send(self._dataset.endpoint, sent)
        self._report.count(reply)
        frame = frames.decode(self._dataset.endpoint, reply.body, parameters=sent, now_ms=reply.server_ms)
        frame.attrs.clear()
        return frame

    def _holes(self, frame: pd.DataFrame, start_ms: int, end_ms: int, known: Sequence[Span]) -> tuple[Hole, ...]:
        if self._dataset.interval:
            return holes_of(frame, self._dataset, start_ms, end_ms, known)
        gaps = missing(known, start_ms, end_ms)
        return tuple(Hole(gap.start_ms, gap.end_ms, None, "not fetched") for gap in gaps)

    def _known(self) -> tuple[Span, ...]:
        return self._store.coverage(self._dataset)

    def _trusted(self) -> tuple[Span, ...]:
        """Return what need not be fetched again; who names a source wants rows from there."""
        known = self._known()
        return known if self._source == "auto" else tuple(span for span in known if span.source == self._source)

    def _until(self, now_ms: int) -> int:
        """Return up to when everything is closed, so that the store may hold it."""
        if not self._dataset.interval:
            return now_ms - _FRESH_MS
        step_ms = interval_ms(self._dataset.interval)
        if step_ms is not None and step_ms <= _DAY_MS:
            return now_ms // step_ms * step_ms
        # Where a week begins is the exchange's affair; what opened a whole candle ago is closed for certain.
        return now_ms - (step_ms or _MONTH_MS)


def _checked(start_ms: int, end_ms: int, now_ms: int) -> int:
    """Refuse a range without time, and return where it ends: with the candle that opens at this very moment."""
    if start_ms > now_ms:
        problem = f"The range begins at {format_time(start_ms)}, and it is {format_time(now_ms)}."
    elif start_ms >= end_ms:
        problem = f"The range ends at {format_time(end_ms)}, which is not after its start, {format_time(start_ms)}."
    else:
        return min(end_ms, now_ms + 1)
    raise UsageError(problem, hint="Give a start before the end, and before now.", culprit="start")
