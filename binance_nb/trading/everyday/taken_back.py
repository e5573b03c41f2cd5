"""What this computer has taken back already, for a ``cancel`` that finds its order gone."""

from __future__ import annotations

from collections.abc import Sequence

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Reply
from binance_nb.grammar import format_time
from binance_nb.trading.journal.entries import Entry
from binance_nb.trading.reconciling.inquiries import DONE
from binance_nb.trading.trader import Carried

__all__ = ["taken_back"]

# What takes all orders of a symbol back says nothing of those that have come since.
_OF_ONE = ("cancel_order", "cancel_order_list")
_OK = 200


def taken_back(entries: Sequence[Entry], told: str) -> Carried | None:
    """Return what the same words have taken back before.

    Args:
        entries: The account's calls, oldest first.
        told: The words of a ``cancel`` in normal form.

    Returns:
        The answer of then; None where there was none.
    """
    for entry in reversed(entries):
        if entry.told == told and entry.operation in _OF_ONE and entry.verdict == DONE and entry.reply_body:
            at_ms = entry.server_ms or entry.stamped_ms
            note = f"It was cancelled from here already, {format_time(at_ms)}, and is shown as it ended then."
            reply = Reply(entry.operation, entry.sent, _OK, {}, entry.reply_body.encode(), at_ms)
            return Carried(reply, ENDPOINTS[entry.operation], DONE, "earlier run", entry, note)
    return None
