"""Which line of a cell an error came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile
from types import TracebackType

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from binance_nb.notebook.keys import hide_keys
from binance_nb.rendering import Place

__all__ = ["place_of"]

_MAGIC = re.compile(r"\s*(?:[\w.,\s\[\]]+=\s*)?[%!]")
_LONGEST = 200


def place_of(shell: InteractiveShell, result: ExecutionResult, error: BaseException) -> Place | None:
    """Find the line of a cell at which it failed.

    Args:
        shell: The shell that ran it.
        result: The cell and its outcome.
        error: Why it failed.

    Returns:
        The line and its number; None when it cannot be told.
    """
    cell = getattr(result.info, "raw_cell", None)
    number = _line_run(error.__traceback__, shell.user_global_ns)
    if not cell or number is None:
        return None
    transformed: str = shell.transform_cell(cell)  # type: ignore[no-untyped-call]  # IPython does not type it
    lines = _lines_run(cell, len(transformed.splitlines()))
    if lines is None:
        return None  # something rewrote the cell, so its line numbers mean nothing here
    at, code = lines[number - 1]
    code = hide_keys(code.strip().rstrip("\\ "))
    return Place(code if len(code) <= _LONGEST else f"{code[:_LONGEST]}…", at)


def _line_run(trace: TracebackType | None, cell_globals: dict[str, object]) -> int | None:
    while trace is not None:
        if trace.tb_frame.f_globals is cell_globals:
            return trace.tb_lineno
        trace = trace.tb_next
    return None


def _lines_run(cell: str, count: int) -> list[tuple[int, str]] | None:
    """Return the lines that IPython makes Python lines of, with their numbers in the cell, if there are that many.

    It drops empty lines at the top, and joins a magic with the lines on which a backslash continues it.
    """
    lines = list(dropwhile(lambda line: not line[1].strip(), enumerate(cell.splitlines(), 1)))
    for candidate in (lines, list(_joined(iter(lines)))):
        if len(candidate) == count:
            return candidate
    return None


def _joined(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        yield number, line
        is_magic = _MAGIC.match(line)
        while is_magic and line.endswith("\\"):
            _, line = next(lines, (0, ""))
