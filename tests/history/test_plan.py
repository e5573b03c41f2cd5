"""What a pull takes is known before it is pulled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from binance_nb import Session
from binance_nb.catalog.limits import RateLimit
from binance_nb.errors import UsageError
from binance_nb.sandbox.launcher import SandboxProcess
from tests.history.carriers import WatchedTransport

Watch = Callable[[SandboxProcess], tuple[Session, WatchedTransport]]


def test_a_plan_is_what_the_pull_takes(fresh_sandbox: Session) -> None:
    """Rows, requests and weight of a plan are those of the pull that follows."""
    words = {"symbol": "BTCUSDT", "start": "2024-05-31", "end": "2024-05-31 03:00"}

    plan = fresh_sandbox.plan("agg_trades", **words)

    trades = fresh_sandbox.call("agg_trades", **words)
    facts = trades.attrs["binance"]
    assert (len(trades), facts["requests"], facts["weight"]) == (plan.rows, plan.requests, plan.weight)


def test_planning_costs_a_page_and_no_more(fresh_sandbox: Session) -> None:
    """Half a year of minutes is measured for the weight of one call."""
    plan = fresh_sandbox.plan("klines", symbol="BTCUSDT", interval="1m", start="2023-12-01")

    assert 2 == fresh_sandbox.status()["weight_used"]
    assert 183 * 1440 + 720 + 1 == plan.rows
    assert not plan.is_within_ceiling
    assert (
        "Plan(klines: 264,241 rows: 265 requests, 530 of weight (9 % of a minute's), about 1 s; "
        "past the ceiling, allow it with max_rows=264241)"
    ) == repr(plan)


def test_a_plan_begins_with_the_listing(fresh_sandbox: Session) -> None:
    """Years before a market opened count for nothing."""
    plan = fresh_sandbox.plan("klines", symbol="BTCUSDT", interval="1d", start="1990-01-01")

    assert 2481 == plan.rows


def test_a_single_call_is_planned_without_asking(fresh_sandbox: Session) -> None:
    """Where one answer holds everything nothing is sent."""
    plan = fresh_sandbox.plan("depth", symbol="BTCUSDT", limit=5000)

    assert (None, 1, 250) == (plan.rows, plan.requests, plan.weight)
    assert 0 == fresh_sandbox.status()["weight_used"]


def test_more_than_a_minutes_weight_needs_a_word(start_sandbox: Callable[..., SandboxProcess], watch: Watch) -> None:
    """A pull that has to wait for weight does not start by itself, and its plan says how long it would take."""
    session, transport = watch(start_sandbox(seed=1, speed=1))
    session.client.budget.learn([RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 40)])
    words = {"symbol": "BTCUSDT", "interval": "1m", "start": "2024-01-01", "end": "2024-02-01"}

    plan = session.plan("klines", **words)
    with pytest.raises(UsageError, match="above what a minute's weight of 40 can bring") as caught:
        session.call("klines", **words)

    assert "--max-rows 44640" == caught.value.suggestion
    assert "2.2 minutes' worth" in repr(plan)
    assert plan.seconds_estimate > 60
    assert 2 == sum(prepared.operation == "klines" for prepared in transport.sent)
