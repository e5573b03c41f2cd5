from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from binance_nb import Session, connect
from binance_nb.errors import UsageError
from binance_nb.widgets import Book
from tests.widgets.sample import following

TOP = [["62,728.63", "0.17086", "0.17086"], ["62,728.68", "0.00139", "0.17225"]]


@pytest.fixture
def book(session: Session) -> Iterator[Book]:
    made = Book(session, "BTCUSDT", levels=5)
    made.paint_now()
    yield made
    made.close()


@pytest.fixture(scope="module")
def moving() -> Iterator[Session]:
    """A session on a sandbox whose clock runs."""
    with connect("sandbox", seed=1) as opened:
        yield opened


def tell(book: Book, **message: Any) -> None:
    """Send a message as the browser does."""
    book.panel._handle_custom_msg(message, [])


def test_on_a_standing_clock_it_shows_the_snapshot_and_says_so(book: Book) -> None:
    """Nothing is followed, and that is no problem."""
    book.follow()
    shown = book.panel.book

    assert TOP == [line[:3] for line in shown["asks"][:2]]
    assert ("snapshot", "still", "The clock stands: nothing will move.") == (
        shown["state"],
        shown["tone"],
        shown["note"],
    )
    assert ("BTC", "USDT", "") == (shown["base"], shown["quote"], shown["time"])
    assert shown["where"].endswith("clock stands at 2024-06-01 12:00:00 UTC")
    assert "" == book.problem


def test_the_words_stand_alone(book: Book) -> None:
    """Names, values, the time, and that it is a sandbox."""
    lines = repr(book).splitlines()

    assert "BTCUSDT order book, as of a snapshot · SANDBOX seed 1, clock stands at 2024-06-01 12:00:00 UTC" == lines[0]
    assert "  ── spread 0.01, middle 62,728.625 ──" == lines[7]
    assert "  bid  62,728.62       0.06085   0.06085" == lines[8]
    assert 13 == len(lines)


def test_lines_may_be_wider_than_a_tick(book: Book) -> None:
    """Chosen in the browser or from Python, and added up anew."""
    tell(book, do="group", to=100)
    book.paint_now()

    assert (100, "62,729") == (book.panel.book["group"], book.panel.book["asks"][0][0])
    with pytest.raises(UsageError) as caught:
        book.group = 7
    assert "One of 1, 10, 100." == caught.value.hint


def test_a_market_order_is_reckoned_by_what_stands_there(book: Book) -> None:
    """Exactly: two levels in full, and a part of the third."""
    tell(book, do="cost", side="BUY", size="0.2", unit="base")
    cost = book.panel.cost

    assert ("0.2 BTC for 12,545.7360595 USDT", "3", "") == (cost["sum"], cost["levels"], cost["problem"])
    assert "62,728.99" == cost["worst"]


def test_a_size_that_is_none_is_answered_in_place(book: Book) -> None:
    """And taken back when the field is emptied."""
    tell(book, do="cost", side="BUY", size="a lot", unit="base")
    wrong = book.panel.cost["problem"]
    tell(book, do="cost", side="BUY", size=" ", unit="base")

    assert "'alot' is no amount." in wrong
    assert {} == book.panel.cost
    assert "" == book.problem


def test_more_than_is_known_of_the_book_is_said(book: Book) -> None:
    """What could be filled is shown with what could not."""
    tell(book, do="cost", side="SELL", size="1000000", unit="base")

    assert "BTC not filled: more than" in book.panel.cost["problem"]


@pytest.mark.parametrize(
    ("symbol", "levels", "suggestion"), [("BTCUSTD", 20, "BTCUSDT"), ("btcusdt", 20, "BTCUSDT"), ("BTCUSDT", 0, "20")]
)
def test_a_word_that_does_not_fit_is_refused_in_the_cell(
    session: Session, symbol: str, levels: int, suggestion: str
) -> None:
    """With the nearest that does; no widget is made."""
    with pytest.raises(UsageError) as caught:
        Book(session, symbol, levels=levels)

    assert suggestion == caught.value.suggestion


def test_its_picture_is_small(book: Book) -> None:
    """A saved notebook holds it, and nothing of the widget."""
    data, metadata = book._repr_mimebundle_()
    png = book.picture()

    assert b"\x89PNG" == png[:4]
    assert len(png) < 60_000
    assert struct.unpack(">I", png[16:20])[0] >= metadata["image/png"]["width"] > 0
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}


def test_it_follows_the_book_until_it_is_closed(moving: Session) -> None:
    """In sync with the exchange; afterwards the stream is let go."""
    book = Book(moving, "ETHUSDT")
    in_sync = threading.Event()
    book.panel.observe(lambda change: in_sync.set() if change["new"]["state"] == "in sync" else None, "book")
    with following(book):
        assert in_sync.wait(30)
        local = book._local
        assert local is not None
        first = local.update_id
    state = local.state

    assert ("closed", True) == (state, first is not None)


def test_a_closed_session_leaves_the_last_book_and_says_so() -> None:
    """No error, no thread of its own that goes on."""
    with connect("sandbox", seed=1) as opened:
        book = Book(opened, "BTCUSDT")
        book.follow()
    book.paint_now()
    shown, said = book.panel.book, book.panel.book["state"]
    book.close()

    assert "The session was closed: this is the last that came." in book.problem
    assert (True, True) == (bool(shown["asks"]), said in ("stopped", "snapshot"))
