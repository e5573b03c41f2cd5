"""Which cell is running, for the widgets: so that running it again takes away what it had made before."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from IPython.core.getipython import get_ipython

__all__ = ["CellRun", "Cells"]

_Told = Callable[["CellRun"], None]


@dataclass(frozen=True)
class CellRun:
    """One execution of a cell.

    Attributes:
        cell: The cell: its id where the front end gives one, else a hash of its source.
        number: Which execution, of all cells.
    """

    cell: str
    number: int


class Cells:
    """Follows the cells of a shell, from the first question on.

    Args:
        on_end: Told each execution when it has ended.
    """

    def __init__(self, on_end: _Told) -> None:
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._shell: Any = None  # Any: kernels are not typed
        self._run: CellRun | None = None
        self._request: object = None
        self._depth = 0

    def current(self) -> CellRun | None:
        """Return what is running, or None: between cells, in the callback of a control, outside IPython."""
        shell = get_ipython()
        if shell is not self._shell:
            self.leave()
            self._listen(shell)
        return None if shell is None or self._kind() == "comm_msg" else self._run

    def leave(self) -> None:
        """Follow no more, until asked again."""
        if self._shell is not None:
            self._shell.events.unregister("pre_run_cell", self._before)
            self._shell.events.unregister("post_run_cell", self._after)
        self._shell = self._run = None

    def _listen(self, shell: Any) -> None:  # Any: see _shell
        self._shell = shell
        if shell is None:
            return
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)
        entered = shell.history_manager.input_hist_raw if shell.history_manager is not None else []
        # The cell that asks first is running already.
        self._start(str(self._parent().get("content", {}).get("code", "")) or str(entered[-1] if entered else ""))

    def _start(self, source: str) -> None:
        self._request, self._depth = self._asked_by(), 1
        self._run = CellRun(self._cell_id() or _hash(source), next(self._numbers))

    def _before(self, info: Any) -> None:  # Any: IPython does not type it
        if self._run is not None and self._request == self._asked_by():
            self._depth += 1  # a cell that runs another, as %%capture does, stays the one
        else:
            self._start(str(info.raw_cell or ""))

    def _after(self, result: object) -> None:
        self._depth -= 1
        if self._run is not None and self._depth <= 0:
            ended, self._run = self._run, None
            self._on_end(ended)

    def _asked_by(self) -> object:
        return self._parent().get("header", {}).get("msg_id") or self._shell.execution_count

    def _cell_id(self) -> str:
        return str(self._parent().get("metadata", {}).get("cellId") or "")

    def _kind(self) -> str:
        return str(self._parent().get("header", {}).get("msg_type", ""))

    def _parent(self) -> Mapping[str, Any]:
        kernel = getattr(self._shell, "kernel", None)
        if kernel is None or not hasattr(kernel, "get_parent"):
            return {}
        return kernel.get_parent("shell") or {}


def _hash(source: str) -> str:
    return f"source-{hashlib.sha256(source.strip().encode(errors='replace')).hexdigest()[:24]}"
