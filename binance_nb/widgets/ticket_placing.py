"""From an order that is ready to one that was placed: a step at a time, and each confirmation places once.

Clicks come twice: a finger that trembles, a browser that sends an event again, two threads that handle them. So the
step from "shall I?" to "it is being sent" is one compare-and-set behind a lock. Should that ever fail, the journal is
the second guard: every confirmation is a place of its own there, and a place orders the same thing once.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from binance_nb.trading.journal.origins import Origin

__all__ = ["Confirmed", "Placing", "Stage"]

_Order = TypeVar("_Order")
_PLACE = "ticket"


class Stage(StrEnum):
    """How far it is."""

    EDITING = "editing"
    ASKING = "asking"
    SENDING = "sending"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Confirmed(Generic[_Order]):
    """An order that a person said yes to.

    Attributes:
        order: As it was when they were asked; nothing that is typed later changes it.
        cell: The place in the journal that it comes from, which no cell and no other order shares.
    """

    order: _Order
    cell: str

    def origin(self) -> Origin:
        """Return where it comes from; each attempt is a run of its own, so the journal knows a second one."""
        return Origin(self.cell, secrets.token_hex(8))


class Placing(Generic[_Order]):
    """The steps of one order form. Safe to use from several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._stage = Stage.EDITING
        self._asked: Confirmed[_Order] | None = None

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return self._stage

    @property
    def asked(self) -> _Order | None:
        """The order that a person is asked about, or that is being sent."""
        asked = self._asked
        return asked.order if asked is not None else None

    def ask(self, order: _Order) -> bool:
        """Ask for a yes.

        Args:
            order: What will be placed then.

        Returns:
            Whether that is asked now; not while another order is on its way, or nobody knows what became of it.
        """
        with self._guard:
            if self._stage is not Stage.EDITING:
                return False
            self._stage = Stage.ASKING
            self._asked = Confirmed(order, f"{_PLACE}-{secrets.token_hex(8)}")
            return True

    def confirm(self) -> Confirmed[_Order] | None:
        """Take a yes.

        Returns:
            What to send now; None for every yes but the first.
        """
        with self._guard:
            if self._stage is not Stage.ASKING or self._asked is None:
                return None
            self._stage = Stage.SENDING
            return replace(self._asked)

    def take_back(self) -> bool:
        """Take a no.

        Returns:
            Whether something was asked.
        """
        with self._guard:
            if self._stage is not Stage.ASKING:
                return False
            self._stage, self._asked = Stage.EDITING, None
            return True

    def finish(self, *, is_known: bool = True) -> None:
        """Note that the sending is over.

        Args:
            is_known: Whether it is known what became of the order; as long as it is not, no other can be asked for.
        """
        with self._guard:
            self._stage = Stage.EDITING if is_known else Stage.UNKNOWN
            if is_known:
                self._asked = None

    def settle(self) -> None:
        """Note that it became known what became of the order, or that the person has looked."""
        with self._guard:
            if self._stage is Stage.UNKNOWN:
                self._stage, self._asked = Stage.EDITING, None
