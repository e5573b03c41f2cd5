"""The ten jobs whose keystrokes the README counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.keystrokes import JOBS, table


def test_each_of_our_ten_jobs_gives_its_answer(run: Callable[[str], Any]) -> None:
    """One after the other on one account; what they leave can be compared."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z\nfrom decimal import Decimal")
    for job in JOBS:
        run(job.ours)

        assert run(job.check) is not None, job.title


def test_the_readme_has_the_table_as_counted(project_root: Path) -> None:
    """A job that is written otherwise changes the README."""
    assert table() in (project_root / "README.md").read_text(encoding="utf-8")
