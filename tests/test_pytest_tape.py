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
        "tapes/test_study/TestTwo/test_two_sessions.jsonl",
        "tapes/test_study/TestTwo/test_two_sessions@2.jsonl",
        "tapes/test_study/test_candles-1h.jsonl",
        "tapes/test_study/test_candles-4h-x-7ef1c52d.jsonl",
    ]
    assert "4 passed" in played.stdout, played.stdout
    assert before == {name: (project / name).read_bytes() for name in names}


ODD = """
import os
import pytest

@pytest.mark.parametrize("odd", ["a/b", "a:b", "a-b", "b" * 300, "b" * 301])
def test_odd(binance_tape, odd):
    binance_tape(os.environ["SANDBOX"]).ping()

class TestOuter:
    class TestIn:
        def test_one(self, binance_tape):
            binance_tape(os.environ["SANDBOX"]).ping()

class TestOther:
    class TestIn:
        def test_one(self, binance_tape):
            binance_tape(os.environ["SANDBOX"]).ping()
"""


def test_no_two_tests_have_the_same_tape(session: Session, project: Path) -> None:
    """However odd or long what they are called is."""
    (project / "test_study.py").write_text(ODD)
    recorded = run(project, sandbox=session.environment.url)

    assert "7 passed" in recorded.stdout, recorded.stdout
    assert len(list(project.rglob("*.jsonl"))) == 7


FAILING = """
import os

def test_study(binance_tape):
    session = binance_tape(os.environ["SANDBOX"])
    session.ping()
    {middle}
    session.time()
"""


@pytest.mark.parametrize("middle", ["assert 1 == 2", "raise KeyboardInterrupt"])
def test_a_test_that_fails_while_it_is_recorded_leaves_no_tape(session: Session, project: Path, middle: str) -> None:
    """It may have ended before its last call, which would be missing ever after; mended, it is recorded whole."""
    (project / "test_study.py").write_text(FAILING.format(middle=middle))
    failed = run(project, sandbox=session.environment.url)
    left = list(project.rglob("*.jsonl*"))
    (project / "test_study.py").write_text(FAILING.format(middle=""))
    mended = run(project, sandbox=session.environment.url)
    played = run(project, "--binance-tape=none")

    assert failed.returncode in (1, 2)
    assert left == []
    assert "1 passed" in mended.stdout, mended.stdout
    assert "1 passed" in played.stdout, played.stdout


def test_a_tape_that_lacks_a_call_names_the_lines_that_record_it(session: Session, project: Path) -> None:
    """Those of pytest; the tape is left as it is."""
    (project / "test_study.py").write_text(FAILING.format(middle="").replace("session.time()", ""))
    run(project, sandbox=session.environment.url)
    (project / "test_study.py").write_text(FAILING.format(middle=""))
    missed = run(project, sandbox=session.environment.url)
    added = run(project, "--binance-tape=new", sandbox=session.environment.url)

    assert "holds no answer to time" in missed.stdout
    assert "pytest --binance-tape=new test_study.py::test_study records the reads" in missed.stdout
    assert "1 passed" in added.stdout, added.stdout


def test_a_mode_that_is_none_is_refused(project: Path) -> None:
    """By pytest itself."""
    assert "invalid choice: 'never'" in run(project, "--binance-tape=never").stderr
