"""The store: what was fetched once, kept as Parquet that any engine reads."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from binance_nb.errors import StoreError
from binance_nb.folders import cache_folder
from binance_nb.store.datasets import Dataset, Period
from binance_nb.store.ledger import LEDGER, VERSION, Ledger
from binance_nb.store.parquet import frame_of, read_tables, schema_of, table_of
from binance_nb.store.spans import Span, laid_over, missing, within
from binance_nb.store.writing import between, checksum, demand_fit, renew

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Holding", "Problem", "Store"]

_LOCK = ".lock"
_LOCK_SECONDS = 30.0
# A file may be replaced between the look at the ledger and the look at the file; more often than this, nobody does.
_READ_TRIES = 5


@dataclass(frozen=True)
class Holding:
    """What the store has of one data set.

    Attributes:
        dataset: The data set.
        spans: What is known of which time.
        rows: Rows in all.
        size: Bytes of its files.
        folder: Where they are.
    """

    dataset: Dataset
    spans: tuple[Span, ...]
    rows: int
    size: int
    folder: Path


@dataclass(frozen=True)
class Problem:
    """Something in the store that is not as it should be.

    Attributes:
        path: The file.
        what: What is wrong, in words.
        is_damage: Whether removing the file mends it. False where the file may be whole and only could not be looked
            at: a newer version wrote it, or another process has it.
    """

    path: Path
    what: str
    is_damage: bool = True


class Store:
    """Frames on disk. Safe to use from several threads and processes at once.

    Args:
        folder: Its folder; below the user's cache when None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or cache_folder() / "store") / f"v{VERSION}"

    def coverage(self, dataset: Dataset) -> tuple[Span, ...]:
        """Return what is known of which time.

        Args:
            dataset: The data set.

        Returns:
            Spans in order of time.

        Raises:
            StoreError: A newer version wrote it, or its ledger cannot be read.
        """
        ledger = self._ledger(dataset)
        return ledger.spans if ledger else ()

    def missing(self, dataset: Dataset, start_ms: int, end_ms: int) -> tuple[Span, ...]:
        """Return what of a range would have to be fetched.

        Args:
            dataset: The data set.
            start_ms: Where the range begins.
            end_ms: Where it ends, exclusive.

        Returns:
            The gaps in order of time.

        Raises:
            StoreError: As of `coverage`.
        """
        return missing(self.coverage(dataset), start_ms, end_ms)

    def write(self, dataset: Dataset, frame: pd.DataFrame, span: Span, empty: Iterable[Span] = ()) -> None:
        """Keep the rows of a stretch of time, in place of those that were there.

        Every file is replaced whole or not at all, and what is known of its time changes with it.

        Args:
            dataset: The data set.
            frame: The rows, as the session returns them, sorted, none outside the span.
            span: The time that they are all of.
            empty: Stretches within it of which the exchange had nothing.

        Raises:
            StoreError: The rows do not fit, another process writes for too long, or the disk cannot be written.
        """
        table = table_of(dataset, frame)
        demand_fit(dataset, table, span)
        known = laid_over([span], empty)
        with self._writing(dataset) as folder:
            ledger = self._settled(dataset, folder)
            for period in dataset.periods(span.start_ms, span.end_ms):
                news = within(known, period.start_ms, period.end_ms)
                ledger = renew(ledger, folder, period, between(dataset, table, period.start_ms, period.end_ms), news)
            if ledger != Ledger.read(folder):
                ledger.write(folder)

    def note(self, dataset: Dataset, spans: Iterable[Span]) -> None:
        """Remember what is known of time without rows: that it is empty, or was begun.

        Args:
            dataset: The data set.
            spans: What is known; of what is there already, nothing changes.

        Raises:
            StoreError: As of `write`.
        """
        with self._writing(dataset) as folder:
            ledger = known = self._settled(dataset, folder)
            for span in spans:
                ledger = ledger.with_spans(_not_had(ledger.spans, span))
            if ledger != known:
                ledger.write(folder)

    def read(self, dataset: Dataset, start_ms: int, end_ms: int) -> pd.DataFrame:
        """Return the rows of a range, as far as they are there.

        Args:
            dataset: The data set.
            start_ms: Where the range begins.
            end_ms: Where it ends, exclusive.

        Returns:
            A frame with the columns and dtypes of the session's, without facts in ``attrs``.

        Raises:
            StoreError: A file is damaged, or as of `coverage`.
        """
        import pyarrow as pa

        tables = self._tables(dataset, start_ms, end_ms) if start_ms < end_ms else []
        return frame_of(dataset, pa.concat_tables([schema_of(dataset).empty_table(), *tables]))

    def holdings(self) -> Iterator[Holding]:
        """Give what the store has, by market, call, symbol and interval.

        Yields:
            A holding for each data set.

        Raises:
            StoreError: A ledger cannot be read.
        """
        for folder in self._folders():
            ledger = Ledger.read(folder)
            if ledger is not None:
                entries = ledger.files.values()
                rows, size = sum(entry.rows for entry in entries), sum(entry.size for entry in entries)
                yield Holding(ledger.dataset, ledger.spans, rows, size, folder)

    def verify(self) -> Iterator[Problem]:
        """Compare every file with its checksum.

        Yields:
            What is not as it should be; nothing where all is well.
        """
        for folder in self._folders():
            try:
                ledger = Ledger.read(folder)
            except StoreError as error:
                yield Problem(folder / LEDGER, error.message, is_damage="is_damage" in error.details)
                continue
            if ledger is not None:
                yield from self._checked(ledger.dataset, folder)

    def remove(self, dataset: Dataset) -> int:
        """Remove a data set.

        Args:
            dataset: The data set.

        Returns:
            The bytes that were freed.

        Raises:
            StoreError: Another process writes it for too long, or it cannot be removed.
        """
        folder = self.folder / dataset.path
        if not folder.exists():
            return 0
        with self._writing(dataset):
            size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
            (folder / LEDGER).unlink(missing_ok=True)
            for path in folder.glob("*.parquet"):
                path.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        return size

    def forget(self, dataset: Dataset, file: str) -> None:
        """Remove one damaged file, so that its time counts as missing.

        Args:
            dataset: The data set.
            file: The file's name.

        Raises:
            StoreError: As of `remove`.
        """
        with self._writing(dataset) as folder:
            ledger = self._settled(dataset, folder)
            period = dataset.period_named(file.removesuffix(".parquet"))
            lost = [Span(period.start_ms, period.end_ms, "unfinished")] if period else []
            files = {known: entry for known, entry in ledger.files.items() if known != file}
            replace(ledger.with_spans(lost), files=files).write(folder)
            (folder / file).unlink(missing_ok=True)

    def mend(self, problem: Problem) -> bool:
        """Remove what `verify` found, so that it is fetched again when it is wanted.

        Args:
            problem: What was found.

        Returns:
            Whether something was removed: what may be whole is let be.

        Raises:
            StoreError: As of `remove`.
        """
        if not problem.is_damage:
            return False
        if problem.path.name == LEDGER:
            shutil.rmtree(problem.path.parent, ignore_errors=True)
            return True
        ledger = Ledger.read(problem.path.parent)
        if ledger is None or problem.path.name not in ledger.files:
            problem.path.unlink(missing_ok=True)
        else:
            self.forget(ledger.dataset, problem.path.name)
        return True

    def count(self) -> int:
        """Return how many data sets it holds."""
        return len(self._folders())

    def paths(self, dataset: Dataset) -> dict[Period, Path]:
        """Return the files of a data set, for engines that read Parquet themselves.

        Args:
            dataset: The data set.

        Returns:
            Paths by period, in order of time.
        """
        ledger = self._ledger(dataset) or Ledger(dataset)
        folder = self.folder / dataset.path
        named = ((dataset.period_named(name.removesuffix(".parquet")), folder / name) for name in sorted(ledger.files))
        return {period: path for period, path in named if period is not None}

    def _folders(self) -> list[Path]:
        """Return the folders that have a ledger; what vanishes meanwhile is passed over."""
        return sorted(Path(folder) for folder, _, files in os.walk(self.folder) if LEDGER in files)

    def _checked(self, dataset: Dataset, folder: Path) -> list[Problem]:
        try:
            # Under the lock, for what another process is just replacing is not damaged.
            with self._writing(dataset):
                return list(_compared(self._settled(dataset, folder), folder))
        except StoreError as error:
            return [Problem(folder / LEDGER, error.message, is_damage=False)]

    def _ledger(self, dataset: Dataset) -> Ledger | None:
        return Ledger.read(self.folder / dataset.path)

    def _tables(self, dataset: Dataset, start_ms: int, end_ms: int) -> list[pa.Table]:
        for tries_left in reversed(range(_READ_TRIES)):
            paths = {
                period: path
                for period, path in self.paths(dataset).items()
                if period.start_ms < end_ms and period.end_ms > start_ms
            }
            try:
                tables = read_tables(dataset, list(paths.values()))
            except FileNotFoundError as error:
                if tries_left:
                    continue  # removed by another process just now
                raise StoreError(
                    f"{error.filename} is gone.",
                    hint="Let the store forget it, and it is fetched again.",
                    suggestion="%binance store verify --mend",
                ) from error
            return [
                table
                if start_ms <= period.start_ms and period.end_ms <= end_ms
                else between(dataset, table, start_ms, end_ms)
                for period, table in zip(paths, tables, strict=True)
            ]
        raise AssertionError("unreachable")

    @contextlib.contextmanager
    def _writing(self, dataset: Dataset) -> Iterator[Path]:
        """Keep other writers of a data set out; what the disk refuses becomes an error of ours."""
        from filelock import FileLock, Timeout

        folder = self.folder / dataset.path
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / _LOCK, timeout=_LOCK_SECONDS):
                yield folder
        except Timeout as error:
            raise StoreError(
                f"Another process has been writing {dataset} for {_LOCK_SECONDS:.0f} seconds.",
                hint="Wait for it, or stop it; nothing was lost.",
                details={"path": str(folder)},
            ) from error
        except OSError as error:
            raise StoreError(
                f"{folder} cannot be written: {error.strerror or error}.",
                hint="Free some space, or name another folder with BINANCE_NB_CACHE. What was stored before is whole.",
                details={"path": str(folder)},
            ) from error

    def _settled(self, dataset: Dataset, folder: Path) -> Ledger:
        """Return the ledger after a look at what a crash may have left half done."""
        ledger = Ledger.read(folder) or Ledger(dataset)
        if ledger.pending is None:
            return ledger
        path = folder / ledger.pending.file
        is_there = path.exists() and checksum(path.read_bytes()) == ledger.pending.entry.sha256
        ledger = ledger.done() if is_there else ledger.undone()
        ledger.write(folder)
        return ledger


def _not_had(known: Iterable[Span], span: Span) -> list[Span]:
    """Return the parts of a span of which there is nothing yet."""
    gaps = missing(known, span.start_ms, span.end_ms)
    return [replace(span, start_ms=gap.start_ms, end_ms=gap.end_ms) for gap in gaps]


def _compared(ledger: Ledger, folder: Path) -> Iterator[Problem]:
    for name, entry in ledger.files.items():
        path = folder / name
        if not path.exists():
            yield Problem(path, "it is gone")
        elif checksum(path.read_bytes()) != entry.sha256:
            yield Problem(path, "its bytes are not those that were written")
    for path in sorted(folder.glob("*.parquet")):
        if path.name not in ledger.files:
            yield Problem(path, "the ledger does not know it")
