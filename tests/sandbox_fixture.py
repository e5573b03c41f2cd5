"""Sandboxes for every room's tests: one that all may read from, and a way to start others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from binance_nb.sandbox.launcher import SandboxProcess, start

__all__ = ["FROZEN_AT", "FROZEN_AT_MS", "sandbox", "start_sandbox"]

FROZEN_AT = "2024-06-01T12:00:00Z"
FROZEN_AT_MS = 1_717_243_200_000


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxProcess]:
    """A sandbox with seed 1 whose clock stands at FROZEN_AT. All tests share it: leave no orders that others see."""
    process = start(seed=1, frozen=FROZEN_AT)
    yield process
    process.stop()


@pytest.fixture
def start_sandbox() -> Iterator[Callable[..., SandboxProcess]]:
    """A function like `launcher.start` whose sandboxes end with the test."""
    with ExitStack() as stack:

        def started(**options: Any) -> SandboxProcess:
            process = start(**options)
            stack.callback(process.stop)
            return process

        yield started
