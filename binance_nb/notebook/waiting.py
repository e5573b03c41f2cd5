"""A line on the screen while a call waits for a rate limit."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle

__all__ = ["WaitNotice"]


class WaitNotice:
    """Says that a call waits: in a notebook one line, updated in place; in a terminal a line of text.

    Args:
        shell: Where to say it.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._has_kernel = getattr(shell, "kernel", None) is not None
        self._shown: Any = None  # Any: the methods of a DisplayHandle have no types
        self._seconds = 0.0

    def __call__(self, seconds: float, reason: str) -> None:
        """Announce a wait, or how much of it is left.

        Args:
            seconds: Seconds to go.
            reason: Why.
        """
        self._seconds = max(self._seconds, seconds)
        line = _plain(f"rate limit: going on in {seconds:.0f} s ({reason})")
        if self._shown is not None:
            if self._has_kernel:
                self._shown.update(line, raw=True)
            return
        self._shown = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython does not type it
        self._shown.display(line, raw=True)

    def done(self) -> None:
        """Say that the wait is over, if there was one."""
        if self._shown is not None and self._has_kernel:
            self._shown.update(_plain(f"rate limit: waited {self._seconds:.0f} s"), raw=True)
        self._shown, self._seconds = None, 0.0


def _plain(text: str) -> dict[str, str]:
    return {"text/plain": text}
