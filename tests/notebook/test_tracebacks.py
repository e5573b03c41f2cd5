"""Tracebacks of every mode, ours and others', show no key, secret or signature."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from typing import Any

import IPython
import pytest

MODES = ("Plain", "Context", "Verbose", "Minimal", *(["Docs"] if IPython.version_info >= (8,) else []))
KEY, SECRET = ("".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=64)) for seed in (1, 2))
SIGNED = "GET /api/v3/order?a=1&signature=" + "0123456789abcdef" * 4

# Each fails in another way, with a key at hand.
FAILURES = {
    "ours": "session.account(bad=key)",
    "chained": "try:\n    session.call('no')\nexcept Exception as error:\n    raise RuntimeError(secret) from error",
    "a wrong argument": "connect('testnet', apikey=key, secret_key=secret)",
    "a wrong call of ours": "session.use_keys(key, secret)",
    "the person's own": "1 / 0 if key and secret and signed else None",
    "in a function": "def f(api_key, secret_key):\n    return api_key[99:] + secret_key / 2\nf(key, secret)",
    "a name": "missing + key + secret",
    "an interrupt": "def stop(key, secret):\n    raise KeyboardInterrupt\nstop(key, secret)",
    "literal": f"x = 1 / 0; connect('testnet', api_key='{KEY}', secret_key='{SECRET}')",
    "no Python": f"connect('testnet', secret_key='{SECRET}'",
    "half a string": f"secret_key='{SECRET}",
}


@pytest.fixture
def told(shell: Any, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Run a cell that fails, with a session on the testnet whose key it has, and return all that it printed."""
    shell.run_cell("from binance_nb import connect")
    shell.user_ns |= {"key": KEY, "secret": SECRET, "signed": SIGNED}
    shell.run_cell("session = connect('testnet', api_key=key, secret_key=secret)").raise_error()

    def told(cell: str) -> str:
        shell.run_cell(cell)
        shell.run_cell("%tb")
        shell.run_cell("%tb Verbose")
        captured = capsys.readouterr()
        return captured.out + captured.err

    return told


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("mode", MODES)
def test_no_traceback_shows_a_secret(shell: Any, told: Callable[[str], str], mode: str, full: bool) -> None:
    """Whoever raised what, in the cell or below it, and asked for again."""
    shell.run_line_magic("xmode", mode)
    shell.run_line_magic("config", f"BinanceMagics.full_tracebacks = {full}")

    shown = {name: told(cell) for name, cell in FAILURES.items()}

    assert [] == [name for name, text in shown.items() if not text]
    assert [] == [name for name, text in shown.items() for part in (KEY, SECRET, SIGNED[-64:]) if part in text]


def test_what_is_no_secret_stays(told: Callable[[str], str], shell: Any) -> None:
    """A traceback is there to be read."""
    shell.run_line_magic("xmode", "Verbose")
    shown = told("harmless = 'a text of the person'\n1 / 0 if harmless else key")

    assert "a text of the person" in shown
    assert "ZeroDivisionError" in shown
