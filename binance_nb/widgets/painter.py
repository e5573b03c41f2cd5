"""The one thread that brings all widgets up to date: at most ten times a second, and asleep when nothing is new."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

__all__ = ["FRAME_SECONDS", "PAINTER_NAME", "Drawn", "Frames", "Painter", "painter"]

FRAME_SECONDS = 0.1
"""The least time between two pictures of one widget."""

PAINTER_NAME = "binance_nb painter"
"""The name of the thread."""


class Drawn(Protocol):
    """What the painter paints: every widget of this room."""

    def paint_now(self) -> None:
        """Bring the picture up to date; raises nothing."""
        ...

    def beat_now(self) -> None:
        """Do what is done at every beat; raises nothing."""
        ...


_Key = tuple[weakref.ref[Drawn], str]


class Frames:
    """When which widget is due: a table without threads or clocks.

    Args:
        frame_seconds: The least time between two pictures of one widget.
    """

    def __init__(self, frame_seconds: float = FRAME_SECONDS) -> None:
        self._frame_seconds = frame_seconds
        self._due: dict[_Key, float] = {}
        self._painted: weakref.WeakKeyDictionary[Drawn, float] = weakref.WeakKeyDictionary()
        self._beats: weakref.WeakKeyDictionary[Drawn, float] = weakref.WeakKeyDictionary()

    def ask(self, drawn: Drawn, now: float) -> None:
        """Note that there is something new to show. Asked for again before it was painted, it is one picture.

        Args:
            drawn: The widget.
            now: The present, in seconds of any clock.
        """
        earliest = self._painted.get(drawn, now - self._frame_seconds) + self._frame_seconds
        self._due.setdefault((weakref.ref(drawn), "paint"), max(now, earliest))

    def beat(self, drawn: Drawn, seconds: float | None, now: float) -> None:
        """Begin to do something again and again, or end it.

        Args:
            drawn: The widget.
            seconds: Time between two beats; None to end it.
            now: The present.
        """
        key = (weakref.ref(drawn), "beat")
        if seconds is None:
            self._beats.pop(drawn, None)
            self._due.pop(key, None)
        elif self._beats.get(drawn) != seconds:
            self._beats[drawn] = seconds
            self._due[key] = now + seconds

    def forget(self, drawn: Drawn) -> None:
        """Do nothing more for a widget.

        Args:
            drawn: The widget.
        """
        self.beat(drawn, None, 0.0)
        self._due.pop((weakref.ref(drawn), "paint"), None)
        self._painted.pop(drawn, None)

    def take(self, now: float) -> tuple[list[tuple[Drawn, str]], float | None]:
        """Return what is due, and note that it is done.

        Args:
            now: The present.

        Returns:
            Widgets, each with ``paint`` or ``beat``; and the seconds until something is due next, None for never.
        """
        ready: list[tuple[Drawn, str]] = []
        for (reference, what), due in list(self._due.items()):
            drawn = reference()
            if drawn is not None and due > now:
                continue
            del self._due[reference, what]
            if drawn is not None:
                ready.append((drawn, what))
                self._note(drawn, what, now)
        return ready, min((due - now for due in self._due.values()), default=None)

    def _note(self, drawn: Drawn, what: str, now: float) -> None:
        if what == "paint":
            self._painted[drawn] = now
        elif seconds := self._beats.get(drawn):
            # From now, not from when it was due: a machine that is late does not hurry afterwards.
            self._due[weakref.ref(drawn), "beat"] = now + seconds


class Painter:
    """Paints widgets in a thread that is there while one of them is followed, or something is to be painted.

    Widgets are held weakly: one that nobody shows or holds is not painted any more.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._frames = Frames()
        self._followed: weakref.WeakSet[Drawn] = weakref.WeakSet()
        # Reentrant: a garbage collection in here may close a widget, which comes back with `leave`.
        self._guards_frames = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether its thread is there."""
        return self._thread is not None and self._thread.is_alive()

    def ask(self, drawn: Drawn) -> None:
        """Have a widget painted soon. Any thread may ask.

        Args:
            drawn: The widget.
        """
        with self._guards_frames:
            self._frames.ask(drawn, self._clock())
            self._wake()

    def follow(self, drawn: Drawn) -> None:
        """Keep the thread at hand for a widget that will have much to show.

        Args:
            drawn: The widget.
        """
        with self._guards_frames:
            self._followed.add(drawn)
            self._wake()

    def beat(self, drawn: Drawn, seconds: float | None) -> None:
        """Do something for a widget again and again, or end it.

        Args:
            drawn: The widget.
            seconds: Time between two beats; None to end it.
        """
        with self._guards_frames:
            self._frames.beat(drawn, seconds, self._clock())
            self._wake()

    def leave(self, drawn: Drawn) -> None:
        """Do nothing more for a widget, until it asks again; the thread ends when it was the last.

        Args:
            drawn: The widget.
        """
        with self._guards_frames:
            self._frames.forget(drawn)
            self._followed.discard(drawn)
            self._guards_frames.notify()

    def wake(self) -> None:
        """Have it look again whether anybody needs it."""
        with self._guards_frames:
            self._guards_frames.notify()

    def join(self, seconds: float) -> None:
        """Wait until its thread has ended, as it does once no widget is followed.

        Args:
            seconds: How long at most.
        """
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)

    def _wake(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            # A daemon: a kernel that shuts down waits for nobody's picture.
            self._thread = threading.Thread(target=self._run, name=PAINTER_NAME, daemon=True)
            self._thread.start()
        self._guards_frames.notify()

    def _run(self) -> None:
        while True:
            with self._guards_frames:
                ready, wait_seconds = self._frames.take(self._clock())
                if not ready:
                    if wait_seconds is None and not len(self._followed):
                        self._thread = None  # told under the lock, so that whoever asks next begins another
                        return
                    self._guards_frames.wait(wait_seconds)
                    continue
            while ready:
                drawn, what = ready.pop()
                drawn.paint_now() if what == "paint" else drawn.beat_now()
                del drawn  # or this very variable would keep it alive


_painter = Painter()


def painter() -> Painter:
    """Return the painter of this process."""
    return _painter


def _begin_anew() -> None:
    global _painter
    _painter = Painter()


# A forked child has the table but not the thread, and perhaps a lock that nobody will ever open.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
