"""Amounts as integers of 1e-8, the exchange's smallest decimal, and as the text it prints."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["E8", "decimal_of", "e8_of", "text_of"]

E8 = 100_000_000


def text_of(amount_e8: int) -> str:
    """Print an amount with eight decimals.

    Args:
        amount_e8: The amount in units of 1e-8.

    Returns:
        Text such as ``0.00100000``.
    """
    if amount_e8 < 0:
        return "-" + text_of(-amount_e8)
    return f"{amount_e8 // E8}.{amount_e8 % E8:08d}"


def decimal_of(amount_e8: int) -> Decimal:
    """Give an amount as a Decimal that keeps its eight decimals.

    Args:
        amount_e8: The amount in units of 1e-8.

    Returns:
        The same amount.
    """
    return Decimal(text_of(amount_e8))


def e8_of(amount: Decimal | str) -> int:
    """Take an amount in as an integer.

    Args:
        amount: A decimal number with at most eight decimals.

    Returns:
        The amount in units of 1e-8.

    Raises:
        ValueError: It has more than eight decimals.
    """
    scaled = Decimal(amount).scaleb(8)
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{amount} has more than eight decimals")
    return whole
