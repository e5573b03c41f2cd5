"""The file of a tape: what is read is what was written, and what was changed is refused with its place."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from binance_nb.errors import TapeError
from binance_nb.tape.calls import CallKey
from binance_nb.tape.file import FORMAT, TapeFile, read_tape
from binance_nb.tape.lines import read_line, write_line
from binance_nb.tape.tape import Entry, Header

HEADER = Header("sandbox", "SANDBOX seed 1", "", True, False, 1_717_243_200_000, 0.0, 7, "0.1.0")
ENTRIES = [
    Entry(CallKey("klines", (("interval", "1h"), ("symbol", "BTCUSDT"))), 0, 1, 2, 200, {}, b'[[1,"2.0"]]'),
    Entry(CallKey("ping", ()), 0, 3, 4, 200, {"retry-after": "1"}, b"{}"),
    Entry(CallKey("account", ()), 0, 5, 6, 0, absence={"kind": "silence", "reason": "x", "was_sent": True}),
]


def written(path: Path) -> Path:
    """A whole tape of three calls."""
    file = TapeFile(path, HEADER)
    for entry in ENTRIES:
        file.add(entry)
    file.close()
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_tape_is_read_as_it_was_written(tmp_path: Path, name: str) -> None:
    """Plain or compressed; each call knows its line."""
    tape = read_tape(written(tmp_path / "folder" / name))

    assert tape.header == HEADER
    assert [(entry.key, entry.body, entry.status) for entry in tape.entries] == [
        (entry.key, entry.body, entry.status) for entry in ENTRIES
    ]
    assert [entry.line for entry in tape.entries] == [2, 3, 4]
    assert tape.is_whole


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_recording_that_was_killed_is_read_up_to_there(tmp_path: Path, name: str) -> None:
    """Every call that was answered stands on the disk, though nobody ended the tape."""
    file = TapeFile(tmp_path / name, HEADER)
    file.add(ENTRIES[0])

    tape = read_tape(tmp_path / name)

    assert len(tape.entries) == 1
    assert not tape.is_whole
    file.close()


def test_half_a_line_at_the_end_is_where_a_tape_breaks_off(tmp_path: Path) -> None:
    """The calls before it hold."""
    path = written(tmp_path / "a.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + lines[3][:40])

    tape = read_tape(path)

    assert (len(tape.entries), tape.is_whole, tape.broken_line) == (2, False, 4)


def edit(number: int, change: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    """A change of one line."""
    return lambda lines: [change(line) if at == number else line for at, line in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edit(2, lambda line: line.replace("2.0", "3.0")), r"line 2 \(klines\): it was changed"),
        (edit(3, lambda line: line[:30] + "\n"), "line 3: it is no JSON, or breaks off"),
        (edit(2, lambda line: line.replace(", ", ",")), r"line 2.*: it was changed"),
        (lambda lines: [*lines[:2], *lines[3:]], "line 4: the tape had 3 calls when it ended, and has 2 now"),
        (lambda lines: [*lines, lines[1]], r"line 6 \(klines\): it stands behind the end"),
        (edit(1, lambda line: line.replace("sandbox", "live")), "line 1: it was changed"),
        (lambda lines: ["{}\n"], "is no tape"),
        (lambda lines: ["hello\n"], r"a\.jsonl is no tape"),
        (lambda lines: [], "is empty"),
        (edit(2, lambda line: write_line({**read_line(line), "call": "nope"})), "line 2: there is no call 'nope'"),
    ],
)
def test_a_tape_that_was_changed_is_refused_with_the_place(
    tmp_path: Path, change: Callable[[list[str]], list[str]], said: str
) -> None:
    """The line, and the call where it can still be read."""
    path = written(tmp_path / "a.jsonl")
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))

    with pytest.raises(TapeError, match=said):
        read_tape(path)


def test_a_tape_of_a_newer_version_says_what_to_do(tmp_path: Path) -> None:
    """Not that it is no tape."""
    path = tmp_path / "a.jsonl"
    path.write_text(write_line({"header": {}, "tape": FORMAT + 1}))

    with pytest.raises(TapeError, match="newer version") as raised:
        read_tape(path)
    assert raised.value.suggestion == "pip install --upgrade binance-nb"


def test_a_tape_that_is_not_there_says_how_to_record_it(tmp_path: Path) -> None:
    """With the line to type."""
    with pytest.raises(TapeError, match="There is no tape") as raised:
        read_tape(tmp_path / "nope.jsonl")
    assert "%binance record" in str(raised.value.suggestion)


@pytest.mark.parametrize("damage", [b"\x00" * 20, b"\x1f\x8b\x08\x00garbage"])
def test_a_compressed_tape_that_is_none_is_refused(tmp_path: Path, damage: bytes) -> None:
    """As an error of ours."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(damage)

    with pytest.raises(TapeError):
        read_tape(path)


