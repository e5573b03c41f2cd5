"""Journals and intents for tests of the journal."""

from __future__ import annotations

from typing import Any

from binance_nb.trading.accounts import Account
from binance_nb.trading.journal.entries import Intent
from binance_nb.trading.journal.origins import Origin, this_kernel

ACCOUNT = Account("a" * 32, "live", is_sandbox=False, url="https://exchange.example")
SENT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.00100000", "price": "60000.00"}
CELL = "f00dcafe"
KIND = "fingerprint"


def intent(*, account: Account = ACCOUNT, run: str | None = "run 1", **changes: Any) -> Intent:
    """A buy from a cell, with what a test wants otherwise; without a run it comes from a script."""
    given: dict[str, Any] = {
        "operation": "new_order",
        "sent": SENT,
        "client_order_id": "nb0123456789abcdef0123",
        "origin": None if run is None else Origin(CELL, run),
        "fingerprint": KIND,
        "ordinal": 0,
        "stamped_ms": 1_717_243_200_000,
        "valid_until_ms": 1_717_243_205_000,
        "kernel": this_kernel(),
    }
    return Intent(account=account, **{**given, **changes})
