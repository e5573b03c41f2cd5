"""Trading lines: buy, sell, cancel, replace, orders, balances, as a person types them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.errors import BinanceError
from tests.notebook.completing import types_of

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]


@pytest.fixture
def sandbox_line(run: Run) -> Run:
    """Run cells on a sandbox of their own, in which nothing is open."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    return run


def shown(shell: Any, value: object) -> dict[str, str]:
    """What a notebook shows of a value."""
    data, _ = shell.display_formatter.format(value)
    return dict(data)


def test_a_line_orders_and_shows_what_it_became(shell: Any, sandbox_line: Run) -> None:
    """The value is the frame of the order; the receipt is how it looks."""
    order = sandbox_line("order = %binance buy BTCUSDT 0.01 --price 60000\norder")

    data = shown(shell, order)
    assert (order.order_id[0], order.status[0]) == (1, "NEW")
    assert data["text/plain"].startswith("BUY 0.01 BTCUSDT LIMIT at 60,000 GTC → NEW")
    assert "%binance new_order BTCUSDT BUY LIMIT" in data["text/html"]


def test_a_cell_that_runs_again_shows_its_order(shell: Any, sandbox_line: Run) -> None:
    """Even of a share of what is gone by now; --again means it."""
    cell = "%binance sell BTCUSDT 100%"
    first = sandbox_line(cell)

    second = sandbox_line(cell)

    assert second.order_id[0] == first.order_id[0]
    assert "An earlier run of this cell ordered it" in shown(shell, second)["text/plain"]
    assert "100 %" not in shown(shell, second)["text/plain"]
    assert len(sandbox_line("%binance orders BTCUSDT --all")) == 1


def test_a_loop_is_as_many_orders(sandbox_line: Run) -> None:
    """Run again, it shows all of them; with --again it orders as many once more."""
    cell = "ids = []\nfor _ in range(3):\n    order = %binance buy BTCUSDT 0.01 --price 60000\n"
    cell += "    ids.append(int(order.order_id[0]))\nids"

    assert sandbox_line(cell) == [1, 2, 3]
    assert sandbox_line(cell) == [1, 2, 3]
    assert sandbox_line(cell.replace("60000", "60000 --again")) == [4, 5, 6]


def test_check_and_dry_run_place_nothing(shell: Any, sandbox_line: Run) -> None:
    """One shows how it stands to the rules, the other what would be sent."""
    report = sandbox_line("%binance buy BTCUSDT 0.01 --price 60000 --check")
    request = sandbox_line("%binance sell BTCUSDT 10% --stop 58000 --dry-run")

    assert shown(shell, report)["text/plain"].startswith("✓ new_order BTCUSDT")
    assert "side=SELL&type=STOP_LOSS&quantity=0.1&" in repr(request)
    assert sandbox_line("%binance orders").empty


def test_an_order_is_replaced_and_cancelled(shell: Any, sandbox_line: Run) -> None:
    """By its number, which is at hand in the frame."""
    sandbox_line("order = %binance buy BTCUSDT 0.02 --price 60000")

    smaller = sandbox_line("%binance replace BTCUSDT {order.order_id[0]} --quantity 0.01")
    dearer = sandbox_line("dearer = %binance replace BTCUSDT {order.order_id[0]} --price 61000\ndearer")
    gone = sandbox_line("%binance cancel BTCUSDT {dearer.order_id[0]}")

    assert "keeps its place" in shown(shell, smaller)["text/plain"]
    assert dearer.price[0] == 61000
    assert shown(shell, gone)["text/plain"].startswith("CANCELLED BUY 0.01 BTCUSDT LIMIT at 61,000 GTC")


def test_a_line_that_does_not_fit_is_answered_with_one_that_does(sandbox_line: Run, fail: Fail) -> None:
    """Where there is one; otherwise the hint says what would fit."""
    sandbox_line("%binance exchange_info")
    lines = {
        "buy BTCUSDT 0.01 --prise 60000": "%binance buy BTCUSDT 0.01 --price 60000",
        "buy BTCUSD 0.01 --price 60000": "%binance buy BTCUSDT 0.01 --price 60000",
        "sell BTCUSDT 1 --price 5 --time-in-force ioc": "%binance sell BTCUSDT 1 --price 5 --time-in-force IOC",
        "sell BTCUSDT --stop-loss 58000 0.01 --check": "%binance sell BTCUSDT 0.01 --stop 58000 --check",
        "buy BTCUSDT 0.010001 --price 60000": "%binance buy BTCUSDT 0.01 --price 60000",
        "buy BTCUSDT 0.01 --trail 1": "%binance buy BTCUSDT 0.01 --trail 1%",
        "replace BTCUSDT": None,
        "balances --in USTD": "%binance balances --in USDT",
        "buyy BTCUSDT 0.01": "%binance buy BTCUSDT 0.01",
    }

    errors = {line: fail(f"%binance {line}") for line in lines}

    assert {line: error.suggestion for line, error in errors.items()} == lines
    assert all(error.hint for error in errors.values())


def test_cancel_says_which_order_or_list(sandbox_line: Run, fail: Fail) -> None:
    """Without either it names what is open, and cancels nothing."""
    sandbox_line("%binance sell BTCUSDT 0.01 --take-profit 70000 --stop-loss 58000")
    sandbox_line("%binance buy BTCUSDT 0.01 --price 60000")

    several = fail("%binance cancel BTCUSDT")
    sandbox_line("%binance cancel BTCUSDT --list 0")
    one = fail("%binance cancel BTCUSDT")

    assert (several.suggestion, one.suggestion) == (None, "%binance cancel BTCUSDT 3")
    assert len(sandbox_line("%binance orders")) == 1


