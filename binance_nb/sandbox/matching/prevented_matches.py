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
    def of(cls, taker: Order, maker: Order, mode: str, quantity_e8: int, now_ms: int) -> PreventedMatch:
        """Note a match before prevention changes the orders.

        Args:
            taker: The order that came; it bears the match's number.
            maker: The order that waited.
            mode: How it is prevented.
            quantity_e8: How much they would have traded.
            now_ms: The present.

        Returns:
            The note.
        """
        assert taker.prevented_match_id is not None
        lost: dict[str, int] = {}
        if mode in _TAKER_LOSES:
            lost["takerPreventedQuantity"] = quantity_e8 if mode == "DECREMENT" else taker.left_e8
        if mode in _MAKER_LOSES:
            lost["makerPreventedQuantity"] = quantity_e8 if mode == "DECREMENT" else maker.left_e8
        ids = (taker.order_id, maker.order_id)
        head = (taker.prevented_match_id, taker.account, taker.symbol, mode)
        return cls(*head, *ids, maker.limit_e8, quantity_e8, lost, now_ms)

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
