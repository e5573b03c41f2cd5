"""From what the engine does to the events that followers of an account get, printed while it happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.listening import ExecutionType
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Fill, Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch
from binance_nb.sandbox.ws_api import events
from binance_nb.sandbox.ws_api.events import Event, Execution

__all__ = ["AccountEvents", "Follower"]

Follower: TypeAlias = Callable[[Event], None]


class AccountEvents:
    """Hears the engine, and tells those who follow an account.

    Args:
        clock: The exchange's time.
        numbers: Where the numbers of executions come from.
    """

    def __init__(self, clock: Clock, numbers: Iterator[int]) -> None:
        self._clock = clock
        self._numbers = numbers
        self._followers: dict[Account, list[Follower]] = defaultdict(list)

    @property
    def is_followed(self) -> bool:
        """Whether anybody listens."""
        return any(self._followers.values())

    def follow(self, account: Account, follower: Follower) -> Callable[[], None]:
        """Begin to tell an account's events.

        Args:
            account: Whose.
            follower: Gets each event at once; it may keep it, but not change it.

        Returns:
            What ends it.
        """
        self._followers[account].append(follower)
        return lambda: self._followers[account].remove(follower)

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
        """Tell what happened to an order; see `Listener`."""
        # Counted whether or not anybody listens, so that the numbers do not depend on it.
        is_amended = execution_type == "REPLACED" and bool(order.amendments)
        number = order.amendments[-1].execution_id if is_amended else next(self._numbers)
        execution = Execution(execution_type, number, now_ms, fill, prevented, request_id)
        if self._followers[order.account]:
            self._tell(order.account, events.execution_report(order, execution, self._told_ms(now_ms)))

    def list_changed(self, order_list: OrderList, now_ms: int) -> None:
        """Tell what happened to an order list; see `Listener`."""
        if self._followers[order_list.account]:
            self._tell(order_list.account, events.list_status(order_list, now_ms, self._told_ms(now_ms)))

    def balances_changed(self, account: Account, assets: Collection[str], now_ms: int) -> None:
        """Tell what an account holds; see `Listener`."""
        if self._followers[account]:
            self._tell(account, events.account_position(account, assets, now_ms, self._told_ms(now_ms)))

    def deposited(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Tell of money that came from outside; see `Listener`."""
        self._tell(account, events.balance_update(asset, amount_e8, now_ms, self._told_ms(now_ms)))

    def externally_locked(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Tell of a lock from outside the market; see `Listener`."""
        self._tell(account, events.external_lock_update(asset, amount_e8, now_ms, self._told_ms(now_ms)))

    def _told_ms(self, now_ms: int) -> int:
        # No event is told before it happened, whatever clock brought it about.
        return max(now_ms, self._clock.now_ms())

    def _tell(self, account: Account, event: Event) -> None:
        for follower in tuple(self._followers[account]):
            follower(event)
