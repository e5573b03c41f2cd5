"""Long ranges: an answer is never silently cut."""

from __future__ import annotations

from binance_nb.history.flight import Errand, Flight
from binance_nb.history.plan import AT_ONCE, MAX_ROWS, Plan
from binance_nb.history.progress import Progress
from binance_nb.history.pull import Pulled, Stage, check_range, plan, pull, stages

__all__ = [
    "AT_ONCE",
    "MAX_ROWS",
    "Errand",
    "Flight",
    "Plan",
    "Progress",
    "Pulled",
    "Stage",
    "check_range",
    "plan",
    "pull",
    "stages",
]
