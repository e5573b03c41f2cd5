"""A notebook is run from the top in a kernel of its own, and what its frames became decides the exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from binance_nb import Session
from binance_nb.errors import TapeError, UsageError
from binance_nb.manifests import Finding, State, Verdict, manifest_of, manifest_path, verify
from tests.streams.events import wait_for

IMPORT = "import pandas as pd"


def notebook(folder: Path, *cells: str) -> Path:
    """A notebook of these cells."""
    v4: Any = nbformat.v4  # Any: nbformat has no types
    book = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    (folder / "study.ipynb").write_text(v4.writes(book))
    return folder / "study.ipynb"


def test_a_notebook_is_judged_by_its_frames(session: Session, tmp_path: Path) -> None:
    """Same, extended, revised, missing, in one run; the worst decides."""
    hours = session.klines("BTCUSDT", "1h", limit=20)
    hours.to_parquet(tmp_path / "hours.parquet")
    book = notebook(
        tmp_path,
        IMPORT,
        'same = pd.read_parquet("hours.parquet")',
        "longer = same\nrevised = same.assign(close=0.0)",
    )
    told = {"same": hours, "longer": hours.iloc[:15], "revised": hours, "missing": hours}
    manifest_of(told, book.name).write(manifest_path(book))
    before = book.read_bytes()

    verdict = verify(book)

    assert {finding.name: finding.state.value for finding in verdict.findings} == {
        "same": "same",
        "longer": "extended",
        "revised": "revised",
        "missing": "missing",
    }
    assert verdict.exit_status == 1
    assert book.read_bytes() == before


def test_a_cell_that_fails_is_told(session: Session, tmp_path: Path) -> None:
    """In the words of its error."""
    book = notebook(tmp_path, "1 / 0")
    manifest_of({}, book.name).write(manifest_path(book))

    verdict = verify(book)

    assert (verdict.exit_status, verdict.failed) == (2, "ZeroDivisionError: division by zero")


@pytest.mark.parametrize(
    ("states", "status"),
    [("same same", 0), ("", 0), ("same extended", 3), ("extended revised", 1), ("extended missing", 1)],
)
def test_the_worst_of_the_frames_is_the_status(states: str, status: int) -> None:
    """New rows alone have one of their own, so that a job may take them for well."""
    findings = tuple(Finding(state, State(state)) for state in states.split())

    assert Verdict(Path("study.ipynb"), findings).exit_status == status


def test_what_cannot_be_run_is_refused_before_a_kernel_starts(tmp_path: Path) -> None:
    """No manifest, no notebook, or something that is none."""
    book = notebook(tmp_path, "1")
    with pytest.raises(TapeError, match="There is no manifest"):
        verify(book)
    manifest_of({}, book.name).write(manifest_path(book))
    book.write_text("hello")
    with pytest.raises(UsageError, match=r"study\.ipynb is no notebook"):
        verify(book)
    book.unlink()
    with pytest.raises(UsageError, match="There is no notebook"):
        verify(book)


@pytest.mark.parametrize(
    "content",
    [
        '{"cells": ["%s"',
        '["%s"]',
        "{}",
        '{"nbformat": 4, "cells": ["%s"]}',
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": "%s"}]}',
        '{"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": ["%s"]}',
        "\ud800",
    ],
)
def test_a_damaged_notebook_is_refused_without_what_stands_in_it(
    tmp_path: Path, content: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A key may; neither the error nor the log shows any of it."""
    book = tmp_path / "study.ipynb"
    book.write_bytes(content.replace("%s", "PRIVATE").encode("utf-8", "surrogatepass"))

    with pytest.raises(UsageError, match=r"study\.ipynb is no notebook, or a damaged one") as refused:
        verify(book)

    assert "PRIVATE" not in f"{refused.value} {refused.value.hint} {capfd.readouterr()}"


def test_a_notebook_of_an_older_format_runs(session: Session, tmp_path: Path) -> None:
    """As Jupyter opens it."""
    hours = session.klines("BTCUSDT", "1h", limit=5)
    hours.to_parquet(tmp_path / "hours.parquet")
    cell = {"cell_type": "code", "language": "python", "metadata": {}, "outputs": []}
    source = f"{IMPORT}\nhours = pd.read_parquet('hours.parquet')"
    sheet = {"metadata": {}, "cells": [{**cell, "input": source, "collapsed": False}]}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}
    book = tmp_path / "study.ipynb"
    book.write_text(json.dumps(old))
    manifest_of({"hours": hours}, book.name).write(manifest_path(book))

    assert verify(book).exit_status == 0


def test_the_kernel_is_this_python_whatever_the_notebook_names(tmp_path: Path) -> None:
    """A notebook from elsewhere names a kernel that nobody here has."""
    book = notebook(tmp_path, f"import sys; assert sys.executable == {sys.executable!r}")
    told = json.loads(book.read_text())
    told["metadata"]["kernelspec"] = {"name": "somebodys-own", "display_name": "Own", "language": "python"}
    book.write_text(json.dumps(told))
    manifest_of({}, book.name).write(manifest_path(book))

    assert verify(book).failed == ""
    told["metadata"]["kernelspec"]["language"] = "R"
    book.write_text(json.dumps(told))
    with pytest.raises(UsageError, match="written in R"):
        verify(book)