def test_balances_add_up_and_are_told_in_another_asset(shell: Any, sandbox_line: Run) -> None:
    """With the sum in the line above."""
    frame = sandbox_line("%binance balances --in USDT")

    assert list(frame.columns) == ["free", "locked", "total", "worth", "at"]
    assert "USDT at the last prices" in shown(shell, frame)["text/plain"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%binance buy BTCUSDT 0.01 --time-in-force |", {"GTC", "IOC", "FOK"}),
        ("%binance sell BTCUSDT 0.01 --take|", {"--take-profit"}),
        ("%binance sell BTCUSDT 5|", {"50%"}),
        ("%binance balances --in US|", {"USDT", "USDC"}),
        ("%binance orders --since -|", {"-7d", "-30d"}),
        ("%binance rep|", {"replace"}),
    ],
)
def test_everyday_lines_are_completed(shell: Any, text: str, expected: set[str]) -> None:
    """Their verbs, options and values."""
    assert expected <= set(types_of(shell, text))


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("buy BTCUSDT 0.01 60000", "buy BTCUSDT 0.01 --price 60000"),
        ("buy BTCUSDT 0.01 @60000", "buy BTCUSDT 0.01 --price 60000"),
        ("buy BTCUSDT 0.01 --limit 60000", "buy BTCUSDT 0.01 --price 60000"),
        ("buy BTCUSDT 0.01 limit=60000", "buy BTCUSDT 0.01 price=60000"),
        ("sell BTCUSDT --spend 100", "sell BTCUSDT --receive 100"),
        ("buy BTCUSDT --receive 100", "buy BTCUSDT --spend 100"),
        ("buy BTCUSDT 0.01 --price 60000 --tif IOC", "buy BTCUSDT 0.01 --price 60000 --time-in-force IOC"),
        ("buy 0.01 BTCUSDT --price 60000", "buy BTCUSDT 0.01 --price 60000"),
        ("buy BTCUSDT 0.01 --price 60k", "buy BTCUSDT 0.01 --price 60000"),
        ("arm --max 50 --for 30min", "arm --max-notional 50 --for 30min"),
    ],
)
def test_a_word_from_elsewhere_is_answered_with_the_one_here(
    sandbox_line: Run, fail: Fail, line: str, meant: str
) -> None:
    """A price that goes astray is not to be left out: what is left would be an order at the market."""
    error = fail(f"%binance {line}")

    assert error.suggestion == f"%binance {meant}"


def test_a_line_to_look_first_is_mended_in_its_own_words(sandbox_line: Run) -> None:
    """What the report proposes looks first, too."""
    report = sandbox_line("%binance sell BTCUSDT 0.01 --price 70000.001 --check")

    assert report.suggestion == "%binance sell BTCUSDT 0.01 --price 70000.01 --check"


def test_cancel_knows_where_an_id_alone_is_open(sandbox_line: Run, fail: Fail) -> None:
    """Each symbol has ids of its own, so the symbol is asked for; with one such order its line is there."""
    sandbox_line("%binance buy BTCUSDT 0.01 --price 60000")
    known, unknown = fail("%binance cancel 1"), fail("%binance cancel 17")

    assert known.suggestion == "%binance cancel BTCUSDT 1"
    assert "No open order has the id 17" in str(unknown.hint)


def test_cancelling_all_where_nothing_is_open_says_so(sandbox_line: Run, fail: Fail) -> None:
    """The exchange speaks of an unknown order, though none was named."""
    error = fail("%binance cancel BTCUSDT --all")

    assert error.code == -2011
    assert "No order of BTCUSDT is open." in str(error)


def test_in_a_terminal_orders_show_their_leading_columns(shell: Any, sandbox_line: Run) -> None:
    """Neither id nor price is cut out of the middle; how many columns are not shown stands below."""
    sandbox_line("%binance buy BTCUSDT 0.01 --price 60000")
    orders = sandbox_line("%binance orders")

    sandbox_line("import pandas as pd\npd.set_option('display.max_columns', 0, 'display.width', 80)")
    lines = shown(shell, orders)["text/plain"].splitlines()
    sandbox_line("pd.reset_option('display.max_columns')\npd.reset_option('display.width')")

    assert lines[1].split()[:6] == ["order_id", "symbol", "side", "type", "status", "price"]
    assert max(map(len, lines[1:])) <= 80
    assert lines[-1].startswith("[1 row; ")


def test_what_was_not_placed_is_sent_again_in_the_words_it_had(run: Run, fail: Fail) -> None:
    """In other words it would be one more order beside the cell's own, once all cells run again."""
    run("%binance use sandbox --seed 1 --speed 60")
    run("from binance_nb.notebook import current_session\nsandbox = current_session().sandbox")

    error = fail(
        "with sandbox.faults('new_order', kind='drop_before_execute', count=1):\n"
        "    %binance buy BTCUSDT 0.01 --price 20000"
    )

    assert "It was not placed" in str(error)
    assert error.suggestion == "%binance buy BTCUSDT 0.01 --price 20000"
