"""Who hears what the engine does: the user streams and the log of what was really executed.

The engine tells it the moment it happens, with the objects as they stand then. They go on changing, so a listener
reads what it needs at once and keeps none of them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol, TypeAlias

from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Fill, Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch

__all__ = ["ExecutionType", "Listener"]

ExecutionType: TypeAlias = Literal["NEW", "CANCELED", "REPLACED", "REJECTED", "TRADE", "EXPIRED", "TRADE_PREVENTION"]


class Listener(Protocol):
    """Hears of every change, in the order in which it happens."""

    def order_changed(
        self,
        order: Order,
        execution_type: ExecutionType,
        now_ms: int,
        *,
        fill: Fill | None = None,
        prevented: PreventedMatch | None = None,
        request_id: str = "",
    ) -> None:
        """Hear that an order was placed, traded, cancelled, amended, prevented from trading, or expired.

        Args:
            order: The order, after the change.
            execution_type: What happened.
            now_ms: When; a fill that the tape brought has the tape's time.
            fill: The trade, for ``TRADE``.
            prevented: The match, for ``TRADE_PREVENTION``.
            request_id: Client id of the cancel or amendment that caused it.
        """

    def list_changed(self, order_list: OrderList, now_ms: int) -> None:
        """Hear that an order list started, changed or ended.

        Args:
            order_list: The list, after the change.
            now_ms: When.
        """

    def balances_changed(self, account: Account, assets: Collection[str], now_ms: int) -> None:
        """Hear that balances may have changed, once after all changes of one cause.

        Args:
            account: Whose.
            assets: Which.
            now_ms: When.
        """

    def deposited(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Hear that money came from outside, or left.

        Args:
            account: Whose.
            asset: What.
            amount_e8: How much; negative for a withdrawal.
            now_ms: When.
        """

    def externally_locked(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Hear that something outside the market locked a balance; a negative amount is released. See `deposited`."""
