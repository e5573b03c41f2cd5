"""How IPython comes to show what is no frame: calls made together, feeds, and how an order stands to its rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

__all__ = ["hide_summaries", "show_summaries"]

# By name, because loading an extension must not load what a session needs: where a class lives, what shows it.
_SHEETS = {
    "binance_nb.together.answers.Answers": "summary_sheet",
    "binance_nb.streams.log.EventLog": "feed_sheet",
    "binance_nb.rules.report.RuleReport": "rule_report_sheet",
}


def show_summaries(shell: InteractiveShell) -> None:
    """Let such objects show their sheets.

    Args:
        shell: The shell.
    """
    for path, name in _SHEETS.items():
        home, _, kind = path.rpartition(".")
        _formatter(shell, "text/html").for_type_by_name(home, kind, partial(_html, name))
        _formatter(shell, "text/plain").for_type_by_name(home, kind, partial(_text, name))


def hide_summaries(shell: InteractiveShell) -> None:
    """Let them show their repr again.

    Args:
        shell: The shell.
    """
    for path in _SHEETS:
        for mime in ("text/html", "text/plain"):
            _formatter(shell, mime).pop(path, None)


def _formatter(shell: InteractiveShell, mime: str) -> Any:  # Any: IPython does not type them
    known: Any = shell.display_formatter
    return known.formatters[mime]


def _sheet(name: str) -> Callable[[object], Any]:
    from binance_nb import rendering

    sheet: Callable[[object], Any] = getattr(rendering, name)
    return sheet


def _html(name: str, shown: object) -> str:
    return str(_sheet(name)(shown).html())


def _text(name: str, shown: object, printer: Any, is_cycle: bool) -> None:
    printer.text(_sheet(name)(shown).text())
