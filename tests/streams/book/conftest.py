"""A small book that a test fills by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from binance_nb.streams.book import LocalBook
from tests.streams.book.true_book import AT_ONCE, ByHand, TrueBook, client_of, live


@pytest.fixture
def truth() -> TrueBook:
    """A small book."""
    return TrueBook(seed=1, levels=200)


@pytest.fixture
def hub() -> ByHand:
    """A hub that says what the test says."""
    return ByHand()


@pytest.fixture
def book(truth: TrueBook, hub: ByHand) -> Iterator[LocalBook]:
    """A book that is in sync."""
    with LocalBook(hub, client_of(truth), "BTCUSDT", limit=1000, policy=AT_ONCE) as opened:
        hub.say(live())
        opened.wait_in_sync(30)
        yield opened
