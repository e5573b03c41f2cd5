"""The reference prices that a few symbols have, and how each is made.

All of them are functions of the market and the moment, so nothing has to run in the background.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from binance_nb.sandbox.amounts import decimal_of, text_of
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.refusals import Refusal

__all__ = ["CALCULATIONS", "ArithmeticMean", "External", "calculation", "reference_e8", "reference_price", "stated"]

_MINUTE_MS = 60_000
_SET_BY_A_PERSON, _MEAN_OF_MID_PRICES = 0, 3
_MID_PRICE_MINUTES = 5


@dataclass(frozen=True)
class ArithmeticMean:
    """The mean of the prices at which the last complete buckets ended.

    Args:
        bucket_count: How many buckets.
        bucket_width_ms: Their length.
    """

    bucket_count: int
    bucket_width_ms: int

    def described(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Return what the calculation's reply says of it."""
        return {
            "calculationType": "ARITHMETIC_MEAN",
            "bucketCount": self.bucket_count,
            "bucketWidthMs": self.bucket_width_ms,
        }

    def made_ms(self, now_ms: int) -> int:
        """Return when the present price was made.

        Args:
            now_ms: The present.

        Returns:
            The end of the last bucket, in ms.
        """
        return now_ms // self.bucket_width_ms * self.bucket_width_ms

    def price_e8(self, market: Market, symbol: str, now_ms: int) -> int | None:
        """Return the price.

        Args:
            market: The market that it is made from.
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The price in 1e-8; None before the first trades.
        """
        end_ms = self.made_ms(now_ms)
        moments = range(end_ms - (self.bucket_count - 1) * self.bucket_width_ms, end_ms + 1, self.bucket_width_ms)
        prices = [int(market.last_price(symbol, moment - 1).scaleb(8)) for moment in moments]
        return sum(prices) // len(prices) if all(prices) else None


@dataclass(frozen=True)
class External:
    """A price from elsewhere.

    Args:
        calculation_id: 3 is the mean of mid prices, made every minute from the last five minutes' ends; 0 waits for a
            person, and nobody has set it.
    """

    calculation_id: int

    def described(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Return what the calculation's reply says of it."""
        return {"calculationType": "EXTERNAL", "externalCalculationId": self.calculation_id}

    def made_ms(self, now_ms: int) -> int:
        """Return when the present price was made.

        Args:
            now_ms: The present.

        Returns:
            The last whole minute, in ms.
        """
        return now_ms // _MINUTE_MS * _MINUTE_MS

    def price_e8(self, market: Market, symbol: str, now_ms: int) -> int | None:
        """Return the price.

        Args:
            market: The market that it is made from.
            symbol: The symbol.
            now_ms: The present.

        Returns:
            The price in 1e-8; None while there is none.
        """
        if self.calculation_id != _MEAN_OF_MID_PRICES:
            return None
        end_ms = self.made_ms(now_ms)
        books = [market.book(symbol, end_ms - minute * _MINUTE_MS - 1) for minute in range(_MID_PRICE_MINUTES)]
        tick_e8 = market.listings[symbol].tick_e8
        mids = [sum(book.best_ticks) * tick_e8 for book in books if book]
        return sum(mids) // (2 * len(mids)) if len(mids) == _MID_PRICE_MINUTES else None


CALCULATIONS: Mapping[str, ArithmeticMean | External] = {
    "BNBUSDT": ArithmeticMean(bucket_count=10, bucket_width_ms=1000),
    "LTCUSDT": External(_SET_BY_A_PERSON),
    "DOGEUSDT": External(_MEAN_OF_MID_PRICES),
}
"""How the reference price of a symbol is made; no other symbol has one."""


def calculation(symbol: str) -> ArithmeticMean | External:
    """Return how a symbol's reference price is made.

    Args:
        symbol: The symbol.

    Returns:
        The calculation.

    Raises:
        Refusal: -2043 for a symbol that never had a reference price.
    """
    if symbol not in CALCULATIONS:
        raise Refusal(-2043)
    return CALCULATIONS[symbol]


def reference_e8(market: Market, symbol: str, now_ms: int) -> int | None:
    """Return a symbol's reference price, for the rules that look at it.

    Args:
        market: The market.
        symbol: The symbol.
        now_ms: The present.

    Returns:
        The price in 1e-8; None where there is none.
    """
    made = CALCULATIONS.get(symbol)
    return None if made is None else made.price_e8(market, symbol, now_ms)


def reference_price(market: Market, symbol: str, now_ms: int) -> Decimal | None:
    """Return a symbol's reference price as a Decimal; see `reference_e8`."""
    price_e8 = reference_e8(market, symbol, now_ms)
    return None if price_e8 is None else decimal_of(price_e8)


def stated(market: Market, symbol: str, now_ms: int) -> dict[str, Any]:  # Any: JSON leaves here
    """Print a symbol's reference price.

    Args:
        market: The market.
        symbol: The symbol.
        now_ms: The present.

    Returns:
        The reply; the price is null while there is none.

    Raises:
        Refusal: -2043 for a symbol that never had one.
    """
    made = calculation(symbol)
    price_e8 = made.price_e8(market, symbol, now_ms)
    price = None if price_e8 is None else text_of(price_e8)
    return {"symbol": symbol, "referencePrice": price, "timestamp": made.made_ms(now_ms)}
