"""One order and its fills, from placement to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from binance_nb.sandbox.amounts import E8
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import Side

if TYPE_CHECKING:
    from binance_nb.sandbox.matching.accounts import Account
    from binance_nb.sandbox.matching.order_lists import OrderList
    from binance_nb.sandbox.matching.prevented_matches import PreventedMatch

__all__ = ["Amendment", "Fill", "Order", "Peg", "quote_e8"]

_ALGO = ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
_AT_ANY_PRICE = ("MARKET", "STOP_LOSS", "TAKE_PROFIT")


def quote_e8(price_e8: int, quantity_e8: int) -> int:
    """Return price times quantity; exact, because a tick times a step is never finer than 1e-8.

    Args:
        price_e8: The price.
        quantity_e8: The base amount.

    Returns:
        The quote amount.
    """
    return price_e8 * quantity_e8 // E8


@dataclass(frozen=True)
class Fill:
    """One trade of an order."""

    trade_id: int
    price_e8: int
    quantity_e8: int
    commission_e8: int
    commission_asset: str
    time_ms: int
    is_maker: bool

    @property
    def quote_e8(self) -> int:
        """What the fill is worth in the quote asset."""
        return quote_e8(self.price_e8, self.quantity_e8)


class Peg(NamedTuple):
    """How an order takes its price from the book.

    Attributes:
        price_type: ``PRIMARY_PEG`` follows its own side's best price, ``MARKET_PEG`` the other side's.
        offset_type: ``PRICE_LEVEL``, or empty where no offset was asked for.
        offset_value: How many levels away from the best.
    """

    price_type: str
    offset_type: str = ""
    offset_value: int = 0


class Amendment(NamedTuple):
    """One change of an order's quantity.

    Attributes:
        execution_id: The exchange's number for the change.
        old_client_order_id: The order's name before.
        new_client_order_id: And after.
        old_quantity_e8: Its quantity before.
        new_quantity_e8: And after.
        time_ms: When.
    """

    execution_id: int
    old_client_order_id: str
    new_client_order_id: str
    old_quantity_e8: int
    new_quantity_e8: int
    time_ms: int


@dataclass(eq=False)
class Order:
    """One order.

    Attributes:
        account: Whose it is.
        listing: What it trades.
        side: ``BUY`` or ``SELL``.
        kind: The order type, such as ``LIMIT`` or ``STOP_LOSS_LIMIT``.
        time_in_force: ``GTC``, ``IOC`` or ``FOK``.
        stp_mode: What happens when it meets one of the account's own.
        client_order_id: The owner's name for it.
        placed_ms: When it came.
        price_e8: Limit price as it was named; 0 for a market order. Beside a peg it counts for the filters alone.
        quantity_e8: How much of the base asset; 0 for a market order sized by its quote amount, until it is done.
        budget_e8: The quote amount that sizes a market order, else 0.
        stop_price_e8: Price that starts it; 0 where there is none.
        trailing_delta: How far behind the best price its stop follows, in basis points; 0 where it does not.
        iceberg_e8: How much of it shows in the book at once; 0 for all.
        peg: How it takes its price from the book; None where it does not.
        order_list: The list it is part of.
        price_range_e8: Between which prices it may trade as a taker, both allowed; None for any.
        marks: Further fields that come back as they were sent.
        order_id: The exchange's number for it.
        status: Where it stands.
        expiry_reason: Why it expired.
        fills: Its trades.
        prevented_e8: Base amount that self-trade prevention took off.
        prevented_match_id: Number of the last prevented match that took something off it.
        prevented_matches: The prevented matches that it came to as a taker.
        executed_e8: How much of the base asset has traded.
        quote_e8: How much of the quote asset has traded.
        updated_ms: When it last changed.
        working_ms: Since when it works in the book; -1 while it waits to be started.
        trailing_ms: Since when its stop follows the price; -1 before.
        amendments: The changes of its quantity.
        is_routed: Whether it was placed through smart order routing.
        pegged_e8: The price that it took from the book; 0 before.
        held_e8: What the ledger has locked for it alone, in the asset that it pays with.
        hold_price_e8: The price it is held for while it has none of its own.
        tip_e8: What is left of the part of an iceberg that shows.
        extreme_e8: The best price since its stop follows; 0 before.
    """

    account: Account
    listing: Listing
    side: Side
    kind: str
    time_in_force: str
    stp_mode: str
    client_order_id: str
    placed_ms: int
    price_e8: int = 0
    quantity_e8: int = 0
    budget_e8: int = 0
    stop_price_e8: int = 0
    trailing_delta: int = 0
    iceberg_e8: int = 0
    peg: Peg | None = None
    order_list: OrderList | None = None
    price_range_e8: tuple[int, int] | None = None
    marks: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON leaves there
    order_id: int = 0
    status: str = "NEW"
    expiry_reason: str = ""
    fills: list[Fill] = field(default_factory=list)
    prevented_e8: int = 0
    prevented_match_id: int | None = None
    prevented_matches: list[PreventedMatch] = field(default_factory=list)
    executed_e8: int = 0
    quote_e8: int = 0
    updated_ms: int = 0
    working_ms: int = -1
    trailing_ms: int = -1
    amendments: list[Amendment] = field(default_factory=list)
    is_routed: bool = False
    pegged_e8: int = 0
    held_e8: int = 0
    hold_price_e8: int = 0
    tip_e8: int = 0
    extreme_e8: int = 0

    def __post_init__(self) -> None:
        self.updated_ms = self.placed_ms

    @property
    def symbol(self) -> str:
        """The symbol."""
        return self.listing.symbol

    @property
    def is_buy(self) -> bool:
        """Whether it buys."""
        return self.side == "BUY"

    @property
    def is_open(self) -> bool:
        """Whether anything can still become of it: it works, waits for its stop, or for another order."""
        return self.status in ("NEW", "PARTIALLY_FILLED", "PENDING_NEW")

    @property
    def is_algo(self) -> bool:
        """Whether a price starts it."""
        return self.kind in _ALGO

    @property
    def is_market(self) -> bool:
        """Whether it trades at any price."""
        return self.kind in _AT_ANY_PRICE

    @property
    def is_waiting(self) -> bool:
        """Whether its stop has not been reached yet."""
        return self.is_algo and self.working_ms < 0

    @property
    def limit_e8(self) -> int:
        """The price it trades at or better: its own, or for a pegged order the book's; 0 for one without."""
        return self.price_e8 if self.peg is None else self.pegged_e8

    @property
    def left_e8(self) -> int:
        """How much of the base asset is still to be traded."""
        return self.quantity_e8 - self.executed_e8 - self.prevented_e8

    @property
    def pays_with(self) -> str:
        """The asset it spends."""
        return self.listing.quote_asset if self.is_buy else self.listing.base_asset

    @property
    def receives(self) -> str:
        """The asset it gets, from which commission is taken."""
        return self.listing.base_asset if self.is_buy else self.listing.quote_asset

    def costs_e8(self, price_e8: int, quantity_e8: int) -> int:
        """Return what a part of it spends.

        Args:
            price_e8: At this price.
            quantity_e8: So much of the base asset.

        Returns:
            The amount of the asset it pays with.
        """
        return quote_e8(price_e8, quantity_e8) if self.is_buy else quantity_e8

    def accepts(self, price_e8: int) -> bool:
        """Tell whether it would trade at a price.

        Args:
            price_e8: The price.

        Returns:
            True at its limit or better; always for a market order.
        """
        if self.is_market:
            return True
        return price_e8 <= self.limit_e8 if self.is_buy else price_e8 >= self.limit_e8

    def may_take(self, price_e8: int) -> bool:
        """Tell whether the execution rules let it trade at a price as a taker.

        Args:
            price_e8: The price.

        Returns:
            True within the range, and where there is none.
        """
        return self.price_range_e8 is None or self.price_range_e8[0] <= price_e8 <= self.price_range_e8[1]

    def add(self, fill: Fill) -> None:
        """Take in a trade.

        Args:
            fill: The trade.
        """
        self.fills.append(fill)
        self.executed_e8 += fill.quantity_e8
        self.quote_e8 += fill.quote_e8
        self.updated_ms = fill.time_ms
        self.status = "PARTIALLY_FILLED" if self.left_e8 else "FILLED"

    def end(self, status: str, now_ms: int, reason: str = "") -> None:
        """Close it.

        Args:
            status: The final status.
            now_ms: When.
            reason: Why, for an order that expired.
        """
        self.status, self.updated_ms, self.expiry_reason = status, now_ms, reason
