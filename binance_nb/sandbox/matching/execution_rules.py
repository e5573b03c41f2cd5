"""The rules that bound the price at which an order may execute, beyond the filters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import ceil, floor
from typing import Any

from binance_nb.sandbox.market import Side

__all__ = ["ANY_PRICE", "EXECUTION_RULES", "price_range_e8"]

_LIMITS: Mapping[Side, tuple[str, str]] = {
    "BUY": ("bidLimitMultDown", "bidLimitMultUp"),
    "SELL": ("askLimitMultDown", "askLimitMultUp"),
}

ANY_PRICE = (0, 1 << 62)
"""The lowest and the highest price in 1e-8 where no rule binds."""

EXECUTION_RULES: Mapping[str, list[dict[str, Any]]] = {  # Any: JSON leaves here
    "BNBUSDT": [
        {
            "ruleType": "PRICE_RANGE",
            "bidLimitMultUp": "1.0010",
            "bidLimitMultDown": "0.9500",
            "askLimitMultUp": "1.0500",
            "askLimitMultDown": "0.9990",
        }
    ],
    # Its reference price is null, so that the rule stands there and binds nobody.
    "LTCUSDT": [
        {
            "ruleType": "PRICE_RANGE",
            "bidLimitMultUp": "1.0100",
            "bidLimitMultDown": "0.9900",
            "askLimitMultUp": "1.0100",
            "askLimitMultDown": "0.9900",
        }
    ],
    # A bound that is not named does not bind.
    "DOGEUSDT": [{"ruleType": "PRICE_RANGE", "bidLimitMultUp": "1.0100", "askLimitMultDown": "0.9900"}],
}
"""The rules of the symbols that have any, as execution_rules prints them."""


def price_range_e8(symbol: str, side: Side, reference_e8: int | None) -> tuple[int, int]:
    """Return the prices between which an order may execute as a taker.

    Args:
        symbol: The symbol.
        side: The order's side.
        reference_e8: The symbol's reference price in 1e-8; without one no rule binds.

    Returns:
        The lowest and the highest price in 1e-8, both allowed.
    """
    lowest, highest = ANY_PRICE
    if reference_e8 is None:
        return ANY_PRICE
    down, up = _LIMITS[side]
    for rule in EXECUTION_RULES.get(symbol, []):
        if down in rule:
            lowest = max(lowest, ceil(reference_e8 * Decimal(rule[down])))
        if up in rule:
            highest = min(highest, floor(reference_e8 * Decimal(rule[up])))
    return lowest, highest
