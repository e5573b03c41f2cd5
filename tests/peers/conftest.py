"""Other people's clients, pointed at the sandbox; without them (`make test-peers`) their tests are skipped, loudly."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal

import pytest
import requests

from binance_nb.sandbox.launcher import SandboxProcess, start


@pytest.fixture(scope="module")
def exchange() -> Iterator[SandboxProcess]:
    """A sandbox whose clock runs as real ones do, so that clients may sign with their own."""
    running = start(seed=1)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def fast_exchange() -> Iterator[SandboxProcess]:
    """A sandbox that lives twenty seconds in one."""
    running = start(seed=1, speed=20)
    yield running
    running.stop()


@pytest.fixture
def last_price(exchange: SandboxProcess) -> Decimal:
    """Bitcoin's last price in whole units, which every tick divides."""
    reply = requests.get(f"{exchange.url}/api/v3/ticker/price", {"symbol": "BTCUSDT"}, timeout=30)
    return Decimal(reply.json()["price"]).quantize(Decimal(1), ROUND_DOWN)
