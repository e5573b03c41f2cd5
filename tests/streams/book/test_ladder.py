"""The ladder against a naive model, digit for digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.streams.book.ladder import Ladder, Side

PRICES = st.integers(1, 60).map(lambda ticks: f"{ticks / 100:.8f}")
QUANTITIES = st.one_of(st.just("0.00000000"), st.integers(1, 10**12).map(lambda lots: f"{Decimal(lots).scaleb(-8):f}"))
CHANGES = st.lists(st.tuples(PRICES, QUANTITIES), max_size=12)


def model_of(snapshot: list[tuple[str, str]], changes: list[list[tuple[str, str]]]) -> dict[str, str]:
    """What a side holds, as anyone would write it down."""
    held = dict(snapshot)
    for event in changes:
        for price, quantity in event:
            held[price] = quantity
            if Decimal(quantity) == 0:
                del held[price]
    return held


def whole(levels: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A snapshot's side: each price once, nothing empty."""
    return [level for level in dict(levels).items() if Decimal(level[1])]


@given(CHANGES, st.lists(CHANGES, max_size=8))
def test_a_side_is_what_its_changes_say(snapshot: list[tuple[str, str]], changes: list[list[tuple[str, str]]]) -> None:
    """After any changes both sides hold the model's levels, digit for digit, the best first."""
    begun = whole(snapshot)
    ladder = Ladder()
    ladder.load(0, begun, begun)
    for place, event in enumerate(changes):
        ladder.apply(place + 1, place + 1, event, event)

    expected = sorted(model_of(begun, changes).items(), key=lambda level: Decimal(level[0]))

    assert (expected[::-1], expected) == ladder.top(100)
    assert [(float(price), float(quantity)) for price, quantity in expected] == ladder.asks.floats(100)
    assert len(expected) == ladder.bids.known == len(ladder.asks)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_prices_with_the_same_float_stay_apart(steps: list[int]) -> None:
    """Prices that no float can tell apart are levels of their own, and in order."""
    texts = [f"9007199254740993.0000000{step}" for step in range(4)]
    held: dict[str, str] = {}
    side = Side(1)
    for step in steps:
        quantity = "0" if texts[step] in held else "1.5"
        side.apply([(texts[step], quantity)])
        held = (
            {**held, texts[step]: quantity} if quantity != "0" else {p: q for p, q in held.items() if p != texts[step]}
        )

    assert sorted(held.items(), reverse=True) == side.top(9)


@pytest.mark.parametrize("zero", ["0", "0.0", "0.00000000", "0.0000000000", "-0.0"])
def test_a_zero_of_any_length_takes_a_level_away(zero: str) -> None:
    """A quantity is zero by its value, whatever its digits."""
    side = Side(-1)
    side.load([("1.5", "2"), ("1.6", "3")], None)

    side.apply([("1.5", zero)])

    assert [("1.6", "3")] == side.top(5)


@pytest.mark.parametrize("text", ["NaN", "nan", "-1", "1e400", "-Infinity", "x", ""])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    """In a change, of a level that stands there and of a new one, and in a snapshot."""
    side = Side(1)
    side.load([("2", "1")], None)

    for price in ("2", "3"):
        with pytest.raises(ValueError, match=r"."):
            side.apply([(price, text)])
    with pytest.raises(ValueError, match=r"."):
        Side(1).load([("2", text)], None)
    assert [("2", "1")] == side.top(5)


@pytest.mark.parametrize("text", ["NaN", "-1", "0", "1e400", "-Infinity", "x", ""])
def test_what_is_no_price_is_refused(text: str) -> None:
    """In a change and in a snapshot: it has no place in any book."""
    side = Side(-1)

    with pytest.raises(ValueError, match=r"."):
        side.apply([(text, "1")])
    with pytest.raises(ValueError, match=r"."):
        side.load([(text, "1")], None)
    assert [] == side.top(5)


def test_a_price_in_other_digits_is_the_same_level() -> None:
    """1.5 and 1.50 are one price; the newest digits hold."""
    side = Side(-1)
    side.load([("1.5", "2"), ("1.6", "3")], None)

    side.apply([("1.50", "4")])
    side.apply([("1.600", "0.0")])

    assert [("1.50", "4")] == side.top(5)


def test_what_is_gone_already_may_go_again() -> None:
    """A zero for a level that nobody knows changes nothing."""
    side = Side(1)
    side.load([("2", "1")], None)

    side.apply([("3", "0.00000000"), ("2.5", "0"), ("1", "0")])

    assert [("2", "1")] == side.top(5)


@pytest.mark.parametrize(
    ("first_id", "last_id", "became", "update_id"),
    [
        (8, 9, "skipped", 10),
        (8, 10, "applied", 10),
        (9, 12, "applied", 12),
        (11, 11, "applied", 11),
        (12, 13, "gap", 10),
    ],
)
def test_an_event_meets_the_documented_rules(first_id: int, last_id: int, became: str, update_id: int) -> None:
    """Old ones are skipped, one past the next id is a gap, everything else is applied."""
    ladder = Ladder()
    ladder.load(10, [("1", "1")], [("2", "1")])

    assert became == ladder.apply(first_id, last_id, [("1.5", "1")], [])
    assert update_id == ladder.update_id
    assert ("1.5" if became == "applied" else "1") == ladder.bids.best


@pytest.mark.parametrize(
    ("bids", "asks", "is_crossed"),
    [
        (["1"], ["2"], False),
        (["2"], ["2"], True),
        (["3"], ["2"], True),
        ([], ["2"], False),
        (["9007199254740993.00000001"], ["9007199254740993.00000002"], False),
        (["9007199254740993.00000002"], ["9007199254740993.00000001"], True),
    ],
)
def test_a_crossed_book_is_known(bids: list[str], asks: list[str], is_crossed: bool) -> None:
    """Bids at or above asks are crossed, exactly; an empty side never is."""
    ladder = Ladder()
    ladder.load(1, [(price, "1") for price in bids], [(price, "1") for price in asks])

    assert is_crossed == ladder.is_crossed


def test_the_edge_is_the_worst_price_of_a_full_snapshot() -> None:
    """Beyond a full snapshot nothing is known for certain; a shorter one is the whole side."""
    ladder = Ladder()
    ladder.load(1, [("9", "1"), ("8", "1"), ("7", "1")], [("10", "1")], limit=3)

    ladder.apply(2, 2, [("6", "1"), ("9", "0")], [("12", "1")])

    assert ("7", 2, 3) == (ladder.bids.edge, ladder.bids.known, len(ladder.bids))
    assert (None, 2) == (ladder.asks.edge, ladder.asks.known)


@pytest.mark.parametrize("count", [0, -1])
def test_no_levels_are_none(count: int) -> None:
    """Asked for none, or fewer, it gives none."""
    side = Side(1)
    side.load([("2", "1")], None)

    got: list[Any] = [side.top(count), side.floats(count)]

    assert [[], []] == got
