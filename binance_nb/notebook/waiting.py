"""A line on the screen while a call waits, for a rate limit or a verdict; it counts down, and is gone afterwards."""

from __future__ import annotations

import math
import shutil
import sys
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle

__all__ = ["WaitNotice"]

_CLEAR_TO_END = "\x1b[K"


class WaitNotice:
    """Says that a call waits: one line that is updated in place and leaves nothing behind.

    Where nothing can be updated, as in a log, the line is written once.

    Args:
        shell: Where to say it.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._has_kernel = getattr(shell, "kernel", None) is not None
        self._handle: Any = None  # Any: the methods of a DisplayHandle have no types
        self._is_shown = False

    def __call__(self, seconds: float, reason: str) -> None:
        """Announce a wait, how much of it is left, or its end.

        Args:
            seconds: Seconds to go; 0 when it is over.
            reason: Why.
        """
        if seconds <= 0:
            self._clear()
        else:
            # The exchange's texts run on; their first sentence tells it.
            why = reason.partition(". ")[0].rstrip(".")
            self._show(f"waiting: going on by itself in {math.ceil(seconds)} s ({why})")

    def done(self) -> None:
        """Take away what an interrupted wait has left; the next cell gets a line of its own."""
        self._clear()
        self._handle = None

    def _show(self, line: str) -> None:
        if self._has_kernel:
            self._draw(line)
        elif sys.stderr.isatty():
            # A line that wraps cannot be written over.
            sys.stderr.write(f"\r{line[: shutil.get_terminal_size().columns - 2]}{_CLEAR_TO_END}")
            sys.stderr.flush()
        elif not self._is_shown:
            sys.stderr.write(f"{line}\n")
        self._is_shown = True

    def _clear(self) -> None:
        if self._is_shown and self._has_kernel:
            self._draw("")
        elif self._is_shown and sys.stderr.isatty():
            sys.stderr.write(f"\r{_CLEAR_TO_END}")
            sys.stderr.flush()
        self._is_shown = False

    def _draw(self, line: str) -> None:
        data = {"text/plain": line}
        if self._handle is None:
            self._handle = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython does not type it
            self._handle.display(data, raw=True)
        else:
            self._handle.update(data, raw=True)
