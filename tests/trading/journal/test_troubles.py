"""A journal that cannot be had: a clear error, nothing lost, and nothing sent that is not written down."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.errors import JournalError, UsageError
from binance_nb.trading.journal.entries import Outcome
from binance_nb.trading.journal.file import SCHEMA, set_aside
from binance_nb.trading.journal.journal import Journal
from tests.trading.journalling import intent

SET_ASIDE = "%binance journal --set-aside"
NOTHING_SENT = "nothing was sent."


def impatient(path: Path) -> Journal:
    return Journal(path, patience_seconds=0.01)


def refused(path: Path) -> JournalError:
    """The error of an order that cannot be written down."""
    with closing(impatient(path)) as journal, pytest.raises(JournalError) as caught:
        journal.intend(intent())
    return caught.value


def last_words(journal: Journal) -> JournalError:
    """The error with which orders come to an end."""
    for _ in range(1000):
        try:
            journal.intend(intent())
        except JournalError as error:
            return error
    raise AssertionError("the disk took a thousand orders")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole journal with sixty calls, closed."""
    path = tmp_path_factory.mktemp("written") / "journal.sqlite3"
    with closing(Journal(path)) as journal:
        for _ in range(60):
            journal.conclude(journal.intend(intent()), Outcome("FILLED", '{"orderId": 1}' * 20))
    return path


@pytest.fixture
def path(tmp_path: Path, written: Path) -> Path:
    """A copy of that journal, to be spoilt."""
    return Path(shutil.copy(written, tmp_path / "journal.sqlite3"))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scribbled_on(path: Path) -> None:
    # Behind the first pages, whose damage SQLite meets by itself: only a check that looks at all of it finds this.
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 6000)


def some_text(path: Path) -> None:
    path.write_text("time;symbol;quantity\n" * 500)


def another_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.commit()


def emptied_beside_its_log(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(path.read_bytes())
    os.truncate(path, 0)


@pytest.mark.parametrize("spoil", [cut, scribbled_on, some_text, another_database, emptied_beside_its_log])
def test_a_broken_journal_is_named_and_left_alone(path: Path, spoil: Callable[[Path], None]) -> None:
    """The error names the file, says that nothing was sent, and has the line to paste; not a byte changes."""
    spoil(path)
    before = contents(path.parent)

    error = refused(path)

    assert str(path) in error.message
    assert error.message.endswith(NOTHING_SENT)
    assert error.suggestion == SET_ASIDE
    assert contents(path.parent) == before


@pytest.mark.parametrize("spoil", [cut, some_text, emptied_beside_its_log])
def test_a_broken_journal_is_set_aside_whole(path: Path, spoil: Callable[[Path], None]) -> None:
    """It gets another name with all that belongs to it, and a new one begins."""
    spoil(path)
    before = contents(path.parent)

    kept = set_aside(path)
    after = contents(path.parent)
    with closing(Journal(path)) as journal:
        number = journal.intend(intent())

    assert {name.replace(kept.name, path.name): held for name, held in after.items()} == before
    assert number == 1


def test_a_whole_journal_is_not_set_aside(path: Path, tmp_path: Path) -> None:
    """It is what keeps a cell from ordering twice; nor is one that is not there."""
    with pytest.raises(UsageError, match="is whole, so it stays"):
        set_aside(path)
    with pytest.raises(UsageError, match="There is no order journal"):
        set_aside(tmp_path / "none.sqlite3")

    assert path.exists()


@given(at=st.floats(0, 1, exclude_max=True), bits=st.binary(min_size=1, max_size=400), length=st.floats(0, 1))
def test_whatever_happened_to_the_file_there_is_one_kind_of_error(
    written: Path, tmp_path_factory: pytest.TempPathFactory, at: float, bits: bytes, length: float
) -> None:
    """Bytes changed anywhere, the end missing anywhere: it is used, or refused with a JournalError."""
    spoilt = Path(shutil.copy(written, tmp_path_factory.getbasetemp() / "spoilt.sqlite3"))
    with spoilt.open("r+b") as file:
        file.seek(int(spoilt.stat().st_size * at))
        file.write(bits)
    os.truncate(spoilt, int(spoilt.stat().st_size * (0.5 + length / 2)))

    with closing(impatient(spoilt)) as journal, suppress(JournalError):
        journal.intend(intent())
        journal.entries()
    for leftover in spoilt.parent.glob("spoilt.sqlite3*"):
        leftover.unlink()


def test_a_journal_of_a_later_version_is_left_alone(path: Path) -> None:
    """Whoever wrote it knows more; the error says how to get there."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    before = path.read_bytes()

    error = refused(path)

    assert "was written by a later version of binance_nb: nothing was sent." in error.message
    assert error.suggestion == "%pip install --upgrade binance-nb"
    assert path.read_bytes() == before


def test_a_journal_that_is_held_for_long_is_waited_for_and_refused(path: Path) -> None:
    """Orders wait their turn for a while; beyond that nothing is sent."""
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        error = refused(path)

    assert error.message.endswith(f"is held by another program, and did not come free: {NOTHING_SENT}")
    assert error.hint == "Close what holds it, and try again."


def test_a_journal_whose_folder_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """A file stands where the folder would have to."""
    (tmp_path / "data").write_text("no folder")

    error = refused(tmp_path / "data" / "journal.sqlite3")

    assert error.message.endswith(f"cannot be opened: {NOTHING_SENT}")
    assert "BINANCE_NB_DATA" in (error.hint or "")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A function that mounts a disk of 128 kB, or mounts it anew with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "binance_nb-test", str(folder)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("disks can be mounted only by root on Linux")
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_nothing_is_sent_and_nothing_is_lost(disk: Callable[[str], Path]) -> None:
    """What was written stays; once there is room again, it goes on."""
    folder = disk("size=128k")
    ballast = folder / "ballast"
    with closing(impatient(folder / "journal.sqlite3")) as journal:
        first = journal.intend(intent())
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1024))
        error = last_words(journal)
        kept = len(journal.entries())
        with pytest.raises(JournalError, match="the outcome is not written down"):
            journal.conclude(first, Outcome("FILLED", "x" * 100_000))
        readable = len(journal.unresolved())
        ballast.unlink()
        journal.conclude(first, Outcome("FILLED"))
        journal.intend(intent())

        assert readable == kept
        assert error.message.endswith(f"cannot be written: its disk is full: {NOTHING_SENT}")
        assert [entry.verdict for entry in journal.entries()] == ["FILLED", *[None] * kept]


def test_on_a_disk_that_turned_read_only_nothing_is_sent(disk: Callable[[str], Path]) -> None:
    """Whether the journal was open before, or is opened then."""
    folder = disk("size=256k")
    with closing(impatient(folder / "journal.sqlite3")) as journal:
        journal.intend(intent())
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)

    error = refused(folder / "journal.sqlite3")

    assert "read-only" in error.message
    assert error.message.endswith(NOTHING_SENT)
