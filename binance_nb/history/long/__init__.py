"""Ranges of any length: planned, fetched from wherever it is quicker, stored, and told whole or not."""

from __future__ import annotations

from binance_nb.history.long.candles import BEFORE_ALL_MS
from binance_nb.history.long.chronicle import Chronicle, Told
from binance_nb.history.long.holes import Hole, count_breaks, filled, holes_frame
from binance_nb.history.long.planning import SOURCES, LongPlan, Source

__all__ = [
    "BEFORE_ALL_MS",
    "SOURCES",
    "Chronicle",
    "Hole",
    "LongPlan",
    "Source",
    "Told",
    "count_breaks",
    "filled",
    "holes_frame",
]
