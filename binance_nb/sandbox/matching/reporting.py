"""Who is told what happens, and of which balances at the end of it."""

from __future__ import annotations

from collections import defaultdict

from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.listening import ExecutionType, Listener
from binance_nb.sandbox.matching.orders import Fill, Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch

__all__ = ["Reporter"]


class Reporter:
    """Tells the listeners: of orders at once, of balances when all changes of one cause are done.

    Attributes:
        listeners: Who hears it.
    """

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        # Of the inner dicts only the keys count; sets would name the assets in an order of their own.
        self._touched: dict[Account, dict[str, None]] = defaultdict(dict)
        self._changed_ms: dict[Account, int] = {}

    def changed_ms(self, account: Account) -> int:
        """Return when an order or a balance of an account last changed.

        Args:
            account: Whose.

        Returns:
            The moment; 0 before the first time.
        """
        return self._changed_ms.get(account, 0)

    def order(
        self,
        order: Order,
        execution_type: ExecutionType,
        now_ms: int,
        *,
        fill: Fill | None = None,
        prevented: PreventedMatch | None = None,
        request_id: str = "",
    ) -> None:
        """Tell that an order has changed; see `Listener.order_changed`."""
        self._changed_ms[order.account] = now_ms
        for listener in self.listeners:
            listener.order_changed(order, execution_type, now_ms, fill=fill, prevented=prevented, request_id=request_id)

    def touch(self, account: Account, asset: str) -> None:
        """Note that a balance has changed.

        Args:
            account: Whose.
            asset: Which.
        """
        self._touched[account][asset] = None

    def flush(self, now_ms: int) -> None:
        """Tell which balances have changed since the last time.

        Args:
            now_ms: The present.
        """
        touched, self._touched = self._touched, defaultdict(dict)
        for account, assets in touched.items():
            self._changed_ms[account] = now_ms
            for listener in self.listeners:
                listener.balances_changed(account, list(assets), now_ms)
