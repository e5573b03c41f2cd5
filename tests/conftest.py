"""What every room's tests share: the exchange's facts, and how long a property may take."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from binance_nb import Session, connect
from binance_nb.folders import DATA_VARIABLE
from binance_nb.keys import forget_answers
from tests.sandbox_fixture import FROZEN_AT, sandbox, start_sandbox

__all__ = ["sandbox", "start_sandbox"]

ROOT = Path(__file__).resolve().parent.parent

# A busy machine is not a defect, however long it takes over an example, or over drawing it. In CI the same examples
# every time, so that red means changed.
settings.register_profile(
    "binance_nb", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("binance_nb")


_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def data_of_its_own() -> Iterator[Path]:
    """A data folder for each test, made when something is written: the same cell in two tests is not run again."""
    shared = os.environ[DATA_VARIABLE]
    folder = Path(shared) / str(next(_numbers))
    os.environ[DATA_VARIABLE] = str(folder)
    yield folder
    os.environ[DATA_VARIABLE] = shared


@pytest.fixture(autouse=True)
def nothing_typed() -> Iterator[None]:
    """Keys that a test types are forgotten with it."""
    yield
    forget_answers()


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A session on a sandbox of its own for each test file: seed 1, clock standing at FROZEN_AT."""
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as opened:
        yield opened


@pytest.fixture
def fresh_sandbox() -> Iterator[Session]:
    """A session on a sandbox that no other test has touched."""
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as opened:
        yield opened


@pytest.fixture(scope="session")
def spec_folder() -> Path:
    """The exchange's facts as data, kept outside the project so that they stay independent of it."""
    return _outside("BINANCE_NB_SPEC", ROOT.parent / "shared" / "spec")


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """Recordings of the real exchange, kept outside the project."""
    return _outside("BINANCE_NB_REAL", ROOT.parent / "shared" / "real")


def _outside(variable: str, default: Path) -> Path:
    folder = Path(os.environ.get(variable, default))
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing; {variable} names the folder to compare with")
    return folder
