"""A word under a cell that holds a key, before the notebook is saved with it."""

from __future__ import annotations

import re
from typing import Any

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

__all__ = ["hear_cells", "stop_hearing_cells"]

_EVENT = "post_run_cell"
# A key in one piece, a private key, or strings that might be the pieces of one: nothing heavy loads for any other cell.
_WORTH_A_LOOK = re.compile(r"[A-Za-z0-9+/]{20}|PRIVATE KEY|[A-Za-z0-9]{4}[\"']\s*[+,\\]?\s*[bru]?[\"'][A-Za-z0-9]{4}")


class _CellGuard:
    """Warns of a key in a cell, once.

    Args:
        shell: Where to show it.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._told: set[int] = set()

    def after_cell(self, result: ExecutionResult) -> None:
        """Look at a cell that has run; IPython calls this after each.

        Args:
            result: The cell and its outcome.
        """
        source: Any = getattr(getattr(result, "info", None), "raw_cell", None)  # Any: some hosts run what is no cell
        if not isinstance(source, str) or _WORTH_A_LOOK.search(source) is None or hash(source) in self._told:
            return
        from binance_nb.guard import keys_in_cell

        found = keys_in_cell(source)
        if found:
            self._told.add(hash(source))
            self._show(found)

    def _show(self, found: Any) -> None:  # Any: Finding, which loads late
        from IPython.display import display

        from binance_nb.rendering.scan_sheet import cell_warning

        display(cell_warning(found))  # type: ignore[no-untyped-call]  # IPython's


def hear_cells(shell: InteractiveShell) -> None:
    """Warn of keys in cells.

    Args:
        shell: The shell.
    """
    shell.events.register(_EVENT, _CellGuard(shell).after_cell)


def stop_hearing_cells(shell: InteractiveShell) -> None:
    """Undo what `hear_cells` did.

    Args:
        shell: The shell.
    """
    for heard in list(shell.events.callbacks[_EVENT]):
        if isinstance(getattr(heard, "__self__", None), _CellGuard):
            shell.events.unregister(_EVENT, heard)
