"""What was put into the store comes out as it was, whatever happens in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_nb import Session
from binance_nb.errors import StoreError
from binance_nb.store import Dataset, Span, Store
from binance_nb.store.ledger import LEDGER, Ledger
from tests.store.conftest import CANDLES, JULY, JUNE, MAY, MINUTE_MS, candles

DAY = 1440
_IMPORTS = """
import sys
from pathlib import Path
from binance_nb.store import Store
from tests.store.conftest import JUNE, MINUTE_MS
from tests.store.test_store import put
"""


def put(store: Store, start_ms: int, count: int, seed: int = 1) -> pd.DataFrame:
    frame = candles(start_ms, count, seed)
    store.write(CANDLES, frame, Span(start_ms, start_ms + count * MINUTE_MS))
    return frame


def ledger_path(store: Store) -> Path:
    return store.folder / CANDLES.path / LEDGER


def ledger_bytes(store: Store) -> bytes:
    path = ledger_path(store)
    return path.read_bytes() if path.exists() else b""


def test_a_frame_comes_back_as_it_was(store: Store) -> None:
    """Index, columns, dtypes, order and every bit of every number, across two files."""
    stored = put(store, JUNE - DAY * MINUTE_MS, 3 * DAY)

    read = store.read(CANDLES, MAY, JULY)

    pd.testing.assert_frame_equal(stored, read, check_exact=True, check_freq=False)
    assert ["2024-05.parquet", "2024-06.parquet"] == sorted(path.name for path in store.folder.rglob("*.parquet"))


@pytest.mark.parametrize("operation", ["agg_trades", "historical_trades"])
def test_trades_come_back_as_the_session_gave_them(session: Session, store: Store, operation: str) -> None:
    """Ids, times and flags survive, too."""
    trades = session.call(operation, symbol="BTCUSDT", limit=500)
    dataset = Dataset("sandbox", operation, "BTCUSDT")
    first, last = (int(moment.timestamp() * 1000) for moment in trades["time"].iloc[[0, -1]])

    store.write(dataset, trades, Span(first, last + 1))
    read = store.read(dataset, first, last + 1)

    pd.testing.assert_frame_equal(trades, read, check_exact=True)


def test_only_the_time_that_was_asked_for_is_read(store: Store) -> None:
    """From the start inclusive to the end exclusive."""
    put(store, JUNE, DAY)

    read = store.read(CANDLES, JUNE + 10 * MINUTE_MS, JUNE + 20 * MINUTE_MS)

    assert 10 == len(read)
    assert JUNE + 10 * MINUTE_MS == read.index[0].value // 1_000_000


def test_rows_of_the_same_time_are_replaced(store: Store) -> None:
    """What is written last holds, and what lies around it stays."""
    old = put(store, JUNE, 30)
    new = put(store, JUNE + 10 * MINUTE_MS, 10, seed=2)

    read = store.read(CANDLES, JUNE, JULY)

    pd.testing.assert_frame_equal(
        pd.concat([old.iloc[:10], new, old.iloc[20:]]), read, check_exact=True, check_freq=False
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=6))
def test_any_order_of_writing_comes_to_the_same(tmp_path: Path, parts: list[tuple[int, int]]) -> None:
    """Parts that overlap, in any order, over the end of a month: each minute is there once, with its latest row."""
    store = Store(tmp_path / str(hash(tuple(parts))))
    start_ms = JUNE - 45 * MINUTE_MS
    wanted: dict[pd.Timestamp, float] = {}
    for seed, (first, count) in enumerate(parts):
        frame = put(store, start_ms + first * MINUTE_MS, count, seed)
        wanted |= dict(zip(frame.index, frame["open"], strict=True))

    read = store.read(CANDLES, MAY, JULY)

    assert dict(sorted(wanted.items())) == dict(zip(read.index, read["open"], strict=True))
    assert sum(gap.end_ms - gap.start_ms for gap in store.missing(CANDLES, start_ms, start_ms + 90 * MINUTE_MS)) == (
        (90 - len(wanted)) * MINUTE_MS
    )


def test_time_without_rows_is_not_asked_for_again(store: Store) -> None:
    """That the exchange had nothing is knowledge, too; that something was begun is none."""
    put(store, JUNE, 10)
    down, begun = Span(JUNE + 10 * MINUTE_MS, JUNE + 20 * MINUTE_MS, "empty"), Span(JUNE, JULY, "unfinished")

    store.note(CANDLES, [down, begun])

    [gap] = store.missing(CANDLES, JUNE, JULY)
    assert (down.end_ms, JULY) == (gap.start_ms, gap.end_ms)
    assert 10 == len(store.read(CANDLES, JUNE, JULY))


@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_crash_between_file_and_ledger_loses_nothing(store: Store, is_renamed: bool) -> None:
    """Whether the file was renamed in time or not: the ledger says what is there, and the rest is fetched again."""
    put(store, JUNE, 10)
    before = ledger_path(store).read_bytes()
    old_file = next(store.folder.rglob("*.parquet"))
    old_bytes = old_file.read_bytes()
    put(store, JUNE + 10 * MINUTE_MS, 10)
    finished = Ledger.read(ledger_path(store).parent)
    assert finished is not None
    ledger_path(store).write_bytes(before)
    ledger = Ledger.read(ledger_path(store).parent)
    assert ledger is not None
    entry = finished.files[old_file.name]
    ledger.about_to(old_file.name, entry, [Span(JUNE, JUNE + 20 * MINUTE_MS)]).write(ledger_path(store).parent)
    if not is_renamed:
        old_file.write_bytes(old_bytes)

    problems = list(store.verify())

    assert [] == problems
    there = 20 if is_renamed else 10
    assert there == len(store.read(CANDLES, JUNE, JULY))
    assert JUNE + there * MINUTE_MS == store.missing(CANDLES, JUNE, JULY)[0].start_ms


def test_a_writer_killed_at_any_moment_leaves_the_store_sound(tmp_path: Path) -> None:
    """kill -9 in the middle of writing, again and again: what the ledger says is there is there, bit for bit."""
    script = (
        _IMPORTS + "store = Store(Path(sys.argv[1])); print('ready', flush=True)\n"
        "for number in range(10_000): put(store, JUNE + number * 50 * MINUTE_MS, 50)"
    )
    store = Store(tmp_path)
    for number in range(6):
        writer = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        for _ in range(5 + number):
            seen = ledger_bytes(store)
            while ledger_bytes(store) == seen:
                pass
        writer.kill()
        writer.communicate()

        assert [] == list(store.verify())
        have = store.coverage(CANDLES)
        read = store.read(CANDLES, JUNE, JULY)
        assert sum(span.end_ms - span.start_ms for span in have) // MINUTE_MS == len(read) > 0


def test_a_store_of_a_newer_version_is_left_alone(store: Store) -> None:
    """Neither read nor written: the error says which version wrote it."""
    put(store, JUNE, 10)
    said = json.loads(ledger_path(store).read_bytes())
    ledger_path(store).write_text(json.dumps(said | {"version": 99, "writer": "binance_nb 9.9"}))
    before = ledger_path(store).read_bytes()

    with pytest.raises(StoreError, match="newer version"):
        store.missing(CANDLES, JUNE, JULY)
    with pytest.raises(StoreError, match=r"binance_nb 9\.9"):
        put(store, JUNE, 10)

    assert before == ledger_path(store).read_bytes()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 1, "spans": [[1]]}'])
def test_a_damaged_ledger_is_named(store: Store, damage: bytes) -> None:
    """The error names the file and says how to begin again."""
    put(store, JUNE, 10)
    ledger_path(store).write_bytes(damage)

    with pytest.raises(StoreError) as caught:
        store.read(CANDLES, JUNE, JULY)

    assert str(ledger_path(store)) in caught.value.message
    assert "fetched again" in (caught.value.hint or "")


def test_damaged_files_are_found_and_can_be_fetched_again(store: Store) -> None:
    """A changed byte, a file that is gone, a file that nobody knows; what is forgotten counts as missing."""
    put(store, JUNE - 10 * MINUTE_MS, 20)
    june, may = (next(store.folder.rglob(f"{name}.parquet")) for name in ("2024-06", "2024-05"))
    june.write_bytes(june.read_bytes()[:-1] + b"x")
    may.unlink()
    (june.parent / "2024-07.parquet").write_bytes(b"")

    problems = {problem.path.name: problem.what for problem in store.verify()}
    store.forget(CANDLES, june.name)

    assert {"2024-05.parquet", "2024-06.parquet", "2024-07.parquet"} == set(problems)
    assert JUNE == store.missing(CANDLES, JUNE, JULY)[0].start_ms


def test_a_disk_that_cannot_be_written_leaves_what_was_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk becomes an error that says so, and the store stays whole."""
    stored = put(store, JUNE, 10)

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        put(store, JUNE + 10 * MINUTE_MS, 10)
    monkeypatch.undo()

    assert [] == list(store.verify())
    pd.testing.assert_frame_equal(stored, store.read(CANDLES, JUNE, JULY), check_exact=True, check_freq=False)
    assert [] == list(store.folder.rglob("*.new"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.iloc[::-1], "outside|not in order"),
        (lambda frame: pd.concat([frame, frame.iloc[-1:]]), "come twice"),
        (lambda frame: frame.drop(columns="volume"), "does not fit"),
        (lambda frame: frame.shift(freq="10D"), "outside the time"),
    ],
)
def test_rows_that_do_not_fit_are_refused(store: Store, change: object, words: str) -> None:
    """Out of order, twice, of another time, or with a column too few: nothing of it is kept."""
    assert callable(change)
    frame = change(candles(JUNE, 10))

    with pytest.raises(StoreError, match=words):
        store.write(CANDLES, frame, Span(JUNE, JUNE + 10 * MINUTE_MS))

    assert () == store.coverage(CANDLES)


