"""Whatever goes wrong in the middle: the error is clear, what came is kept, and the next run has it all."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from filelock import FileLock

from binance_nb import Session, connect
from binance_nb.client import Client, WeightBudget
from binance_nb.errors import (
    BinanceError,
    FirewallError,
    IpBannedError,
    RateLimitError,
    ReplyError,
    StoreError,
    TransportError,
    UsageError,
)
from binance_nb.folders import CACHE_VARIABLE
from binance_nb.sandbox.process import FaultHandle
from binance_nb.store import Dataset, Span, Store

MAY: dict[str, Any] = {"start": "2024-03-01", "end": "2024-04-01", "quiet": True}  # Any: words of any call
ROWS = 31 * 1440
DAY = 86_400_000
Faults = Callable[..., FaultHandle]
MARCH = 1_709_251_200_000


@pytest.fixture
def here(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session with an empty store, on this file's sandbox, without faults."""
    assert session.sandbox is not None
    session.sandbox.clear_faults()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    with Session(Client(session.environment, budget=WeightBudget())) as opened:
        yield opened


@pytest.fixture
def store(here: Session) -> Store:
    """Its store."""
    return here.store


@pytest.fixture
def faults(session: Session) -> Faults:
    """Lets something go wrong on this file's sandbox."""
    assert session.sandbox is not None
    return session.sandbox.faults


def minutes(session: Session, **words: Any) -> pd.DataFrame:
    return session.history("klines", "BTCUSDT", "1m", **{**MAY, **words})


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "429", "retry_after_seconds": 900}, RateLimitError),
        ({"kind": "418", "retry_after_seconds": 900, "count": 1}, IpBannedError),
        ({"kind": "403", "count": 1}, FirewallError),
        ({"kind": "drop_before_execute"}, TransportError),
        ({"kind": "broken_json", "count": 1}, ReplyError),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_what_came_before_a_failure_is_kept(
    here: Session, store: Store, faults: Faults, fault: dict[str, Any], error: type[BinanceError]
) -> None:
    """The error says what it was; afterwards only the rest is asked for, and the result is whole."""
    with faults("klines", skip=30, **fault), pytest.raises(error):
        minutes(here)

    assert [] == list(store.verify())
    with Session(Client(here.environment, budget=WeightBudget())) as later:  # one that knows of no ban
        whole = minutes(later)

    facts = whole.attrs["binance"]
    assert ROWS == len(whole)
    assert facts["whole"]
    assert 0 < facts["requests"] < 45
    assert "api, store" == facts["source"]


def test_lost_lines_are_nothing_to_bother_with(here: Session, store: Store, faults: Faults) -> None:
    """They are tried again by themselves."""
    with faults("klines", kind="drop_before_execute", skip=10, count=2):
        whole = minutes(here)

    assert ROWS == len(whole)
    assert [] == list(store.verify())


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the operating system refuse larger files, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("source", ["api", "archive"])
def test_a_disk_without_room_is_told_and_what_was_stored_stays_whole(here: Session, store: Store, source: str) -> None:
    """The error names the folder and the way out; with room again, it goes on."""
    day = minutes(here, end="2024-03-02", source=source)
    with files_of_at_most(60_000), pytest.raises(StoreError, match="cannot be written") as caught:
        minutes(here, end="2024-03-20", source=source)

    problems = list(store.verify())
    later = minutes(here, end="2024-03-20", source=source)

    assert "BINANCE_NB_CACHE" in (caught.value.hint or "")
    assert [] == problems
    assert 19 * 1440 == len(later)
    pd.testing.assert_frame_equal(day, later.iloc[:1440], check_exact=True, check_freq=False)


def test_what_is_stored_is_read_while_another_process_writes(here: Session, store: Store) -> None:
    """Reading takes no lock, so that a folder which cannot be written serves as well."""
    first = minutes(here, end="2024-03-03")
    [holding] = store.holdings()

    with FileLock(holding.folder / ".lock"):
        again = minutes(here, end="2024-03-03")

    pd.testing.assert_frame_equal(first, again, check_exact=True, check_freq=False)
    assert 0 == again.attrs["binance"]["requests"]