OFFLINE = """
import socket, urllib.request
for way_out in (
    lambda: socket.create_connection(("192.0.2.1", 443), 5),
    lambda: socket.create_connection(("example.org", 443), 5),
    lambda: urllib.request.urlopen("https://example.org", timeout=5),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    lambda: socket.socket(socket.AF_INET6).connect_ex(("2001:db8::1", 80)),
):
    try:
        way_out()
    except OSError as error:
        assert "without a network" in str(error), error
    else:
        raise AssertionError("it got out")
import binance_nb
with binance_nb.connect("sandbox", seed=1, frozen="2024-06-01T12:00:00Z") as session:
    hours = session.klines("BTCUSDT", "1h", limit=20)
assert open("data/read.csv").read() and open("data/written.csv", "w").write("x")
"""


def test_without_a_network_only_this_computer_answers(session: Session, tmp_path: Path) -> None:
    """The sandbox works, nothing else does; and the files it reads are told."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "read.csv").write_text("a\n")
    (tmp_path / "mine.py").write_text("")
    book = notebook(tmp_path, "import mine", OFFLINE)
    manifest_of({"hours": session.klines("BTCUSDT", "1h", limit=20)}, book.name).write(manifest_path(book))

    verdict = verify(book, root=tmp_path)

    assert (verdict.failed, verdict.exit_status) == ("", 0)
    assert [file.relative_to(tmp_path).as_posix() for file in verdict.files] == [
        "data/read.csv",
        "mine.py",
        manifest_path(book).name,
    ]


CAREFUL = """
import binance_nb
live = binance_nb.connect("live", api_key="k" * 64, secret_key="s" * 64)
try:
    live.arm(max_notional=50, for_="30min")
except binance_nb.errors.NotArmedError as error:
    assert "being verified" in str(error)
else:
    raise AssertionError("armed")
here = binance_nb.connect("sandbox", seed=1, frozen="2024-06-01T12:00:00Z")
try:
    here.record("new.jsonl", "all")
except binance_nb.errors.TapeError as error:
    assert "There is no tape" in str(error)
else:
    raise AssertionError("recorded")
from binance_nb.manifests import verify
from pathlib import Path
try:
    verify(Path("study.ipynb"))
except binance_nb.errors.UsageError as error:
    assert "already" in str(error)
else:
    raise AssertionError("for ever")
"""


def test_what_is_verified_costs_nobody_anything(tmp_path: Path) -> None:
    """Nothing is armed on a live host, no tape is recorded over, and it does not verify itself for ever."""
    book = notebook(tmp_path, CAREFUL)
    manifest_of({}, book.name).write(manifest_path(book))

    assert verify(book).failed == ""
    assert not (tmp_path / "new.jsonl").exists()


def test_the_manifest_line_compares_while_a_notebook_is_verified(session: Session, tmp_path: Path) -> None:
    """Else each run would write down that it agrees with itself."""
    hours = session.klines("BTCUSDT", "1h", limit=20)
    hours.to_parquet(tmp_path / "hours.parquet")
    line = "sheet = %binance manifest --notebook study.ipynb"
    check = 'assert "1 revised" in sheet.text(), sheet.text()'
    book = notebook(
        tmp_path,
        IMPORT,
        "%load_ext binance_nb",
        'hours = pd.read_parquet("hours.parquet").assign(close=0.0)',
        line,
        check,
    )
    manifest_of({"hours": hours}, book.name).write(manifest_path(book))
    before = manifest_path(book).read_bytes()

    verdict = verify(book)

    assert (verdict.failed, verdict.exit_status) == ("", 1)
    assert manifest_path(book).read_bytes() == before


def test_a_cell_that_fails_is_named_by_its_number(tmp_path: Path) -> None:
    """One that takes too long, too, and one whose kernel ends."""
    book = notebook(tmp_path, "x = 1", "import os; os._exit(1)")
    manifest_of({}, book.name).write(manifest_path(book))

    died = verify(book)
    notebook(tmp_path, "x = 1", "y = 2", "while True: pass")
    slow = verify(book, timeout_seconds=5)  # for the cells before it, too

    assert died.failure is not None
    assert slow.failure is not None
    assert (died.failure.cell, died.exit_status) == (2, 2)
    assert (slow.failure.cell, slow.exit_status) == (3, 2)
    assert "5 seconds" in slow.failed


def test_an_interrupt_ends_the_kernel(tmp_path: Path) -> None:
    """Also where a loop is running already, as in a notebook; nothing goes on behind the person's back."""
    book = notebook(tmp_path, 'import os; open("pid", "w").write(str(os.getpid()))', "while True: pass")
    manifest_of({}, book.name).write(manifest_path(book))
    begun: list[int] = []

    def step() -> None:
        begun.append(1)
        if len(begun) == 2:
            raise KeyboardInterrupt  # as the stop button does, in this very thread

    with pytest.raises(KeyboardInterrupt):
        verify(book, step=step)

    pid = int((tmp_path / "pid").read_text())
    wait_for(lambda: not psutil.pid_exists(pid))
