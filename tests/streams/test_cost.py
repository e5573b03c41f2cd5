"""What streams cost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def test_fifty_symbols_take_less_than_a_quarter_of_a_core(project_root: Path) -> None:
    """Diffs of 20 levels, trades and book tickers at 100 ms, parsed and kept: the benchmark's own figure, in short."""
    command = [sys.executable, "benchmarks/streams_cpu.py", "--seconds", "1"]
    told = subprocess.run(command, cwd=project_root, capture_output=True, text=True, timeout=60, check=True).stdout
    share = re.search(r"session\.stream\(\.\.\.\) +([\d.]+)% of a core", told)
    rate = re.search(r"([\d,]+) messages a second", told)

    assert share is not None
    assert rate is not None
    assert int(rate[1].replace(",", "")) > 1200
    assert float(share[1]) < 25
