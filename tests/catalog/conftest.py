"""The independent copy of the exchange's documentation, and its own checker."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spec_data(spec_folder: Path) -> Callable[[str], Any]:
    """A function that reads one file of the spec data."""
    return lambda name: json.loads((spec_folder / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def spec_check(spec_folder: Path) -> ModuleType:
    """The spec's own checker, which prices weights and evaluates filters independently."""
    found = importlib.util.spec_from_file_location("spec_check", spec_folder / "check.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
