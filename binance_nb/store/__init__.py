"""What was fetched once: Parquet on disk, and a ledger that knows which time is there."""

from __future__ import annotations

from binance_nb.store.datasets import Dataset, Period
from binance_nb.store.spans import Span, laid_over, missing, within
from binance_nb.store.store import Holding, Problem, Store

__all__ = ["Dataset", "Holding", "Period", "Problem", "Span", "Store", "laid_over", "missing", "within"]
