"""What the exchange offers, as data: endpoints, parameters, weights, enums, filters, error codes.

Nothing here opens a socket or a file. Every other room reads these declarations, and the tests compare them with an
independent copy of the exchange's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.catalog.account import ACCOUNT
from binance_nb.catalog.endpoint import Endpoint, Needs, Paging, RequiredBy, Security
from binance_nb.catalog.enums import ENUMS, Enum, interval_ms
from binance_nb.catalog.general import GENERAL
from binance_nb.catalog.market import MARKET
from binance_nb.catalog.order_lists import ORDER_LISTS
from binance_nb.catalog.parameters import FIRST_MICROSECONDS, Kind, Parameter, in_ms, snake_case
from binance_nb.catalog.replies import Column, ColumnKind, Rows
from binance_nb.catalog.trading import TRADING

__all__ = [
    "ENDPOINTS",
    "ENUMS",
    "FIRST_MICROSECONDS",
    "Column",
    "ColumnKind",
    "Endpoint",
    "Enum",
    "Kind",
    "Needs",
    "Paging",
    "Parameter",
    "RequiredBy",
    "Rows",
    "Security",
    "in_ms",
    "interval_ms",
    "snake_case",
]

ENDPOINTS: Mapping[str, Endpoint] = {
    endpoint.name: endpoint for endpoint in (*GENERAL, *MARKET, *TRADING, *ORDER_LISTS, *ACCOUNT)
}
"""Every endpoint by its name, in the documentation's order."""
