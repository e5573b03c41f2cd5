"""Which function answers which endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from binance_nb.catalog import ENDPOINTS
from binance_nb.sandbox.call import Call

__all__ = ["HANDLERS", "Handler", "answers"]

Handler: TypeAlias = Callable[[Call], Any]  # Any: JSON leaves here

HANDLERS: dict[str, Handler] = {}
"""The functions by their endpoint's name in the catalog."""


def answers(handler: Handler) -> Handler:
    """Let a function answer the endpoint whose name it bears.

    Args:
        handler: The function.

    Returns:
        The same function.

    Raises:
        LookupError: There is no such endpoint, or it has a function already.
    """
    name = handler.__name__
    if name not in ENDPOINTS or name in HANDLERS:
        raise LookupError(f"{name} is no endpoint of the catalog, or is answered twice")
    HANDLERS[name] = handler
    return handler
