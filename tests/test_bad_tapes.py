"""What can go wrong with a tape: each time an error that says where, and never an answer that is lost."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

import binance_nb
from binance_nb import Session, connect
from binance_nb.client import Client
from binance_nb.environment import Environment
from binance_nb.errors import TapeError, TapeMissError, UsageError
from binance_nb.tape import read_tape
from tests.sandbox_fixture import FROZEN_AT

FULL = Path("/dev/full")


@pytest.fixture
def tape(session: Session, tmp_path: Path) -> Path:
    """A tape of two calls."""
    with session.taped(tmp_path / "a.jsonl"):
        session.klines("BTCUSDT", "1h", limit=2)
        session.account()
    return tmp_path / "a.jsonl"


@pytest.mark.parametrize("mode", ["once", "none", "new", "all"])
def test_a_folder_in_the_place_of_a_tape_is_named(session: Session, tmp_path: Path, mode: str) -> None:
    """In every mode, and nothing is left beside it."""
    (tmp_path / "a.jsonl").mkdir()

    with pytest.raises(TapeError, match=r"a\.jsonl cannot be (read|written): Is a directory"):
        session.record(tmp_path / "a.jsonl", mode)
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    assert session.tape is None


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="who may write where is told otherwise on this system")
def test_a_folder_that_may_not_be_written_is_named(session: Session, tmp_path: Path) -> None:
    """Before anything is asked; the superuser, who may write anywhere, is somebody else for it."""
    told = subprocess.run(
        [sys.executable, "-c", DENIED, session.environment.url, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "a.jsonl cannot be written: Permission denied." in told.stdout, told.stderr
    assert list(tmp_path.iterdir()) == []


DENIED = """
import os, sys
from binance_nb.client import Client
from binance_nb.environment import Environment
from binance_nb.errors import TapeError
from binance_nb.session import Session

# The folder we stand in is reached by nobody else on the way through its parents, only by where we stand.
os.chdir(sys.argv[2])
os.chmod(".", 0o555)
with Session(Client(Environment("sandbox", sys.argv[1], is_sandbox=True))) as session:
    session.ping()  # whatever is loaded on the way is loaded while it may be read
    import binance_nb.taping
    if os.geteuid() == 0:
        os.setuid(65534)
    try:
        session.record("a.jsonl")
    except TapeError as error:
        print(error.message)
