"""General endpoints: is it there, what time is it, what can be traded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from binance_nb.catalog.limits import DEFAULT_LIMITS
from binance_nb.sandbox.call import Call
from binance_nb.sandbox.limits import rate_limit_entry
from binance_nb.sandbox.listings import EXCHANGE_FILTERS, SORS, Listing
from binance_nb.sandbox.matching.execution_rules import EXECUTION_RULES
from binance_nb.sandbox.routes.registry import answers

__all__ = ["exchange_info", "execution_rules", "ping", "time"]

# The permissions that are looked for where a call names neither permissions nor symbols.
_UNASKED = ("SPOT", "MARGIN", "LEVERAGED")


@answers
def ping(call: Call) -> dict[str, Any]:
    """Answer that it is there."""
    return {}


@answers
def time(call: Call) -> dict[str, int]:
    """Tell the sandbox's time."""
    return {"serverTime": call.now_ms}


@answers
def exchange_info(call: Call) -> dict[str, Any]:
    """List the symbols with their rules, and the limits."""
    return {
        "timezone": "UTC",
        "serverTime": call.now_ms,
        "rateLimits": [rate_limit_entry(limit) for limit in DEFAULT_LIMITS],
        "exchangeFilters": list(EXCHANGE_FILTERS),
        "symbols": [_entry(call, listing) for listing in call.listings() if _is_open_to(call, listing)],
        "sors": list(SORS),
    }


@answers
def execution_rules(call: Call) -> dict[str, Any]:
    """List the execution rules of the symbols that have any."""
    symbols = [listing.symbol for listing in call.listings()]
    rules = [{"symbol": symbol, "rules": EXECUTION_RULES[symbol]} for symbol in symbols if symbol in EXECUTION_RULES]
    return {"symbolRules": rules}


def _entry(call: Call, listing: Listing) -> dict[str, Any]:
    entry = {**listing.exchange_info_entry(), "status": listing.status_at(call.now_ms)}
    return entry if call.flag("showPermissionSets") else {**entry, "permissionSets": []}


def _is_open_to(call: Call, listing: Listing) -> bool:
    asked = call.sent.get("permissions")
    if asked is None and ("symbol" in call.sent or "symbols" in call.sent):
        return True
    return listing.is_open_to(_UNASKED if asked is None else _words(asked))


def _words(text: str) -> Sequence[str]:
    words: list[str] = json.loads(text) if text.startswith("[") else [text]
    return words
