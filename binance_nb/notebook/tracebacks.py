"""Whole tracebacks instead of the few lines that our errors show."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from binance_nb.errors import BinanceError

__all__ = ["show_full", "show_short"]

_SHORT = BinanceError._render_traceback_


def show_full(shell: InteractiveShell) -> None:
    """Let errors show Python's whole traceback.

    Args:
        shell: Writes it, in the mode that ``%xmode`` chose.
    """
    from binance_nb.keys import redact

    def render(error: BinanceError) -> list[str]:
        lines = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
        # The mode Verbose shows variables, and a signed URL is one.
        return [redact(line) for line in lines]

    # IPython asks the class for this method, and the hook has to reach plain Python calls as well.
    setattr(BinanceError, "_render_traceback_", render)  # noqa: B010  # mypy refuses to assign to a method


def show_short() -> None:
    """Let errors show their few lines again."""
    setattr(BinanceError, "_render_traceback_", _SHORT)  # noqa: B010  # as above
