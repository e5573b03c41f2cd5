"""Which file this notebook is kept in, as far as the program around it tells."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from binance_nb.errors import UsageError

__all__ = ["notebook_file"]

_ENDING = ".ipynb"
_SESSION = "JPY_SESSION_NAME"  # Jupyter Server's, for JupyterLab and Notebook 7
_IN_VS_CODE = "__vsc_ipynb_file__"


def notebook_file(named: object, namespace: Mapping[str, object], verb: str, *, must_exist: bool = True) -> Path:
    """Return the file of a notebook.

    Args:
        named: What the person named it by; None to ask the program around it.
        namespace: The person's variables.
        verb: The verb that needs to know, for its error.
        must_exist: Whether it has to be there.

    Returns:
        The file.

    Raises:
        UsageError: It is no notebook, or nothing tells which one this is.
    """
    if named is not None:
        path = Path(str(named)).expanduser()
        if path.suffix != _ENDING:
            raise UsageError(
                f"{named} is no notebook: their names end with {_ENDING}.",
                suggestion=f"{path.stem or 'study'}{_ENDING}",
                culprit=str(named),
            )
        if must_exist and not path.is_file():
            raise UsageError(f"There is no notebook {path}.", hint=_others(path), culprit=str(named))
        return path
    for told in (namespace.get(_IN_VS_CODE), os.environ.get(_SESSION)):
        if isinstance(told, str) and (path := _path(told)).suffix == _ENDING:
            return path
    where = "--notebook study.ipynb" if verb == "manifest" else "study.ipynb"
    raise UsageError(
        "Nothing here tells which file this notebook is kept in.",
        hint="JupyterLab, Notebook and VS Code do; elsewhere, name it.",
        suggestion=f"%binance {verb} {where}",
    )


def _path(told: str) -> Path:
    # Colab's kind of servers give an address.
    path = Path(unquote(urlsplit(told).path)) if "://" in told else Path(told)
    # Some servers tell the path below their root, which need not be where this kernel was started.
    return path if path.is_absolute() and path.is_file() else Path.cwd() / path.name


def _others(path: Path) -> str:
    there = sorted(each.name for each in path.parent.glob(f"*{_ENDING}")) if path.parent.is_dir() else []
    return f"Notebooks there: {', '.join(there[:8])}." if there else "There are no notebooks in that folder."
