from __future__ import annotations

import atexit
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@pytest.fixture
def shell() -> Iterator[Any]:  # Any: its cells leave whatever they make
    """IPython in this process, without a history file; a cell that fails fails the test."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    yield shell
    # Left registered, each shell of the run would live on and collect garbage over all of it at exit: minutes.
    atexit.unregister(shell.atexit_operations)
    InteractiveShell.clear_instance()
