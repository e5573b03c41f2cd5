"""What this computer has taken back already, for a ``cancel`` that finds its order gone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Reply
from binance_nb.grammar import format_time
from binance_nb.trading.journal.entries import Entry
from binance_nb.trading.reconciling.inquiries import DONE
from binance_nb.trading.trader import Carried

__all__ = ["inquiry", "is_the_same", "taken_back"]

# What takes all orders of a symbol back says nothing of those that have come since.
_OF_ONE = ("cancel_order", "cancel_order_list")
_OK = 200
_LIST = "orderListId"


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
            if entry.operation == "cancel_order_list" and "orderReports" not in json.loads(entry.reply_body):
                return None  # it was looked up: over, but perhaps because it was filled
            note = f"It was cancelled from here already, {format_time(at_ms)}, and is shown as it ended then."
            reply = Reply(entry.operation, entry.sent, _OK, {}, entry.reply_body.encode(), at_ms)
            return Carried(reply, ENDPOINTS[entry.operation], DONE, "earlier run", entry, note)
    return None


def inquiry(done: Carried) -> tuple[str, dict[str, object]]:
    """Return the call by which the exchange tells what the id that was taken back stands for now.

    An id that a person chose may have been given to another order since, which was not taken back.

    Args:
        done: What `taken_back` returned.

    Returns:
        The operation and its parameters.
    """
    sent = done.reply.sent
    if done.endpoint.name == "cancel_order_list":
        by = {"order_list_id": sent[_LIST]} if _LIST in sent else {"orig_client_order_id": sent["listClientOrderId"]}
        return "get_order_list", dict(by)
    own = {"order_id": sent["orderId"]} if "orderId" in sent else {"orig_client_order_id": sent["origClientOrderId"]}
    return "get_order", {"symbol": sent["symbol"], **own}


def is_the_same(done: Carried, found: Mapping[str, Any]) -> bool:  # Any: JSON
    """Return whether an id still stands for what was taken back.

    Args:
        done: What `taken_back` returned.
        found: What the exchange answered to `inquiry`.
    """
    then = json.loads(done.reply.body)
    if done.endpoint.name == "cancel_order_list":
        return bool(then[_LIST] == found.get(_LIST) and found.get("listOrderStatus") == "ALL_DONE")
    # Of an order that stood in a list the reply is that of the list.
    ids = [order.get("orderId") for order in (then, *then.get("orderReports", ()))]
    return found.get("orderId") in ids and found.get("status") == "CANCELED"