def test_two_recordings_of_one_tape_at_once_are_refused(tmp_path: Path) -> None:
    """The second would write into the first."""
    file = TapeFile(tmp_path / "a.jsonl", HEADER)

    with pytest.raises(TapeError, match="is being recorded already"):
        TapeFile(tmp_path / "a.jsonl", HEADER)
    file.close()


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_tape_can_be_added_to(tmp_path: Path, name: str) -> None:
    """Its end moves, and half a line at its end goes."""
    path = written(tmp_path / name)
    file = TapeFile(path, None, calls=3)
    file.add(ENTRIES[1])
    file.close()

    assert len(read_tape(path).entries) == 4
    assert read_tape(path).is_whole


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Before anything is asked of the exchange."""
    (tmp_path / "file").write_text("")

    with pytest.raises(TapeError, match="cannot be written"):
        TapeFile(tmp_path / "file" / "a.jsonl", HEADER)


_LEAVES_IT_OPEN = """
import os, sys
from pathlib import Path
from binance_nb.tape import Header
from binance_nb.tape.file import TapeFile

file = TapeFile(Path(sys.argv[1]), Header("sandbox", "SANDBOX seed 1", "", True, False, 0, 0.0, 7, "0.1.0"))
if (child := os.fork()) == 0:
    sys.exit()
os.waitpid(child, 0)
file.add_event({"at": 1, "event": "look", "feed": 1, "for": "frame"})
"""


def write_on(file: TapeFile, is_over: threading.Event) -> None:
    """Write until somebody says that it is over."""
    while not is_over.is_set():
        file.add_event({"at": 1, "event": "look", "feed": 1, "for": "frame"})


def test_a_tape_that_is_ended_while_others_still_write_can_be_read(tmp_path: Path) -> None:
    """Nothing comes behind its end, and its end counts all of it."""
    paths = [tmp_path / f"{number}.jsonl" for number in range(30)]
    for path in paths:
        file, is_over = TapeFile(path, HEADER), threading.Event()
        with ThreadPoolExecutor(3) as threads:
            for _ in range(3):
                threads.submit(write_on, file, is_over)
            while file.events < 5:
                pass
            file.close()
            is_over.set()

    assert all(read_tape(path).is_whole for path in paths)


_FORKS_WHILE_A_LINE_IS_WRITTEN = """
import os, sys
from pathlib import Path
from binance_nb.tape import Header
from binance_nb.tape.file import TapeFile

file = TapeFile(Path(sys.argv[1]), Header("sandbox", "SANDBOX seed 1", "", True, False, 0, 0.0, 7, "0.1.0"))
with file._guard:
    if (child := os.fork()) == 0:
        file.add_event({"at": 1, "event": "look", "feed": 1, "for": "frame"})
        os._exit(0)
_, status = os.waitpid(child, 0)
sys.exit(status)
"""


def test_a_process_that_is_forked_off_while_a_line_is_written_goes_on(tmp_path: Path) -> None:
    """What it does is not recorded, and it does not wait for a thread that is not there."""
    finished = subprocess.run(
        [sys.executable, "-c", _FORKS_WHILE_A_LINE_IS_WRITTEN, str(tmp_path / "a.jsonl")], timeout=60
    )

    assert 0 == finished.returncode
    assert not read_tape(tmp_path / "a.jsonl").events


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_python_that_exits_ends_its_tape(tmp_path: Path, name: str) -> None:
    """Without being told to, and no process that it forked off does so before."""
    subprocess.run([sys.executable, "-c", _LEAVES_IT_OPEN, str(tmp_path / name)], check=True, timeout=60)

    assert read_tape(tmp_path / name).is_whole
    assert [tmp_path / name] == list(tmp_path.iterdir())
