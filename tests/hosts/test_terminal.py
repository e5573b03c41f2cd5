"""IPython in a terminal, as a person types into it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from binance_nb.sandbox.launcher import SandboxProcess

pexpect = pytest.importorskip("pexpect", reason="there are no terminals to open here")
if not hasattr(pexpect, "spawn"):
    pytest.skip("pexpect opens no terminal on this system", allow_module_level=True)

# What moves the cursor and sets colours.
CONTROLS = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[=>()][0-9A-B]?)|\r")
SECONDS = 120


@pytest.fixture(scope="module")
def terminal(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:  # Any: untyped
    """An interactive IPython of its own, with nobody's history and profile."""
    home = tmp_path_factory.mktemp("ipython")
    # Nobody answers its question where the cursor is.
    quiet = {"IPYTHONDIR": str(home), "HOME": str(home), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    python_path = str(Path(__file__).resolve().parents[2])
    variables = {**os.environ, **quiet, "BINANCE_NB_ENVIRONMENT": sandbox.url, "PYTHONPATH": python_path}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", "--no-banner", "--no-confirm-exit", "--ext=binance_nb"],
        env=variables,
        dimensions=(60, 200),
        encoding="utf-8",
        timeout=SECONDS,
    )
    child.expect(r"In \[")
    yield child
    child.close(force=True)


@pytest.fixture
def type_in(terminal: Any) -> Callable[[str, str], str]:
    """Type a line, wait until its output has come to a certain word, and return what stands on the screen."""

    def typed(line: str, last: str) -> str:
        terminal.send(line)
        terminal.send("\r")
        shown = ""
        while not re.search(rf"{last}.*In \[", CONTROLS.sub("", shown), re.DOTALL):
            shown += terminal.read_nonblocking(10_000, timeout=SECONDS)
        return CONTROLS.sub("", shown)

    return typed


def test_a_line_shows_its_frame(type_in: Callable[[str, str], str]) -> None:
    """Pandas' text, with the line above it; no HTML."""
    shown = type_in("%binance klines BTCUSDT 1h --start -12h", r"2024-06-01 12:00 +\d")

    assert "13 rows, 2024-06-01 00:00 to 2024-06-01 12:00 UTC" in shown
    assert re.search(r"close \d+\.\d\d to \d+\.\d\d [▁▂▃▄▅▆▇█]{13}", shown)
    assert "<" not in shown


def test_an_error_is_a_few_lines_of_text(type_in: Callable[[str, str], str]) -> None:
    """What happened, what was meant, and what to type; no traceback and no card."""
    shown = type_in("%binance klines BTCUSDT 1hour", r"try: %binance klines BTCUSDT 1h")

    assert "interval has no value '1hour'." in shown
    assert "Did you mean 1h?" in shown
    assert "Traceback" not in shown
    assert "<div" not in shown


def test_the_gauge_and_help_are_text(type_in: Callable[[str, str], str]) -> None:
    """Where no widgets are drawn, their twins are."""
    assert "▱ " in type_in("%binance gauge", "used this minute")
    assert "The same in Python" in type_in("%binance ping?", "Documentation")
