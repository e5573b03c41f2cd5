"""The fixture `binance_tape`, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from binance_nb import Session

TESTS = """
import os
import pytest
import sys

def test_nothing_heavy_is_loaded():
    assert "pandas" not in sys.modules and "binance_nb.session" not in sys.modules

@pytest.mark.parametrize("interval", ["1h", "4h/x"])
def test_candles(binance_tape, interval):
    session = binance_tape(os.environ["SANDBOX"])
    assert len(session.klines("BTCUSDT", interval[:2], start="-2d")) in (13, 49)

class TestTwo:
    def test_two_sessions(self, binance_tape):
        for number in range(2):
            binance_tape(os.environ["SANDBOX"]).ping()
"""


def run(folder: Path, *words: str, sandbox: str = "http://127.0.0.1:9") -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder with nothing but the fixture."""
    command = [sys.executable, "-m", "pytest", "-p", "binance_nb.pytest_tape", "-p", "no:cacheprovider", "-q", *words]
    surroundings = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "SANDBOX": sandbox}
    return subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody else's tests."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_study.py").write_text(TESTS)
    return tmp_path


def test_a_test_is_recorded_once_and_played_ever_after(session: Session, project: Path) -> None:
    """In a file beside it; mode none fails where there is none; to play it nobody is asked."""
    missing = run(project, "--binance-tape=none")
    recorded = run(project, sandbox=session.environment.url)
    names = sorted(str(path.relative_to(project)) for path in project.rglob("*.jsonl"))
    before = {name: (project / name).read_bytes() for name in names}
    played = run(project, "--binance-tape=none")

    assert "There is no tape" in missing.stdout
    assert "4 passed" in recorded.stdout, recorded.stdout
    assert names == [
        "tapes/test_study/TestTwo/test_two_sessions-2.jsonl",
        "tapes/test_study/TestTwo/test_two_sessions.jsonl",
        "tapes/test_study/test_candles-1h.jsonl",
        "tapes/test_study/test_candles-4h-x.jsonl",
    ]
    assert "4 passed" in played.stdout, played.stdout
    assert before == {name: (project / name).read_bytes() for name in names}


def test_a_mode_that_is_none_is_refused(project: Path) -> None:
    """By pytest itself."""
    assert "invalid choice: 'never'" in run(project, "--binance-tape=never").stderr
