"""A widget that shows how often it was painted, and what is needed to watch one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import ipywidgets

from binance_nb.session import Session
from binance_nb.widgets.live import Live
from binance_nb.widgets.painter import PAINTER_NAME, painter
from binance_nb.widgets.workers import WORKER_NAME

__all__ = ["Sample", "following", "our_threads"]


class Sample(Live):
    """Counts its pictures, and remembers what was done with its feeds."""

    kind: ClassVar[str] = "sample"

    def __init__(self, session: Session | None = None) -> None:
        self.text = ipywidgets.HTML()
        self.button = ipywidgets.Button()
        self.pictures = 0
        self.feeds: list[str] = []
        self.error: Exception | None = None
        self.painted = threading.Event()
        super().__init__(ipywidgets.VBox([self.text, self.button]), session=session)

    def _paint(self) -> None:
        self.pictures += 1
        self.painted.set()
        if self.error is not None:
            raise self.error
        self.text.value = str(self.pictures)

    def _begin(self) -> None:
        self.feeds.append("begin")

    def _end(self) -> None:
        self.feeds.append("end")

    def picture(self) -> bytes:
        raise ValueError("no ink")

    def words(self) -> str:
        return "a sample"


@contextmanager
def following(live: Live) -> Iterator[Live]:
    """Follow a widget, and close it afterwards."""
    live.follow()
    try:
        yield live
    finally:
        live.close()


def our_threads() -> list[str]:
    """The threads of widgets that are there once painter and workers, those of earlier tests too, had time to end."""
    painter().join(30)
    for each in threading.enumerate():
        # The painter lets go of its thread a moment before that is over.
        if each.name in (PAINTER_NAME, WORKER_NAME):
            each.join(30)
    return [each.name for each in threading.enumerate() if each.name in (PAINTER_NAME, WORKER_NAME)]


def in_thread(act: Callable[[], Any]) -> None:
    """Do something on another thread, and wait until it is done."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(30)
