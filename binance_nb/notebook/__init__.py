"""IPython: the magics, the card under a failed cell, and loading and unloading without a trace."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython

from binance_nb.errors import UsageError
from binance_nb.notebook.cell_guard import hear_cells, stop_hearing_cells
from binance_nb.notebook.completion import install_completion, remove_completion
from binance_nb.notebook.formatters import hide_headers, show_headers
from binance_nb.notebook.leftovers import tell_leftovers
from binance_nb.notebook.magics import BinanceMagics, install
from binance_nb.notebook.origins import follow_cells, unfollow_cells
from binance_nb.notebook.question_mark import hear_questions, stop_hearing_questions
from binance_nb.notebook.summaries import hide_summaries, show_summaries
from binance_nb.notebook.tracebacks import guard_tracebacks, leave_tracebacks

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from binance_nb.session import Session

__all__ = ["BinanceMagics", "current_session", "load", "unload"]

_NAME = BinanceMagics.__name__


def load(shell: InteractiveShell) -> None:
    """Register ``%binance``, completion, the card hook and the line above frames, and follow which cell is running.

    No exchange is contacted, and nothing heavy is imported. Calls of an earlier kernel whose outcome nobody wrote down
    are named in a line. Where a configuration loads it for every kernel, ``%load_ext`` changes nothing and is quiet.

    Args:
        shell: The shell.
    """
    if _NAME in shell.magics_manager.registry:
        return
    magics = install(shell)
    shell.events.register("post_run_cell", magics.after_cell)
    install_completion(shell, magics)
    show_summaries(shell)
    hear_questions(shell)
    hear_cells(shell)
    guard_tracebacks(shell)
    if magics.table_header:
        show_headers(shell, has_path=magics.sparklines)
    follow_cells(shell)
    tell_leftovers()


def unload(shell: InteractiveShell) -> None:
    """Undo all that `load` did, and close the session.

    Args:
        shell: The shell.
    """
    magics = shell.magics_manager.registry.pop(_NAME)
    shell.events.unregister("post_run_cell", magics.after_cell)
    remove_completion(shell)
    hide_summaries(shell)
    stop_hearing_questions(shell)
    stop_hearing_cells(shell)
    leave_tracebacks(shell)
    unfollow_cells()
    for kind, names in magics.magics.items():
        for name in names:
            shell.magics_manager.magics[kind].pop(name, None)
    shell.configurables.remove(magics)
    hide_headers(shell)
    if (widgets := sys.modules.get("binance_nb.widgets.screens")) is not None:
        widgets.screens().close_all()
    magics.close()
    if (streams := sys.modules.get("binance_nb.streams.loop")) is not None:
        streams.end_idle_loop()
    if (keys := sys.modules.get("binance_nb.keys")) is not None:
        keys.forget_answers()  # what a person typed


def current_session() -> Session:
    """Return the session that ``%binance`` lines go to, for use from Python.

    Returns:
        The session; it is opened where the configuration says when there is none.

    Raises:
        UsageError: There is no IPython, or the extension is not loaded.
    """
    shell = get_ipython()
    magics = shell.magics_manager.registry.get(_NAME) if shell is not None else None
    if magics is None:
        raise UsageError(
            "The binance_nb extension is not loaded here.",
            hint="Load it, or open a session of your own: binance_nb.connect().",
            suggestion="%load_ext binance_nb",
        )
    session: Session = magics.session
    return session
