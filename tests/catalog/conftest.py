"""The independent copy of the exchange's documentation, and its own checker."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_HERE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def spec_path() -> Path:
    """The folder with the exchange's facts as data; the test is skipped where there is none."""
    path = Path(os.environ.get("BINANCE_NB_SPEC") or _HERE.parent / "shared" / "spec")
    if not path.is_dir():
        pytest.skip(f"no spec data at {path}: set BINANCE_NB_SPEC to compare the catalog with it")
    return path


@pytest.fixture(scope="session")
def spec_data(spec_path: Path) -> Callable[[str], Any]:
    """A function that reads one file of the spec data."""
    return lambda name: json.loads((spec_path / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def spec_check(spec_path: Path) -> ModuleType:
    """The spec's own checker, which prices weights and evaluates filters independently."""
    found = importlib.util.spec_from_file_location("spec_check", spec_path / "check.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
