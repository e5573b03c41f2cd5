"""Desks for the sandbox's own tests."""

from __future__ import annotations

import pytest

from tests.sandbox.desk import Desk
from tests.sandbox_fixture import sandbox, start_sandbox

__all__ = ["desk", "moving_desk", "sandbox", "start_sandbox"]


@pytest.fixture
def desk() -> Desk:
    """An exchange whose clock stands."""
    return Desk()


@pytest.fixture
def moving_desk() -> Desk:
    """An exchange whose clock runs as the test turns it."""
    return Desk(rate=1.0)
