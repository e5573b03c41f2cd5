"""The documented procedure, with the exchange's own sequences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.streams.book.ladder import Ladder
from binance_nb.streams.book.procedure import Procedure, join
from tests.streams.book.true_book import TrueBook, event


def snapshot(update_id: int, bid: str = "1", ask: str = "2") -> Ladder:
    """A snapshot with one level a side."""
    ladder = Ladder()
    ladder.load(update_id, [(bid, "1")], [(ask, "1")])
    return ladder


def started(update_id: int = 10) -> Procedure:
    """A procedure that is in sync."""
    procedure = Procedure()
    procedure.begin()
    assert "ok" == procedure.take(snapshot(update_id), procedure.turn)
    return procedure


def test_the_documented_sequences_end_as_documented(spec_folder: Path) -> None:
    """Which events are kept, how it ends and where the book then is: the facts say it of each sequence."""
    facts = json.loads((spec_folder / "ws_streams.json").read_text())["local_order_book"]
    for sequence in facts["test_sequences"]:
        ladder = snapshot(sequence["snapshot_last_update_id"])
        events = [event(first_id, last_id) for first_id, last_id in sequence["events"]]

        result, _ = join(ladder, events)

        assert sequence["result"] == result
        assert sequence["final_book_id"] in (None, ladder.update_id)


def test_an_event_may_follow_the_snapshot_directly() -> None:
    """The corrected rule: the first event that is kept may begin with the id after the snapshot's."""
    ladder = snapshot(160)

    result, left = join(ladder, [event(161, 165, [("1.5", "3")])])

    assert ("ok", [], 165, "1.5") == (result, left, ladder.update_id, ladder.bids.best)


def test_a_gap_keeps_what_comes_after_it() -> None:
    """The events from a gap on are still needed, with a newer snapshot."""
    events = [event(150, 160), event(161, 165), event(168, 170), event(171, 172)]

    result, left = join(snapshot(160), events)

    assert ("gap", events[2:]) == (result, left)


def test_events_are_queued_until_the_snapshot_is_there() -> None:
    """What is heard before the snapshot is in the book afterwards."""
    procedure = Procedure()
    procedure.begin()
    heard = [procedure.hear(event(9, 10)), procedure.hear(event(11, 12, [("1.2", "5")]))]

    joined = procedure.take(snapshot(10), procedure.turn)

    assert (["queued", "queued"], "ok", True) == (heard, joined, procedure.is_in_sync)
    assert procedure.ladder is not None
    assert (12, "1.2") == (procedure.ladder.update_id, procedure.ladder.bids.best)


def test_a_gap_leaves_the_book_as_it_was() -> None:
    """An event that does not fit changes nothing; the book is out of sync, and whole as of its id."""
    procedure = started()
    before = procedure.ladder
    assert before is not None

    heard = procedure.hear(event(13, 14, [("1.9", "1")]))

    assert ("gap", False, True, 1) == (heard, procedure.is_in_sync, procedure.is_joining, procedure.gaps)
    assert before is procedure.ladder
    assert (10, "1") == (before.update_id, before.bids.best)


def test_the_event_after_a_gap_is_in_the_next_book() -> None:
    """The event that showed the gap is the first of the queue."""
    procedure = started()
    procedure.hear(event(13, 14, [("1.9", "1")]))

    joined = procedure.take(snapshot(12), procedure.turn)

    assert procedure.ladder is not None
    assert ("ok", 14, "1.9") == (joined, procedure.ladder.update_id, procedure.ladder.bids.best)


def test_a_snapshot_from_before_is_of_no_use() -> None:
    """One that was asked for before the line was lost cannot tell what was missed since."""
    procedure = Procedure()
    procedure.begin()
    turn = procedure.turn
    procedure.halt()
    procedure.begin()

    assert "refetch_snapshot" == procedure.take(snapshot(10), turn)
    assert not procedure.is_in_sync


