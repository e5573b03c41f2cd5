"""``%binance manifest``, ``verify`` and ``share``: which notebook is meant, and what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from binance_nb.errors import BinanceError, TapeError, UsageError
from binance_nb.verifying import VERIFYING_VARIABLE

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]


@pytest.fixture(autouse=True)
def place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, and the sandbox; no program tells which notebook this is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")


def write_notebook(path: Path, *cells: str) -> None:
    """A notebook of these cells."""
    v4: Any = nbformat.v4  # Any: nbformat has no types
    path.write_text(v4.writes(v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])))


def test_a_manifest_names_the_frames(run: Run) -> None:
    """All of them, or those that were named; as text and as HTML."""
    run("hours = %binance klines BTCUSDT 1h --limit 20")
    run("means = hours[['close']].rolling(5).mean(); _hidden = hours; number = 5")

    sheet = run("%binance manifest --notebook study.ipynb")
    one = run("%binance manifest hours --notebook one.ipynb")

    told = json.loads(Path("study.manifest.json").read_text())
    lines = sheet.text().splitlines()
    assert lines[0] == "study.manifest.json: 2 frames, written"
    assert lines[1].split() == ["name", "operation", "rows", "from", "to", "source", "sha256"]
    assert lines[2].split()[:3] == ["hours", "klines", "20"]
    assert lines[2].endswith(told["frames"]["hours"]["sha256"][:12])
    assert lines[3].split()[:2] == ["means", "computed"]
    assert "<table" in sheet.html()
    assert one.text().startswith("one.manifest.json: 1 frame, written")


def test_a_manifest_that_says_the_same_stays_as_it_is(run: Run) -> None:
    """Its versions are those of the day it was written; other frames are written anew."""
    run("hours = %binance klines BTCUSDT 1h --limit 20")
    run("%binance manifest --notebook study.ipynb")
    path = Path("study.manifest.json")
    older = path.read_text().replace('"pandas": "', '"pandas": "0.')
    path.write_text(older)

    same = run("%binance manifest --notebook study.ipynb")
    assert path.read_text() == older
    run("hours = hours.iloc[:5]")
    other = run("%binance manifest --notebook study.ipynb")

    assert "left as it was" in same.text()
    assert "written" in other.text()
    assert path.read_text() != older


def test_without_frames_nothing_is_written(run: Run) -> None:
    """An empty manifest would agree with anything."""
    sheet = run("%binance manifest --notebook study.ipynb")

    assert "no frames" in sheet.text()
    assert not Path("study.manifest.json").exists()


@pytest.mark.parametrize("how", ["server", "VS Code"])
def test_the_program_around_it_tells_the_notebook(
    run: Run, shell: Any, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jupyter Server by a variable of the environment, VS Code by one of the notebook."""
    run("hours = %binance klines BTCUSDT 1h --limit 20")
    told = str(Path.cwd() / "my study.ipynb")
    if how == "server":
        monkeypatch.setenv("JPY_SESSION_NAME", told)
    else:
        shell.user_ns["__vsc_ipynb_file__"] = told

    run("%binance manifest")

    assert Path("my study.manifest.json").is_file()


def test_a_notebook_that_nobody_tells_has_to_be_named(run: Run, fail: Fail) -> None:
    """With the line that names it; and a slip is told with what is there."""
    write_notebook(Path("study.ipynb"), "1")
    run("hours = %binance klines BTCUSDT 1h --limit 20")

    unnamed, elsewhere, other = fail("%binance manifest"), fail("%binance verify"), fail("%binance verify stduy.ipynb")
    wrong, typo = fail("%binance manifest --notebook study.py"), fail("%binance manifest hour --notebook study.ipynb")
    folder = fail("%binance manifest --notebook nowhere/study.ipynb")

    assert unnamed.suggestion == "%binance manifest --notebook study.ipynb"
    assert elsewhere.suggestion == "%binance verify study.ipynb"
    assert "There is no notebook stduy.ipynb" in str(other)
    assert other.hint == "Notebooks there: study.ipynb."
    assert "names end with .ipynb" in str(wrong)
    assert (str(typo), typo.culprit) == ("hour is not defined.", "hour")
    assert isinstance(folder, TapeError)
    assert all(isinstance(each, UsageError) for each in (unnamed, elsewhere, other, wrong, typo))


def test_a_notebook_is_verified_and_shared_from_another(run: Run, fail: Fail) -> None:
    """The verdict names each frame; what is shared is listed, with what is left to do."""
    connect = 'import binance_nb\nsession = binance_nb.connect("sandbox", seed=1, frozen="2024-06-01T12:00:00Z")'
    write_notebook(Path("study.ipynb"), connect, 'hours = session.klines("BTCUSDT", "1h", limit=20)')
    run("hours = %binance klines BTCUSDT 1h --limit 20")
    run("%binance manifest --notebook study.ipynb")

    verdict = run("%binance verify study.ipynb")
    shared = run("%binance share study.ipynb --repo org/name --ref v1")

    assert verdict.text().splitlines()[0] == "✓ study.ipynb: 1 same, compared with study.manifest.json"
    assert "hours  ✓ same" in verdict.text()
    assert "https://mybinder.org/v2/gh/org/name/v1?urlpath=lab/tree/study.ipynb" in shared.text()
    assert "study.share.zip holds all of it" in shared.text()
    assert 'href="https://mybinder.org' in shared.html()
    assert (
        fail("%binance share study.ipynb --provider gist2").suggestion == "%binance share study.ipynb --provider gist"
    )


def test_a_notebook_that_fails_is_told_by_its_cell(run: Run) -> None:
    """With the manifest that was named."""
    write_notebook(Path("study.ipynb"), "x = 1", "1 / 0")
    run("hours = %binance klines BTCUSDT 1h --limit 20")
    run("%binance manifest --notebook other.ipynb")

    failed = run("%binance verify study.ipynb --manifest other.manifest.json").text().splitlines()

    assert failed[:2] == ["✕ study.ipynb did not run to its end", "  cell  2"]
    assert failed[2].split(None, 1) == ["said", "ZeroDivisionError: division by zero"]


def test_a_notebook_does_not_verify_itself_for_ever(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cell with such a line does nothing while the notebook is verified."""
    monkeypatch.setenv(VERIFYING_VARIABLE, str(tmp_path / "study.manifest.json"))

    assert run("%binance verify study.ipynb").text() == "This notebook is being verified just now."
    assert run("%binance share study.ipynb").text() == "This notebook is being verified just now."
