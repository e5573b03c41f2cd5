"""What the account pays for its trades."""

from __future__ import annotations

from typing import Any

from binance_nb.sandbox.amounts import E8, text_of

__all__ = ["RATE_E8", "commission_for_order", "commission_of", "commission_on"]

RATE_E8 = E8 // 1000
"""The share of what a trade brings, in units of 1e-8; makers and takers pay the same."""

_NOTHING = text_of(0)
_DISCOUNT = {
    # BNB pays for nothing here yet, so that every trade's commission is in what it brings.
    "enabledForAccount": False,
    "enabledForSymbol": True,
    "discountAsset": "BNB",
    "discount": text_of(E8 * 3 // 4),
}


def commission_on(brings_e8: int) -> int:
    """Return the commission on what a trade brings.

    Args:
        brings_e8: The amount received.

    Returns:
        The part that is kept, cut to eight decimals.
    """
    return brings_e8 * RATE_E8 // E8


def commission_for_order() -> dict[str, Any]:  # Any: JSON leaves here
    """Print the rates as a tested order tells them."""
    return _kinds("ForOrder", ("maker", "taker"))


def commission_of(symbol: str) -> dict[str, Any]:  # Any: JSON leaves here
    """Print the rates of a symbol.

    Args:
        symbol: The symbol.

    Returns:
        The reply of account_commission.
    """
    return {"symbol": symbol, **_kinds("", ("maker", "taker", "buyer", "seller"))}


def _kinds(suffix: str, parties: tuple[str, ...]) -> dict[str, Any]:
    standard = {party: text_of(RATE_E8) if party in ("maker", "taker") else _NOTHING for party in parties}
    nothing = dict.fromkeys(parties, _NOTHING)
    return {
        f"standardCommission{suffix}": standard,
        f"specialCommission{suffix}": nothing,
        f"taxCommission{suffix}": nothing,
        "discount": _DISCOUNT,
    }
