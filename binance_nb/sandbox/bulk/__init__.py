"""The bulk-file site: what the market did in past days and months, as zips, with a listing of them."""

from __future__ import annotations

from binance_nb.sandbox.bulk.site import BulkFiles

__all__ = ["BulkFiles"]
