from __future__ import annotations

from typing import Any

import pytest

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.grammar import check_call
from binance_nb.rendering import (
    endpoint_help,
    example_lines,
    example_python,
    example_words,
    help_overview,
    own_verb_help,
)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_example_keeps_the_rules_of_its_endpoint(name: str) -> None:
    """What help offers to paste would be sent."""
    check_call(ENDPOINTS[name], example_words(ENDPOINTS[name]))


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_example_runs_in_python(session: Session, name: str) -> None:
    """One statement after the other, on an exchange that takes orders."""
    variables: dict[str, Any] = {"session": session}

    for statement in example_python(ENDPOINTS[name]):
        exec(statement, variables)


def test_a_magic_and_its_python_make_the_same_call() -> None:
    """Line by line."""
    endpoint = ENDPOINTS["cancel_order"]

    assert example_lines(endpoint) == (
        "placed = %binance new_order BTCUSDT BUY LIMIT --time-in-force GTC --quantity 0.001 --price 60000",
        "%binance cancel_order BTCUSDT --order-id {placed.order_id[0]}",
    )
    assert example_python(endpoint) == (
        'placed = session.new_order("BTCUSDT", "BUY", "LIMIT", time_in_force="GTC", quantity="0.001", price="60000")',
        'session.cancel_order("BTCUSDT", order_id=placed.order_id[0])',
    )


def test_examples_show_ranges_lists_and_parts() -> None:
    """What an endpoint can do beside what it has to be told."""
    shown = "\n".join(line for name in ("klines", "ticker_price", "depth") for line in example_lines(ENDPOINTS[name]))

    assert "--start 2024-03 --end 2024-03-08 --tz Europe/Berlin" in shown
    assert "--symbols BTCUSDT,ETHUSDT" in shown
    assert "--part bids" in shown


@pytest.mark.parametrize("name", ENDPOINTS)
def test_help_names_every_parameter_option_and_column(name: str) -> None:
    """Parameters, path, weight, example, columns, and options of the line."""
    endpoint = ENDPOINTS[name]

    text = endpoint_help(endpoint, {"dry_run": "nothing is sent"}).text()

    asked = [parameter.python_name for parameter in endpoint.asked]
    columns = [column.name for column in endpoint.rows.columns]
    said = [*example_lines(endpoint), *example_python(endpoint)]
    wanted = [endpoint.path, endpoint.security, *said, "--dry-run", *columns]
    assert [word for word in wanted if word not in text] == []
    assert [word for word in asked if word not in text and word.replace("_", "-") not in text] == []


def test_help_says_units_defaults_and_values() -> None:
    """Enough to write the line without the exchange's documentation."""
    text = endpoint_help(ENDPOINTS["klines"], {}).text()

    assert "1s, 1m, 3m" in text
    assert "500 if left out; at most 1000" in text
    assert "Earliest time, inclusive: a date, -30d, a Timestamp, or ms." in text


def test_help_says_what_goes_with_what() -> None:
    """Bounds, what excludes another, what needs another, and defaults that follow from another."""
    fills = " ".join(endpoint_help(ENDPOINTS["my_trades"], {}).text().split())
    order = " ".join(endpoint_help(ENDPOINTS["new_order"], {}).text().split())

    assert "Only the fills of this order; not with start_time, end_time." in fills
    assert "only where type is LIMIT or LIMIT_MAKER" in order
    assert "at least 1000000" in order
    assert "FULL where type is MARKET, FULL where type is LIMIT, otherwise ACK if left out" in order


def test_help_names_the_python_of_line_options() -> None:
    """Where the line can be tried dry, Python can, too."""
    text = endpoint_help(ENDPOINTS["klines"], {"dry_run": "nothing is sent", "plan": "what it takes"}).text()

    assert '--dry-run is session.prepare, --plan is session.plan, each with ("klines", ...)' in text


def test_the_overview_lists_every_verb() -> None:
    """Ours first, then the exchange's by group, the deprecated ones marked."""
    text = help_overview({"use": "Goes to an environment."}).text()

    lines = [line.split()[0] for line in text.splitlines() if line.startswith("    ")]
    assert [name for name in ["use", *ENDPOINTS] if name not in lines] == []
    assert "Deprecated: use order_list_oco." in text


def test_help_on_a_verb_of_our_own() -> None:
    """Usage, example, options."""
    options, python = {"seed": "which market"}, 'session = connect("sandbox")'
    text = own_verb_help("use", "Goes.", "%binance use X", options, "%binance use sandbox", python).text()

    wanted = ("use: Goes.", "%binance use X", "--seed", "which market", python)
    assert [word for word in wanted if word not in text] == []


def test_help_says_what_a_choice_makes_necessary() -> None:
    """A LIMIT order needs more than a MARKET order; a cancel needs one of two ids."""
    order = endpoint_help(ENDPOINTS["new_order"], {}).text()
    cancel = endpoint_help(ENDPOINTS["cancel_order"], {}).text()

    assert "LIMIT              time_in_force, quantity, price" in order
    assert "MARKET             one of quantity or quote_order_qty" in order
    assert "needs one of  order_id, orig_client_order_id" in cancel
