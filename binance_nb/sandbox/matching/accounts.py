"""An account: what it holds, how many orders it may place, and what it pays for its trades."""

from __future__ import annotations

from dataclasses import dataclass

from binance_nb.sandbox.limits import OrderLimits
from binance_nb.sandbox.matching.ledger import PERMISSIONS, Ledger

__all__ = ["Account"]


@dataclass(eq=False)
class Account:
    """One account; two are the same only if they are one object.

    Attributes:
        name: What the sandbox's owner calls it.
        uid: Its number.
        ledger: Its balances.
        order_limits: Its count of unfilled orders.
        permissions: What it may trade.
    """

    name: str
    uid: int
    ledger: Ledger
    order_limits: OrderLimits
    permissions: tuple[str, ...] = PERMISSIONS
