"""What trading needs of the rooms around it, so that each can be stood in for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from binance_nb.catalog import Endpoint
from binance_nb.trading.journal.entries import Entry, Intent, Outcome
from binance_nb.trading.journal.origins import Origin

__all__ = ["Clearing", "Concluding", "Leave", "Preflighting", "Writing"]


class Concluding(Protocol):
    """The journal, as far as calls without outcome need it; see `Journal`."""

    path: Path

    def unresolved(self, account: str | None = None) -> list[Entry]:
        """Return the calls of which nobody knows what became of them."""
        ...

    def conclude(self, number: int, outcome: Outcome) -> None:
        """Write down what became of a call."""
        ...


class Writing(Concluding, Protocol):
    """The journal, as far as trading needs it; see `Journal`."""

    def intend(self, intent: Intent) -> int:
        """Write a call down before it is sent."""
        ...

    def earlier(self, account: str, origin: Origin, fingerprint: str, ordinal: int) -> Entry | None:
        """Return what an earlier run of the same cell ordered at the same turn."""
        ...


class Leave(Protocol):
    """Leave for one call; see `Clearance`."""

    def give_back(self) -> None:
        """Take what it is worth off the account again."""
        ...


class Clearing(Protocol):
    """The interlock, as far as trading needs it; see `Interlock`."""

    @property
    def asset(self) -> str:
        """What worth is counted in."""
        ...

    def clear(
        self, endpoint: Endpoint, sent: Mapping[str, str], worth: Callable[[], Decimal]
    ) -> AbstractContextManager[Leave]:
        """Let one call pass for the length of a block."""
        ...


class Preflighting(Protocol):
    """The check against rules and balances; see `Preflight`."""

    def check(self, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        """Refuse an order that the exchange would refuse."""
        ...
