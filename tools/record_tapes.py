#!/usr/bin/env python3
"""Record anew the tapes that notebooks of the tour play, on the sandbox.

    .venv/bin/python tools/record_tapes.py [NOTEBOOK ...]

Each notebook with a line ``%binance replay tapes/...`` is run with the sandbox and ``record`` in its place; the
notebook itself, and its manifest, stay as they are. Afterwards run the notebook once, for its stored outputs.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
REPLAY = re.compile(r"^%binance replay (?P<tape>\S+)$", re.MULTILINE)
RECORD = "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z\n%binance record {tape} --mode all"


def record(path: Path) -> Path | None:
    """Record the tape of a notebook; None where it plays none."""
    book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # not typed
    tapes = [found["tape"] for cell in book.cells if (found := REPLAY.search(cell.source))]
    if not tapes:
        return None
    book.cells = [cell for cell in book.cells if cell.cell_type == "code" and "%binance manifest" not in cell.source]
    for cell in book.cells:
        cell.source = REPLAY.sub(lambda found: RECORD.format(tape=found["tape"]), cell.source)
    (NOTEBOOKS / tapes[0]).parent.mkdir(exist_ok=True)
    NotebookClient(
        book, timeout=600, store_widget_state=False, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return path.parent / tapes[0]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BINANCE_NB_CACHE"] = os.environ["BINANCE_NB_DATA"] = folder
        for notebook in [Path(name) for name in sys.argv[1:]] or sorted(NOTEBOOKS.glob("*.ipynb")):
            if tape := record(notebook):
                print(f"{tape.name}: {tape.stat().st_size:,} bytes")
