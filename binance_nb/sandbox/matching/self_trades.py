"""Orders of one account that would trade with each other, and what is done instead."""

from __future__ import annotations

from collections import defaultdict
from itertools import count

from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.floor import Floor
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch
from binance_nb.sandbox.matching.queues import Offer

__all__ = ["SelfTrades", "is_prevented", "mode_of"]


def mode_of(taker: Order) -> str:
    """Return what happens when an order meets another of its account.

    Args:
        taker: The order that comes; its mode decides.

    Returns:
        The mode. TRANSFER is for accounts of a trade group, of which there is none; within one account it decrements.
    """
    return "DECREMENT" if taker.stp_mode == "TRANSFER" else taker.stp_mode


def is_prevented(taker: Order, maker: Order | None) -> bool:
    """Tell whether two orders must not trade.

    Args:
        taker: The order that comes.
        maker: The order that waits; None for the market's.

    Returns:
        True for two of one account, unless the one that comes does not mind.
    """
    return maker is not None and maker.account is taker.account and taker.stp_mode != "NONE"


class SelfTrades:
    """Prevents them, and keeps a record.

    Args:
        floor: Where the orders are.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._matches: dict[tuple[Account, str], list[PreventedMatch]] = defaultdict(list)
        self._ids = count()

    def of(self, account: Account, symbol: str) -> list[PreventedMatch]:
        """Return the prevented matches of a symbol, oldest first.

        Args:
            account: Whose.
            symbol: The symbol.

        Returns:
            The matches.
        """
        return list(self._matches.get((account, symbol), ()))

    def prevent(self, taker: Order, offer: Offer, now_ms: int) -> None:
        """Let an order not trade with another of its account.

        Args:
            taker: The order that comes.
            offer: The order that waits, and how much of it would be traded.
            now_ms: The present.
        """
        maker = offer.order
        assert maker is not None
        match = PreventedMatch.of(next(self._ids), taker, maker, mode_of(taker), offer.quantity_e8, now_ms)
        self._matches[taker.account, taker.symbol].append(match)
        taker.prevented_matches.append(match)
        for order in (maker, taker):
            if match.costs_e8(order):
                self._floor.prevent(order, match)
