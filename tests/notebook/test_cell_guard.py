"""A cell with a key in it is warned of, once; others run in peace."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[[str], Any]

KEY = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=64))
WARNING = "seems to hold a key"


@pytest.mark.parametrize(
    "cell",
    [f"key = '{KEY}'", f"x = 1\nkey = ('{KEY[:30]}'\n  '{KEY[30:]}')", f"# {KEY}", f"raise_not = 1  # {KEY}\n1"],
)
def test_a_key_in_a_cell_is_told_once(shell: Any, capsys: pytest.CaptureFixture[str], cell: str) -> None:
    """With its line and what to do, and without the key; running the cell again says nothing more."""
    shell.run_cell(cell)
    first = capsys.readouterr().out
    shell.run_cell(cell)
    second = capsys.readouterr().out

    assert WARNING in first
    assert "%binance keys --store" in first
    assert WARNING not in second
    assert not any(KEY[at : at + 6] in first for at in range(58))


def test_a_cell_that_fails_is_looked_at_too(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """It is stored all the same."""
    shell.run_cell(f"connect = None\nconnect('{KEY}')")

    assert WARNING in capsys.readouterr().out


def test_a_key_of_this_machine_is_known(
    shell: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it looks like."""
    monkeypatch.setenv("BINANCE_TESTNET_API_KEY", "notmuchofakeyatallbutakey")
    monkeypatch.setenv("BINANCE_TESTNET_SECRET_KEY", "normuchofasecretatallbutone")
    shell.run_cell("x = 'normuchofasecretatallbutone'")

    assert "environment variables" in capsys.readouterr().out


def test_no_cell_of_our_notebooks_is_warned_of(project_root: Path) -> None:
    """Nor any of a cell's usual content."""
    from binance_nb.guard import keys_in_cell

    for path in sorted((project_root / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            assert [] == keys_in_cell("".join(cell["source"]))


def test_unloading_ends_it(plain_shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Loaded again, it is there once."""
    for line in ("load_ext", "unload_ext", "load_ext"):
        plain_shell.run_line_magic(line, "binance_nb")
    plain_shell.run_cell(f"'{KEY}';")
    loaded = capsys.readouterr().out
    plain_shell.run_line_magic("unload_ext", "binance_nb")
    plain_shell.run_cell(f"b = '{KEY}'")

    assert 1 == loaded.count(WARNING)
    assert "" == capsys.readouterr().out
