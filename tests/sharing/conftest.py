"""A small study with its tape and manifest, made once."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from binance_nb import connect
from binance_nb.manifests import manifest_of, manifest_path

CELLS = (
    'import binance_nb\nsession = binance_nb.connect("sandbox", seed=1, frozen="2024-06-01T12:00:00Z")',
    'reel = session.record("tapes/study.jsonl.gz")',
    'hours = session.klines("BTCUSDT", "1h", limit=20)',
)

Write = Callable[..., Path]


def write_notebook(folder: Path, *cells: str) -> Path:
    """A notebook of these cells."""
    v4: Any = nbformat.v4  # Any: nbformat has no types
    path = folder / "study.ipynb"
    path.write_text(v4.writes(v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])))
    return path


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the study, as its author leaves it."""
    folder = tmp_path_factory.mktemp("study")
    book = write_notebook(folder, *CELLS)
    tape = folder / "tapes" / "study.jsonl.gz"
    with connect("sandbox", seed=1, frozen="2024-06-01T12:00:00Z") as session, session.taped(tape):
        hours = session.klines("BTCUSDT", "1h", limit=20)
    manifest_of({"hours": hours}, book.name).write(manifest_path(book))
    return folder


@pytest.fixture
def study(recorded: Path, tmp_path: Path) -> Path:
    """The study's notebook, in a folder of its own."""
    shutil.copytree(recorded, tmp_path / "study")
    return tmp_path / "study" / "study.ipynb"


@pytest.fixture
def git() -> Callable[..., str]:
    """Runs git in a folder."""

    def git(folder: Path, *arguments: str) -> str:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
        ).stdout.strip()

    return git
