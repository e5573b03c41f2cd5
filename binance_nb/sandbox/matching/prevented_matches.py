"""Matches between two of the account's own orders that did not happen, and what prevention took off instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.orders import Order

__all__ = ["PreventedMatch"]

_NO_GROUP = -1
_OF_TAKER, _OF_MAKER = "takerPreventedQuantity", "makerPreventedQuantity"
# Which side loses quantity in each mode; in DECREMENT both lose what they would have traded.
_MAKER_LOSES = ("EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT")
_TAKER_LOSES = ("EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT")


@dataclass(frozen=True)
class PreventedMatch:
    """One prevented match.

    Attributes:
        match_id: Its number.
        account: Whose orders would have met.
        symbol: What would have been traded.
        mode: How it was prevented.
        taker_order_id: The order that came.
        maker_order_id: The order that waited.
        price_e8: The price that they would have traded at.
        quantity_e8: How much they would have traded.
        lost_e8: Base amounts that prevention took off, by the reply's name for it.
        time_ms: When.
    """

    match_id: int
    account: Account
    symbol: str
    mode: str
    taker_order_id: int
    maker_order_id: int
    price_e8: int
    quantity_e8: int
    lost_e8: Mapping[str, int]
    time_ms: int

    @classmethod
    def of(cls, match_id: int, taker: Order, maker: Order, mode: str, quantity_e8: int, now_ms: int) -> PreventedMatch:
        """Note a match before prevention changes the orders.

        Args:
            match_id: Its number.
            taker: The order that came.
            maker: The order that waited.
            mode: How it is prevented.
            quantity_e8: How much they would have traded.
            now_ms: The present.

        Returns:
            The note.
        """
        lost: dict[str, int] = {}
        if mode in _TAKER_LOSES:
            lost[_OF_TAKER] = quantity_e8 if mode == "DECREMENT" else taker.left_e8
        if mode in _MAKER_LOSES:
            lost[_OF_MAKER] = quantity_e8 if mode == "DECREMENT" else maker.left_e8
        ids = (taker.order_id, maker.order_id)
        head = (match_id, taker.account, taker.symbol, mode)
        return cls(*head, *ids, maker.limit_e8, quantity_e8, lost, now_ms)

    def costs_e8(self, order: Order) -> int:
        """Return what prevention takes off an order.

        Args:
            order: One of the two.

        Returns:
            The base amount; 0 for an order that the mode spares.
        """
        return self.lost_e8.get(_OF_TAKER if order.order_id == self.taker_order_id else _OF_MAKER, 0)

    def in_reply(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Print it as the full reply to a taker's placement does.

        Returns:
            One object of ``preventedMatches``.
        """
        row = self.row()
        return {name: row[name] for name in ("preventedMatchId", "makerSymbol", "makerOrderId", "price", *self.lost_e8)}

    def row(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Print it.

        Returns:
            A row of my_prevented_matches.
        """
        return {
            "symbol": self.symbol,
            "preventedMatchId": self.match_id,
            "takerOrderId": self.taker_order_id,
            "makerSymbol": self.symbol,
            "makerOrderId": self.maker_order_id,
            "tradeGroupId": _NO_GROUP,
            "selfTradePreventionMode": self.mode,
            "price": text_of(self.price_e8),
            **{name: text_of(amount_e8) for name, amount_e8 in self.lost_e8.items()},
            "transactTime": self.time_ms,
        }
