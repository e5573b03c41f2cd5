"""The weight account: charged before, settled after, shared by all who share an address."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.client import WeightBudget, budget_for, forget_budget
from binance_nb.errors import TransportError
from tests.client.scripted import Answer

MINUTE = 60_000
NOW = 1_700_000_000_000 // MINUTE * MINUTE


def test_a_call_is_charged_before_it_is_sent() -> None:
    """Weight counts while the call is under way."""
    budget = WeightBudget()

    assert 0 == budget.charge(250, NOW)
    assert 250 == budget.used(NOW)


def test_the_header_settles_the_charge() -> None:
    """What the server says replaces what was charged; a free success costs nothing."""
    budget = WeightBudget()
    budget.charge(1, NOW)
    budget.settle(1, NOW, {"x-mbx-used-weight-1m": "0", "x-mbx-order-count-10s": "3"})

    assert 0 == budget.used(NOW)
    assert {"10S": 3} == budget.order_counts


def test_replies_out_of_order_never_lower_the_figure() -> None:
    """Within a server minute the highest figure holds."""
    budget = WeightBudget()
    budget.settle(0, NOW, {"x-mbx-used-weight-1m": "900"})
    budget.settle(0, NOW, {"x-mbx-used-weight-1m": "850"})

    assert 900 == budget.used(NOW)
    assert 0 == budget.used(NOW + MINUTE)


def test_a_reply_from_the_minute_before_does_not_fill_this_one() -> None:
    """What was sent in one minute and answered in the next may report the old account: what it weighs is held so."""
    budget = WeightBudget()
    budget.charge(2, NOW + MINUTE - 10)
    budget.settle(2, NOW + MINUTE + 10, {"x-mbx-used-weight-1m": "5998"}, sent_ms=NOW + MINUTE - 10)

    assert 2 == budget.used(NOW + MINUTE + 10)


def test_a_call_without_an_answer_is_held_against_us() -> None:
    """Nobody knows whether the server counted it, so we do."""
    budget = WeightBudget()
    budget.charge(40, NOW)
    budget.settle(40, NOW, {})

    assert 40 == budget.used(NOW)


def test_a_call_that_was_never_sent_costs_nothing(peer: Callable[..., Any]) -> None:
    """Where nobody listens, no weight is used."""
    there = peer()
    there.server.__exit__(None, None, None)
    with pytest.raises(TransportError):
        there.client.call("depth", symbol="BTCUSDT", limit=5000)

    assert 0 == there.client.budget.used(there.client.clock.estimate_ms())


def test_past_the_limit_a_call_waits_for_the_next_minute() -> None:
    """Without room the answer is when there will be some."""
    budget = WeightBudget()
    budget.settle(0, NOW, {"x-mbx-used-weight-1m": "5990"})

    assert NOW + MINUTE == budget.charge(20, NOW + 5)
    assert 0 == budget.charge(20, NOW + MINUTE)


def test_on_a_standing_clock_the_window_does_not_bind() -> None:
    """Where minutes never end nobody is made to wait for the next one."""
    budget = WeightBudget()
    budget.settle(0, NOW, {"x-mbx-used-weight-1m": "6000"})

    assert 0 == budget.charge(250, NOW, binds=False)


def test_threads_never_overspend() -> None:
    """However many threads charge at once, the limit holds."""
    budget = WeightBudget()
    admitted: list[int] = []

    def work() -> None:
        admitted.extend(20 for _ in range(100) if budget.charge(20, NOW) == 0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 6000 == sum(admitted)


def test_clients_of_one_host_share_one_account() -> None:
    """Limits count per address."""
    assert budget_for("a.example") is budget_for("a.example")
    assert budget_for("a.example") is not budget_for("b.example")


def test_a_client_spends_and_settles(peer: Callable[..., Any]) -> None:
    """A call's price comes from the catalog, its settlement from the reply."""
    there = peer(Answer(headers={"X-MBX-USED-WEIGHT-1M": "77"}, body=b"{}"))

    reply = there.client.call("depth", symbol="BTCUSDT", limit=5000)

    assert 250 == reply.weight
    assert 77 == there.client.budget.used(there.client.clock.estimate_ms())


def test_a_host_begins_anew_when_another_exchange_took_its_place() -> None:
    """What the sandbox before used on the same port is not the new one's."""
    before = budget_for("c.example")
    forget_budget("c.example")

    assert budget_for("c.example") is not before
