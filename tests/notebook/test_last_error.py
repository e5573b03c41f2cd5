"""The last card can be looked at again, with the values of its moment."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_nb.errors import BinanceError, ExecutionUnknownError, PreflightError

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]

FAULT = "from binance_nb.notebook import current_session\nsandbox = current_session().sandbox\n"
ORDER = "%binance new_order BTCUSDT BUY LIMIT timeInForce=GTC --quantity 0.01 --price 60000.001"


@pytest.fixture
def in_kolkata(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer in another time zone."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_it_stays_through_cells_that_work(run: Run, fail: Fail) -> None:
    """The line of its cell included; only the next failure takes its place."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    fail("x = 1\n%binance klines BTCUSDT 1hour")
    first = repr(run("%binance lasterror"))
    run("%binance ping")
    second = repr(run("%binance lasterror"))
    fail("%binance klins")
    third = repr(run("%binance lasterror"))

    assert "line 2: %binance klines BTCUSDT 1hour" in first
    assert second == first
    assert "line 1: %binance klins" in third


def test_an_error_that_was_caught_is_none(run: Run) -> None:
    """Whoever handles it has no use for a card."""
    run("try:\n    %binance klins\nexcept ValueError:\n    pass")

    assert repr(run("%binance lasterror")) == "No error so far."


def test_an_order_that_breaks_a_rule_is_told_with_a_line_that_keeps_it(run: Run, fail: Fail) -> None:
    """The rules are asked for before it is sent."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    error = fail(ORDER)

    assert isinstance(error, PreflightError)
    assert "PRICE_FILTER" in repr(run("%binance lasterror"))
    assert run(str(error.suggestion))["status"].tolist() == ["NEW"]


def test_the_look_up_of_an_unknown_order_finds_it(run: Run, fail: Fail) -> None:
    """The exchange takes the order late, and its clock stands; the line on the card says what became of it."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    run(f"{FAULT}sandbox.faults('new_order', kind='reply_503_execute_later', after_ms=1000, count=1)")
    error = fail(ORDER.removesuffix(".001"))

    assert isinstance(error, ExecutionUnknownError)
    assert "? UNKNOWN: " in repr(run("%binance lasterror"))
    run(f"{FAULT}sandbox.advance(2000)")
    assert run(str(error.suggestion))["status"].tolist() == ["NEW"]


def test_a_ban_ends_by_utc_and_by_the_clock_on_the_wall(in_kolkata: None, run: Run, fail: Fail) -> None:
    """With the time that is left."""
    run("%binance use sandbox --seed 1")
    run(f"{FAULT}sandbox.faults('depth', kind=418)")
    fail("%binance depth BTCUSDT")

    said = repr(run("%binance lasterror"))

    found = re.search(r"until +\S+ (\d\d):(\d\d):\d\d UTC, (?:\S+ )?(\d\d):(\d\d):\d\d here \(in .+\)\n", said)
    assert found
    utc_hour, utc_minute, hour, minute = map(int, found.groups())
    assert ((hour - utc_hour) * 60 + minute - utc_minute) % 1440 == 330


def test_a_clock_that_stands_has_no_wall(in_kolkata: None, run: Run, fail: Fail) -> None:
    """A frozen sandbox shows the same card on every computer."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    run(f"{FAULT}sandbox.faults('depth', kind=418)")
    fail("%binance depth BTCUSDT")

    assert "until        2024-06-01 12:02:00 UTC\n" in repr(run("%binance lasterror"))
