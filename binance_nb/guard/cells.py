"""A cell that is about to be stored with a key in it."""

from __future__ import annotations

from binance_nb.guard.known import known_keys
from binance_nb.guard.scanner import Finding, scan_text

__all__ = ["keys_in_cell"]


def keys_in_cell(source: str) -> list[Finding]:
    """Find keys in the source of a cell; the keyring is not asked for that.

    Args:
        source: The cell.

    Returns:
        What stands there, by line.
    """
    return scan_text(source, known_keys(with_keyring=False))
