"""Killed in the middle and run again, a history comes out as if nothing had been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from binance_nb.sandbox.launcher import SandboxProcess
from tests.history.long.killing import Killing


@pytest.mark.parametrize(
    "job",
    [
        {"what": "klines", "interval": "1m", "symbols": "BTCUSDT", "start": "2024-05-10", "source": "api", "kills": 2},
        {"what": "agg_trades", "symbols": "ADABTC", "start": "2024-05-28", "source": "archive", "kills": 1},
    ],
    ids=["api", "archive"],
)
def test_kill_9_costs_nothing_but_time(sandbox: SandboxProcess, tmp_path: Path, job: dict[str, Any]) -> None:
    """The store verifies clean after every kill, and the frame is that of an undisturbed run, byte for byte.

    `make soak` does it fifty times.
    """
    kills = job.pop("kills")
    killing = Killing(sandbox, {**job, "end": "2024-05-30"}, tmp_path)

    killing.run(kills)

    assert [] == killing.problems
    assert kills == killing.kills
