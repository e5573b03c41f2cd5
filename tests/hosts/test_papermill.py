"""Notebooks as jobs: papermill puts parameters in, and a failed cell fails the job."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

papermill = pytest.importorskip("papermill", reason="make test brings papermill")

LINE = "frame = %binance klines $symbol {interval} --start {since}\nprint(len(frame), symbol)"


def run(notebook: Any, folder: Path, **parameters: str) -> Any:  # Any: nbformat has no types
    """Run a job and return the notebook that it leaves."""
    source, target = folder / "job.ipynb", folder / "done.ipynb"
    nbformat.write(notebook, source)  # type: ignore[no-untyped-call]  # not typed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # papermill's and its own parts'; ours are errors elsewhere
        papermill.execute_notebook(source, target, parameters=parameters, progress_bar=False)
    return nbformat.read(target, as_version=4)  # type: ignore[no-untyped-call]  # as above


def test_parameters_reach_a_line(notebook: Callable[..., Any], tmp_path: Path) -> None:
    """They are variables like any other."""
    job = notebook("symbol = 'ETHUSDT'\ninterval = '1d'\nsince = '-2d'", LINE)
    job.cells[1].metadata.tags = ["parameters"]

    done = run(job, tmp_path, symbol="BTCUSDT", interval="1h", since="-6h")

    assert done.cells[-1].outputs[0].text == "7 BTCUSDT\n"


def test_a_failed_line_fails_the_job_with_its_message(notebook: Callable[..., Any], tmp_path: Path) -> None:
    """The card stands in the notebook that is left, for whoever looks into it."""
    job = notebook("symbol, interval, since = 'BTCUSDT', '1hour', '-2d'", LINE, "print('not reached')")

    with pytest.raises(papermill.PapermillExecutionError, match="interval has no value '1hour'"):
        run(job, tmp_path)

    left = nbformat.read(tmp_path / "done.ipynb", as_version=4)  # type: ignore[no-untyped-call]  # as above
    outputs = [output for cell in left.cells for output in cell.get("outputs", [])]
    assert any("What to do" in output.get("data", {}).get("text/plain", "") for output in outputs)
    assert not any(output.get("text") == "not reached\n" for output in outputs)
