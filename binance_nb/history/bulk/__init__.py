"""Bulk files: fetched whole and checked, and read as the API would have answered."""

from __future__ import annotations

from binance_nb.history.bulk.site import BulkSite
from binance_nb.history.bulk.tables import KINDS, OPERATIONS, table_of_file

__all__ = ["KINDS", "OPERATIONS", "BulkSite", "table_of_file"]
