"""An interrupt that comes while something is put away waits until it is."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["interrupts_held"]


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Let an interrupt wait for the end of the block; whoever presses again breaks in.

    For what takes moments, such as reading an answer: half of it would be lost.
    """
    usual = signal.getsignal(signal.SIGINT)
    # Interrupts reach the main thread alone, and a handler that is not Python's could not be put back.
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield
        return
    pressed = False

    def hold(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            usual(number, frame)
        pressed = True

    signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if pressed:
            signal.raise_signal(signal.SIGINT)
