"""A Dask frame is what `history` would give, on threads and on a cluster whose workers die."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session, connect
from binance_nb.errors import BinanceError, StoreError, UsageError
from binance_nb.folders import CACHE_VARIABLE
from binance_nb.history import dask_frame
from binance_nb.history.dask_frames import read_part
from tests.sandbox_fixture import FROZEN_AT

pytest.importorskip("dask.dataframe", reason="make test-peers brings Dask")

CANDLES = ("klines", "BTCUSDT", "1m")
MAY: dict[str, Any] = {"start": "2024-05-16", "end": "2024-06-01"}  # Any: words of any call


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store for each test, for its workers, too."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def exchange() -> Iterator[Session]:
    """A session on a sandbox of its own, with an empty store."""
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as opened:
        yield opened


def computed(frame: Any) -> pd.DataFrame:  # Any: a Dask frame
    whole: pd.DataFrame = frame.compute(scheduler="threads")
    return whole


def test_it_is_what_history_gives(exchange: Session) -> None:
    """A partition a file, and the same values, dtypes, index and order."""
    lazy = dask_frame(*CANDLES, start="2024-05-28T12:00", end="2024-06-01", session=exchange)

    whole = computed(lazy)

    told = exchange.history(*CANDLES, start="2024-05-28T12:00", end="2024-06-01", quiet=True)
    pd.testing.assert_frame_equal(told, whole, check_exact=True, check_freq=False)
    assert (4, True) == (lazy.npartitions, lazy.known_divisions)
    pd.testing.assert_frame_equal(told.iloc[:0], lazy._meta, check_index_type=True)
    one_day = computed(lazy.loc["2024-05-30"])
    assert 1440 == len(one_day)


def test_trades_are_indexed_by_time(exchange: Session) -> None:
    """Their divisions are known without reading a file; the columns stay as they are."""
    lazy = dask_frame("agg_trades", "ADABTC", start="2024-05-30T20:00", end="2024-05-31T03:00", session=exchange)

    whole = computed(lazy)

    told = exchange.history("agg_trades", "ADABTC", start="2024-05-30T20:00", end="2024-05-31T03:00", quiet=True)
    pd.testing.assert_frame_equal(told.set_index("time"), whole, check_exact=True)
    assert (2, True) == (lazy.npartitions, lazy.known_divisions)


def test_what_is_stored_is_read_from_the_store(exchange: Session) -> None:
    """A period that the store has whole is one partition; where it is gone, the bulk file is fetched after all."""
    told = exchange.history(*CANDLES, **MAY, quiet=True)
    lazy = dask_frame(*CANDLES, start="2024-05-16", end="2024-05-31", session=exchange)
    mixed = dask_frame(*CANDLES, start="2024-04-29", end="2024-06-01", session=exchange)

    whole = computed(lazy)

    assert (1, 34 - 1) == (lazy.npartitions, mixed.npartitions)
    pd.testing.assert_frame_equal(told.loc[:"2024-05-30"], whole, check_exact=True, check_freq=False)


def test_a_store_that_is_gone_is_told(exchange: Session) -> None:
    """Neither a store nor a file: the error says what to do."""
    exchange.history(*CANDLES, start="2024-05-31", end="2024-06-01", quiet=True)
    lazy = dask_frame(*CANDLES, start="2024-05-31", end="2024-06-01", session=exchange)
    for holding in exchange.store.holdings():
        exchange.store.remove(holding.dataset)

    with pytest.raises(StoreError, match="no bulk file is known"):
        computed(lazy)


def test_a_wrong_checksum_stops_the_computation(exchange: Session) -> None:
    """Downloads are compared on the worker; the error names the file."""
    assert exchange.sandbox is not None
    lazy = dask_frame(*CANDLES, start="2024-05-30", end="2024-06-01", session=exchange)

    with (
        exchange.sandbox.faults("BTCUSDT-1m-2024-05-31.zip*", kind="wrong_checksum"),
        pytest.raises(StoreError, match=r"BTCUSDT-1m-2024-05-31\.zip"),
    ):
        computed(lazy)


def test_nothing_secret_travels(exchange: Session) -> None:
    """What a worker gets is names, times and addresses."""
    assert exchange.sandbox is not None
    lazy = dask_frame(*CANDLES, **MAY, session=exchange)

    pickled = pickle.dumps(lazy)

    assert exchange.sandbox.secret_key.encode() not in pickled
    assert exchange.sandbox.api_key.encode() not in pickled
    assert b"Session" not in pickled
    assert read_part.__module__.encode() in pickled


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"what": "kline"}, "no history of 'kline'"),
        ({"interval": "1x"}, "no interval '1x'"),
        ({"interval": None}, "needs an interval"),
        ({"what": "agg_trades"}, "takes no interval"),
        ({"interval": "1w"}, "fit into one answer"),
        ({"symbol": "NOSUCH"}, "No bulk file and no store holds klines NOSUCH"),
        ({"end": "2024-06-02"}, "from 2024-06-01"),
        ({"start": "2024-06-02"}, "no time in it"),
        ({"start": "soon"}, "soon"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(session: Session, words: dict[str, Any], said: str) -> None:
    """Each with the word that is wrong."""
    given = {"what": "klines", "symbol": "BTCUSDT", "interval": "1m", **MAY, **words}

    with pytest.raises(BinanceError, match=said):
        dask_frame(given.pop("what"), given.pop("symbol"), given.pop("interval"), session=session, **given)


def test_an_environment_without_bulk_files_is_told() -> None:
    """The testnet publishes none."""
    with connect("testnet") as testnet, pytest.raises(UsageError, match="no bulk files for testnet"):
        dask_frame(*CANDLES, **MAY, session=testnet)


def test_monthly_files_fill_where_there_are_no_daily_ones_and_the_other_way_round(exchange: Session) -> None:
    """Fewer partitions, the same rows; the days after the last whole month come as days."""
    monthly = dask_frame(
        "klines", "BTCUSDT", "1h", start="2024-04-15", end="2024-05-03", session=exchange, files="monthly"
    )

    whole = computed(monthly)

    told = exchange.history("klines", "BTCUSDT", "1h", start="2024-04-15", end="2024-05-03", quiet=True)
    assert 3 == monthly.npartitions
    pd.testing.assert_frame_equal(told, whole, check_exact=True, check_freq=False)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets of the worker that dies
def test_a_worker_that_dies_changes_nothing(exchange: Session) -> None:
    """Two workers, one of them killed in the middle: the frame is that of an undisturbed run."""
    distributed = pytest.importorskip("distributed", reason="make test-peers brings it")
    lazy = dask_frame(*CANDLES, **MAY, session=exchange)
    undisturbed = computed(lazy)

    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        pids = client.run(os.getpid)
        parts = client.compute(lazy.to_delayed())
        done = next(iter(distributed.as_completed(parts)))
        [[holder]] = client.who_has([done]).values()
        os.kill(pids[holder], signal.SIGKILL)
        whole = pd.concat(client.gather(parts))
        later = client.run(os.getpid)

    assert 16 == len(parts)
    assert pids[holder] not in later.values()
    pd.testing.assert_frame_equal(undisturbed, whole, check_exact=True, check_freq=False)
