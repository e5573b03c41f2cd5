"""Every notebook of the tour runs from top to bottom, and what is stored in it is small and clean."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from benchmarks.soak.tape_replays import frames_of, record, wherever

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
BYTES_ALLOWED = 500_000
Frames = dict[str, Any]
Recorded = Callable[[Path], tuple[Frames, Path | None]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A function that runs a notebook once, and returns its frames and its tape, if one can hold what it asks for."""
    folder = tmp_path_factory.mktemp("tapes")
    known: dict[Path, tuple[Frames, Path | None]] = {}

    def of(path: Path) -> tuple[Frames, Path | None]:
        if path not in known:
            tape = folder / f"{path.stem}.jsonl.gz"
            known[path] = wherever(record(path, tape)), tape if tape.exists() else None
        return known[path]

    return of


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_top_to_bottom(path: Path, recorded: Recorded) -> None:
    """An error anywhere but in a cell tagged for it stops the run; a swallowed one would, too."""
    frames, _ = recorded(path)

    assert frames


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_gives_the_same_frames_on_any_day_and_anywhere(path: Path, recorded: Recorded) -> None:
    """From its tape and without an exchange, three years apart and on two sides of the world."""
    frames, tape = recorded(path)

    first, early = frames_of(path, -1000.7, "America/Los_Angeles", tape)
    second, late = frames_of(path, 200.3, "Asia/Kolkata", tape)

    assert frames == wherever(first) == wherever(second)
    assert early < time.time() - 999 * 86_400 < time.time() + 199 * 86_400 < late


def test_the_tapes_of_the_tour_are_small(recorded: Recorded) -> None:
    """Those of all notebooks but the one about bulk files, which are on no tape, take less than two megabytes."""
    sizes = [tape.stat().st_size for _, tape in map(recorded, NOTEBOOKS) if tape is not None]

    assert len(NOTEBOOKS) - 1 == len(sizes)
    assert sum(sizes) < 2_000_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_expected_failure_shows_its_card_once(path: Path) -> None:
    """The stored error comes first, then one card for a browser and for a terminal."""
    failed = [cell for cell in _cells(path) if "raises-exception" in cell.metadata.get("tags", [])]

    for cell in failed:
        error, card, *below = cell.outputs  # the band, while orders are armed
        assert ["error", "display_data"] == [error.output_type, card.output_type]
        assert {"text/html", "text/plain"} == set(card.data)
        assert "What to do" in card.data["text/plain"]
        assert not [output for output in below if "What to do" in output.data["text/plain"]]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_without_keys_addresses_or_widget_state(path: Path) -> None:
    """Nothing that changes from run to run, and nothing that should not be seen, is in the file."""
    text = path.read_text(encoding="utf-8")

    assert "widgets" not in json.loads(text)["metadata"]
    assert len(text) < BYTES_ALLOWED
    read = re.sub(r'"image/png": "[^"]*"', "", text)  # base64 has words of any length
    assert not re.search(r"127\.0\.0\.1:\d+|0x[0-9a-f]{6,}|signature=", read)
    assert not re.search(r"\b[A-Za-z0-9]{64}\b", read)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_stored_is_a_warning(path: Path) -> None:
    """A reader is not told what a library will deprecate, and no run has to repeat it."""
    streams = [output for cell in _cells(path) for output in cell.get("outputs", []) if "name" in output]

    assert [] == [output.text for output in streams if output.name == "stderr"]


@pytest.mark.parametrize(("stem", "plots"), [("02-history-and-gaps", 3), ("03-order-book-and-microstructure", 7)])
def test_the_studies_show_their_plots(stem: str, plots: int) -> None:
    """Pictures are in the file, so that it can be read where nothing runs."""
    [path] = (path for path in NOTEBOOKS if path.stem == stem)
    shown = [output.get("data", {}) for cell in _cells(path) for output in cell.get("outputs", [])]

    assert plots == sum("image/png" in data for data in shown)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_reads_like_a_text(path: Path) -> None:
    """A title and a purpose come first, and every part of the code has its sentence."""
    cells = _cells(path)

    assert cells[0].source.startswith("# ")
    assert len(cells[0].source.splitlines()) > 1
    runs = "".join("c" if cell.cell_type == "code" else "m" for cell in cells)
    assert "ccc" not in runs


def _cells(path: Path) -> list[nbformat.NotebookNode]:
    cells: list[nbformat.NotebookNode] = _read(path).cells
    return cells


def _read(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # not typed
    return notebook
