"""A year of one-minute candles, 525,600 rows, from where it was fetched before: the store, and bulk files.

From the store against pyarrow, which reads the same Parquet files into pandas, by turns; the best of each counts. From
bulk files (a day each) with the shares of the time that the wire, the checksum and the unzip, the parser, and the store
take, each measured by itself on the same files. ``--days`` makes the second part shorter or longer.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd

from binance_nb import connect
from binance_nb.archive import ArchiveName, csv_of
from binance_nb.folders import CACHE_VARIABLE
from binance_nb.history.bulk import BulkSite, table_of_file
from binance_nb.session import Session
from binance_nb.store import Dataset, Span, Store
from binance_nb.store.parquet import frame_of

FROZEN = "2024-06-01T12:00:00Z"
START, END = pd.Timestamp("2023-01-01", tz="UTC"), pd.Timestamp("2024-01-01", tz="UTC")
CANDLES = ("klines", "BTCUSDT", "1m")


def best(action: Callable[[], object], runs: int) -> float:
    """The least seconds of some runs."""
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def by_arrow(paths: list[Path]) -> pd.DataFrame:
    """The same rows as any program reads them."""
    import pyarrow.parquet as pq

    return pq.read_table(paths, partitioning=None).to_pandas()


def from_store(session: Session, runs: int) -> None:
    began = time.perf_counter()
    frame = session.history(*CANDLES, start=START, end=END, quiet=True)
    fetched = time.perf_counter() - began
    dataset = Dataset(session.market, "klines", "BTCUSDT", "1m")
    paths = list(session.store.paths(dataset).values())
    ours = theirs = float("inf")
    for _ in range(runs):
        theirs = min(theirs, best(lambda: by_arrow(paths), 1))
        ours = min(ours, best(lambda: session.history(*CANDLES, start=START, end=END, quiet=True), 1))
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(frame):,} rows, {len(paths)} files of {size / 1e6:.1f} MB; from the API it took {fetched:.2f} s")
    print(f"{'from the store':<34} {ours * 1000:7.0f} ms")
    print(f"{'the same Parquet by pyarrow':<34} {theirs * 1000:7.0f} ms   ratio {ours / theirs:.2f} (at most 1.5)")


def from_files(session: Session, days: int) -> None:
    assert session.sandbox is not None
    names = [
        ArchiveName("klines", "BTCUSDT", "1m", day.year, day.month, day.day)
        for day in pd.date_range(START, periods=days)
    ]
    url = session.sandbox.archive_url
    end = START + pd.Timedelta(days=days)
    with tempfile.TemporaryDirectory() as folder:
        site, dataset = BulkSite(url, f"{url}/", Path(folder)), Dataset("bench", "klines", "BTCUSDT", "1m")
        files: dict[ArchiveName, bytes] = {}
        first = best(lambda: files.update({name: site.fetch(name) or b"" for name in names}), 1)
        shares = {"listing": best(lambda: [site.names(kind, *CANDLES) for kind in ("daily", "monthly")], 2)}
        shares["wire, one after the other"] = best(lambda: [site.fetch(name) for name in names], 2)
        shares["unzip"] = best(lambda: [csv_of(data, source=name.file_name) for name, data in files.items()], 3)
        tables = [table_of_file(data, name, dataset) for name, data in files.items()]
        parse = best(lambda: [table_of_file(data, name, dataset) for name, data in files.items()], 3)
        shares["parse"] = max(0.0, parse - shares["unzip"])
        shares["frames"] = best(lambda: [frame_of(dataset, table) for table in tables], 3)
        rows, store = pd.concat([frame_of(dataset, table) for table in tables]), Store(Path(folder))
        span = Span(names[0].start_ms, names[-1].end_ms)
        shares["store"] = best(lambda: store.write(dataset, rows, span), 1)
    session.store.remove(Dataset(session.market, "klines", "BTCUSDT", "1m"))
    began = time.perf_counter()
    told = session.history(*CANDLES, start=START, end=end, source="archive", quiet=True)
    whole = time.perf_counter() - began
    print(f"{days} files of a day, {len(told):,} rows; the sandbox made them in {first:.1f} s before")
    print(f"{'from bulk files':<34} {whole * 1000:7.0f} ms")
    shares["all else"] = max(0.0, whole - sum(shares.values()))
    for share, seconds in shares.items():
        print(f"  {share:<32} {seconds * 1000:7.0f} ms   {seconds / whole:6.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--days", type=int, default=60, help="of bulk files")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ[CACHE_VARIABLE] = cache
        with closing(connect("sandbox", seed=1, frozen=FROZEN)) as session:
            from_store(session, asked.runs)
            from_files(session, asked.days)


if __name__ == "__main__":
    main()