def test_markets_and_intervals_are_kept_apart(store: Store) -> None:
    """A sandbox's candles never mix with the exchange's, nor minutes with months."""
    put(store, JUNE, 10)
    others = [
        replace(CANDLES, market="sandbox-1"),
        replace(CANDLES, interval="1M"),
        replace(CANDLES, symbol="这是测试币456"),
    ]

    assert all(store.missing(other, JUNE, JULY) for other in others)
    assert 4 == len({str(dataset.path).lower() for dataset in (CANDLES, *others)})


def test_removing_frees_the_space_and_the_time(store: Store) -> None:
    """Afterwards it is as if the data set had never been there."""
    put(store, JUNE, 10)
    size = next(store.holdings()).size

    freed = store.remove(CANDLES)

    assert freed >= size
    assert [] == list(store.holdings())
    assert [Span(JUNE, JULY, "unfinished")] == list(store.missing(CANDLES, JUNE, JULY))


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    """Neither loses what the other wrote."""
    script = (
        _IMPORTS + "store, first = Store(Path(sys.argv[1])), int(sys.argv[2])\n"
        "for number in range(first, 40, 2): put(store, JUNE + number * 10 * MINUTE_MS, 10)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(first)]) for first in (0, 1)]
    for writer in writers:
        writer.wait()
    store = Store(tmp_path)

    assert () == store.missing(CANDLES, JUNE, JUNE + 400 * MINUTE_MS)
    assert 400 == len(store.read(CANDLES, JUNE, JULY))
    assert [] == list(store.verify())


def test_an_unknown_entry_in_the_ledger_is_no_ledger(store: Store) -> None:
    """A state that no version ever wrote is not guessed at."""
    put(store, JUNE, 10)
    path = ledger_path(store)
    path.write_text(path.read_text().replace('"have"', '"had"'))

    with pytest.raises(StoreError, match="no ledger"):
        store.coverage(CANDLES)


def test_what_may_be_whole_is_not_mended(store: Store) -> None:
    """A newer version's ledger, or one that another process holds, is told and let be; a damaged one goes."""
    put(store, JUNE, 10)
    whole = ledger_path(store).read_text()
    ledger_path(store).write_text(whole.replace('"version": 1', '"version": 9'))
    [newer] = store.verify()
    was_newer_mended = store.mend(newer)
    still_there = ledger_path(store).exists()
    ledger_path(store).write_text("{")
    [damaged] = store.verify()

    assert (False, True) == (was_newer_mended, still_there)
    assert store.mend(damaged)
    assert [] == list(store.holdings())


def test_years_without_rows_cost_one_ledger(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days before a listing have no files, and the ledger is not written for each of them."""
    seconds = Dataset("spot", "klines", "BTCUSDT", "1s")
    written: list[int] = []
    monkeypatch.setattr(os, "fsync", written.append)

    store.write(seconds, candles(JUNE, 0), Span(MAY - 365 * DAY * MINUTE_MS, JUNE), [Span(0, JUNE, "empty")])

    assert 1 == len(written)
    assert () == store.missing(seconds, MAY, JUNE)


def test_a_file_that_is_gone_is_named_when_it_is_to_be_replaced(store: Store) -> None:
    """It is no full disk, and the error says how to go on."""
    put(store, JUNE, 10)
    next(store.folder.rglob("*.parquet")).unlink()

    with pytest.raises(StoreError, match=r"2024-06\.parquet is gone") as caught:
        put(store, JUNE + 10 * MINUTE_MS, 10)

    assert "%binance store verify --mend" == caught.value.suggestion


@pytest.mark.parametrize("interval", ["1s", "1m", "1d", "1M", None])
@given(moment_ms=st.integers(0, 4_000_000_000_000))
def test_a_period_is_found_by_its_name(interval: str | None, moment_ms: int) -> None:
    """Names and periods belong together, and other names have none."""
    dataset = replace(CANDLES, interval=interval, operation="klines" if interval else "agg_trades")

    period = dataset.period_of(moment_ms)

    assert period == dataset.period_named(period.name)
    assert period.start_ms <= moment_ms < period.end_ms
    assert dataset.period_named("notes") is None
