"""Prices that pegged orders find in the book."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.order_book import Offer, OrderBook
from binance_nb.sandbox.matching.orders import Order, Peg
from binance_nb.sandbox.matching.pegs import pegged_price_e8
from tests.sandbox.desk import NOW_MS, Desk


class ThinBook(OrderBook):
    """Two levels a side, the better one in two pieces."""

    def __init__(self) -> None:
        """Needs no market."""

    def offers(self, symbol: str, side: Side, now_ms: int, wanted: int = 100) -> Iterator[Offer]:
        best, second = (101, 102) if side == "SELL" else (100, 99)
        yield from (Offer(best, 1), Offer(best, 2), Offer(second, 3))


@pytest.mark.parametrize(
    ("side", "peg", "price"),
    [
        ("BUY", Peg("PRIMARY_PEG"), 100),
        ("BUY", Peg("MARKET_PEG"), 101),
        ("SELL", Peg("PRIMARY_PEG"), 101),
        ("SELL", Peg("MARKET_PEG"), 100),
        ("BUY", Peg("PRIMARY_PEG", "PRICE_LEVEL", 1), 99),
        ("SELL", Peg("PRIMARY_PEG", "PRICE_LEVEL", 1), 102),
        ("SELL", Peg("PRIMARY_PEG", "PRICE_LEVEL", 2), None),
        ("SELL", None, None),
    ],
)
def test_a_peg_counts_levels(desk: Desk, side: Side, peg: Peg | None, price: int | None) -> None:
    """Orders at one price are one level; what is deeper than the book has no price."""
    account, listing = desk.venue.accounts["main"], desk.venue.listings["BTCUSDT"]
    order = Order(account, listing, side, "LIMIT", "GTC", "NONE", "mine", NOW_MS, peg=peg)

    found = pegged_price_e8(order, ThinBook(), NOW_MS)

    assert price == found
