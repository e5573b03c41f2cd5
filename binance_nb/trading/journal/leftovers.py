"""Calls to sandboxes that are gone: written off, as nobody can be asked any more."""

from __future__ import annotations

from binance_nb.trading.accounts import sandbox_at
from binance_nb.trading.journal.journal import Journal

__all__ = ["write_off_gone"]


def write_off_gone(journal: Journal) -> int:
    """Write down which sandboxes are gone, so that what was sent there is not unresolved for ever.

    Args:
        journal: The journal.

    Returns:
        How many calls nobody will know the outcome of.

    Raises:
        JournalError: The journal cannot be read or written.
    """
    open_at = {entry.instance: entry.url for entry in journal.unresolved() if entry.is_sandbox}
    gone = [instance for instance, url in open_at.items() if sandbox_at(url) != instance]
    return sum(journal.write_off(instance) for instance in gone)