def test_a_store_that_vanishes_is_fetched_again(here: Session, store: Store) -> None:
    """Somebody empties the cache between two runs, or between two looks."""
    first = minutes(here, end="2024-03-03")
    shutil.rmtree(store.folder)

    again = minutes(here, end="2024-03-03")

    pd.testing.assert_frame_equal(first, again, check_exact=True, check_freq=False)


def test_a_file_that_is_gone_is_told_and_mending_fetches_it_again(here: Session, store: Store) -> None:
    """The ledger says that it is there, so it is not passed over in silence."""
    first = minutes(here, end="2024-03-03")
    next(store.folder.rglob("*.parquet")).unlink()
    with pytest.raises(StoreError, match=r"2024-03\.parquet is gone"):
        minutes(here, end="2024-03-03")

    mended = [store.mend(problem) for problem in list(store.verify())]

    assert [True] == mended
    pd.testing.assert_frame_equal(first, minutes(here, end="2024-03-03"), check_exact=True, check_freq=False)


def test_an_outage_at_the_start_of_a_range_is_no_listing(here: Session, store: Store) -> None:
    """The first candle of all is asked for, once, before it is said that there is nothing before it."""
    listed = here.history("klines", "BTCUSDT", "1h", start="2017-08-10", end="2017-08-20", quiet=True)
    gaps = here.gaps("klines", "BTCUSDT", "1h", start="2017-08-10", end="2017-08-20")
    dataset = Dataset(here.market, "klines", "ETHUSDT", "1h")
    hours = here.klines("ETHUSDT", "1h", start="2024-03-01T05:00", end="2024-03-02")
    hours.attrs.clear()
    store.write(dataset, hours, Span(MARCH, MARCH + DAY), [Span(MARCH, MARCH + 5 * 3_600_000, "empty")])
    down = here.gaps("klines", "ETHUSDT", "1h", start="2024-03-01", end="2024-03-02")

    assert "BTCUSDT has no candles before 2017-08-17" in listed.attrs["binance"]["note"]
    assert ["before listing"] == gaps["kind"].tolist()
    assert [(5, "none there")] == list(zip(down["candles"], down["kind"], strict=True))


def test_a_busy_last_second_is_told_whole(here: Session, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too young for the store may be more than one answer holds."""
    from binance_nb.history.long import chronicle

    monkeypatch.setattr(chronicle, "PAGE_ROWS", 2)

    told = here.history("agg_trades", "BTCUSDT", start="-4s", quiet=True)

    plain = here.agg_trades("BTCUSDT", start="-4s")
    assert len(plain) > 4
    assert plain["agg_trade_id"].tolist() == told["agg_trade_id"].tolist()


def test_trades_past_the_ceiling_are_refused_before_anything_is_fetched(here: Session, store: Store) -> None:
    """Their ids tell how many there are, for two requests."""
    with pytest.raises(UsageError, match="above the ceiling of 5,000,000: nothing was fetched") as caught:
        here.history("agg_trades", "BTCUSDT", start="2019-01-01")

    assert (caught.value.suggestion or "").startswith("--max-rows 1")
    assert [] == list(store.holdings())


@pytest.mark.parametrize("speed", [1.0, 500.0])
def test_a_running_clock_gives_the_running_candle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    """However fast it runs: the last row is the candle of now, all others are closed, none is missing."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    with connect("sandbox", seed=1, speed=speed) as session:
        told = [session.history("klines", "BTCUSDT", "1m", start="-3h", quiet=True) for _ in range(3)]

    for frame in told:
        assert frame.attrs["binance"]["whole"]
        assert frame["closed"].iloc[:-1].all()
        assert (frame.index[1:] - frame.index[:-1] == pd.Timedelta(minutes=1)).all()