def test_a_renewal_keeps_the_book_in_sync() -> None:
    """While a fresh snapshot is awaited, events go on into the book that is there."""
    procedure = started()
    procedure.begin()

    heard = procedure.hear(event(11, 12, [("1.2", "5")]))

    assert ("applied", True) == (heard, procedure.is_in_sync)
    assert "ok" == procedure.take(snapshot(11), procedure.turn)
    assert procedure.ladder is not None
    assert (12, "1.2") == (procedure.ladder.update_id, procedure.ladder.bids.best)


def test_a_crossed_book_is_given_up() -> None:
    """A book that an event crosses is not kept, not even as the last one that was right."""
    procedure = started()

    assert "crossed" == procedure.hear(event(11, 12, [("2.5", "1")]))
    assert (None, False, True) == (procedure.ladder, procedure.is_in_sync, procedure.is_joining)


def test_a_crossed_snapshot_is_refused() -> None:
    """A snapshot that is crossed becomes no book."""
    procedure = Procedure()
    procedure.begin()

    assert "crossed" == procedure.take(snapshot(10, bid="3"), procedure.turn)
    assert not procedure.is_in_sync


@pytest.mark.parametrize(
    "broken",
    [
        {"e": "depthUpdate"},
        {**event(11, 12), "b": [["1.1", "1"], ["x", "1"]]},
        {**event(11, 12), "a": [["1.1"]]},
        {**event(11, 12), "b": None},
        {**event(11, 12), "U": "11"},
    ],
)
def test_an_event_that_cannot_be_read_ends_the_book(broken: dict[str, Any]) -> None:
    """Half an event may be in: such a book is given up, and built anew."""
    procedure = started()

    assert "unreadable" == procedure.hear(broken)
    assert (None, True) == (procedure.ladder, procedure.is_joining)


def test_nothing_is_queued_while_the_line_is_lost() -> None:
    """Without a line there is nothing to join; the book stays to be read."""
    procedure = started()
    procedure.halt()

    assert "dropped" == procedure.hear(event(11, 12))
    assert procedure.ladder is not None
    assert (False, False, 10) == (procedure.is_in_sync, procedure.is_joining, procedure.ladder.update_id)


STEPS = st.lists(
    st.sampled_from(["hear", "hear", "hear", "hear", "drop", "repeat", "hold", "ask", "take", "cut", "renew"]),
    min_size=5,
    max_size=60,
)


def copied(ladder: Ladder) -> tuple[dict[str, str], dict[str, str]]:
    """Both sides of a ladder."""
    bids, asks = ladder.top(10**6)
    return dict(bids), dict(asks)


@given(st.integers(0, 1000), STEPS)
def test_a_book_is_the_true_one_as_of_its_id(seed: int, steps: list[str]) -> None:
    """Whatever is lost, repeated, late or cut, in sync or not: the book is what the exchange had at its update id."""
    truth, procedure = TrueBook(seed, levels=30), Procedure()
    history = {truth.update_id: (dict(truth.bids), dict(truth.asks))}
    held: list[dict[str, Any]] = []
    asked: list[tuple[Ladder, int]] = []
    procedure.begin()
    for step in steps:
        match step:
            case "ask":  # a snapshot is taken now, and arrives later
                ladder = Ladder()
                ladder.load(truth.update_id, truth.bids.items(), truth.asks.items())
                asked.append((ladder, procedure.turn))
            case "take" if asked:
                procedure.take(*asked.pop())
            case "cut":
                procedure.halt()
                procedure.begin()
            case "renew":
                procedure.begin()
            case "hear" | "drop" | "repeat" | "hold":
                told = truth.step()
                history[truth.update_id] = dict(truth.bids), dict(truth.asks)
                if step == "hold":
                    held.append(told)
                elif step != "drop":
                    for one in [told, *([told] if step == "repeat" else []), *held]:
                        procedure.hear(one)
                    held.clear()

        if procedure.ladder is not None:
            assert history[procedure.ladder.update_id] == copied(procedure.ladder)
            assert not procedure.ladder.is_crossed
    if procedure.is_in_sync and procedure.ladder is not None and not held and steps[-1] == "hear":
        assert truth.update_id == procedure.ladder.update_id
