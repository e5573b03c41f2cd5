"""What streams brought, on a tape: the same events at the same places, without waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import binance_nb
from binance_nb import Session, connect
from binance_nb.errors import StreamError, TapeMissError
from binance_nb.streams.line import unseen

TRADES = ("BTCUSDT@trade", "ETHUSDT@trade")


@pytest.fixture(scope="module")
def running() -> Iterator[Session]:
    """A session on a sandbox whose clock runs."""
    with connect("sandbox", seed=1, speed=5) as opened:
        yield opened


def same(first: object, second: object) -> None:
    """Fail where two answers differ."""
    if isinstance(first, pd.DataFrame):
        assert isinstance(second, pd.DataFrame)
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    else:
        assert first == second


def looks(session: Session) -> list[object]:
    """Look at a feed in every way there is."""
    feed = session.stream(*TRADES)
    said: list[object] = [feed.wait(count=12), feed.to_frame(), len(feed.events("BTCUSDT@trade"))]
    prices = []
    for event in feed:
        prices.append(event.price)
        if len(prices) == 5:
            break
    newest = feed.latest("BTCUSDT@trade")
    assert newest is not None
    said += [prices, newest.received, feed.wait(seconds=1), feed.to_frame(exact=True)]
    feed.add("BNBUSDT@trade")
    said += [feed.wait(count=feed.wait(count=1) + 10) > 0, feed.to_frame("trade")]
    feed.remove("ETHUSDT@trade")
    said += [feed.to_frame()]
    feed.close()
    said += [feed.is_closed, feed.to_frame()]
    return said


def test_a_feed_shows_the_same_wherever_it_is_looked_at(running: Session, tmp_path: Path) -> None:
    """Frames with the time of receipt, counts, loops and the newest event."""
    with running.taped(tmp_path / "a.jsonl"):
        recorded = looks(running)

    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = looks(reader)

    for first, second in zip(recorded, replayed, strict=True):
        same(first, second)


def test_collecting_from_a_tape_takes_no_time(running: Session, tmp_path: Path) -> None:
    """The frame of the recording, though nobody has waited for it; the second time the second one."""
    with running.taped(tmp_path / "a.jsonl"):
        recorded = [running.stream("BTCUSDT@trade").collect("9s") for _ in range(2)]
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        waits: list[float] = []
        reader.client.waiting.tell = lambda seconds, reason: waits.append(seconds)
        replayed = [reader.stream("btcusdt@trade").collect("9s") for _ in range(2)]

        with pytest.raises(TapeMissError, match="holds btcusdt@trade 2 times, and it was opened once more"):
            reader.stream("BTCUSDT@trade")
        with pytest.raises(TapeMissError, match="holds no recording of ethusdt@trade"):
            reader.stream("ETHUSDT@trade")

    assert waits == []
    assert len(recorded[0]) > 1
    for first, second in zip(recorded, replayed, strict=True):
        same(first, second)


def test_callbacks_hear_what_they_heard(running: Session, tmp_path: Path) -> None:
    """All of it, and in its order, as soon as they listen."""

    def work(session: Session, patience: float) -> list[tuple[str, Any]]:
        heard: list[tuple[str, Any]] = []
        feed, enough = session.stream(*TRADES), threading.Event()

        def hear(event: Any) -> None:
            if len(heard) < 9:
                heard.append((event.stream, event.trade_id))
            if len(heard) == 9:
                enough.set()

        feed.on(hear)
        assert enough.wait(patience)
        feed.close()
        return heard

    with running.taped(tmp_path / "a.jsonl"):
        recorded = work(running, 20)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = work(reader, 0)

    assert recorded == replayed


def test_a_book_comes_to_the_same_book(running: Session, tmp_path: Path) -> None:
    """At each place where somebody looked; the snapshot is on the tape, and is no call."""

    def work(session: Session) -> list[object]:
        with session.book("BTCUSDT", limit=100) as book:
            said: list[object] = [book.wait_in_sync().update_id, book.top(5), book.imbalance(10), book.mid]
            session.stream("BTCUSDT@depth@100ms").collect("2s")
            cost = book.cost("BUY", "0.5")
            said += [book.top(100, exact=True), book.to_frame(), str(cost), book.spread, book.gaps, book.is_in_sync]
        return said

    with running.taped(tmp_path / "a.jsonl") as reel:
        recorded = work(running)
        assert reel.recorded == 0
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = work(reader)

    for first, second in zip(recorded, replayed, strict=True):
        same(first, second)


def test_a_book_that_lost_its_line_comes_to_the_same_book(tmp_path: Path) -> None:
    """Snapshots and losses stand in their order among the events."""

    def work(session: Session, *, is_live: bool) -> list[object]:
        book = session.book("BTCUSDT", limit=100).wait_in_sync()
        said: list[object] = [book.top(5)]
        lost = threading.Event()
        book.on_change(lambda each: lost.set() if each.state == "lost" else None)
        if is_live:
            assert session.sandbox is not None
            session.sandbox.faults("btcusdt@depth@100ms", kind="cut", count=1)
        assert lost.wait(10 if is_live else 0)
        said += [book.wait_in_sync(15).top(50), book.update_id, book.rebuilds]
        book.close()
        return said

    with connect("sandbox", seed=1) as own, own.taped(tmp_path / "a.jsonl"):
        recorded = work(own, is_live=True)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = work(reader, is_live=False)

    for first, second in zip(recorded, replayed, strict=True):
        same(first, second)


def test_events_of_an_account_are_told_again(tmp_path: Path) -> None:
    """Orders, fills and balances; nothing of it is asked, and the receipt of the order is the tape's."""

    def work(session: Session) -> list[object]:
        with session.user_events() as events:
            events.wait_ready()
            session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
            count = events.wait(count=2)
            frames = [events.to_frame(), events.to_frame("outboundAccountPosition")]
            return [count, *frames, events.is_whole, events.recovered]

    with connect("sandbox", seed=1) as own, own.taped(tmp_path / "a.jsonl"):
        recorded = work(own)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = work(reader)
        assert reader.tape is not None
        assert (reader.tape.left(), reader.tape.feeds_left()) == ([], [])

    for first, second in zip(recorded, replayed, strict=True):
        same(first, second)


