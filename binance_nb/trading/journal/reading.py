"""What of the journal somebody wants to see."""

from __future__ import annotations

from collections.abc import Callable

from binance_nb.errors import UsageError
from binance_nb.trading.accounts import Account
from binance_nb.trading.journal.entries import Entry
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.journal.leftovers import write_off_gone

__all__ = ["LAST", "read_entries"]

LAST = 20
"""How many calls are shown where nobody says."""


def read_entries(
    journal: Journal,
    whose: Callable[[bytes], Account] | None = None,
    *,
    which: int | str | None = None,
    last: int = LAST,
) -> list[Entry]:
    """Return calls from the journal, once what was sent to sandboxes that are gone is written off.

    Args:
        journal: The journal; one that is not there stays so.
        whose: Gives the account for the journal's salt; None for all accounts.
        which: The only one wanted, of whatever account: its number, or a client order id.
        last: How many at most, of the newest. Those without known outcome come in any case.

    Returns:
        The calls, oldest first.

    Raises:
        UsageError: There is no such call, or ``last`` is no number of calls.
        JournalError: The journal cannot be read.
    """
    if last < 1:
        raise UsageError(f"last is a whole number from 1 on, not {last}.", culprit=str(last), operation="journal")
    if journal.path.exists():
        write_off_gone(journal)
    if which is not None:
        return _only(journal, which)
    if not journal.path.exists():
        return []
    account = whose(journal.salt).identity if whose is not None else None
    found = {entry.number: entry for entry in journal.entries(account=account, last=last)}
    found.update((entry.number, entry) for entry in journal.unresolved(account))
    return [found[number] for number in sorted(found)]


def _only(journal: Journal, which: int | str) -> list[Entry]:
    found = journal.entries(which=which)
    if not found:
        kind = "no call number" if isinstance(which, int) else "no call with the client order id"
        raise UsageError(
            f"The order journal has {kind} {which}.",
            hint="%binance journal --all lists what it has.",
            suggestion="%binance journal --all",
            culprit=str(which),
            operation="journal",
        )
    return found
