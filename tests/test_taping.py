"""A session's traffic on a tape: recorded on the sandbox, played back with neither key nor network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

from binance_nb import Call, Later, Session, connect
from binance_nb.client import Client
from binance_nb.environment import Environment
from binance_nb.errors import (
    ApiError,
    BinanceError,
    ExecutionUnknownError,
    TapeError,
    TapeMissError,
    UsageError,
)

Work = Callable[[Session], object]


@pytest.fixture(scope="module")
def running() -> Iterator[Session]:
    """A session on a sandbox whose clock runs, so that "now" is another at every call."""
    with connect("sandbox", seed=1) as opened:
        yield opened


@pytest.fixture
def reader() -> Iterator[Session]:
    """A session of somebody who has neither key nor network."""
    with Session(Client(Environment("nowhere", "http://127.0.0.1:9"))) as opened:
        yield opened


def same(first: object, second: object) -> None:
    """Fail where two answers differ."""
    if isinstance(first, pd.DataFrame):
        assert isinstance(second, pd.DataFrame)
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    else:
        assert first == second


READS: dict[str, Work] = {
    "one page": lambda session: session.klines("BTCUSDT", "1h", start="-3d"),
    "many pages": lambda session: session.klines("BTCUSDT", "1m", start="-3d", quiet=True),
    "history": lambda session: session.history("klines", "ETHUSDT", "1m", start="-2d", quiet=True),
    "trades": lambda session: session.history("agg_trades", "BTCUSDT", start="-10min", end="-5min", quiet=True),
    "microseconds": lambda session: session.klines("BTCUSDT", "1h", start="-3d", time_unit="us"),
    "exact": lambda session: session.klines("BTCUSDT", "1h", start="-3d", exact=True),
    "raw": lambda session: session.depth("BTCUSDT", limit=5, raw=True),
    "signed": lambda session: session.account(),
    "walked": lambda session: session.my_trades("BTCUSDT", start="-3d"),
    "closed": lambda session: session.klines("BTCUSDT", "1m", limit=3).closed.tolist(),
}


@pytest.mark.parametrize("name", READS)
def test_a_replay_gives_the_frames_of_the_recording(
    running: Session, reader: Session, tmp_path: Path, name: str
) -> None:
    """Also those that begin so long before now, though now is another."""
    work = READS[name]
    with running.taped(tmp_path / "a.jsonl"):
        recorded = work(running)

    with reader.taped(tmp_path / "a.jsonl") as reel:
        replayed = work(reader)

    same(recorded, replayed)
    assert reel.left() == []


def test_calls_made_together_replay(running: Session, reader: Session, tmp_path: Path) -> None:
    """In whatever order their answers came, those that wait for others among them."""

    def work(session: Session) -> list[object]:
        answers = session.together(
            {
                "hours": Call("klines", "BTCUSDT", "1h", start="-2d"),
                "ether": Call("klines", "ETHUSDT", "1h", start="-2d"),
                "price": Call("ticker_price", "BTCUSDT"),
                "after": Call("klines", "BTCUSDT", "1m", start=Later("hours", then=lambda hours: hours.index[-2])),
                "last": Call("klines", "BTCUSDT", "1m", start="-5min"),
            }
        )
        return [*answers.values(), session.klines("BTCUSDT", "1m", start="-7min")]

    with running.taped(tmp_path / "a.jsonl"):
        recorded = work(running)
    for _ in range(5):
        with reader.taped(tmp_path / "a.jsonl"):
            replayed = work(reader)

        for first, second in zip(recorded, replayed, strict=True):
            same(first, second)


def test_threads_record_and_replay(running: Session, reader: Session, tmp_path: Path) -> None:
    """Calls that are under way at once stand on the tape once each."""
    symbols = ["BTCUSDT", "ETHUSDT", "BNBUSDT", "LTCUSDT"]

    def work(session: Session) -> dict[str, pd.DataFrame]:
        frames: dict[str, pd.DataFrame] = {}

        def fetch(symbol: str) -> None:
            frames[symbol] = session.klines(symbol, "1h", limit=20)

        threads = [Thread(target=fetch, args=(symbol,)) for symbol in symbols]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return frames

    with running.taped(tmp_path / "a.jsonl"):
        recorded = work(running)
    with reader.taped(tmp_path / "a.jsonl"):
        replayed = work(reader)

    for symbol in symbols:
        same(recorded[symbol], replayed[symbol])


def test_orders_and_what_followed_replay(reader: Session, tmp_path: Path) -> None:
    """Placed, refused, and lost in a 503 and found again: the same receipts, and nothing is placed."""

    def work(session: Session) -> list[object]:
        sandbox = session.sandbox
        assert sandbox is not None
        said: list[object] = [session.account()]
        said.append(session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01"))
        said.append(session.account())
        with pytest.raises(BinanceError) as refused:
            session.cancel_order("BTCUSDT", order_id=999)
        said.append(str(refused.value))
        sandbox.faults("new_order", kind="execute_then_503", count=1)
        said.append(session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.02"))
        sandbox.faults("new_order", kind="drop_before_execute", count=1)
        with pytest.raises(ExecutionUnknownError) as lost:
            session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.03")
        said.append(lost.value.verdict)
        said.append(session.account())
        return said

    with connect("sandbox", seed=1, speed=20) as own, own.taped(tmp_path / "a.jsonl"):
        recorded = work(own)
    with reader.taped(tmp_path / "a.jsonl") as reel:
        replayed = work(reader)

    for first, second in zip(recorded, replayed, strict=True):
        same(first, second)
    assert reel.left() == []


def test_a_tape_holds_no_key_no_signature_and_no_account(running: Session, tmp_path: Path) -> None:
    """Only what is on the list is stored."""
    path = tmp_path / "a.jsonl"
    with running.taped(path):
        account = running.account(raw=True)
        running.my_trades("BTCUSDT")
    text = path.read_text()

    assert running.sandbox is not None
    assert account["uid"] == 0
    for word in (running.sandbox.api_key, running.sandbox.secret_key, "signature", "timestamp", "APIKEY", "127.0.0.1"):
        assert word not in text


def test_a_frame_from_a_tape_says_so(session: Session, reader: Session, tmp_path: Path) -> None:
    """And still says that its data was made up."""
    with session.taped(tmp_path / "a.jsonl"):
        session.klines("BTCUSDT", "1h", limit=2)
    with reader.taped(tmp_path / "a.jsonl"):
        facts = reader.klines("BTCUSDT", "1h", limit=2).attrs["binance"]

    assert facts["source"] == "tape"
    assert "SANDBOX" in facts["environment"]


def test_two_recordings_on_a_standing_clock_are_the_same_file(session: Session, tmp_path: Path) -> None:
    """So that a difference between two tapes means something."""
    for name in ("a.jsonl", "b.jsonl"):
        with session.taped(tmp_path / name):
            session.klines("BTCUSDT", "1h", start="-2d")
            session.ticker_24hr("BTCUSDT")

    first, second = ((tmp_path / name).read_text().splitlines() for name in ("a.jsonl", "b.jsonl"))
    without_weight = [[{**json.loads(line), "headers": 0, "check": 0} for line in tape] for tape in (first, second)]
    assert without_weight[0] == without_weight[1]


def test_a_miss_names_what_is_near_and_what_differs(session: Session, reader: Session, tmp_path: Path) -> None:
    """In the words of a person, times included."""
    with session.taped(tmp_path / "a.jsonl"):
        session.klines("BTCUSDT", "1h", start="2024-05-01", end="2024-05-02")
    with reader.taped(tmp_path / "a.jsonl"):
        with pytest.raises(TapeMissError) as raised:
            reader.klines("BTCUSDT", "4h", start="2024-05-01", end="2024-05-02")
        assert raised.value.hint is not None
        assert "line 2: interval 1h, not 4h. Nothing was sent." in raised.value.hint
        with pytest.raises(TapeMissError, match="no answer to ticker_price"):
            reader.ticker_price("BTCUSDT")
        reader.klines("BTCUSDT", "1h", start="2024-05-01", end="2024-05-02")
        with pytest.raises(TapeMissError, match="once, last in line 2, and it was asked once more"):
            reader.klines("BTCUSDT", "1h", start="2024-05-01", end="2024-05-02")


def test_a_balance_after_an_order_is_not_the_one_before_it(
    fresh_sandbox: Session, reader: Session, tmp_path: Path
) -> None:
    """Cells run in another order get an error that names both lines, not the wrong number."""
    with fresh_sandbox.taped(tmp_path / "a.jsonl"):
        fresh_sandbox.account()
        fresh_sandbox.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        fresh_sandbox.account()
    with reader.taped(tmp_path / "a.jsonl"):
        reader.account()
        with pytest.raises(TapeError, match=r"\(account\) was recorded after line \d+ \(new_order\)"):
            reader.account()
    with reader.taped(tmp_path / "a.jsonl"):
        reader.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        reader.account()
        with pytest.raises(TapeError, match=r"\(account\) was recorded before line \d+ \(new_order\)"):
            reader.account()


def test_mode_new_adds_reads_and_takes_no_orders(session: Session, tmp_path: Path) -> None:
    """What is known is played, what is not is asked."""
    path = tmp_path / "a.jsonl"
    with session.taped(path):
        session.klines("BTCUSDT", "1h", limit=2)
    with session.taped(path, "new"):
        known = session.klines("BTCUSDT", "1h", limit=2)
        session.klines("ETHUSDT", "1h", limit=2)
        with pytest.raises(UsageError, match="mode new records reads alone"):
            session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")

    with session.taped(path, "none") as reel:
        same(known, session.klines("BTCUSDT", "1h", limit=2))
        session.klines("ETHUSDT", "1h", limit=2)
        assert not [entry for entry in reel.left() if entry.key.operation == "klines"]


def test_mode_all_records_anew(session: Session, tmp_path: Path) -> None:
    """The tape that was there is gone."""
    path = tmp_path / "a.jsonl"
    with session.taped(path):
        session.klines("BTCUSDT", "1h", limit=2)
    with session.taped(path, "all"):
        session.ping()

    with session.taped(path) as reel:
        assert [entry.key.operation for entry in reel.left()] == ["ping"]


@pytest.mark.parametrize("mode", ["onze", "always"])
def test_a_mode_that_is_none_is_refused(session: Session, tmp_path: Path, mode: str) -> None:
    """Before a file is made."""
    with pytest.raises(UsageError, match="has no mode"):
        session.record(tmp_path / "a.jsonl", mode)
    assert not list(tmp_path.iterdir())


def test_a_second_tape_has_to_wait(session: Session, tmp_path: Path) -> None:
    """One at a time."""
    with session.taped(tmp_path / "a.jsonl"), pytest.raises(UsageError, match=r"a\.jsonl is on already"):
        session.record(tmp_path / "b.jsonl")


def test_taking_the_tape_out_leaves_the_session_as_it_was(session: Session, tmp_path: Path) -> None:
    """The same client, clock, journal and store."""
    before = (session.client, session.interlock, session.order_journal, session.store)
    with session.taped(tmp_path / "a.jsonl"):
        session.account()
    with session.taped(tmp_path / "a.jsonl"):
        session.account()

    assert (session.client, session.interlock, session.order_journal, session.store) == before
    assert session.client.clock.moments is None
    assert session.tape is None
    with pytest.raises(ApiError):
        session.klines("NOPEUSDT", "1h")


def test_replayed_orders_do_not_enter_the_journal(
    fresh_sandbox: Session, reader: Session, tmp_path: Path, data_of_its_own: Path
) -> None:
    """Nothing was ordered."""
    with fresh_sandbox.taped(tmp_path / "a.jsonl"):
        fresh_sandbox.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
    written = len(fresh_sandbox.journal(all=True))
    with reader.taped(tmp_path / "a.jsonl"):
        reader.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")

    assert (written, len(reader.journal(all=True))) == (1, 1)


def test_a_kernel_that_is_killed_leaves_what_was_recorded(session: Session, reader: Session, tmp_path: Path) -> None:
    """Up to the last answer; what came after is missed with the reason."""
    path = tmp_path / "a.jsonl"
    reel = session.record(path)
    session.klines("BTCUSDT", "1h", limit=2)
    whole = path.read_bytes()
    session.ping()
    session.eject()
    path.write_bytes(whole + b'{"check": "12')
    assert reel.is_recording

    with reader.taped(path):
        reader.klines("BTCUSDT", "1h", limit=2)
        with pytest.raises(TapeMissError, match="no answer to ping") as raised:
            reader.ping()
    assert "breaks off in line 3" in str(raised.value.hint)
