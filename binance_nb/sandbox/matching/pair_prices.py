"""How the prices of a pair, of which one order ends the other, lie to each other and around the last price."""

from __future__ import annotations

from collections.abc import Sequence

from binance_nb.sandbox.matching.orders import Order

__all__ = ["is_around", "is_in_order"]

_STOPS = ("STOP_LOSS", "STOP_LOSS_LIMIT")


def is_around(pair: Sequence[Order], last_e8: int) -> bool:
    """Tell whether the last price lies between the prices of a pair.

    A leg without a price of its own, pegged or trailing from wherever the price is, is on neither side.

    Args:
        pair: Its two orders.
        last_e8: The last price.

    Returns:
        True for the order that prices must have: to sell, the stop below and the other above.
    """
    low_e8, high_e8 = _low_and_high_e8(pair)
    return (not low_e8 or low_e8 < last_e8) and (not high_e8 or last_e8 < high_e8)


def is_in_order(pair: Sequence[Order]) -> bool:
    """Tell whether a last price between the prices of a pair is possible at all; see `is_around`.

    Returns:
        True also where there is no pair.
    """
    if not pair:
        return True
    low_e8, high_e8 = _low_and_high_e8(pair)
    return not low_e8 or not high_e8 or low_e8 < high_e8


def _low_and_high_e8(pair: Sequence[Order]) -> tuple[int, int]:
    """Return the price that the last one must be above, and the one it must be below; 0 for none."""
    stop, other = sorted(pair, key=lambda leg: leg.kind not in _STOPS)
    prices_e8 = (stop.stop_price_e8, _target_e8(other))
    return (prices_e8[1], prices_e8[0]) if stop.is_buy else prices_e8


def _target_e8(leg: Order) -> int:
    if leg.kind == "TAKE_PROFIT":
        return leg.stop_price_e8
    return 0 if leg.peg else leg.price_e8
