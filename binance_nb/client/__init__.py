"""How one request is made: where it goes, who signs it, what it costs, what its answer means."""

from __future__ import annotations

from binance_nb.client.absence import NoAnswer
from binance_nb.client.budget import WeightBudget, budget_for
from binance_nb.client.client import Client, endpoint_of
from binance_nb.client.clock import ClockReading, ServerClock
from binance_nb.client.environment import ENVIRONMENT_NAMES, Environment, resolve
from binance_nb.client.keys import Credentials, credentials, from_environment_variables
from binance_nb.client.order_ids import OrderIds
from binance_nb.client.outcome import not_awaited, unread
from binance_nb.client.pem import public_half
from binance_nb.client.secrets import Secret, conceal, redact
from binance_nb.client.transport import Prepared, Reply, RequestsTransport, Transport

__all__ = [
    "ENVIRONMENT_NAMES",
    "Client",
    "ClockReading",
    "Credentials",
    "Environment",
    "NoAnswer",
    "OrderIds",
    "Prepared",
    "Reply",
    "RequestsTransport",
    "Secret",
    "ServerClock",
    "Transport",
    "WeightBudget",
    "budget_for",
    "conceal",
    "credentials",
    "endpoint_of",
    "from_environment_variables",
    "not_awaited",
    "public_half",
    "redact",
    "resolve",
    "unread",
]
