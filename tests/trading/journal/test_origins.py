"""Where calls come from, which of them are the same, and whose turn it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import OrderIds
from binance_nb.trading.journal.origins import (
    Origin,
    calling_from,
    current_origin,
    fingerprint,
    give_back_turn,
    set_origin_source,
    take_turn,
    this_kernel,
)

BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "60000"}
PLACING = ENDPOINTS["new_order"]
CANCELLING = ENDPOINTS["cancel_order"]


@pytest.fixture
def no_source() -> Iterator[None]:
    set_origin_source(None)
    yield
    set_origin_source(None)


def test_a_script_has_no_origin(no_source: None) -> None:
    """Nobody says which cell is running, as there is none."""
    assert current_origin() is None


def test_whoever_knows_is_asked_each_time(no_source: None) -> None:
    """The answer is of this moment."""
    runs = iter("12")
    set_origin_source(lambda: Origin("cell", next(runs)))

    assert [current_origin(), current_origin()] == [Origin("cell", "1"), Origin("cell", "2")]


def test_a_place_that_is_said_counts_more_than_the_cell_that_runs(no_source: None) -> None:
    """For the block and the thread that say it; also that a call comes from nowhere."""
    set_origin_source(lambda: Origin("cell", "1"))
    with ThreadPoolExecutor(1) as other, calling_from(Origin("ticket-1", "2")):
        inside, elsewhere = current_origin(), other.submit(current_origin).result()
        with calling_from(None):
            nowhere = current_origin()
        inside_again = current_origin()

    assert inside == inside_again == Origin("ticket-1", "2")
    assert nowhere is None
    assert elsewhere == current_origin() == Origin("cell", "1")


@given(numbers=st.integers(0, 3), words=st.permutations(list(BUY.items())))
def test_an_id_of_ours_makes_no_other_order(numbers: int, words: list[tuple[str, str]]) -> None:
    """Nor does the order of parameters, how long a request is valid, or how the reply is to look."""
    ids = OrderIds(numbers)
    sent = {**dict(words), "newClientOrderId": ids.next(), "recvWindow": str(numbers), "newOrderRespType": "FULL"}

    assert fingerprint(PLACING, sent) == fingerprint(PLACING, BUY)


@pytest.mark.parametrize("name", [*BUY, "timeInForce", "newClientOrderId"])
def test_any_other_word_makes_another_order(name: str) -> None:
    """Also a client order id that the person chose."""
    assert fingerprint(PLACING, {**BUY, name: "other"}) != fingerprint(PLACING, BUY)


def test_a_cancel_is_told_apart_by_what_it_cancels() -> None:
    """Although the id of the order is one of ours."""
    ids = OrderIds(1)
    first, second = ({"symbol": "BTCUSDT", "origClientOrderId": ids.next()} for _ in range(2))

    assert fingerprint(CANCELLING, first) != fingerprint(CANCELLING, second)


def test_everyday_words_stand_for_what_is_sent() -> None:
    """Half of what is left is the same wish each time, though never the same quantity."""
    half, rest = ({**BUY, "quantity": quantity} for quantity in ("0.5", "0.25"))
    told = "sell BTCUSDT 50%"

    assert fingerprint(PLACING, half, told) == fingerprint(PLACING, rest, told)
    assert fingerprint(PLACING, half, told) != fingerprint(PLACING, half, "sell BTCUSDT 25%")
    assert fingerprint(PLACING, half, told) != fingerprint(PLACING, half)


def turns(run: str, count: int = 3, kind: str = "buy") -> list[int]:
    return [take_turn("account", Origin("cell", run), kind) for _ in range(count)]


def test_a_loop_takes_one_turn_after_another_and_the_same_when_run_again() -> None:
    """Three buys are three orders, in each run."""
    assert [turns("a run of three"), turns("another run of three")] == [[0, 1, 2], [0, 1, 2]]


def test_turns_are_counted_for_each_kind_of_call() -> None:
    """A sell between two buys does not move the second."""
    assert [turns("mixed", 1), turns("mixed", 1, "sell"), turns("mixed", 1)] == [[0], [0], [1]]


def test_a_call_that_placed_nothing_gives_its_turn_back() -> None:
    """A cell that tries until it works has one order, and finds it when it is run again."""
    first, second = turns("trying", 2)
    give_back_turn("account", Origin("cell", "trying"), "buy", first)

    assert [first, second, *turns("trying", 2)] == [0, 1, 0, 2]


def test_threads_of_one_cell_take_different_turns() -> None:
    """Each of them orders."""
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take_turn("account", Origin("cell", "threads"), "buy"), range(200)))

    assert sorted(taken) == list(range(200))


def test_a_process_keeps_its_name_and_shares_it_with_no_other() -> None:
    """An earlier one with the same number has another."""
    script = "from binance_nb.trading.journal.origins import this_kernel; print(this_kernel())"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()

    assert this_kernel() == this_kernel()
    assert len({this_kernel(), other}) == 2
