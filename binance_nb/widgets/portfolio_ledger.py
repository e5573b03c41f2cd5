"""An account as it stands: what REST said, and every event since."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from binance_nb.rendering.portfolio_view import OpenOrder
from binance_nb.streams.events import Event
from binance_nb.trading.everyday.valuation import Balance, Price, Valuation, value

__all__ = ["Ledger"]

_POSITION, _ORDER, _TICKER = "outboundAccountPosition", "executionReport", "24hrMiniTicker"
_OPEN = ("NEW", "PARTIALLY_FILLED", "PENDING_NEW", "PENDING_CANCEL")
# These tell an amount that came or went, and not what there is now.
_UNTOLD = ("balanceUpdate", "externalLockUpdate")


class Ledger:
    """Balances, open orders and prices. Events come on one thread, answers of REST on another, and a third draws.

    Attributes:
        is_stale: Whether something happened that no event tells in full, so that REST is to be asked again.
    """

    def __init__(self) -> None:
        self._guards_figures = threading.Lock()
        self._balances: dict[str, Balance] = {}
        self._orders: dict[int, OpenOrder] = {}
        self._prices: dict[str, Price] = {}
        self._since_asked: list[Event] | None = None
        self.is_loaded = self.is_stale = False

    def ask(self) -> None:
        """Note that REST is asked now: what events tell from here on may or may not be in its answers."""
        with self._guards_figures:
            self._since_asked, self.is_stale = [], False

    def load(self, balances: Iterable[Mapping[str, Any]], orders: Iterable[Mapping[str, Any]]) -> None:  # Any: JSON
        """Take over what REST answered, and again what events have told since it was asked.

        Args:
            balances: The ``balances`` of ``account``.
            orders: The answer of ``open_orders``.
        """
        held = [Balance(each["asset"], Decimal(each["free"]), Decimal(each["locked"])) for each in balances]
        waiting = [_order_of(each) for each in orders]
        with self._guards_figures:
            self._balances = {each.asset: each for each in held}
            self._orders = {each.order_id: each for each in waiting}
            missed, self._since_asked = self._since_asked or [], None
            for event in missed:
                self._apply(event)
            self.is_loaded = True

    def price(self, prices: Mapping[str, Price]) -> None:
        """Take over prices.

        Args:
            prices: By symbol; one that says nothing of the day before leaves what is known of it.
        """
        with self._guards_figures:
            for symbol, price in prices.items():
                known = self._prices.get(symbol)
                keeps = price.before is None and known is not None
                self._prices[symbol] = replace(known, last=price.last) if keeps and known is not None else price

    def take(self, event: Event) -> None:
        """Take over an event of the account, or of a ticker.

        Args:
            event: The event.
        """
        if event.data.get("e") == _TICKER:
            self.price({event.data["s"]: Price(Decimal(event.data["c"]), Decimal(event.data["o"]))})
            return
        with self._guards_figures:
            if self._since_asked is not None:
                self._since_asked.append(event)
            self._apply(event)

    def _apply(self, event: Event) -> None:
        data = event.data
        if event.kind == _POSITION:
            for each in data["B"]:
                self._balances[each["a"]] = Balance(each["a"], Decimal(each["f"]), Decimal(each["l"]))
        elif event.kind == _ORDER:
            if data["X"] in _OPEN:
                self._orders[data["i"]] = _order_told(data)
            else:
                self._orders.pop(data["i"], None)
        elif event.kind in _UNTOLD:
            self.is_stale = True

    def symbols(self, quote: str) -> tuple[str, ...]:
        """Return the symbols whose prices say what the account is worth.

        Args:
            quote: What it is counted in.
        """
        return self.standing(quote)[0].symbols

    def standing(self, quote: str) -> tuple[Valuation, tuple[OpenOrder, ...]]:
        """Return what the account is worth now, and its open orders, oldest first.

        Args:
            quote: What to count in.
        """
        with self._guards_figures:
            balances, prices = list(self._balances.values()), dict(self._prices)
            orders = tuple(self._orders.values())
        return value(balances, prices, quote), orders

    def quotes(self) -> frozenset[str]:
        """Return every symbol that has a price."""
        with self._guards_figures:
            return frozenset(self._prices)


def _order_of(each: Mapping[str, Any]) -> OpenOrder:  # Any: JSON
    return OpenOrder(
        each["symbol"],
        each["orderId"],
        each["side"],
        each["type"],
        _price(each["price"], each.get("stopPrice", "0")),
        each["origQty"],
        each["executedQty"],
    )


def _order_told(data: Mapping[str, Any]) -> OpenOrder:  # Any: JSON
    price = _price(data["p"], data.get("P", "0"))
    return OpenOrder(data["s"], data["i"], data["S"], data["o"], price, data["q"], data["z"])


def _price(limit: str, stop: str) -> str:
    return next((text for text in (limit, stop) if Decimal(text)), "")
