"""Pegged orders: the price that one finds in the book."""

from __future__ import annotations

from itertools import groupby, islice

from binance_nb.sandbox.matching.order_book import OrderBook
from binance_nb.sandbox.matching.orders import Order

__all__ = ["pegged_price_e8"]


def pegged_price_e8(order: Order, book: OrderBook, now_ms: int) -> int | None:
    """Return the price of the level that a pegged order follows.

    An offset counts levels away from the best price, deeper into that side of the book.

    Args:
        order: The order.
        book: The book.
        now_ms: The present.

    Returns:
        The price; None where the book is not that deep, or the order is not pegged.
    """
    if order.peg is None:
        return None
    is_bid = order.is_buy is (order.peg.price_type == "PRIMARY_PEG")
    offers = book.offers(order.symbol, "BUY" if is_bid else "SELL", now_ms)
    prices = (price_e8 for price_e8, _ in groupby(offer.price_e8 for offer in offers if offer.order is not order))
    return next(islice(prices, order.peg.offset_value, None), None)
