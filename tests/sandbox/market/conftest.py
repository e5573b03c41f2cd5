"""One market for all tests: it is a pure function, so sharing it shares nothing but its caches."""

from __future__ import annotations

import pytest

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import Market


@pytest.fixture(scope="session")
def market() -> Market:
    return Market(1, LISTINGS)
