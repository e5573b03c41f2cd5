"""What each endpoint answers, one function an endpoint.

A function is found by its name, which is the endpoint's in the catalog. An endpoint without one is not built yet.
"""

from __future__ import annotations

from binance_nb.sandbox.routes import account, cancel_replace, general, market_data, order_lists, trading
from binance_nb.sandbox.routes.registry import HANDLERS, Handler, answers

__all__ = [
    "HANDLERS",
    "Handler",
    "account",
    "answers",
    "cancel_replace",
    "general",
    "market_data",
    "order_lists",
    "trading",
]
