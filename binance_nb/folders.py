"""Where this package keeps files of its own: what must last, and what can be had again."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["CACHE_VARIABLE", "DATA_VARIABLE", "JOURNAL_NAME", "cache_folder", "data_folder", "make_private"]

DATA_VARIABLE = "BINANCE_NB_DATA"
"""The environment variable that puts what must last elsewhere."""

CACHE_VARIABLE = "BINANCE_NB_CACHE"
"""The environment variable that puts what can be had again elsewhere."""

JOURNAL_NAME = "journal.sqlite3"
"""The order journal, in the data folder."""

_NAME = "binance_nb"
_OWNER_ONLY = 0o700


def data_folder() -> Path:
    """Return the folder of what must last, such as the order journal. It need not exist yet.

    Returns:
        What ``BINANCE_NB_DATA`` names, or the user's data folder as the operating system has it.
    """
    return _chosen(DATA_VARIABLE) or _users("user_data_path")


def cache_folder() -> Path:
    """Return the folder of what can be had again. It need not exist yet.

    Returns:
        What ``BINANCE_NB_CACHE`` names, or the user's cache folder as the operating system has it.
    """
    return _chosen(CACHE_VARIABLE) or _users("user_cache_path")


def make_private(folder: Path) -> None:
    """Make a folder that nobody but its owner can look into; one that is there stays as its owner made it.

    Args:
        folder: The folder; those above it are made as the system makes folders.

    Raises:
        OSError: It cannot be made.
    """
    folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)


def _chosen(variable: str) -> Path | None:
    named = os.environ.get(variable)
    # Absolute, so that a later change of the working directory does not split what belongs together.
    return Path(named).expanduser().absolute() if named else None


def _users(kind: str) -> Path:
    import platformdirs  # here, because most imports of this package end without a file

    folder: Path = getattr(platformdirs, kind)(_NAME, appauthor=False)
    return folder
