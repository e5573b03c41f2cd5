"""What forgets the oldest, by stream and in all."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog.streams import MARKET_STREAMS
from binance_nb.errors import UsageError
from binance_nb.streams.events import Event
from binance_nb.streams.shelf import Shelf, checked_keep, weight_of
from tests.streams.events import trade


def a_trade(number: int, stream: str = "a@trade") -> Event:
    return Event(MARKET_STREAMS["trade"], trade(number), 0, stream)


def a_diff(levels: int, stream: str = "a@depth") -> Event:
    return Event(MARKET_STREAMS["diff_depth"], {"b": [["1", "2"]] * levels, "a": [["3", "4"]] * levels}, 0, stream)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers())), st.integers(1, 20))
def test_it_holds_the_newest_of_each_stream_and_counts_the_rest(items: list[tuple[str, int]], keep: int) -> None:
    """In their order."""
    shelf = Shelf(keep)
    for name, number in items:
        shelf.put(a_trade(number, name))
    of_a = [number for name, number in items if name == "a"]

    assert of_a[-keep:] == [event.trade_id for event in shelf.events("a")]
    assert of_a[-1:] == [event.trade_id for event in shelf.newest("a")]
    assert max(0, len(of_a) - keep) == shelf.dropped("a")
    assert len(items) == shelf.dropped() + len(shelf.events("ab"))


def test_it_may_be_looked_at_while_it_is_filled() -> None:
    """Each look is one stretch of what was put in, whatever the other thread does."""
    shelf = Shelf(100)

    def fill() -> None:
        for number in range(10_000):
            shelf.put(a_trade(number))

    filling = threading.Thread(target=fill)
    filling.start()
    looks = []
    while filling.is_alive():
        looks.append([event.data["t"] for event in shelf.events(["a@trade"])])
    filling.join()

    assert all(look == list(range(look[0], look[0] + len(look))) for look in looks if look)
    assert 9_900 == shelf.dropped()


def test_books_weigh_what_they_hold() -> None:
    """A level takes some 200 bytes, whatever the event is."""
    assert weight_of(a_diff(20)) == weight_of(a_trade(1)) + 40


def test_in_all_it_holds_no_more_than_there_is_room_for() -> None:
    """The heaviest stream gives way, and a quiet one keeps what it has."""
    shelf = Shelf(10_000, room=10_000)
    shelf.put(a_trade(1))
    for _ in range(1_000):
        shelf.put(a_diff(20))
    held = shelf.events(["a@trade", "a@depth"])

    assert 9_000 < sum(map(weight_of, held)) <= 10_000
    assert "a@trade" == held[0].stream
    assert 1_001 == len(held) + shelf.dropped()


def test_what_is_cleared_makes_room() -> None:
    """Nothing is known of it any more."""
    shelf = Shelf(10_000, room=1_000)
    for _ in range(100):
        shelf.put(a_diff(20))
    shelf.clear(["a@depth", "never@there"])
    for number in range(200):
        shelf.put(a_trade(number))

    assert 200 == len(shelf.events(["a@trade", "a@depth"]))
    assert 0 == shelf.dropped()


@pytest.mark.parametrize("keep", [0, -1, True, 1.5, "10", None])
def test_it_keeps_a_whole_number(keep: object) -> None:
    """Of one or more."""
    with pytest.raises(UsageError, match="no number of events"):
        checked_keep(keep)
