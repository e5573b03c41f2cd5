"""An order list: orders of one symbol that cancel or start each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from binance_nb.sandbox.listings import Listing
    from binance_nb.sandbox.matching.accounts import Account
    from binance_nb.sandbox.matching.orders import Order

__all__ = ["OrderList"]


@dataclass(eq=False)
class OrderList:
    """One order list.

    Attributes:
        account: Whose it is.
        listing: What its orders trade.
        contingency: ``OCO`` for a pair that cancels each other; ``OTO`` for orders that wait for a working one,
            a pair of them included.
        client_id: The owner's name for it.
        placed_ms: When it came.
        orders: Its orders as replies list them.
        working: The order that the others wait for; None in an OCO.
        list_id: The exchange's number for it.
        status_type: ``EXEC_STARTED``, ``UPDATED`` or ``ALL_DONE``.
        order_status: ``EXECUTING`` or ``ALL_DONE``.
        updated_ms: When it last changed.
        held_e8: What its orders hold together of the asset that they pay with; see `sharing`.
        is_sized_by_fill: Whether the orders that wait get the quantity that the working one receives.
        is_under_way: Whether the orders that waited for the working one have been started.
    """

    account: Account
    listing: Listing
    contingency: Literal["OCO", "OTO"]
    client_id: str
    placed_ms: int
    orders: list[Order] = field(default_factory=list)
    working: Order | None = None
    list_id: int = -1
    status_type: str = "EXEC_STARTED"
    order_status: str = "EXECUTING"
    updated_ms: int = 0
    held_e8: int = 0
    is_sized_by_fill: bool = False
    is_under_way: bool = False

    def __post_init__(self) -> None:
        self.updated_ms = self.placed_ms

    @property
    def symbol(self) -> str:
        """What its orders trade."""
        return self.listing.symbol

    @property
    def is_open(self) -> bool:
        """Whether an order of it can still change."""
        return self.order_status == "EXECUTING"

    @property
    def pending(self) -> list[Order]:
        """The orders that wait for the working one."""
        return [order for order in self.orders if self.working is not None and order is not self.working]

    @property
    def pair(self) -> list[Order]:
        """The two orders of which one ends the other; only one of them can trade, so that they share what they hold."""
        legs = self.orders if self.working is None else self.pending
        return list(legs) if len(legs) == 2 else []

    @property
    def sharing(self) -> list[Order]:
        """The orders for which the list holds: those of a pair, and those that are going to sell what is bought."""
        return self.pending if self.is_sized_by_fill else self.pair
