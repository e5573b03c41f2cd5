"""What an account pays for its trades: three kinds of rates, and the discount for those who pay in BNB."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from binance_nb.sandbox.amounts import E8, text_of

if TYPE_CHECKING:
    from binance_nb.sandbox.matching.accounts import Account

__all__ = [
    "BNB",
    "DISCOUNT_E8",
    "NO_RATES",
    "STANDARD",
    "Commission",
    "Rates",
    "commission_for_order",
    "commission_of",
    "share_of",
]

BNB = "BNB"
"""What commission can be paid with at a discount."""

DISCOUNT_E8 = E8 * 3 // 4
"""The share of the standard commission that is left to pay in BNB; the other kinds are paid in full."""


@dataclass(frozen=True)
class Rates:
    """Shares of what a trade brings, in units of 1e-8.

    Attributes:
        maker_e8: Paid by the order that waited.
        taker_e8: Paid by the order that came.
        buyer_e8: Paid besides by who buys.
        seller_e8: Paid besides by who sells.
    """

    maker_e8: int = 0
    taker_e8: int = 0
    buyer_e8: int = 0
    seller_e8: int = 0

    def of(self, *, is_maker: bool, is_buy: bool) -> int:
        """Return the rate of one side of a trade.

        Args:
            is_maker: Whether its order waited.
            is_buy: Whether it buys.

        Returns:
            The share.
        """
        return (self.maker_e8 if is_maker else self.taker_e8) + (self.buyer_e8 if is_buy else self.seller_e8)

    def row(self) -> dict[str, str]:
        """Print them.

        Returns:
            The rates by party.
        """
        return {party.name.removesuffix("_e8"): text_of(getattr(self, party.name)) for party in fields(self)}


NO_RATES = Rates()
"""Nothing to pay."""


@dataclass(frozen=True)
class Commission:
    """The rates of an account on a symbol.

    Attributes:
        standard: What everybody pays; the discount is on this.
        special: What some symbols cost besides.
        tax: What some countries take besides.
    """

    standard: Rates
    special: Rates = NO_RATES
    tax: Rates = NO_RATES

    def on(self, brings_e8: int, *, is_maker: bool, is_buy: bool, is_discounted: bool = False) -> int:
        """Return the commission on what a trade brings.

        Args:
            brings_e8: The amount received.
            is_maker: Whether the order waited.
            is_buy: Whether it buys.
            is_discounted: Whether the account pays in BNB.

        Returns:
            The sum of the three kinds, in the unit of what is received.
        """
        standard, special, tax = (
            share_of(brings_e8, rates.of(is_maker=is_maker, is_buy=is_buy))
            for rates in (self.standard, self.special, self.tax)
        )
        return (share_of(standard, DISCOUNT_E8) if is_discounted else standard) + special + tax


STANDARD = Commission(Rates(maker_e8=E8 // 1000, taker_e8=E8 // 1000))
"""A thousandth of what a trade brings, whoever waited."""


def share_of(amount_e8: int, rate_e8: int) -> int:
    """Return a share of an amount, rounded to the nearest 1e-8, half of one upwards, as the documentation rounds.

    Args:
        amount_e8: The amount.
        rate_e8: The share, in units of 1e-8.

    Returns:
        The part.
    """
    return (amount_e8 * rate_e8 + E8 // 2) // E8


def commission_for_order(account: Account, symbol: str, *, is_buy: bool) -> dict[str, Any]:  # Any: JSON leaves here
    """Print the rates as a tested order tells them: with what its side costs besides.

    Args:
        account: Who pays.
        symbol: The symbol.
        is_buy: Whether the order buys.

    Returns:
        The reply of test_order.
    """

    def row(rates: Rates) -> dict[str, str]:
        parties = {"maker": True, "taker": False}
        return {name: text_of(rates.of(is_maker=is_maker, is_buy=is_buy)) for name, is_maker in parties.items()}

    return _printed(account, symbol, "ForOrder", row)


def commission_of(account: Account, symbol: str) -> dict[str, Any]:  # Any: JSON leaves here
    """Print the rates of a symbol.

    Args:
        account: Who pays.
        symbol: The symbol.

    Returns:
        The reply of account_commission.
    """
    return {"symbol": symbol, **_printed(account, symbol, "", Rates.row)}


def _printed(
    account: Account, symbol: str, suffix: str, row: Callable[[Rates], Mapping[str, str]]
) -> dict[str, Any]:  # Any: JSON leaves here
    rates = account.commission_on(symbol)
    return {
        f"standardCommission{suffix}": row(rates.standard),
        f"specialCommission{suffix}": row(rates.special),
        f"taxCommission{suffix}": row(rates.tax),
        "discount": {
            "enabledForAccount": account.pays_with_bnb,
            "enabledForSymbol": True,
            "discountAsset": BNB,
            "discount": text_of(DISCOUNT_E8),
        },
    }
