"""Whatever a verb of ours does, a script can do: help says how, and what it says works."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

import binance_nb.manifests
import binance_nb.sharing
import binance_nb.widgets
from binance_nb import Call, Later, Session
from binance_nb.errors import BinanceError
from binance_nb.guard import known_keys, scan_paths
from binance_nb.manifests import manifest_of
from binance_nb.notebook.verbs import CELL, OWN_VERBS, OwnVerb
from binance_nb.rendering import error_card


@pytest.mark.parametrize("own", [*OWN_VERBS.values(), CELL], ids=[*OWN_VERBS, "cell"])
def test_the_python_that_help_shows_runs(
    own: OwnVerb, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the names that stand in it, in a folder of somebody's own."""
    monkeypatch.chdir(tmp_path)
    with session.taped("study.jsonl"):
        session.ping()
    v4: Any = nbformat.v4  # Any: nbformat has no types
    study = "import pandas as pd\n\nsquares = pd.DataFrame({'square': [1, 4, 9]})"
    Path("study.ipynb").write_text(v4.writes(v4.new_notebook(cells=[v4.new_code_cell(study)])))
    manifest_of({"squares": pd.DataFrame({"square": [1, 4, 9]})}, "study.ipynb").write(Path("study.manifest.json"))
    monkeypatch.setattr(getpass, "getpass", lambda prompt: "k" * 64)
    names: dict[str, Any] = {
        "binance_nb": binance_nb,
        "Path": Path,
        "frames": {},
        "session": session,
        "getpass": getpass.getpass,
        "Call": Call,
        "Later": Later,
        "BinanceError": BinanceError,
        "error_card": error_card,
        "known_keys": known_keys,
        "scan_paths": scan_paths,
    }

    exec(own.python, names)

    session.eject()
    if names["session"] is not session:
        names["session"].close()
    assert "market" not in names or list(names["market"]) == ["hours", "minutes"]


def test_help_knows_the_cell(run: Callable[[str], Any]) -> None:
    """It stands among our verbs, and has a page of its own."""
    assert "%%binance" in repr(run("%binance help"))
    assert "session.together({" in repr(run("%binance help %%binance"))


def test_the_example_of_the_cell_runs(run: Callable[[str], Any], session: Session) -> None:
    """As it stands."""
    run(f"%binance use {session.environment.url}")

    assert list(run(CELL.example)) == ["hours", "minutes"]
