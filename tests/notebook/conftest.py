from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from binance_nb.errors import BinanceError


@pytest.fixture
def plain_shell() -> Iterator[InteractiveShell]:
    """IPython in this process, without a history file and without the extension."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    yield shell
    # Left registered, each shell of the run would live on and collect garbage over all of it at exit: minutes.
    atexit.unregister(shell.atexit_operations)
    InteractiveShell.clear_instance()


@pytest.fixture
def shell(plain_shell: InteractiveShell) -> Iterator[InteractiveShell]:
    """IPython with the extension loaded."""
    plain_shell.run_line_magic("load_ext", "binance_nb")
    yield plain_shell
    plain_shell.run_line_magic("unload_ext", "binance_nb")


@pytest.fixture
def run(shell: Any, capsys: pytest.CaptureFixture[str]) -> Callable[[str], Any]:
    """Run a cell and return its result; a cell that fails fails the test."""

    def run(cell: str) -> Any:
        result = shell.run_cell(cell)
        result.raise_error()
        return result.result

    return run


@pytest.fixture
def fail(shell: Any, capsys: pytest.CaptureFixture[str]) -> Callable[[str], BinanceError]:
    """Run a cell that has to fail, and return its error."""

    def fail(cell: str) -> BinanceError:
        error = shell.run_cell(cell).error_in_exec
        assert isinstance(error, BinanceError)
        return error

    return fail