def test_a_recording_that_broke_off_plays_up_to_there(running: Session, tmp_path: Path) -> None:
    """What stands on the tape comes; then the feed says that it has no more."""
    with running.taped(tmp_path / "a.jsonl"):
        feed = running.stream("BTCUSDT@trade")
        feed.wait(count=6)
    lines = (tmp_path / "a.jsonl").read_text().splitlines(keepends=True)
    cut = next(place for place, line in enumerate(lines) if '"event": "look"' in line)
    (tmp_path / "b.jsonl").write_text("".join(lines[: cut - 2]) + lines[cut - 2][:30])
    held = sum('"event": "message"' in line for line in lines[: cut - 2])

    with binance_nb.replay(tmp_path / "b.jsonl") as reader:
        feed = reader.stream("BTCUSDT@trade")
        with pytest.raises(StreamError, match="The tape has no more of it"):
            feed.wait(count=6)

    assert 0 < feed.received == held


def test_a_paced_replay_lets_events_come_as_they_came(running: Session, tmp_path: Path) -> None:
    """One after the other, on a thread of its own; a wait waits."""
    with running.taped(tmp_path / "a.jsonl"):
        recorded = running.stream("BTCUSDT@trade").collect("2s")
    with binance_nb.replay(tmp_path / "a.jsonl", pace=20) as reader:
        replayed = reader.stream("BTCUSDT@trade").collect("2s")

    same(recorded, replayed)


def test_streams_that_a_tape_does_not_know_can_be_added(running: Session, tmp_path: Path) -> None:
    """Mode new plays the others."""
    with running.taped(tmp_path / "a.jsonl"):
        known = running.stream("BTCUSDT@trade").collect("1s")
    with running.taped(tmp_path / "a.jsonl", "new"):
        same(known, running.stream("BTCUSDT@trade").collect("1s"))
        more = running.stream("ETHUSDT@trade").collect("2s")

    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        same(more, reader.stream("ETHUSDT@trade").collect("2s"))
        same(known, reader.stream("BTCUSDT@trade").collect("1s"))


def test_a_feed_ends_with_its_tape(running: Session, tmp_path: Path) -> None:
    """Recorded or played; feeds of before go on."""
    before = running.stream("BTCUSDT@trade")
    with running.taped(tmp_path / "a.jsonl"):
        recorded = running.stream("BTCUSDT@trade")
        recorded.wait(count=1)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        played = reader.stream("BTCUSDT@trade")

    assert recorded.is_closed
    assert played.is_closed
    assert not before.is_closed
    before.close()


@pytest.mark.parametrize("pace", [0, -1, "fast", float("inf")])
def test_a_pace_that_is_none_is_refused(session: Session, tmp_path: Path, pace: Any) -> None:
    """Before anything is put on."""
    with session.taped(tmp_path / "a.jsonl"):
        session.ping()
    with pytest.raises(binance_nb.errors.UsageError, match="A pace is a number above 0"):
        session.replay(tmp_path / "a.jsonl", pace=pace)
    assert session.tape is None


def polls(session: Session) -> list[object]:
    """Look again and again until something has come, as a loop in a notebook does."""
    feed, book = session.stream(*TRADES), session.book("BTCUSDT", limit=100)
    book.wait_in_sync()
    said: list[object] = []
    for count in (3, 8):
        while feed.received < count:
            time.sleep(0.001)
        said += [feed.received, feed.to_frame("BTCUSDT@trade")]
        before = book.update_id
        while book.update_id == before:
            time.sleep(0.001)
        said += [before, book.update_id, book.last_update_ms, book.top(3)]
    feed.close()
    book.close()
    return said


def test_a_loop_that_looks_until_something_has_come_sees_what_it_saw(running: Session, tmp_path: Path) -> None:
    """As often as it looked; a thousand looks in a row are one line of the tape."""
    with running.taped(tmp_path / "a.jsonl"):
        recorded = polls(running)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = polls(reader)

    for first, second in zip(recorded, replayed, strict=True):
        same(first, second)
    lines = [line for line in (tmp_path / "a.jsonl").read_text().splitlines() if '"event": "look"' in line]
    assert len(lines) < 30
    assert any('"times": ' in line for line in lines)


def test_a_widget_that_is_painted_looks_at_nothing(running: Session, tmp_path: Path) -> None:
    """It is painted another number of times in each run, and a tape has so many looks for the code of a person."""
    with running.taped(tmp_path / "a.jsonl"), running.book("BTCUSDT", limit=100) as book:
        book.wait_in_sync()
        with unseen():
            seen = (book.best_bid, book.update_id, book.is_in_sync)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader, reader.book("BTCUSDT", limit=100) as book:
        book.wait_in_sync()
        with unseen():
            seen_again = [(book.best_bid, book.update_id, book.is_in_sync) for _ in range(5)]

    assert '"for": "state"' not in (tmp_path / "a.jsonl").read_text()
    assert len(set(seen_again)) == 1
    assert seen[2]
