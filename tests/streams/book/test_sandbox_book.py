"""A local book over real sockets, against the sandbox's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_nb import Session
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.book import LocalBook
from binance_nb.streams.hub import StreamHub
from binance_nb.streams.link import Policy
from tests.streams.book.sandbox_truth import RoughHub, caught_up, settle
from tests.streams.book.true_book import AT_ONCE


@pytest.fixture
def hub(session: Session) -> Iterator[StreamHub]:
    """The sandbox's streams, connected to again at once."""
    assert session.sandbox is not None
    opened = StreamHub(session.sandbox.ws_url, policy=Policy(backoff=Backoff(0.0, 0.0)))
    yield opened
    opened.close()
    session.sandbox.clear_faults()


def advance(session: Session, milliseconds: int) -> Callable[[], object]:
    """Turn the sandbox's clock on."""
    assert session.sandbox is not None
    process = session.sandbox
    return lambda: process.advance(milliseconds)


def test_a_book_follows_the_sandbox(session: Session, hub: StreamHub) -> None:
    """After each second of market the book is the sandbox's to the last digit."""
    with LocalBook(hub, session.client, "BTCUSDT", policy=AT_ONCE) as book:
        book.wait_in_sync(30)
        found = [caught_up(book, session, advance(session, 1_000)) for _ in range(10)]

    assert [0] * 10 == found
    assert (0, 0) == (book.gaps, book.rebuilds)


def test_a_session_hands_out_books_and_closes_them(fresh_sandbox: Session) -> None:
    """session.book needs nothing but a symbol, and ends with the session."""
    book = fresh_sandbox.book("ETHUSDT").wait_in_sync(30)
    frame = book.top(5)
    fresh_sandbox.close()

    assert 5 == len(frame)
    assert frame["bid_price"][0] < frame["ask_price"][0]
    assert ("closed", False) == (book.state, book.is_in_sync)


def test_an_order_shows_in_the_book(session: Session, hub: StreamHub) -> None:
    """What an order adds to the book arrives, also while the sandbox's clock stands."""
    with LocalBook(hub, session.client, "BTCUSDT", policy=AT_ONCE) as book:
        book.wait_in_sync(30)
        bid, ask = book.best_bid, book.best_ask
        assert bid is not None
        assert ask is not None
        price = f"{bid - 1:.2f}"
        held: dict[str, str] = dict(book.ladder(5000)[0])
        caught_up(
            book,
            session,
            lambda: session.new_order("BTCUSDT", "BUY", "LIMIT", time_in_force="GTC", quantity="0.5", price=price),
        )
        holds: dict[str, str] = dict(book.ladder(5000)[0])

    text = f"{price}000000"
    assert 0.5 == round(float(holds[text]) - float(held.get(text, "0")), 8)


def test_no_level_differs_after_faults_of_the_sandbox(session: Session, hub: StreamHub) -> None:
    """Left-out events, cut connections, and a line that swaps and repeats: in sync means right."""
    assert session.sandbox is not None
    session.sandbox.faults("btcusdt@depth@100ms", kind="skip_depth", probability=0.03)
    session.sandbox.faults("btcusdt@depth@100ms", kind="cut", probability=0.02)
    rough = RoughHub(hub, 1, 0.01)
    found: list[Any] = []
    with LocalBook(rough, session.client, "BTCUSDT", policy=AT_ONCE) as book:
        for _ in range(16):
            settle(book, rough.lines[0])
            found.append(caught_up(book, session, advance(session, 1_000), 1.0))
        troubles = book.gaps, book.rebuilds

    assert {0, None} >= set(found)
    assert found.count(0) > 3
    assert min(troubles) > 0
