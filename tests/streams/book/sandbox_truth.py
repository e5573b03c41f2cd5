"""The sandbox's own book, to hold a local one against, and a hub on the way that is not to be trusted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from typing import Any

from binance_nb import Session
from binance_nb.errors import StreamError
from binance_nb.streams.book import LocalBook
from binance_nb.streams.book.asking import Attached, Listening
from binance_nb.streams.hub import StreamHub
from tests.streams.book.true_book import RoughLine, differences

__all__ = ["RoughHub", "caught_up", "settle"]


class RoughHub:
    """A hub that puts a rough line before each sink."""

    def __init__(self, hub: StreamHub, seed: int, troubles_per_event: float) -> None:
        self._hub, self._seed, self._share = hub, seed, troubles_per_event
        self.lines: list[RoughLine] = []

    def attach(self, streams: Iterable[str], sink: Listening, /) -> Attached:
        """Attach a sink behind a rough line."""
        self.lines.append(RoughLine(sink, self._seed, self._share))
        return self._hub.attach(streams, self.lines[-1])


def settle(book: LocalBook, line: RoughLine, seconds: float = 30.0) -> None:
    """Wait until a book is in sync, unless its line is cut: on a clock that stands nothing more comes to end that."""
    ends_at = time.monotonic() + seconds
    while not line.is_holding and not book.is_in_sync:
        with suppress(StreamError) if time.monotonic() < ends_at else nullcontext():
            book.wait_in_sync(0.2)


def caught_up(book: LocalBook, session: Session, step: Callable[[], object], seconds: float = 30.0) -> int | None:
    """Take a step, and let the book come to where the sandbox's own is; return how many levels differ.

    None where it does not come there in so many seconds: the last event was lost, which only the next one can tell.
    """
    there, wanted = threading.Event(), [-1]
    handle = book.on_change(lambda changed: there.set() if changed.update_id == wanted[0] else None)
    try:
        step()
        true: dict[str, Any] = session.call("depth", symbol=book.symbol, limit=5000, raw=True)
        wanted[0] = true["lastUpdateId"]
        if book.update_id != wanted[0]:
            there.wait(seconds)
        if not (book.is_in_sync and book.update_id == wanted[0]):
            return None
        return differences(book, dict(true["bids"]), dict(true["asks"]))
    finally:
        handle.cancel()
