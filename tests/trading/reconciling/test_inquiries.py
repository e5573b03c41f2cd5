"""What the answers of look-ups say, where a name may be another order's."""

from __future__ import annotations

from typing import Any

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.trading.reconciling.inquiries import Finding, inquiry_of

STAMPED_MS = 1_717_243_200_000
BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "2", "price": "60000"}
ORDER = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "origQty": "2.0", "price": "60000.0", "status": "NEW"}


def found(endpoint: str, sent: dict[str, str], answer: dict[str, Any]) -> Finding:
    """What one answer says about a call."""
    inquiry = inquiry_of(ENDPOINTS[endpoint], sent, STAMPED_MS)
    assert inquiry is not None
    return inquiry.read([answer])


@pytest.mark.parametrize(
    ("terms", "after_ms", "state", "is_open"),
    [
        ({}, 5, "NEW", False),
        ({}, -5_000, None, True),
        ({"origQty": "1.0"}, 5, None, True),  # amended since, or somebody else's: nobody can tell
        ({"origQty": "1.0"}, -5_000, None, False),
    ],
)
def test_an_order_of_a_name_that_a_person_gave(
    terms: dict[str, str], after_ms: int, state: str | None, is_open: bool
) -> None:
    """Only an older one with other terms is surely not the one that was sent."""
    order = {**ORDER, **terms, "time": STAMPED_MS + after_ms}

    finding = found("new_order", {**BUY, "newClientOrderId": "mine"}, order)

    assert (state, is_open) == (finding.state, finding.is_open)


def test_an_older_list_of_the_name_settles_nothing() -> None:
    """The clock by which the call was stamped may have been ahead: then it is this very list."""
    sent = {"symbol": "BTCUSDT", "listClientOrderId": "pair"}
    older = {"listOrderStatus": "EXECUTING", "transactionTime": STAMPED_MS - 600_000}

    finding = found("order_list_oco", sent, older)

    assert (None, True) == (finding.state, finding.is_open)
