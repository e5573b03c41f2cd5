"""How an interrupt reads: in a line with its notes, and not as a traceback through this package."""

from __future__ import annotations

__all__ = ["read_shortly"]


def read_shortly(interrupt: KeyboardInterrupt) -> None:
    """Let IPython show an interrupt as a line, with its notes below.

    Args:
        interrupt: What the person's Ctrl+C or stop button became.
    """
    notes = [f"  {note}" for note in getattr(interrupt, "__notes__", ())]
    # IPython asks the exception for this method; the class is Python's own.
    setattr(interrupt, "_render_traceback_", lambda: ["KeyboardInterrupt: stopped.", *notes])  # noqa: B010