"""


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
def test_a_disk_that_is_full_at_the_beginning_is_an_error(session: Session, tmp_path: Path) -> None:
    """Nothing was asked yet."""
    (tmp_path / "a.jsonl").symlink_to(FULL)

    with pytest.raises(TapeError, match="cannot be written: No space left on device"):
        session.record(tmp_path / "a.jsonl", "all")
    assert session.tape is None


def test_a_disk_that_fills_up_costs_no_answer(session: Session, tmp_path: Path) -> None:
    """Calls go on unrecorded, a warning says so once, the block ends with the error, and the tape plays up to there."""
    path = tmp_path / "a.jsonl"
    answers: list[pd.DataFrame] = []
    with pytest.raises(TapeError, match=r"a\.jsonl ends after 1 calls.*No space left"):
        fill_up(session, path, answers)
    with binance_nb.replay(path) as reader:
        assert len(reader.klines("BTCUSDT", "1h", limit=2)) == 2
        with pytest.raises(TapeMissError, match="no answer to klines"):
            reader.klines("ETHUSDT", "1h", limit=2)

    assert [2, 2, 2] == list(map(len, answers))
    assert not read_tape(path).is_whole


def fill_up(session: Session, path: Path, answers: list[pd.DataFrame]) -> None:
    """Record three calls; before the second the disk fills up."""
    with session.taped(path) as reel:
        answers.append(session.klines("BTCUSDT", "1h", limit=2))
        assert reel.file is not None
        reel.file._file = FullDisk(reel.file._file)  # type: ignore[assignment]  # it does what a file does here
        with pytest.warns(RuntimeWarning, match="Calls go on without being recorded"):
            answers.append(session.klines("ETHUSDT", "1h", limit=2))
        answers.append(session.klines("BNBUSDT", "1h", limit=2))


class FullDisk:
    """A file on a disk that has room for ten letters more."""

    def __init__(self, file: object) -> None:
        self._file = file

    def write(self, text: memoryview) -> int:
        if len(text) > 10:
            self._file.write(text[:10])  # type: ignore[attr-defined]  # as above
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self._file.close()  # type: ignore[attr-defined]  # as above


def test_a_newer_version_is_told_whatever_else_it_does_otherwise(tape: Path) -> None:
    """Its checksums need not be ours."""
    tape.write_bytes(tape.read_bytes().replace(b'"tape": 1', b'"tape": 2', 1))

    with pytest.raises(TapeError, match="its format is 2, the newest known here is 1"):
        read_tape(tape)


def test_a_first_line_that_was_cut_is_said_to_be_cut(tape: Path) -> None:
    """It is a tape, and of no use."""
    tape.write_bytes(tape.read_bytes()[:60])

    with pytest.raises(TapeError, match=r"a\.jsonl, line 1: it breaks off in the middle"):
        read_tape(tape)


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_tape_whose_last_line_lacks_its_end_alone_can_be_added_to(session: Session, tape: Path, lines: int) -> None:
    """What was read of it is kept, the first line too."""
    tape.write_bytes(b"".join(tape.read_bytes().splitlines(keepends=True)[:lines]).rstrip(b"\n"))
    known = len(read_tape(tape).entries)
    with session.taped(tape, "new"):
        session.ping()

    assert read_tape(tape).is_whole
    assert [entry.key.operation for entry in read_tape(tape).entries] == [*["klines", "account"][:known], "ping"]


def test_line_ends_of_windows_are_no_damage(session: Session, tape: Path) -> None:
    """As git may write them; the tape can be played and added to."""
    tape.write_bytes(tape.read_bytes().replace(b"\n", b"\r\n"))

    with session.taped(tape, "new"):
        session.klines("BTCUSDT", "1h", limit=2)
        session.ping()
    with binance_nb.replay(tape) as reader:
        reader.klines("BTCUSDT", "1h", limit=2)
        reader.ping()


def test_a_compressed_tape_that_was_cut_plays_up_to_there(session: Session, tmp_path: Path) -> None:
    """Wherever it was cut."""
    path = tmp_path / "a.jsonl.gz"
    with session.taped(path):
        for limit in range(1, 8):
            session.klines("BTCUSDT", "1h", limit=limit)
    whole, counts = path.read_bytes(), []
    for size in range(len(whole) // 3, len(whole), len(whole) // 7):
        (tmp_path / "b.jsonl.gz").write_bytes(whole[:size])
        counts.append(len(read_tape(tmp_path / "b.jsonl.gz").entries))

    assert 0 < counts[-1] <= 7
    assert counts == sorted(counts)


def test_another_place_cannot_be_added(tape: Path) -> None:
    """Another exchange, and another made-up market too; playing is everywhere the same."""
    before = tape.read_bytes()
    with connect("sandbox", seed=7, frozen=FROZEN_AT) as other:
        with pytest.raises(TapeError, match=r"was recorded at SANDBOX seed 1.*calls go to SANDBOX seed 7"):
            other.record(tape, "new")
        with other.taped(tape):
            other.klines("BTCUSDT", "1h", limit=2)
    with connect("market") as market, pytest.raises(TapeError, match="recorded at sandbox, and calls go to market"):
        market.record(tape, "new")

    assert tape.read_bytes() == before


def test_mode_new_sends_no_orders_wherever_it_is(session: Session, tape: Path) -> None:
    """They would be placed among those of the tape."""
    with session.taped(tape, "new"), pytest.raises(UsageError, match="mode new records reads alone: nothing was sent"):
        session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")


def test_two_sessions_cannot_record_one_tape(session: Session, tmp_path: Path) -> None:
    """Nor two processes; both can play it."""
    with Session(Client(Environment("sandbox", session.environment.url, is_sandbox=True))) as other:
        with session.taped(tmp_path / "a.jsonl"):
            session.ping()
            with pytest.raises(TapeError, match="is being recorded already"):
                other.record(tmp_path / "a.jsonl", "all")
            script = "import pathlib, sys, binance_nb.tape.file as f; f.TapeFile(pathlib.Path(sys.argv[1]), None)"
            command = [sys.executable, "-c", script, str(tmp_path / "a.jsonl")]
            told = subprocess.run(command, capture_output=True, text=True, check=False)
        with session.taped(tmp_path / "a.jsonl"), other.taped(tmp_path / "a.jsonl"):
            session.ping()
            other.ping()

    assert "is being recorded already" in told.stderr


def test_a_session_whose_only_place_was_a_tape_goes_nowhere(tape: Path) -> None:
    """When it is taken out, nothing is sent."""
    reader = binance_nb.replay(tape)
    reader.eject()

    with pytest.raises(UsageError, match="nowhere else to go"):
        reader.ping()
    reader.close()


RECORDER = """
import sys
from pathlib import Path
from binance_nb.client import Client, ClockReading
from binance_nb.environment import Environment
from binance_nb.session import Session

