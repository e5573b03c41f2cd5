"""The store is readable as it stands: by DuckDB, Polars and Dask, without a line of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from binance_nb import Session, connect
from binance_nb.folders import CACHE_VARIABLE
from tests.sandbox_fixture import FROZEN_AT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store's folder with candles of two symbols and two intervals, over the end of a month."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(cache))
        with connect("sandbox", seed=1, frozen=FROZEN_AT) as session:
            history(session)
            yield session.store.folder / session.market / "klines"


def history(session: Session) -> pd.DataFrame:
    session.history("klines", "BTCUSDT", "1h", start="2024-04-30", end="2024-05-03", quiet=True)
    return session.history("klines", "BTCUSDT,ETHUSDT", "1m", start="2024-04-30", end="2024-05-03", quiet=True)


@pytest.fixture(scope="module")
def expected(folder: Path) -> pd.Series:
    """The sum of volume by symbol, as pandas reads the files."""
    frames = {
        symbol: pd.concat(
            [pd.read_parquet(path) for path in sorted((folder / f"symbol={symbol}" / "interval=1m").glob("*.parquet"))]
        )
        for symbol in ("BTCUSDT", "ETHUSDT")
    }
    assert {3 * 1440} == {len(frame) for frame in frames.values()}
    return pd.Series({symbol: frame["volume"].sum() for symbol, frame in frames.items()})


def test_duckdb_reads_it(folder: Path, expected: pd.Series) -> None:
    """Symbol and interval come from the folders' names, times are times with a zone."""
    duckdb = pytest.importorskip("duckdb", reason="make test-peers brings it")
    files = f"read_parquet('{folder}/**/*.parquet', hive_partitioning=true)"

    with duckdb.connect() as database:
        rows = database.sql(
            f"select symbol, count(*), sum(volume), typeof(any_value(open_time)), min(epoch_ms(open_time)) "
            f"from {files} where interval = '1m' group by symbol order by symbol"
        ).fetchall()

    assert [("BTCUSDT", 4320), ("ETHUSDT", 4320)] == [row[:2] for row in rows]
    assert {("TIMESTAMP WITH TIME ZONE", 1_714_435_200_000)} == {row[3:] for row in rows}
    assert expected.to_list() == pytest.approx([row[2] for row in rows], rel=1e-12)


def test_polars_reads_it(folder: Path, expected: pd.Series) -> None:
    """Lazily, with the folders as columns."""
    polars = pytest.importorskip("polars", reason="make test-peers brings it")

    found = (
        polars.scan_parquet(f"{folder}/**/*.parquet", hive_partitioning=True)
        .filter(polars.col("interval") == "1m")
        .group_by("symbol")
        .agg(polars.len(), polars.col("volume").sum())
        .sort("symbol")
        .collect()
    )

    assert ["BTCUSDT", "ETHUSDT"] == found["symbol"].to_list()
    assert [4320, 4320] == found["len"].to_list()
    assert expected.to_list() == pytest.approx(found["volume"].to_list(), rel=1e-12)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # Dask's own, with the newest pandas
def test_dask_reads_it(folder: Path, expected: pd.Series) -> None:
    """Ledgers and locks beside the files are passed over."""
    frames = pytest.importorskip("dask.dataframe", reason="make test-peers brings it")

    lazy = frames.read_parquet(str(folder), filters=[("interval", "==", "1m")])
    found = lazy.groupby("symbol", observed=True)["volume"].sum().compute(scheduler="threads")

    assert expected.to_dict() == pytest.approx(found.sort_index().to_dict(), rel=1e-12)
