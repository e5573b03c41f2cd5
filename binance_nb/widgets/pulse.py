"""A thread that does a small thing again and again, and is gone when it should be."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from threading import Event, Thread, current_thread

__all__ = ["PULSE_NAME", "Pulse"]

PULSE_NAME = "binance_nb pulse"
"""The name of the thread."""

_PATIENCE_SECONDS = 2.0


class Pulse:
    """Calls a method twice a second or so, until it is stopped or the object that the method belongs to is gone.

    Args:
        beat: A bound method. Only its object's life is watched, not prolonged.
        seconds: Time between two beats.
        pause: Waits that long and tells whether to stop; an Event's ``wait``, unless a test has a faster clock.

    Attributes:
        last_error: What ended it early, if anything did; a beat that fails is not tried again.
    """

    def __init__(self, beat: Callable[[], None], seconds: float, pause: Callable[[float], bool] | None = None) -> None:
        self._beat = weakref.WeakMethod(beat)
        self._seconds = seconds
        self._stopped = Event()
        self._pause = pause or self._stopped.wait
        self._thread: Thread | None = None
        self.last_error: Exception | None = None

    @property
    def is_beating(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, unless it has begun or was stopped."""
        if self._thread is None and not self._stopped.is_set():
            # A daemon: a kernel that shuts down waits for nobody's picture.
            self._thread = Thread(target=self._run, name=PULSE_NAME, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait until it has ended."""
        self._stopped.set()
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join(_PATIENCE_SECONDS)

    def _run(self) -> None:
        while not self._pause(self._seconds) and not self._stopped.is_set():
            beat = self._beat()
            if beat is None:
                return
            try:
                beat()
            except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to: whoever looks finds it here
                self.last_error = error
                return
            del beat  # or this very variable would keep the object alive
