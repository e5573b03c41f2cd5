"""The steps to an order: one confirmation, one order, whoever presses and how often."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from binance_nb import Session
from binance_nb.trading.journal.origins import calling_from
from binance_nb.widgets.ticket_placing import Confirmed, Placing, Stage


def test_of_many_yeses_at_once_one_counts() -> None:
    """Whatever the threads that bring them."""
    for _ in range(200):
        placing: Placing[str] = Placing()
        placing.ask("order")
        ready = threading.Barrier(4)

        def say_yes(placing: Placing[str] = placing, ready: threading.Barrier = ready) -> Confirmed[str] | None:
            ready.wait()
            return placing.confirm()

        with ThreadPoolExecutor(4) as pool:
            answers = [each.result() for each in [pool.submit(say_yes) for _ in range(4)]]

        assert 1 == sum(answer is not None for answer in answers)


def test_a_yes_without_a_question_counts_for_nothing() -> None:
    """Nor one after a no, nor a second one later."""
    placing: Placing[str] = Placing()
    early = placing.confirm()
    placing.ask("first")
    placing.take_back()
    late = placing.confirm()
    placing.ask("second")
    first, again = placing.confirm(), placing.confirm()

    assert (early, late, again) == (None, None, None)
    assert first is not None
    assert first.order == "second"


def test_no_other_order_is_asked_for_while_one_is_on_its_way_or_unknown() -> None:
    """Until somebody has looked."""
    placing: Placing[str] = Placing()
    placing.ask("first")
    placing.confirm()
    while_sending = placing.ask("second")
    placing.finish(is_known=False)
    while_unknown, stage = placing.ask("second"), placing.stage
    placing.settle()

    assert (while_sending, while_unknown, stage) == (False, False, Stage.UNKNOWN)
    assert placing.ask("second")


def test_each_confirmation_is_a_place_of_its_own() -> None:
    """The same order confirmed twice is wanted twice."""
    placing: Placing[str] = Placing()
    cells = []
    for _ in range(2):
        placing.ask("order")
        confirmed = placing.confirm()
        assert confirmed is not None
        cells.append(confirmed.cell)
        placing.finish()

    assert len(set(cells)) == 2


def test_the_journal_knows_a_confirmation_that_is_carried_out_twice(fresh_sandbox: Session) -> None:
    """The second guard: even past the first, one confirmation is one order."""
    confirmed = Confirmed("order", "ticket-1")
    ids = set()
    for _ in range(2):
        with calling_from(confirmed.origin()):
            ids.add(int(fresh_sandbox.buy("BTCUSDT", "0.001").order_id[0]))

    assert len(ids) == 1
    assert len(fresh_sandbox.all_orders("BTCUSDT")) == 1
