"""Preflight, exchange and documented facts say the same of random orders: no false pass, no false fail.

The soak benchmarks/soak/preflight_agreement.py does the same with thousands of orders of each symbol.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from binance_nb.sandbox.listings import LISTINGS
from tests.trading.preflight_house import House, Trial, spec_of

ORDERS = 100


@pytest.fixture(scope="module")
def spec(spec_folder: Path) -> ModuleType:
    """The facts' own evaluation of filters."""
    return spec_of(spec_folder)


@pytest.mark.parametrize("symbol", [each.symbol for each in LISTINGS.values() if each.status == "TRADING"])
def test_preflight_exchange_and_facts_agree(symbol: str, spec: ModuleType) -> None:
    """Each symbol has filters of its own; what is put right is taken."""
    trial = Trial(House(), symbol, seed=7, spec=spec)

    trial.run(ORDERS, mend_every=5)

    assert trial.falses == []
    assert trial.by_spec > ORDERS


@pytest.mark.parametrize("symbol", [each.symbol for each in LISTINGS.values() if each.status != "TRADING"])
def test_nothing_passes_on_a_symbol_that_does_not_trade(symbol: str) -> None:
    """Whatever the order."""
    trial = Trial(House(), symbol, seed=7)

    trial.run(ORDERS // 10)

    assert trial.falses == []
    assert trial.tally["taken"] == 0
