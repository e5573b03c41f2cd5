"""``python -m binance_nb``, as a person, a hook or a job runs it."""

from __future__ import annotations

import json
import random
import re
import string
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from binance_nb.manifests import manifest_of

KEY = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=64))


def scan(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "binance_nb", "scan", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_status_says_whether_a_key_was_found(tmp_path: Path) -> None:
    """1 for a key, 2 for a file that cannot be read, else 0; the key is not shown."""
    (tmp_path / "clean.py").write_text("x = 1\n")
    (tmp_path / "leak.py").write_text(f"\nkey = '{KEY}'\n")

    clean = scan("clean.py", folder=tmp_path)
    leak = scan("clean.py", "leak.py", "missing.py", folder=tmp_path)
    missing = scan("missing.py", folder=tmp_path)

    assert [0, 1, 2] == [each.returncode for each in (clean, leak, missing)]
    assert "No key found; 1 file looked through\n" == clean.stdout
    assert "leak.py" in leak.stdout
    assert "line 2" in leak.stdout
    assert "missing.py: No such file or directory" in missing.stdout
    assert not any(KEY[at : at + 6] in leak.stdout + leak.stderr for at in range(58))


def test_a_scan_loads_nothing_heavy(tmp_path: Path) -> None:
    """A hook runs at every commit."""
    script = (
        "import sys; from binance_nb.__main__ import main; main(['scan', '.'])\n"
        "heavy = {'IPython', 'aiohttp', 'pandas', 'requests', 'ipywidgets', 'keyring', 'cryptography'}\n"
        "print(*heavy & set(sys.modules))"
    )

    said = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True)

    assert "" == said.stdout.splitlines()[-1]


def test_the_hook_names_the_command(project_root: Path) -> None:
    """What pre-commit reads from this repository runs as it stands."""
    hook = dict(re.findall(r"(?m)^[- ] (\w+): (.+)$", (project_root / ".pre-commit-hooks.yaml").read_text()))
    words = hook["entry"].split()

    assert "binance-nb-scan" == hook["id"]
    assert ["python", "-m", "binance_nb", "scan"] == words[:4]
    assert 0 == scan(*words[4:], "LICENSE", folder=project_root).returncode


@pytest.mark.parametrize("words", [[], ["--no-such"], ["--no-key", "LICENSE"]])
def test_a_wrong_command_says_how_it_looks(words: list[str], project_root: Path) -> None:
    """Nothing is abbreviated, and without a path there is nothing to do."""
    said = scan(*words, folder=project_root)

    assert 2 == said.returncode
    assert "usage: python -m binance_nb" in said.stderr


def binance_nb(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "binance_nb", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_verify_tells_in_its_status_and_in_words(tmp_path: Path) -> None:
    """For a job in CI: the words stand in its log, and no bar and no traceback besides."""
    cell: dict[str, object] = {
        "cell_type": "code",
        "source": "import pandas as pd; a = pd.DataFrame({'x': [1, 2]})",
        "metadata": {},
    }
    cell |= {"outputs": [], "execution_count": None}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "study.ipynb").write_text(json.dumps(notebook))
    manifest_of({"a": pd.DataFrame({"x": [1, 3]})}, "study.ipynb").write(tmp_path / "study.manifest.json")

    revised = binance_nb("verify", "study.ipynb", "--offline", folder=tmp_path)
    absent = binance_nb("verify", "other.ipynb", folder=tmp_path)
    unshared = binance_nb("share", "study.ipynb", "--provider", "gh", "--repo", "name", folder=tmp_path)

    assert (revised.returncode, revised.stderr) == (1, "")
    assert revised.stdout.splitlines()[:3] == [
        "≠ study.ipynb: 1 revised, compared with study.manifest.json",
        "    frame  is",
        "    a      ≠ revised  row 1 (1)",
    ]
    assert (absent.returncode, absent.stdout) == (2, "")
    assert absent.stderr == "UsageError: There is no notebook other.ipynb.\n"
    assert unshared.returncode == 2
    assert "It is written as ORG/NAME." in unshared.stderr
