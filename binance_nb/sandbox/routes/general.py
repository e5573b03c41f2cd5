"""General endpoints: is it there, what time is it, what can be traded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from binance_nb.catalog.limits import DEFAULT_LIMITS
from binance_nb.sandbox.call import Call
from binance_nb.sandbox.limits import rate_limit_entry
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.routes.registry import answers

__all__ = ["exchange_info", "ping", "time"]


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
        "exchangeFilters": [],
        "symbols": [_entry(call, listing) for listing in call.listings() if _is_open_to(call, listing)],
        "sors": [],
    }


def _entry(call: Call, listing: Listing) -> dict[str, Any]:
    entry = listing.exchange_info_entry()
    return entry if call.flag("showPermissionSets") else {**entry, "permissionSets": []}


def _is_open_to(call: Call, listing: Listing) -> bool:
    asked = call.sent.get("permissions")
    if asked is None:
        return True
    wanted: Sequence[str] = json.loads(asked) if asked.startswith("[") else [asked]
    return any(set(wanted) & set(choices) for choices in listing.exchange_info_entry()["permissionSets"])
