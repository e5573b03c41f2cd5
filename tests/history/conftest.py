"""A session whose requests a test can delay, watch and break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from binance_nb import Session
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment
from binance_nb.sandbox.launcher import SandboxProcess
from tests.history.carriers import WatchedTransport

Watched = tuple[Session, WatchedTransport]


@pytest.fixture
def watch() -> Iterator[Callable[[SandboxProcess], Watched]]:
    """A function that opens a session on a sandbox, over a transport of the test's."""
    with ExitStack() as stack:

        def opened(process: SandboxProcess) -> Watched:
            transport = WatchedTransport()
            place = Environment("sandbox", process.url, is_sandbox=True)
            client = Client(place, transport=transport, budget=WeightBudget())
            return stack.enter_context(Session(client)), transport

        yield opened


@pytest.fixture
def watched(sandbox: SandboxProcess, watch: Callable[[SandboxProcess], Watched]) -> Watched:
    """A session on the shared sandbox, and its transport."""
    return watch(sandbox)
