"""How one request is made: what it costs, when it may go, what its answer means."""

from __future__ import annotations

from binance_nb.client.absence import NoAnswer
from binance_nb.client.budget import WeightBudget, budget_for, forget_budget
from binance_nb.client.client import Client, endpoint_of
from binance_nb.client.clock import ClockReading, Moments, ServerClock
from binance_nb.client.clock_report import ClockReport
from binance_nb.client.gate import Gate, ShutGate
from binance_nb.client.order_ids import OrderIds
from binance_nb.client.transport import Prepared, Reply, RequestsTransport, Transport
from binance_nb.client.verdicts import not_awaited, unread

__all__ = [
    "Client",
    "ClockReading",
    "ClockReport",
    "Gate",
    "Moments",
    "NoAnswer",
    "OrderIds",
    "Prepared",
    "Reply",
    "RequestsTransport",
    "ServerClock",
    "ShutGate",
    "Transport",
    "WeightBudget",
    "budget_for",
    "endpoint_of",
    "forget_budget",
    "not_awaited",
    "unread",
]
