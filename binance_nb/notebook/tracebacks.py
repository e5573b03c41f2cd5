"""Tracebacks: whole ones instead of the few lines that our errors show, and no secrets in any."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from binance_nb.errors import BinanceError

__all__ = ["guard_tracebacks", "leave_tracebacks", "show_full", "show_short"]

_SHORT = BinanceError._render_traceback_
_METHOD = "structured_traceback"


def show_full(shell: InteractiveShell) -> None:
    """Let errors show Python's whole traceback.

    Args:
        shell: Writes it, in the mode that ``%xmode`` chose.
    """

    def render(error: BinanceError) -> list[str]:
        lines = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
        # The mode Verbose shows variables, and a signed URL is one.
        return _redacted(lines)

    # IPython asks the class for this method, and the hook has to reach plain Python calls as well.
    setattr(BinanceError, "_render_traceback_", render)  # noqa: B010  # mypy refuses to assign to a method


def show_short() -> None:
    """Let errors show their few lines again."""
    setattr(BinanceError, "_render_traceback_", _SHORT)  # noqa: B010  # as above


def guard_tracebacks(shell: InteractiveShell) -> None:
    """Take keys, secrets and signatures out of every traceback, whoever raised it.

    A key that a cell hands over stands in the person's own variables, which the mode Verbose shows, and in the line of
    the cell, which every mode shows. IPython has no hook for that: its two formatters get a method of their own.

    Args:
        shell: The shell.
    """
    for formatter in (shell.InteractiveTB, shell.SyntaxTB):
        vars(formatter)[_METHOD] = _guarded(getattr(formatter, _METHOD))


def leave_tracebacks(shell: InteractiveShell) -> None:
    """Undo what `guard_tracebacks` did.

    Args:
        shell: The shell.
    """
    for formatter in (shell.InteractiveTB, shell.SyntaxTB):
        if hasattr(vars(formatter).get(_METHOD), "is_guard"):
            del vars(formatter)[_METHOD]


def _guarded(written: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def structured_traceback(*given: Any, **named: Any) -> list[str]:  # Any: as IPython's versions have it
        try:
            lines = written(*given, **named)
        except Exception:  # noqa: BLE001  # IPython prints all of what its formatters stumble over, unredacted
            lines = traceback.format_exception(*given[:3])
        return _redacted(lines)

    structured_traceback.is_guard = True  # type: ignore[attr-defined]  # tells ours from another extension's
    return structured_traceback


def _redacted(lines: list[str]) -> list[str]:
    from binance_nb.keys import redact

    return [redact(line) for line in lines]
