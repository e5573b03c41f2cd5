"""A kernel may be killed at any moment: what it said it had written is there."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from binance_nb.trading.journal.journal import Journal

# More by hand: this many kills in a row take about a third of a second each.
KILLS = int(os.environ.get("BINANCE_NB_KILLS", "6"))

WRITER = """
import sys
from pathlib import Path
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.journal.entries import Outcome
from tests.trading.journalling import intent

print("begun", flush=True)
journal = Journal(Path(sys.argv[1]))
while True:
    number = journal.intend(intent())
    print("meant", number, flush=True)
    journal.conclude(number, Outcome("FILLED", "x" * 3000))
    print("known", number, flush=True)
"""


def killed_after(seconds: float, path: Path, cwd: Path, *, is_writing: bool) -> list[tuple[str, int]]:
    """Let a process write until it is killed, so long after it began, or first wrote; return what it said."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], cwd=cwd, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    with writer.stdout as said:
        assert said.readline() == "begun\n"
        first = [said.readline()] if is_writing else []
        threading.Timer(seconds, writer.kill).start()
        # The last line may be cut short, as the process was.
        lines = [line.split() for line in [*first, *said.readlines()] if line.endswith("\n")]
    writer.wait()
    return [(word, int(number)) for word, number in lines]


def test_nothing_is_lost_when_a_kernel_is_killed(tmp_path: Path, project_root: Path) -> None:
    """Killed at random moments, its very first among them: every intent it told of is there, and every outcome."""
    path = tmp_path / "data" / "journal.sqlite3"
    moments = random.Random(1)
    said: list[tuple[str, int]] = []
    for turn in range(KILLS):
        is_early = turn < KILLS // 2
        seconds = moments.uniform(0, 0.01 if is_early else 0.25)
        said += killed_after(seconds, path, project_root, is_writing=not is_early)
        if not path.exists():
            continue
        with closing(Journal(path)) as journal:
            found = {entry.number: entry for entry in journal.entries()}
        assert [number for word, number in said if number not in found] == []
        assert [number for word, number in said if word == "known" and found[number].is_unresolved] == []

    with closing(sqlite3.connect(path)) as connection:
        checked = connection.execute("PRAGMA integrity_check").fetchall()

    assert said
    assert checked == [("ok",)]
