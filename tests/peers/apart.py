"""A stranger's code in a process of its own: its event loops, sockets and warnings are its own affair."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["apart"]

_P = ParamSpec("_P")
_T = TypeVar("_T")
_WITHIN_SECONDS = 180


def apart(function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call a function in a fresh interpreter.

    Args:
        function: A function of a module; what goes in and what comes back can be pickled.
        *args: Its arguments.
        **kwargs: Its named arguments.

    Returns:
        What it returned; what it raised is raised here.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply_async(function, args, kwargs).get(_WITHIN_SECONDS)
