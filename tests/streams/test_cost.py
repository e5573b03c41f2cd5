"""What streams cost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def test_fifty_symbols_take_less_than_a_quarter_of_a_core(project_root: Path) -> None:
    """Diffs of 20 levels, trades and book tickers at 100 ms, parsed and kept: the benchmark's own figure, in short."""
    command = [sys.executable, "benchmarks/streams_cpu.py", "--seconds", "1"]
    told = subprocess.run(command, cwd=project_root, capture_output=True, text=True, timeout=300, check=True).stdout
    cost = re.search(r"session\.stream\(\.\.\.\) +[\d.]+% of a core, +(\d+) us a message", told)

    assert cost is not None
    # By the message, for a busy machine does not get them all across in time: 1,500 a second are due.
    assert 0 < int(cost[1]) * 1500 / 1e6 < 0.25
