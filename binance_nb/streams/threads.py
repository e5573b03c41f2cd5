"""Which thread brings events; it knows no event loop, so that who only asks loads none."""

from __future__ import annotations

import threading

__all__ = ["LOOP_THREAD", "is_on_loop", "refuse_on_loop"]

LOOP_THREAD = "binance_nb streams"
"""The name of the thread on which all streams are read and all callbacks are called."""


def is_on_loop() -> bool:
    """Return whether the caller is a callback of a stream, or what it has called."""
    return threading.current_thread().name == LOOP_THREAD


def refuse_on_loop() -> None:
    """Refuse to wait where that would stop what is waited for.

    Raises:
        RuntimeError: The caller is on the thread that brings events.
    """
    if is_on_loop():
        raise RuntimeError("A callback of a stream cannot wait for the thread it runs on.")
