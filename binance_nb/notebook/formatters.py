"""The line above frames, and how IPython comes to show it. pandas is named here and never imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["hide_headers", "show_headers"]

# Where the class says it lives: pandas 2 names the first, pandas 3 the second.
_HOMES = ("pandas.core.frame", "pandas")
_CLASS = "DataFrame"


def show_headers(shell: InteractiveShell, *, has_path: bool = True) -> None:
    """Let frames of ours show the line above them; other frames look as ever.

    Args:
        shell: The shell. A formatter for frames that somebody else registered there stays.
        has_path: Whether the line shows a path of prices as a sparkline.
    """
    for kind, formatter in _formatters(shell):
        for home in _HOMES:
            if _registered(formatter, home) is None:
                formatter.for_type_by_name(home, _CLASS, _FUNCTIONS[kind][has_path])


def hide_headers(shell: InteractiveShell) -> None:
    """Let frames look as pandas shows them again.

    Args:
        shell: The shell.
    """
    for kind, formatter in _formatters(shell):
        for home in _HOMES:
            if _registered(formatter, home) in _FUNCTIONS[kind].values():
                formatter.pop(f"{home}.{_CLASS}")


def _formatters(shell: InteractiveShell) -> list[tuple[str, Any]]:  # Any: IPython does not type them
    known: Any = shell.display_formatter
    return [(kind, known.formatters[kind]) for kind in _FUNCTIONS]


def _registered(formatter: Any, home: str) -> Any:
    try:
        return formatter.lookup_by_type(f"{home}.{_CLASS}")
    except KeyError:
        return None


def _html(frame: pd.DataFrame, *, has_path: bool = True) -> str | None:
    plain: Any = frame  # the stubs do not know _repr_html_
    if _is_ours(frame):
        from binance_nb.rendering import table_html

        try:
            return table_html(frame, has_path=has_path)
        except Exception:  # noqa: BLE001 - attributes are anybody's to change, and a table must be seen whatever they say
            pass
    shown: str | None = plain._repr_html_()
    return shown


def _text(frame: pd.DataFrame, printer: Any, is_cycle: bool, *, has_path: bool = True) -> None:
    """Write a frame into IPython's pretty printer, line by line as IPython does with a repr."""
    with printer.group():
        for number, line in enumerate(_words(frame, has_path).splitlines()):
            if number:
                printer.break_()
            printer.text(line)


def _words(frame: pd.DataFrame, has_path: bool) -> str:
    if _is_ours(frame):
        from binance_nb.rendering import table_text

        try:
            return table_text(frame, has_path=has_path)
        except Exception:  # noqa: BLE001 - as above
            pass
    return repr(frame)


def _is_ours(frame: pd.DataFrame) -> bool:
    return isinstance(frame.attrs.get("binance"), dict)


# Made once, so that those who take them away know them again.
_FUNCTIONS: Mapping[str, Mapping[bool, Callable[..., Any]]] = {
    "text/html": {True: _html, False: partial(_html, has_path=False)},
    "text/plain": {True: _text, False: partial(_text, has_path=False)},
}
