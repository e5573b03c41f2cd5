"""Long ranges: an answer is never silently cut."""

from __future__ import annotations

from binance_nb.history.plan import AT_ONCE, MAX_ROWS, Plan
from binance_nb.history.pull import Pulled, plan, pull

__all__ = ["AT_ONCE", "MAX_ROWS", "Plan", "Pulled", "plan", "pull"]
