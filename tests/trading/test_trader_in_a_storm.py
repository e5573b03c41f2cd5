"""Orders in a storm: none is placed twice, none is lost, and what is said of each is true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_storm_with_two_kills_places_each_order_once(project_root: Path) -> None:
    """A short version of what `make soak` runs, every fault of the sandbox included; it fails by its exit status."""
    script = project_root / "benchmarks" / "soak" / "orders_in_a_storm.py"

    done = subprocess.run(
        [sys.executable, script, "--orders=120", "--kills=2"], capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert "placed twice: 0" in done.stdout
