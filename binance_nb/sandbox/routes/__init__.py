"""What each endpoint answers, one function an endpoint.

A function is found by its name, which is the endpoint's in the catalog. An endpoint without one is not built yet.
"""

from __future__ import annotations

from binance_nb.sandbox.routes import account, general, market_data, trading
from binance_nb.sandbox.routes.registry import HANDLERS, Handler, answers

__all__ = ["HANDLERS", "Handler", "account", "answers", "general", "market_data", "trading"]
