"""What every run of pytest has, tests and notebooks alike: folders of its own in place of the user's."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from binance_nb.folders import CACHE_VARIABLE, DATA_VARIABLE

_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Put data and cache where no order of a person is; kernels and other processes inherit it."""
    # A shell that starts this in the background has it ignored, and then no test of an interrupt is one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="binance_nb-tests-"))
    config.stash[_FOLDER] = folder
    os.environ[DATA_VARIABLE] = str(folder / "data")
    os.environ[CACHE_VARIABLE] = str(folder / "cache")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)
