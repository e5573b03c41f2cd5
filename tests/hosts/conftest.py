"""A notebook that shows a frame, a sheet and a widget, for every place that runs or draws notebooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from binance_nb.sandbox.launcher import SandboxProcess


@pytest.fixture
def notebook(sandbox: SandboxProcess) -> Callable[..., Any]:  # Any: nbformat has no types
    """A function that makes a notebook of code cells; the first connects to the sandbox."""

    def made(*sources: str, tags: tuple[str, ...] = ()) -> Any:
        v4: Any = nbformat.v4
        first = f"%load_ext binance_nb\n%binance use {sandbox.url}"
        cells = [v4.new_code_cell(source) for source in (first, *sources)]
        cells[-1].metadata.tags = list(tags)
        kernel = {"name": "python3", "display_name": "Python", "language": "python"}
        return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})

    return made
