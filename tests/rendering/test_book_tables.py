"""The line above a frame of a local book."""

from __future__ import annotations

from binance_nb import Session
from binance_nb.rendering.tables import table_text
from tests.streams.book.true_book import AT_ONCE, ByHand, live, lost


def test_a_frame_says_whether_its_book_is_in_sync(session: Session) -> None:
    """A frame of a book that was lost looks like any other, so the line above says it."""
    from binance_nb.streams.book import LocalBook

    hub = ByHand()
    book = LocalBook(hub, session.client, "BTCUSDT", limit=100, policy=AT_ONCE)
    hub.say(live())
    book.wait_in_sync(30)
    lines = [table_text(book.top(5)).splitlines()[0]]
    lines.append(table_text(book.top(101)).splitlines()[0])
    hub.say(lost())
    lines.append(table_text(book.top(5)).splitlines()[0])

    where, at = "depth BTCUSDT · SANDBOX seed 1", "at 2024-06-01 12:00:00 UTC · 5 rows"
    assert f"{where} · {at} · local book, in sync" == lines[0]
    assert lines[1].endswith("100 rows · local book, in sync · levels beyond its snapshot may be missing")
    assert f"{where} · {at} · local book, NOT IN SYNC (lost)" == lines[2]
