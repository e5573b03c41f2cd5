"""Bulk files of a stretch of time: fetched at the same time, checked, stored as they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from binance_nb.archive import ArchiveName
from binance_nb.errors import BinanceError, TransportError
from binance_nb.history.bulk import KINDS, BulkSite, table_of_file
from binance_nb.history.long.keeper import Keeper
from binance_nb.history.long.landed import runs_of
from binance_nb.history.long.report import Report
from binance_nb.history.long.stamps import stamps_of
from binance_nb.history.progress import Progress
from binance_nb.store import Dataset, Period, Span, missing

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["FileFetch", "without_files"]

_Rows: TypeAlias = "tuple[Span, pd.DataFrame]"  # what one file holds, and of which time
_AT_ONCE = 4
_GLANCE_SECONDS = 0.2
# Candles that may open in one month and close in the next are not cut at its end.
_LONG = ("3d", "1w", "1M")


class FileFetch:
    """Fetches bulk files of one data set.

    Args:
        site: Where they are.
        dataset: Which.
        keeper: Stores their rows.
        report: Counts files, and is told what could not be used.
    """

    def __init__(self, site: BulkSite, dataset: Dataset, keeper: Keeper, report: Report) -> None:
        self._site = site
        self._dataset = dataset
        self._keeper = keeper
        self._report = report
        self._listings: dict[str, list[ArchiveName]] = {}
        self._landed: dict[Period, list[_Rows]] = {}

    def names(self, gaps: Sequence[Span]) -> list[ArchiveName]:
        """Return the published files that hold some of a time: daily ones, and monthly ones where there are none.

        The monthly ones are known to differ from the daily ones here and there, and it is the daily that agree with the
        API.

        Args:
            gaps: Which time.

        Returns:
            Their names, in order of time.

        Raises:
            TransportError: The listing cannot be had.
        """
        daily = [] if self._dataset.interval in _LONG else self._touching(self._listed("daily"), gaps)
        days = {(name.year, name.month): name for name in daily}
        monthly = self._touching(self._listed("monthly"), without_files(gaps, daily))
        return sorted(
            [*daily, *(name for name in monthly if (name.year, name.month) not in days)],
            key=lambda name: name.start_ms,
        )

    def fetch(self, names: Sequence[ArchiveName], progress: Progress) -> None:
        """Fetch files. What is wrong with one keeps none of the others; what has landed is stored, however this ends.

        The files of days that lie in one file of the store are stored together, when the last of them has landed: to
        write a month anew for each of its days takes far longer than to fetch them.

        Args:
            names: Which.
            progress: Told of every file.

        Raises:
            TransportError: The site does not answer.
            StoreError: The store cannot be written.
        """
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="binance_nb-file")
        flying = {pool.submit(self._table, name): name for name in names}
        awaited = Counter(self._period(name) for name in names)
        try:
            while flying:
                landed, _ = wait(flying, _GLANCE_SECONDS, "FIRST_COMPLETED")
                for future in landed:
                    name = flying.pop(future)
                    self._land(name, future)
                    progress.step()
                    awaited[self._period(name)] -= 1
                    if not awaited[self._period(name)]:
                        self._store(self._period(name))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for period in list(self._landed):
                self._store(period)

    def _period(self, name: ArchiveName) -> Period:
        return self._dataset.period_of(name.start_ms)

    def _store(self, period: Period) -> None:
        import pandas as pd

        landed = sorted(self._landed.pop(period, []), key=lambda each: each[0])
        for run in runs_of(landed):
            span = replace(run[0][0], end_ms=run[-1][0].end_ms)
            rows = pd.concat([frame for _, frame in run], ignore_index=not self._dataset.interval)
            self._keeper.keep(rows if len(run) > 1 else run[0][1], span)

    def _table(self, name: ArchiveName) -> pa.Table | None:
        data = self._site.fetch(name)
        return None if data is None else table_of_file(data, name, self._dataset)

    def _land(self, name: ArchiveName, future: Future[pa.Table | None]) -> None:
        from binance_nb.store.parquet import frame_of

        try:
            table = future.result()
        except TransportError:
            raise
        except BinanceError as error:
            if "disk" in error.details:
                raise  # no fault of this file's, and no other will fare better
            self._report.remark(f"{error.message} It was left out.")
            return
        if table is None:
            self._report.remark(f"{name.file_name} is not published.")
            return
        frame = frame_of(self._dataset, table)
        self._report.files += 1
        self._report.sources.add("archive")
        self._landed.setdefault(self._period(name), []).append((self._span(name, frame), frame))

    def _span(self, name: ArchiveName, frame: pd.DataFrame) -> Span:
        if self._dataset.interval not in _LONG or not len(frame):
            return Span(name.start_ms, name.end_ms, "have", "archive")
        first, last = int(stamps_of(frame.index)[0]), int(stamps_of(frame["close_time"])[-1]) + 1
        return Span(first, last, "have", "archive")

    def _listed(self, period: str) -> list[ArchiveName]:
        if period not in self._listings:  # the plan and the fetching ask for the same
            kind = KINDS[self._dataset.operation]
            self._listings[period] = self._site.names(period, kind, self._dataset.symbol, self._dataset.interval)
        return self._listings[period]

    def _touching(self, names: Iterable[ArchiveName], gaps: Sequence[Span]) -> list[ArchiveName]:
        return [
            name for name in names if any(gap.start_ms < name.end_ms and name.start_ms < gap.end_ms for gap in gaps)
        ]


def without_files(gaps: Sequence[Span], names: Sequence[ArchiveName]) -> list[Span]:
    """Return what files leave of a time.

    Args:
        gaps: Which time.
        names: The files.
    """
    covered = [Span(name.start_ms, name.end_ms) for name in names]
    return [part for gap in gaps for part in missing(covered, gap.start_ms, gap.end_ms)]
