"""What an error means can be looked up before it happens."""

from __future__ import annotations

import pytest

from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES
from binance_nb.catalog.filters import FILTERS
from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES
from binance_nb.errors import UsageError
from binance_nb.rendering import code_card, code_list


@pytest.mark.parametrize(
    "what", [*ERROR_CODES, *HTTP_STATUSES, *FILTERS, *TRANSPORT_FAILURES, "-1021", "418", "BAD_SYMBOL"], ids=repr
)
def test_everything_has_a_card(what: int | str) -> None:
    """Codes by number or name, statuses, filters, failures on the way: why it happens and what to do."""
    text = code_card(what).text()

    assert "Why: " in text
    assert "What to do: " in text
    assert "%s" not in text


def test_the_card_of_a_code_says_what_it_may_say() -> None:
    """The texts that tell more than the code."""
    assert code_card(-1105).text() == (
        "✕ -1105 PARAM_EMPTY\n"
        "  code      -1105 PARAM_EMPTY\n"
        "  given by  REST and the WebSocket API\n"
        "  Why: A parameter was sent without a value.\n"
        "  What to do: Give it a value, or leave it out.\n"
        "  It may say\n"
        "    Parameter '…' was empty: … was sent without a value. Give … a value, or leave it out.\n"
        "  Documentation: -1105 PARAM_EMPTY: "
        "https://github.com/binance/binance-spot-api-docs/blob/master/errors.md#-1105-param_empty"
    )


@pytest.mark.parametrize("code", [code for code, entry in ERROR_CODES.items() if entry.is_execution_unknown])
def test_a_code_that_leaves_the_outcome_open_says_so(code: int) -> None:
    """Also when it is only looked up."""
    assert code_card(code).title.startswith("? UNKNOWN: ")


def test_a_slip_in_a_name_is_put_right() -> None:
    """The nearest name is the suggestion."""
    with pytest.raises(UsageError) as caught:
        code_card("LOTSIZE")

    assert "LOT_SIZE" == caught.value.suggestion


def test_the_list_holds_every_error() -> None:
    """Every code by itself or in the group of other protocols, every filter, status and failure on the way."""
    text = code_list().text()

    own = [str(code) for code in ERROR_CODES]
    statuses = ["5XX" if number == 500 else str(number) for number in HTTP_STATUSES]
    names = [*own, *FILTERS, *statuses, *(name.replace("_", " ") for name in TRANSPORT_FAILURES)]
    assert [] == [name for name in names if name not in text]
    assert "29 codes share one card" in text
