"""What noise, careless callbacks and a fork do to a local book: it says so, and is right again."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import pytest

from binance_nb.client import Reply
from binance_nb.streams.book import LocalBook
from binance_nb.streams.book.procedure import Procedure
from tests.streams.book.true_book import AT_ONCE, ByHand, TrueBook, client_of, differences, event, live


@pytest.mark.parametrize(
    "levels",
    [
        *([["NaN", "1"]], [["NaN", "1"], ["NaN", "0"]], [["x", "1"]], [["1"]], [[]], 7, [None]),
        *([["1", quantity]] for quantity in ("NaN", "nan", "-1", "1e400")),
    ],
    ids=[
        *("nan", "nan that goes", "no number", "no quantity", "nothing", "no list", "no level"),
        *("quantity NaN", "quantity nan", "quantity below zero", "quantity without end"),
    ],
)
def test_an_event_that_makes_no_sense_costs_a_snapshot(
    book: LocalBook, truth: TrueBook, hub: ByHand, levels: Any
) -> None:
    """And nothing more: the stream is listened to as before, and the book is right."""
    noise = event(truth.update_id + 1, truth.update_id + 1)
    hub.say({**noise, "b": levels, "a": levels})
    book.wait_in_sync(30)
    hub.say(truth.step())

    assert 0 == differences(book, truth.bids, truth.asks)
    assert 1 == book.rebuilds


@pytest.mark.parametrize("noise", [None, [], "x", 7, {"U": "1", "u": []}])
def test_what_is_no_event_costs_a_snapshot(book: LocalBook, truth: TrueBook, hub: ByHand, noise: Any) -> None:
    """As one that makes no sense does."""
    hub.say(noise)
    book.wait_in_sync(30)

    assert (0, 1) == (differences(book, truth.bids, truth.asks), book.rebuilds)


def test_a_defect_in_a_snapshot_is_told_and_it_is_asked_for_again(truth: TrueBook, hub: ByHand) -> None:
    """Whatever goes wrong on the thread that fetches, there is another try."""
    said: list[str] = []

    def fail_once(call: int) -> Reply | None:
        if call == 1:
            raise ZeroDivisionError("in the transport")
        return None

    with LocalBook(hub, client_of(truth, fail_once), "BTCUSDT", limit=1000, policy=AT_ONCE) as book:
        book.on_change(lambda changed: said.append(changed.problem))
        hub.say(live())
        book.wait_in_sync(30)

    assert "The snapshot did not come: A defect: ZeroDivisionError: in the transport" in said


@pytest.mark.parametrize("quantity", ["NaN", "nan", "-1", "1e400"])
def test_a_snapshot_that_makes_no_sense_is_asked_for_again(truth: TrueBook, hub: ByHand, quantity: str) -> None:
    """It never becomes the book, and the book says what is wrong."""
    said: list[str] = []
    damaged = json.dumps({"lastUpdateId": 1_000, "bids": [["1", quantity]], "asks": [["2", "1"]]}).encode()

    def damage_once(call: int) -> Reply | None:
        return Reply("depth", {}, 200, {}, damaged) if call == 1 else None

    with LocalBook(hub, client_of(truth, damage_once), "BTCUSDT", limit=1000, policy=AT_ONCE) as book:
        book.on_change(lambda changed: said.append(changed.problem))
        hub.say(live())
        book.wait_in_sync(30)

        assert 0 == differences(book, truth.bids, truth.asks)
        assert "The snapshot did not come: The snapshot of the book cannot be read." in said


@pytest.mark.parametrize("leave", [sys.exit, asyncio.CancelledError], ids=["exit", "cancelled"])
def test_a_callback_that_wants_to_end_everything_ends_itself(
    book: LocalBook, truth: TrueBook, hub: ByHand, leave: Any
) -> None:
    """The book goes on."""

    def raise_it(_book: LocalBook) -> None:
        raise leave()

    handle = book.on_change(raise_it)
    hub.say(truth.step())
    hub.say(truth.step())
    handle.cancel()

    assert 0 == differences(book, truth.bids, truth.asks)
    assert book.problem.startswith("A callback failed, and is told no more")


def test_a_long_wait_for_a_snapshot_keeps_few_events() -> None:
    """A ban lasts for hours, and an event takes some kilobytes; a later snapshot holds what the oldest say."""
    procedure = Procedure()
    procedure.begin()
    for number in range(5_000):
        procedure.hear(event(number, number))

    assert procedure._queue is not None
    assert len(procedure._queue) == 2_000


@pytest.mark.skipif(sys.platform == "win32", reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_in_a_forked_process_a_book_is_closed(book: LocalBook) -> None:
    """Nothing comes there, so it must not say that it is in sync; it stays readable."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        told = f"{book.state} {book.is_in_sync} {book.cost('BUY', '0.1').is_in_sync} {book.problem}"
        os.write(write, told.encode())
        os._exit(0)
    os.waitpid(child, 0)
    told = os.read(read, 1000).decode()
    os.close(read)
    os.close(write)

    assert "closed False False Streams do not go on in a process that was forked." == told
    assert book.is_in_sync
