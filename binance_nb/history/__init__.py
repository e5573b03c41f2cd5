"""Long ranges: an answer is never silently cut."""

from __future__ import annotations

from binance_nb.history.basket import Gather, OnPage
from binance_nb.history.dask_frames import dask_frame
from binance_nb.history.flight import Errand, Flight
from binance_nb.history.pages import Page
from binance_nb.history.plan import AT_ONCE, MAX_ROWS, PAGES_AT_ONCE, Plan
from binance_nb.history.progress import Progress
from binance_nb.history.pull import Pulled, Stage, check_range, plan, pull, stages

__all__ = [
    "AT_ONCE",
    "MAX_ROWS",
    "PAGES_AT_ONCE",
    "Errand",
    "Flight",
    "Gather",
    "OnPage",
    "Page",
    "Plan",
    "Progress",
    "Pulled",
    "Stage",
    "check_range",
    "dask_frame",
    "plan",
    "pull",
    "stages",
]
