"""An account: what it holds, how many orders it may place, and what it pays for its trades."""

from __future__ import annotations

from dataclasses import dataclass, field

from binance_nb.sandbox.limits import OrderLimits
from binance_nb.sandbox.matching.commission import STANDARD, Commission
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
        commission: What it pays for its trades.
        symbol_commission: What it pays on some symbols instead.
        pays_with_bnb: Whether it pays in BNB, at a discount, as long as it has any.
    """

    name: str
    uid: int
    ledger: Ledger
    order_limits: OrderLimits
    permissions: tuple[str, ...] = PERMISSIONS
    commission: Commission = STANDARD
    symbol_commission: dict[str, Commission] = field(default_factory=dict)
    pays_with_bnb: bool = False

    def commission_on(self, symbol: str) -> Commission:
        """Return what it pays on a symbol.

        Args:
            symbol: The symbol.

        Returns:
            The rates.
        """
        return self.symbol_commission.get(symbol, self.commission)
