"""The examples that help shows, run as they stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.notebook.verbs import OWN_VERBS
from binance_nb.rendering import example_lines

# Somebody has to be at the keyboard.
ASKS = {"keys"}
STUDY = "import pandas as pd\norder = pd.DataFrame({'price': [1.5]})"


@pytest.fixture
def paste(run: Callable[[str], Any]) -> Callable[[str], Any]:
    """Run what was pasted on a sandbox of its own."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    return run


def test_the_examples_of_all_endpoints_run(paste: Callable[[str], Any]) -> None:
    """A cell for each endpoint, one after the other on the same account."""
    for endpoint in ENDPOINTS.values():
        paste("\n".join(example_lines(endpoint)))


def test_the_examples_of_our_own_verbs_run(
    paste: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line leaves something to look at."""
    monkeypatch.chdir(tmp_path)
    v4: Any = nbformat.v4  # Any: nbformat has no types
    (tmp_path / "study.ipynb").write_text(v4.writes(v4.new_notebook(cells=[v4.new_code_cell(STUDY)])))
    for verb, own in OWN_VERBS.items():
        if verb == "stream":
            paste("%binance use sandbox --seed 1 --speed 60")  # where time passes
        if verb == "manifest":
            paste(f"{STUDY}\norder")  # what study.ipynb gives
        if verb not in ASKS:
            assert paste(own.example) is not None, verb
