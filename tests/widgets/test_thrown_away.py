from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest

from binance_nb import Session, connect
from binance_nb.widgets import Book, Chart, Portfolio, Watch
from binance_nb.widgets.live import Live

_WITHIN_SECONDS = 30.0


@pytest.fixture(scope="module")
def moving() -> Iterator[Session]:
    """A session on a sandbox whose clock runs."""
    with connect("sandbox", seed=1) as opened:
        yield opened


@pytest.mark.parametrize(
    "make",
    [
        lambda session: Book(session, "BTCUSDT"),
        lambda session: Watch(session, "BTCUSDT,ETHUSDT"),
        lambda session: Chart(session, "BTCUSDT", bars=10),
        Portfolio,
    ],
    ids=["book", "watch", "chart", "portfolio"],
)
def test_thrown_away_it_leaves_no_feed_open(moving: Session, make: Callable[[Session], Live]) -> None:
    """Nobody closed it, and its callbacks keep neither it nor what it listened to."""
    held = made_and_followed(moving, make)
    ended = threading.Event()
    for _ in range(100):
        gc.collect()
        if all(is_over(feed) for feed in held):
            break
        ended.wait(_WITHIN_SECONDS / 100)

    assert [] == [feed for feed in held if not is_over(feed)]


def made_and_followed(session: Session, make: Callable[[Session], Live]) -> list[weakref.ref[object]]:
    """Make a widget, follow it until it has feeds, and let go of it without a word."""
    live = make(session)
    live.follow()
    live._worker.join(_WITHIN_SECONDS)
    assert live._feeds_held
    return [weakref.ref(feed) for feed in live._feeds_held]


def is_over(reference: weakref.ref[object]) -> bool:
    feed = reference()
    return feed is None or "closed" in repr(feed)
