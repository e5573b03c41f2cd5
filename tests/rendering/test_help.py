from __future__ import annotations

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.grammar import bind, check_call, command_of, encode_parameters, tokenise
from binance_nb.rendering import endpoint_help, example_line, example_words, help_overview, own_verb_help


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_example_keeps_the_rules_of_its_endpoint(name: str) -> None:
    """What help offers to paste would be sent."""
    endpoint = ENDPOINTS[name]
    _, *tokens = tokenise(example_line(endpoint).removeprefix("%binance "))
    words = bind(tokens, command_of(endpoint, ("start",)), {}).words

    sent = encode_parameters(endpoint, words, now_ms=lambda: 0)

    assert sent == example_words(endpoint)
    check_call(endpoint, sent)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_help_names_every_parameter_option_and_column(name: str) -> None:
    """Parameters, path, weight, example, columns, and options of the line."""
    endpoint = ENDPOINTS[name]

    text = endpoint_help(endpoint, {"dry_run": "nothing is sent"}).text()

    asked = [parameter.python_name for parameter in endpoint.asked]
    columns = [column.name for column in endpoint.rows.columns]
    wanted = [endpoint.path, endpoint.security, example_line(endpoint), "--dry-run", *columns]
    assert [word for word in wanted if word not in text] == []
    assert [word for word in asked if word not in text and word.replace("_", "-") not in text] == []


def test_help_says_units_defaults_and_values() -> None:
    """Enough to write the line without the exchange's documentation."""
    text = endpoint_help(ENDPOINTS["klines"], {}).text()

    assert "1s, 1m, 3m" in text
    assert "500 if left out; at most 1000" in text


def test_the_overview_lists_every_verb() -> None:
    """Ours first, then the exchange's by group, the deprecated ones marked."""
    text = help_overview({"use": "Goes to an environment."}).text()

    lines = [line.split()[0] for line in text.splitlines() if line.startswith("    ")]
    assert [name for name in ["use", *ENDPOINTS] if name not in lines] == []
    assert "Deprecated: use order_list_oco." in text


def test_help_on_a_verb_of_our_own() -> None:
    """Usage, example, options."""
    text = own_verb_help("use", "Goes.", "%binance use X", {"seed": "which market"}, "%binance use sandbox").text()

    assert [word for word in ("use: Goes.", "%binance use X", "--seed", "which market") if word not in text] == []


def test_help_says_what_a_choice_makes_necessary() -> None:
    """A LIMIT order needs more than a MARKET order; a cancel needs one of two ids."""
    order = endpoint_help(ENDPOINTS["new_order"], {}).text()
    cancel = endpoint_help(ENDPOINTS["cancel_order"], {}).text()

    assert "LIMIT              time_in_force, quantity, price" in order
    assert "MARKET             one of quantity or quote_order_qty" in order
    assert "needs one of  order_id, orig_client_order_id" in cancel
