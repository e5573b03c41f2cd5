"""The Binance Spot exchange in a notebook: a magic line becomes a DataFrame, a failure becomes a card.

In a notebook, ``%load_ext binance_nb``; in a script, ``binance_nb.connect()``. Importing this package does no I/O and
loads neither pandas nor requests.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from binance_nb.__about__ import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from binance_nb.connecting import connect, replay
    from binance_nb.session import Session
    from binance_nb.together import Call, Later

__all__ = [
    "Call",
    "Later",
    "Session",
    "__version__",
    "connect",
    "load_ipython_extension",
    "replay",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:  # Any: a module attribute can be anything
    if name in ("connect", "replay"):
        from binance_nb import connecting

        _follow_cells()
        return getattr(connecting, name)
    if name == "Session":
        from binance_nb.session import Session

        _follow_cells()
        return Session
    if name in ("Call", "Later"):
        from binance_nb import together

        return getattr(together, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _follow_cells() -> None:
    """Let orders know the cell they come from, so that none orders twice where the extension is not loaded either."""
    loaded = sys.modules.get("IPython")
    shell = loaded.get_ipython() if loaded is not None else None
    if shell is not None:
        from binance_nb.notebook.origins import follow_cells

        follow_cells(shell)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics; IPython calls this for ``%load_ext binance_nb``.

    Args:
        shell: The running shell.
    """
    from binance_nb.notebook import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Undo everything that loading registered; IPython calls this for ``%unload_ext binance_nb``.

    Args:
        shell: The running shell.
    """
    from binance_nb.notebook import unload

    unload(shell)