session = Session(Client(Environment("sandbox", sys.argv[1], is_sandbox=True)))
session.record(sys.argv[2])
print("begun", flush=True)
while True:
    session.klines("BTCUSDT", "1h", limit=500)
    session.depth("BTCUSDT", limit=100)
"""


@pytest.mark.parametrize(("name", "size"), [("a.jsonl", 123_456), ("a.jsonl.gz", 98_765)])
def test_a_kernel_that_is_killed_leaves_a_tape_that_plays(
    tmp_path: Path, name: str, size: int, kill_at: Callable[[Path, int], None]
) -> None:
    """Wherever it is killed: every call whose answer stood on the disk is answered."""
    kill_at(tmp_path / name, size)

    tape = read_tape(tmp_path / name)
    with binance_nb.replay(tmp_path / name) as reader:
        for entry in tape.entries:
            words = {"symbol": "BTCUSDT", "limit": int(dict(entry.key.parameters)["limit"])}
            reader.call(entry.key.operation, **words, **({"interval": "1h"} if words["limit"] == 500 else {}))
        with pytest.raises(TapeMissError):
            reader.ping()
    assert not tape.is_whole
    assert tape.entries


@pytest.fixture
def kill_at(session: Session) -> Iterator[Callable[[Path, int], None]]:
    """Record in a process of its own, and kill it without a warning when the tape has a size."""
    started: list[subprocess.Popen[str]] = []

    def run(path: Path, size: int) -> None:
        command = [sys.executable, "-c", RECORDER, session.environment.url, str(path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        while path.stat().st_size < size:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    yield run
    for process in started:
        process.kill()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.parametrize("name", ["a\0b.jsonl", f"{'x' * 300}.jsonl"], ids=["NUL", "long"])
@pytest.mark.parametrize("mode", ["once", "none", "all"])
def test_a_name_that_no_file_can_have_is_refused(session: Session, name: str, mode: str) -> None:
    """As an error of ours, which is no longer than it has to be."""
    with pytest.raises(UsageError, match="cannot be the name of a file") as raised:
        session.record(name, mode)

    assert len(raised.value.message) < 200


def test_a_line_to_paste_names_the_whole_path(session: Session, tmp_path: Path) -> None:
    """In quotes, where it has to be; and a mode that would record what was asked."""
    path = tmp_path / "my tapes" / "a b.jsonl"
    with session.taped(path):
        session.ticker_price("BTCUSDT")

    with session.taped(path), pytest.raises(TapeMissError) as read:
        session.ticker_price("ETHUSDT")
    with session.taped(path), pytest.raises(TapeMissError) as order:
        session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")

    assert f'%binance record "{path}" --mode new' == read.value.suggestion
    assert f'%binance record "{path}" --mode all' == order.value.suggestion
