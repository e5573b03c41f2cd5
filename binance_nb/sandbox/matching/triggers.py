"""What sets a waiting stop off: the last price at its stop price, or so far back from the best price it followed."""

from __future__ import annotations

from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.orders import Order

__all__ = ["ABOVE_ALL", "is_reached", "reacts", "watched_prices_e8"]

ABOVE_ALL = 1 << 62
"""A price that every print is below."""

_BASIS_POINTS = 10_000
# What these do when the price rises to the stop; the other kinds wait for it to fall.
_RISING: frozenset[tuple[str, Side]] = frozenset({("STOP_LOSS", "BUY"), ("TAKE_PROFIT", "SELL")})


def is_reached(order: Order, price_e8: int) -> bool:
    """Tell whether a price is at an order's stop price or beyond.

    Args:
        order: An order with a stop price.
        price_e8: The price.

    Returns:
        True where a plain stop goes off, and one that trails begins to follow.
    """
    return price_e8 >= order.stop_price_e8 if _is_rising(order) else price_e8 <= order.stop_price_e8


def watched_prices_e8(order: Order) -> tuple[int, int]:
    """Return which prices mean something to a waiting stop.

    Args:
        order: The order.

    Returns:
        It has to be shown the next print at or below the first price, or at or above the second.
    """
    best, delta = order.extreme_e8, order.trailing_delta
    if best:
        # Either the price comes back far enough, or there is a new best price to come back from.
        if order.is_buy:
            return best - 1, -(-best * (_BASIS_POINTS + delta) // _BASIS_POINTS)
        return best * (_BASIS_POINTS - delta) // _BASIS_POINTS, best + 1
    if not order.stop_price_e8:
        return ABOVE_ALL, ABOVE_ALL
    return (0, order.stop_price_e8) if _is_rising(order) else (order.stop_price_e8, ABOVE_ALL)


def reacts(order: Order, price_e8: int, time_ms: int) -> bool:
    """Show a waiting stop a print.

    Args:
        order: The order; one that trails remembers the best price.
        price_e8: The print's price.
        time_ms: When it was made.

    Returns:
        Whether it goes off.
    """
    if not order.trailing_delta:
        return is_reached(order, price_e8)
    if not order.extreme_e8:
        # Without a stop price it follows from the next trade on.
        if not order.stop_price_e8 or is_reached(order, price_e8):
            order.extreme_e8, order.trailing_ms = price_e8, time_ms
        return False
    if order.is_buy:
        order.extreme_e8 = min(order.extreme_e8, price_e8)
        return price_e8 * _BASIS_POINTS >= order.extreme_e8 * (_BASIS_POINTS + order.trailing_delta)
    order.extreme_e8 = max(order.extreme_e8, price_e8)
    return price_e8 * _BASIS_POINTS <= order.extreme_e8 * (_BASIS_POINTS - order.trailing_delta)


def _is_rising(order: Order) -> bool:
    return (order.kind.removesuffix("_LIMIT"), order.side) in _RISING
