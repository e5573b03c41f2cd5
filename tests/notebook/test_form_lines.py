"""The verbs of forms: explore and ticket, as lines of a notebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.errors import BinanceError, UsageError

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]


@pytest.fixture
def sandbox_line(run: Run) -> Run:
    """Run cells on a sandbox of their own."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    return run


def test_a_ticket_is_filled_in_from_its_line(sandbox_line: Run) -> None:
    """The line that it shows is the order that was meant."""
    ticket = sandbox_line("%binance ticket ETHUSDT --side SELL --quantity 10% --price 4000.10 --post-only")

    assert "%binance sell ETHUSDT 10% --price 4000.10 --post-only" in repr(ticket)


def test_a_cell_with_a_ticket_places_nothing_however_often_it_runs(sandbox_line: Run) -> None:
    """Only its button does, after a question."""
    for _ in range(3):
        sandbox_line("ticket = %binance ticket BTCUSDT --quantity 0.01\nticket")

    assert sandbox_line("%binance orders BTCUSDT --all").empty


def test_the_same_order_on_a_line_and_in_a_ticket_are_two(sandbox_line: Run) -> None:
    """The cell of the line, run again, still knows its own; that of the ticket has none."""
    line = "%binance buy BTCUSDT 0.001"
    first = sandbox_line(line)
    sandbox_line("ticket = %binance ticket BTCUSDT --quantity 0.001")
    sandbox_line("ticket._worker.join(10); ticket.view.place.click(); ticket._worker.join(10); ticket.view.yes.click()")
    sandbox_line(
        "import threading\n[each.join(10) for each in threading.enumerate() if each.name == 'binance_nb ticket']\nNone"
    )
    again = sandbox_line(line)

    assert again.order_id[0] == first.order_id[0]
    assert len(sandbox_line("%binance orders BTCUSDT --all")) == 2


def test_words_that_a_ticket_does_not_have_are_refused(sandbox_line: Run, fail: Fail) -> None:
    """As on any line."""
    assert isinstance(fail("%binance ticket BTCUSDT --side HOLD"), UsageError)
    assert isinstance(fail("%binance ticket BTCUSDT --quantity many"), UsageError)


def test_explore_begins_where_it_is_told_to(sandbox_line: Run) -> None:
    """With the time zone that is configured for lines, so that its lines mean what it shows."""
    sandbox_line("%config BinanceMagics.time_zone = 'Europe/Berlin'")
    explore = sandbox_line("%binance explore ETHUSDT --call ticker_24hr")

    assert "%binance ticker_24hr --symbol ETHUSDT" in repr(explore) or "%binance ticker_24hr ETHUSDT" in repr(explore)
    assert "--tz Europe/Berlin" in repr(explore)
