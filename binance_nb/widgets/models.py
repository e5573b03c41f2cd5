"""The ipywidgets that a widget is made of: all of them, locked against two threads at once, and closed as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from ipywidgets import Widget

__all__ = ["close_models", "lock_messages", "models_of"]


def models_of(root: Widget) -> Iterator[Widget]:
    """Return a widget and all that it holds: children, layouts, styles; each once.

    Args:
        root: The widget.

    Yields:
        The models, those that hold others after them.
    """
    yield from _walk(root, set())


def _walk(widget: Widget, seen: set[int]) -> Iterator[Widget]:
    if id(widget) in seen:
        return
    seen.add(id(widget))
    for key in widget.keys:
        for part in _parts(getattr(widget, key, None)):
            yield from _walk(part, seen)
    yield widget


def _parts(value: object) -> Iterator[Widget]:
    if isinstance(value, Widget):
        yield value
    elif isinstance(value, (tuple, list)):
        yield from (part for part in value if isinstance(part, Widget))


def lock_messages(root: Widget, lock: AbstractContextManager[object]) -> None:
    """Let what comes from the front end wait for a lock: traitlets has none, and other threads set traits as well.

    Args:
        root: The widget; what it holds is meant too.
        lock: The lock.
    """
    for model in models_of(root):
        if model.comm is not None and hasattr(model.comm, "on_msg"):
            model.comm.on_msg(partial(_with_lock, lock, model._handle_msg))


def _with_lock(
    lock: AbstractContextManager[object],
    handle: Callable[[Any], None],
    message: Any,  # a message of Jupyter's protocol
) -> None:
    with lock:
        handle(message)


def close_models(root: Widget) -> None:
    """Close a widget and all that it holds: ipywidgets keeps every model until it is told to.

    Args:
        root: The widget.
    """
    for model in models_of(root):
        model.close()
