"""The verbs about tapes: what they do and what they say, for who records and for who plays."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from binance_nb import Session
from binance_nb.errors import BinanceError, TapeError, UsageError
from tests.notebook.completing import after_completing

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]
SANDBOX = "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where the notebook is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def tape(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tape of three calls that somebody recorded on a sandbox."""
    path = tmp_path_factory.mktemp("tapes") / "study.jsonl"
    with session.taped(path):
        session.klines("BTCUSDT", "1h", limit=3)
        session.account()
        session.ping(raw=True)
    return path


@pytest.fixture
def study(folder: Path, tape: Path) -> Path:
    """That tape beside the notebook."""
    return Path(copy(tape, folder))


def test_a_notebook_records_and_then_plays(folder: Path, run: Run) -> None:
    """The same lines for author and reader; what differs is what the line about the tape says."""
    run(SANDBOX)
    recording = run("%binance record study.jsonl")
    recorded = run("%binance klines BTCUSDT 1h --start -2d")
    ended = run(SANDBOX)
    playing = run("%binance record study.jsonl")
    played = run("%binance klines BTCUSDT 1h --start -2d")

    assert repr(recording).startswith("Recording study.jsonl at SANDBOX seed 1")
    assert repr(ended).endswith("study.jsonl is out: 1 call stands on it.")
    assert repr(playing).startswith("study.jsonl is there already, so it is played, not recorded: 1 call of SANDBOX")
    assert recorded.equals(played)
    assert played.attrs["binance"]["environment"].startswith("TAPE of SANDBOX seed 1")


def test_a_reader_contacts_nobody(study: Path, run: Run, offline: list[object]) -> None:
    """Not even where the notebook goes to the live exchange first."""
    run("%binance use live")
    run("%binance record study.jsonl")
    frame = run("%binance klines BTCUSDT 1h --limit 3")
    run("%binance status")
    run("%binance eject")

    assert len(frame) == 3
    assert offline == []


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address that a socket of this process connected to."""
    asked: list[object] = []
    connect = socket.socket.connect

    def heard(self: socket.socket, address: Any) -> None:
        asked.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", heard)
    return asked


def test_status_says_that_a_tape_is_on(study: Path, run: Run) -> None:
    """It shows neither address nor key, for there is none."""
    run("%binance use live")
    run("%binance replay study.jsonl")
    playing = run("%binance status")
    run("%binance eject")

    assert repr(playing).startswith("TAPE of SANDBOX seed 1")
    assert "TAPE         study.jsonl, playing: nothing is sent" in repr(playing)
    assert "key " not in repr(playing)
    assert "TAPE" not in repr(run("%binance status"))


def test_tape_tells_what_is_on_and_what_is_left(study: Path, run: Run) -> None:
    """Of the tape that is on, and of any other."""
    assert "No tape is on" in repr(run("%binance tape"))
    run("%binance use live")
    run("%binance replay study.jsonl")
    run("%binance account")
    playing = repr(run("%binance tape"))
    ended = run("%binance use market")
    other = run("%binance tape study.jsonl")

    assert "3, 2 of them not asked for yet" in playing
    assert "klines     1      1" in playing
    assert "account    1      0" in playing
    assert repr(ended).endswith("study.jsonl is out: 2 calls of it were not asked for.")
    assert "klines     1" in repr(other)
    assert "<table" in other._repr_html_()
    assert "No tape is on." in repr(run("%binance eject"))


def test_a_cell_that_puts_the_same_tape_on_again_rewinds_it(study: Path, run: Run, fail: Fail) -> None:
    """Run All works a second time; a single cell that is run twice learns how."""
    run("%binance use market")
    for _ in range(2):
        run("%binance record study.jsonl")
        run("%binance ping --raw")
    error = fail("%binance ping --raw")

    assert "Putting the tape on again begins it anew" in str(error.hint)
    assert error.suggestion == "%binance replay study.jsonl"


@pytest.mark.parametrize(
    ("line", "said", "suggested"),
    [
        ("%binance record", "record needs the file of a tape", "%binance record study.jsonl"),
        ("%binance replay", "replay needs the file of a tape", "%binance replay study.jsonl"),
        ("%binance record a.jsonl --mode onec", "has no mode 'onec'", "%binance record a.jsonl --mode once"),
        ("%binance record a.jsonl --pace 0", "A pace is a number above 0", "%binance record a.jsonl --pace 1"),
        ("%binance replay nope.jsonl", "There is no tape", "%binance record nope.jsonl"),
        ("%binance tape nope.jsonl", "There is no tape", "%binance record nope.jsonl"),
        ('%binance replay "no such tape.jsonl"', "There is no tape", '%binance record "no such tape.jsonl"'),
    ],
)
def test_a_line_that_cannot_work_says_what_would(
    folder: Path, run: Run, fail: Fail, line: str, said: str, suggested: str
) -> None:
    """And no file is made."""
    run("%binance use market")
    error = fail(line)

    assert isinstance(error, UsageError | TapeError)
    assert said in error.message
    assert error.suggestion == suggested
    assert not list(folder.iterdir())


def test_a_name_with_spaces_and_a_home_are_understood(study: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In quotes; ~ is the home."""
    monkeypatch.setenv("HOME", str(study.parent))
    (study.parent / "my tapes").mkdir()
    study.rename(study.parent / "my tapes" / "a study.jsonl")
    run("%binance use market")

    run('%binance record "~/my tapes/a study.jsonl"')
    assert "a study.jsonl, playing" in repr(run("%binance status"))


def test_modes_and_options_complete(shell: Any) -> None:
    """Paths are the shell's own to complete."""
    modes = after_completing(shell, "%binance record study.jsonl --mode |")

    assert modes == [f"%binance record study.jsonl --mode {mode}" for mode in ("once", "none", "new", "all")]
    assert "%binance record study.jsonl --mode" in after_completing(shell, "%binance record study.jsonl --|")


def test_what_is_stored_of_a_tape_line_holds_no_path_of_this_computer(study: Path, run: Run) -> None:
    """Sheets name the file alone."""
    run("%binance use market")
    sheets = [run(f"%binance record {study}"), run("%binance tape"), run("%binance eject")]

    assert str(study.parent) not in json.dumps([repr(sheet) + sheet._repr_html_() for sheet in sheets])
