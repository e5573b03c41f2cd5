"""The line to paste under an error: the call put right, or the one that shows more."""

from __future__ import annotations

import re
from collections.abc import Mapping

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.filters import FILTERS
from binance_nb.client.order_ids import is_drawn
from binance_nb.grammar import as_magic

__all__ = ["line_again", "line_named", "look_up"]

_NAMES = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_FIELDS = sorted({name for item in FILTERS.values() for name in item.fields})
_FILTER_WORDS = re.compile(rf"\b(?:filters|{'|'.join((*FILTERS, *_FIELDS))})\b")


def line_again(endpoint: Endpoint, sent: Mapping[str, str], better: Mapping[str, str] | None = None) -> str:
    """Return a call as a magic line.

    Args:
        endpoint: The endpoint.
        sent: Wire texts.
        better: Values that take the place of what was sent.

    Returns:
        The line; a client order id that was drawn for the call is left out, so that the next draws its own.
    """
    words = {name: text for name, text in sent.items() if not is_drawn(text)}
    return as_magic(endpoint.name, {**words, **(better or {})})


def line_named(failed: Endpoint, sent: Mapping[str, str], words: str, look: str = "") -> str | None:
    """Return the read that a remedy names, about what was sent.

    Args:
        failed: The endpoint whose call failed.
        sent: Its wire texts.
        words: The remedy.
        look: The read to name, where the remedy's words do not tell.

    Returns:
        The line; None where no read is named, or where what it needs is not known.
    """
    for name in (look, *_NAMES.findall(words)):
        endpoint = ENDPOINTS.get(name)
        if endpoint is not None and endpoint.method == "GET" and (line := _about(endpoint, failed, words, sent)):
            return line
    return None


def _about(endpoint: Endpoint, failed: Endpoint, words: str, sent: Mapping[str, str]) -> str | None:
    if endpoint.name == "get_order":
        _, line = look_up(failed, sent)
        return line if " get_order " in line else None
    required = [parameter.name for parameter in endpoint.asked if parameter.required]
    if any(name not in sent for name in required):
        return None
    taken = {name: sent[name] for name in dict.fromkeys(("symbol", *required)) if name in sent}
    if "symbol" not in endpoint.by_name:
        taken.pop("symbol", None)
    if endpoint.name == "exchange_info" and taken and _FILTER_WORDS.search(words):
        return as_magic(endpoint.name, {**taken, "part": "filters"})
    if endpoint.name == "account":
        return as_magic(endpoint.name, {"omit_zero_balances": True})
    return as_magic(endpoint.name, taken)


def look_up(failed: Endpoint, sent: Mapping[str, str]) -> tuple[str | None, str]:
    """Return what tells what became of a call: its client order id, if one does, and the line that looks.

    Args:
        failed: The endpoint called.
        sent: Its wire texts.

    Returns:
        The id, and the line.
    """
    symbol = sent.get("symbol", "")
    if "listClientOrderId" in sent or "orderListId" in sent:
        own = sent.get("listClientOrderId")
        by = f"--orig-client-order-id {own}" if own else f"--order-list-id {sent.get('orderListId')}"
        return own, f"%binance get_order_list {by}"
    # The new id of a cancel or an amendment names no order yet.
    own = sent.get("newClientOrderId" if failed.unfilled_orders else "origClientOrderId")
    if own:
        return own, f"%binance get_order {symbol} --orig-client-order-id {own}"
    if "orderId" in sent:
        return None, f"%binance get_order {symbol} --order-id {sent['orderId']}"
    return None, f"%binance open_orders {symbol}".rstrip()
