"""Did a key get where it does not belong? Files, notebooks and cells, looked through without showing what is found."""

from __future__ import annotations

from binance_nb.guard.cells import keys_in_cell
from binance_nb.guard.known import KnownKey, known_keys
from binance_nb.guard.scanner import Finding, Scan, scan_paths, scan_text
from binance_nb.guard.traffic import storable_body, storable_headers, storable_url

__all__ = [
    "Finding",
    "KnownKey",
    "Scan",
    "keys_in_cell",
    "known_keys",
    "scan_paths",
    "scan_text",
    "storable_body",
    "storable_headers",
    "storable_url",
]
