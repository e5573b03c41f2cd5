"""Diff depth: a snapshot and the events after it are the later snapshot."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.sandbox.desk import Desk
from tests.sandbox.streams.local_book import LocalBook
from tests.sandbox.streams.stage import Client, Stage, play, stage

MOST = 5000


def act(desk: Desk, dice: random.Random, waiting: list[int]) -> None:
    """Do something that changes the book: place, cross the spread, take, cancel."""
    bid, ask = desk.best()
    side = dice.choice(["BUY", "SELL"])
    away = Decimal(dice.choice([0, 1, 7, 400, 30_000, 90_000])) / 100
    match dice.randrange(4):
        case 0:
            desk.order("BTCUSDT", side, "MARKET", quantity=f"0.0{dice.randrange(1, 99):02}")
        case 1:
            inwards = ask - away if side == "SELL" else bid + away
            waiting.append(desk.order("BTCUSDT", side, price=inwards, quantity="0.002").json["orderId"])
        case 2:
            outwards = ask + away if side == "SELL" else bid - away
            waiting.append(desk.order("BTCUSDT", side, price=outwards, quantity="0.003").json["orderId"])
        case _ if waiting:
            desk.ask("DELETE", "order", symbol="BTCUSDT", orderId=waiting.pop(dice.randrange(len(waiting))))


def snapshot(opened: Stage, symbol: str = "BTCUSDT", limit: int = MOST) -> dict[str, Any]:
    """The book as REST gives it."""
    reply: dict[str, Any] = opened.desk.get("depth", symbol=symbol, limit=limit).json
    return reply


def compare(opened: Stage, books: Sequence[LocalBook]) -> None:
    """All books are the snapshot of this moment, level for level."""
    now = snapshot(opened)
    for book in books:
        assert now["lastUpdateId"] == book.id
        assert {"bids": now["bids"], "asks": now["asks"]} == book.rows(MOST)


async def follow(client: Client, books: Sequence[LocalBook], told: list[dict[str, Any]]) -> None:
    """Take in what has been sent."""
    for event in await client.heard():
        told.append(event)
        for book in books:
            book.apply(event)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_book_kept_from_events_is_the_snapshot(seed: int) -> None:
    """Over a thousand events in all, with orders in between; snapshots are taken between two events."""
    dice = random.Random(seed)

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws/btcusdt@depth@100ms")
            books: list[LocalBook] = []
            told: list[dict[str, Any]] = []
            waiting: list[int] = []
            for step in range(510):
                opened.pass_ms(dice.randrange(1, 90))
                if dice.randrange(2):
                    act(opened.desk, dice, waiting)
                if step % 170 == 7:
                    await follow(client, books, told)
                    books.append(LocalBook(snapshot(opened), told))
                    act(opened.desk, dice, waiting)
                opened.pass_ms(100 - opened.passed_ms % 100)
                if step % 170 == 169:
                    await follow(client, books, told)
                    compare(opened, books)
            await follow(client, books, told)
            compare(opened, books)

            assert 505 < len(told)
            assert all(later["U"] == earlier["u"] + 1 for earlier, later in pairwise(told))

    play(scenario)


@pytest.mark.parametrize(("rate", "stream"), [(1, "depth"), (60, "depth@100ms"), (1000, "depth")])
def test_it_holds_at_every_speed(rate: int, stream: str) -> None:
    """On a fast clock too, where events of several periods come at once."""
    dice = random.Random(rate)

    async def scenario() -> None:
        async with stage(rate=rate) as opened:
            client = await opened.connect(f"/ws/btcusdt@{stream}")
            books: list[LocalBook] = []
            told: list[dict[str, Any]] = []
            waiting: list[int] = []
            for step in range(6):
                opened.pass_ms(dice.randrange(1, 50) * rate)
                act(opened.desk, dice, waiting)
                if step % 3 == 1:
                    await follow(client, books, told)
                    books.append(LocalBook(snapshot(opened), told))
                opened.pass_ms(1000 - opened.passed_ms % 1000)
                if step % 3 == 2:
                    await follow(client, books, told)
                    compare(opened, books)

            assert all(later["U"] == earlier["u"] + 1 for earlier, later in pairwise(told))

    play(scenario)


def test_a_fast_clock_gives_each_of_the_last_periods_an_event() -> None:
    """Ten at most for one look at the clock; the first of them holds what changed before."""

    async def scenario() -> None:
        async with stage(rate=60) as opened:
            client = await opened.connect("/ws/btcusdt@depth@100ms")
            first = snapshot(opened)["lastUpdateId"]
            opened.pass_ms(3000)
            events = await client.heard()

            assert [first + 100 * period for period in range(21, 31)] == [event["u"] for event in events]
            assert first + 1 == events[0]["U"]

    play(scenario)


def test_a_level_that_changes_and_changes_back_is_told_to_those_who_saw_it() -> None:
    """An order between two events, in a snapshot, and gone again before the second event."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws/btcusdt@depth")
            opened.pass_ms(10)
            bid, _ = opened.desk.best()
            price = bid - Decimal("0.01")
            order = opened.desk.order("BTCUSDT", "BUY", price=price, quantity="0.001").json["orderId"]
            book = LocalBook(snapshot(opened))
            opened.desk.ask("DELETE", "order", symbol="BTCUSDT", orderId=order)
            opened.pass_ms(990)
            await follow(client, [book], [])

            compare(opened, [book])

    play(scenario)


def test_both_speeds_have_a_chain_of_their_own() -> None:
    """The slow stream's event covers ten of the fast one's."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/stream?streams=btcusdt@depth/btcusdt@depth@100ms")
            for _ in range(20):
                opened.pass_ms(100)
            events = await client.heard()
            slow = [event["data"] for event in events if event["stream"] == "btcusdt@depth"]
            fast = [event["data"] for event in events if event["stream"] == "btcusdt@depth@100ms"]

            assert (2, 20) == (len(slow), len(fast))
            assert (fast[0]["U"], fast[9]["u"]) == (slow[0]["U"], slow[0]["u"])

    play(scenario)


def test_on_a_frozen_clock_every_order_moves_the_id() -> None:
    """A book kept there follows what the account does."""
    dice = random.Random(4)

    async def scenario() -> None:
        async with stage(rate=0) as opened:
            client = await opened.connect("/ws/btcusdt@depth@100ms")
            book = LocalBook(snapshot(opened))
            told: list[dict[str, Any]] = []
            waiting: list[int] = []
            for _ in range(60):
                act(opened.desk, dice, waiting)
                opened.streams.turn()
            await follow(client, [book], told)

            rows = snapshot(opened)
            assert {"bids": rows["bids"], "asks": rows["asks"]} == book.rows(MOST)
            assert 20 < len(told)

    play(scenario)
