"""The engine alone: orders placed by hand at a time that the test turns, and everything that was heard of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from binance_nb.sandbox.amounts import E8, e8_of
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.listening import ExecutionType
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Fill, Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch
from binance_nb.sandbox.venue import Venue
from tests.sandbox.desk import NOW_MS

__all__ = ["Ear", "Pit"]


class Ear:
    """Remembers what the engine told, orders by kind of change and balances, and lets none of those be negative."""

    def __init__(self) -> None:
        self.orders: list[tuple[int, ExecutionType, str]] = []
        self.fills: list[tuple[Order, Fill]] = []
        self.balances: list[tuple[str, tuple[str, ...], int]] = []

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
        for asset in (order.pays_with, order.receives):
            assert min(order.account.ledger.free_e8(asset), order.account.ledger.locked_e8(asset)) >= 0
        self.orders.append((order.order_id, execution_type, order.status))
        if fill is not None:
            self.fills.append((order, fill))

    def list_changed(self, order_list: OrderList, now_ms: int) -> None:
        pass

    def balances_changed(self, account: Account, assets: Collection[str], now_ms: int) -> None:
        self.balances.append((account.name, tuple(assets), now_ms))

    def deposited(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        pass

    def externally_locked(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        pass


class Pit:
    """An engine, two accounts and a clock."""

    def __init__(self, *, seed: int = 1, now_ms: int = NOW_MS, symbol: str = "BTCUSDT") -> None:
        self.venue = Venue(seed, is_frozen=True)
        self.engine = self.venue.engine
        self.market = self.venue.market
        self.now_ms = now_ms
        self.symbol = symbol
        self.ear = Ear()
        self.engine.listeners.append(self.ear)
        self._names = 0

    @property
    def listing(self) -> Listing:
        """The symbol at hand."""
        return self.venue.listings[self.symbol]

    def account(self, name: str = "main") -> Account:
        """One of the accounts."""
        return self.venue.accounts[name]

    def order(
        self,
        side: Side,
        kind: str = "LIMIT",
        quantity: str = "0.001",
        price_e8: int = 0,
        who: str = "main",
        **more: Any,
    ) -> Order:
        """An order that is not placed yet; amounts by name in units of 1e-8."""
        self._names += 1
        return Order(
            account=self.account(who),
            listing=self.listing,
            side=side,
            kind=kind,
            time_in_force=more.pop("time_in_force", "GTC"),
            stp_mode=more.pop("stp_mode", "NONE"),
            client_order_id=more.pop("client_order_id", f"order-{self._names}"),
            placed_ms=self.now_ms,
            price_e8=price_e8,
            quantity_e8=e8_of(quantity),
            **more,
        )

    def place(self, side: Side, kind: str = "LIMIT", quantity: str = "0.001", price_e8: int = 0, **more: Any) -> Order:
        """Place an order; see `order`."""
        order = self.order(side, kind, quantity, price_e8, **more)
        self.engine.place(order)
        return order

    def best(self, side: Side) -> int:
        """The best price of a side."""
        return self.engine.book.best(self.symbol, side, self.now_ms)

    def last(self) -> int:
        """The price of the last trade."""
        return self.market.last_price_e8(self.symbol, self.now_ms)

    def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        self.now_ms += milliseconds
        self.engine.settle(self.now_ms)

    def prints(self, until_ms: int) -> list[tuple[int, int, int]]:
        """Time, price and quantity of each coming print, read from the public list."""
        rows = self.market.agg_trades(
            self.symbol, start_ms=self.now_ms + 1, end_ms=until_ms, limit=100_000, now_ms=until_ms
        )
        return [(row["T"], e8_of(row["p"]), e8_of(row["q"])) for row in rows]

    def balance(self, asset: str, who: str = "main") -> tuple[int, int]:
        """Free and locked."""
        ledger = self.account(who).ledger
        return ledger.free_e8(asset), ledger.locked_e8(asset)

    def alone(self, side: Side) -> int:
        """Empty the best level of a side, so that an order there is met first; return its price."""
        price_e8, quantity_e8 = self.engine.book.levels(self.symbol, side, 1, self.now_ms)[0]
        other: Side = "SELL" if side == "BUY" else "BUY"
        self.account("second").ledger.book("USDT", 10**9 * E8)
        self.account("second").ledger.book(self.listing.base_asset, 10**6 * E8)
        order = self.order(other, "MARKET", "0.001", who="second")
        order.quantity_e8 = quantity_e8
        self.engine.place(order)
        return price_e8
