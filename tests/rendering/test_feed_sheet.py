"""How a feed looks, as words and as HTML."""

from __future__ import annotations

from typing import Any

from binance_nb.grammar.stream_names import parse_streams
from binance_nb.rendering import feed_sheet
from binance_nb.streams.feed import Feed
from tests.streams.events import NOW_MS, FakeAttachment, FakeSource, trade


def opened(*names: str, **more: Any) -> tuple[Feed, FakeAttachment]:
    source = FakeSource()
    facts = {"environment": "SANDBOX seed 1"}
    feed = Feed(source, parse_streams(names), parse=lambda *texts: parse_streams(texts), facts=facts, **more)
    return feed, source.attached[0]


def test_it_tells_state_rate_and_the_newest() -> None:
    """And how many are kept."""
    feed, line = opened("BTCUSDT@trade", keep=4)
    line.turn("live", reconnects=2)
    for number in range(1, 6):
        line.send("btcusdt@trade", trade(number), NOW_MS + number * 500)

    assert feed_sheet(feed).text().splitlines() == [
        "Feed of BTCUSDT@trade · SANDBOX seed 1",
        "  state       live, connected again 2 times",
        "  events      5, 2.0 a second lately",
        "  the newest  trade BTCUSDT at 2024-06-01 12:00:05 UTC: trade id 5, price 67000.1, quantity 0.5, "
        "is buyer maker True",
        "  kept        4 of each stream at most; 1 dropped",
        "  to_frame() is what came, on(callback) tells of what comes, close() ends it.",
    ]


def test_one_that_is_lost_says_why_and_what_is_done_about_it() -> None:
    """In the words of the connection."""
    feed, line = opened("BTCUSDT@trade")
    line.turn("lost", reason="The line went dead.", attempt=3, retry_in_seconds=4.0)
    text = feed_sheet(feed).text()

    assert "state    lost, 3 tries failed, the next in 4 s" in text
    assert "problem  The line went dead." in text


def test_a_closed_one_says_so_and_asks_for_nothing() -> None:
    """Why, too, if it was not closed by the person."""
    feed, _ = opened("BTCUSDT@trade")
    feed.close("The session is closed.")

    assert "state   closed. The session is closed." in feed_sheet(feed).text()
    assert "close() ends it" not in feed_sheet(feed).text()


def test_what_comes_from_outside_is_escaped() -> None:
    """A reason may hold anything."""
    feed, line = opened("BTCUSDT@trade")
    line.turn("lost", reason="<script>alert(1)</script>")
    html = feed_sheet(feed).html()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_book_is_told_by_its_levels() -> None:
    """How many there are, and not each."""
    feed, line = opened("BTCUSDT@depth5")
    line.turn("live")
    line.send("btcusdt@depth5", {"lastUpdateId": 7, "bids": [["1", "2"]], "asks": [["3", "4"], ["5", "6"]]}, NOW_MS)

    assert "partial_depth BTCUSDT at 2024-06-01 12:00:00 UTC: last update id 7, bids (1), asks (2)" in (
        feed_sheet(feed).text()
    )
