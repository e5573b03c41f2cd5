"""How rows are put into files: each replaced whole, and what is known of its time with it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from binance_nb.errors import StoreError
from binance_nb.store.datasets import Dataset, Period
from binance_nb.store.ledger import FileEntry, Ledger, replace_file
from binance_nb.store.parquet import parquet_bytes, read_tables
from binance_nb.store.spans import Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

__all__ = ["between", "checksum", "demand_fit", "renew"]


def renew(ledger: Ledger, folder: Path, period: Period, rows: pa.Table, news: tuple[Span, ...]) -> Ledger:
    """Put rows into a period's file, and what is known of its time into the ledger.

    Where there is neither a row nor a file, nothing is written, and it is the caller who writes the ledger: years
    before a listing cost one ledger, not one for each of their days.

    Args:
        ledger: What was known.
        folder: The data set's folder.
        period: Which file.
        rows: The rows of the news' time.
        news: What is known now of that time.

    Returns:
        What is known now.

    Raises:
        OSError: The disk is full, or cannot be written.
        StoreError: The file that is there is damaged, or gone.
    """
    import pyarrow as pa

    dataset, path = ledger.dataset, folder / f"{period.name}.parquet"
    if path.name in ledger.files:
        try:
            [old] = read_tables(dataset, [path])
        except FileNotFoundError as error:
            raise StoreError(
                f"{path} is gone.",
                hint="Let the store forget it, and it is fetched again.",
                suggestion="%binance store verify --mend",
            ) from error
        start_ms, end_ms = news[0].start_ms, news[-1].end_ms
        before = between(dataset, old, period.start_ms, start_ms)
        after = between(dataset, old, end_ms, period.end_ms)
        rows = pa.concat_tables([before, rows, after])
    elif not rows.num_rows:
        return ledger.with_spans(news)
    data = parquet_bytes(rows)
    ledger = ledger.about_to(path.name, FileEntry(rows.num_rows, len(data), checksum(data)), news)
    ledger.write(folder)
    replace_file(path, data)
    ledger = ledger.done()
    ledger.write(folder)
    return ledger


def between(dataset: Dataset, table: pa.Table, start_ms: int, end_ms: int) -> pa.Table:
    """Return the rows of a range; they lie in order of time, so a look at its ends is enough.

    Args:
        dataset: Tells the column of time.
        table: The rows.
        start_ms: Where the range begins.
        end_ms: Where it ends, exclusive.
    """
    import numpy as np

    times = _integers(table, dataset.time_column)
    first, last = np.searchsorted(times, [start_ms, end_ms])
    return table.slice(first, last - first)


def _integers(table: pa.Table, column: str) -> npt.NDArray[np.int64]:
    import pyarrow as pa

    return table[column].cast(pa.int64()).to_numpy()


def demand_fit(dataset: Dataset, table: pa.Table, span: Span) -> None:
    """Refuse rows that are out of order, come twice, or are of another time.

    Args:
        dataset: What they are.
        table: The rows.
        span: The time they are said to be of.

    Raises:
        StoreError: They are.
    """
    times = _integers(table, dataset.time_column)
    keys = _integers(table, dataset.key)
    if not len(times):
        return
    if times[0] < span.start_ms or times[-1] >= span.end_ms:
        raise StoreError(f"Rows of {dataset} lie outside the time they are said to be of.")
    if (keys[1:] <= keys[:-1]).any() or (times[1:] < times[:-1]).any():
        raise StoreError(f"Rows of {dataset} are not in order, or come twice.")


def checksum(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal.

    Args:
        data: The bytes.
    """
    return hashlib.sha256(data).hexdigest()
