"""How IPython comes to show what calls brought that were made together: as a table of what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    from binance_nb.together import Answers

__all__ = ["hide_summaries", "show_summaries"]

# By name, because loading an extension must not load what a session needs.
_HOME, _CLASS = "binance_nb.together.answers", "Answers"


def show_summaries(shell: InteractiveShell) -> None:
    """Let answers show their summary.

    Args:
        shell: The shell.
    """
    for kind, function in (("text/html", _html), ("text/plain", _text)):
        _formatter(shell, kind).for_type_by_name(_HOME, _CLASS, function)


def hide_summaries(shell: InteractiveShell) -> None:
    """Let answers show their repr again.

    Args:
        shell: The shell.
    """
    for kind in ("text/html", "text/plain"):
        _formatter(shell, kind).pop(f"{_HOME}.{_CLASS}", None)


def _formatter(shell: InteractiveShell, kind: str) -> Any:  # Any: IPython does not type them
    known: Any = shell.display_formatter
    return known.formatters[kind]


def _html(answers: Answers) -> str:
    from binance_nb.rendering import summary_sheet

    return summary_sheet(answers).html()


def _text(answers: Answers, printer: Any, is_cycle: bool) -> None:
    from binance_nb.rendering import summary_sheet

    printer.text(summary_sheet(answers).text())
