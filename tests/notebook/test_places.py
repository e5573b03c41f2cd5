from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from binance_nb.notebook.places import place_of

Shell = Any  # most of what IPython's shell can do has no types

KEY = "a1B2c3D4" * 8


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1 / 0", "line 1: 1 / 0"),
        ("\n  \nx = 1\n1 / 0\n\n", "line 4: 1 / 0"),
        ("%time x = 1\nfor n in (1, 0):\n    y = 1 / n", "line 3: y = 1 / n"),
        ("def f():\n    1 / 0\n\nf()", "line 4: f()"),
        ("%time x = \\\n   1\n1 / 0", "line 3: 1 / 0"),
        ("y = %time x = \\\n  2 + \\\n  1\n\n1 / 0  # here", "line 5: 1 / 0  # here"),
        ("x = 1 + \\\n  1 / 0", "line 2: 1 / 0"),
        ("x = (1 +\n  1 / 0)", "line 2: 1 / 0)"),
        ("import asyncio\nawait asyncio.sleep(0)\n1 / 0", "line 3: 1 / 0"),
        ("s = '''\n%time \\\n'''\n1 / 0", "line 4: 1 / 0"),
        ("1 / 0 # " + "xy, " * 99, "line 1: 1 / 0 # " + "xy, " * 48 + "…"),
        (f"print('{KEY}', 1 / 0)", "line 1: print('••••', 1 / 0)"),
        ("dict(api_key='short', secret_key=1 / 0)", "line 1: dict(api_key=••••, secret_key=•••• / 0)"),
    ],
)
def test_the_line_of_the_cell_is_found(plain_shell: Shell, cell: str, expected: str) -> None:
    """Past empty lines, magics, continued lines, functions and loops; keys in it are masked."""
    result = plain_shell.run_cell(cell)
    assert isinstance(result.error_in_exec, ZeroDivisionError)

    assert str(place_of(plain_shell, result, result.error_in_exec)) == expected


def test_a_cell_that_was_rewritten_has_no_line_numbers(plain_shell: Shell) -> None:
    """Better no line than a wrong one."""
    result = plain_shell.run_cell("1 / 0")
    assert result.error_in_exec is not None
    result.info.raw_cell = "%%timeit\n1 / 0\n2"

    assert place_of(plain_shell, result, result.error_in_exec) is None


def test_an_error_from_elsewhere_has_no_line(plain_shell: Shell) -> None:
    """It never ran through a cell."""
    result = SimpleNamespace(info=SimpleNamespace(raw_cell="x"))

    assert place_of(plain_shell, result, ValueError()) is None  # type: ignore[arg-type]  # a stand-in
