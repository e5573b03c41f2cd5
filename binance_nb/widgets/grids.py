"""The grids that a symbol's prices and quantities stand on: asked for once, then known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from binance_nb.errors import ApiError, BinanceError, UsageError
from binance_nb.grammar import did_you_mean, nearest
from binance_nb.session import Session

__all__ = ["Grid", "grids_of", "plain"]

_NO_SUCH_SYMBOL = -1121
_FINEST = Decimal("0.00000001")  # of a symbol that tells no grid


@dataclass(frozen=True)
class Grid:
    """How a symbol is counted.

    Attributes:
        symbol: Its name.
        base: What is traded.
        quote: What prices are in.
        tick: The step of prices.
        step: The step of quantities.
    """

    symbol: str
    base: str
    quote: str
    tick: Decimal
    step: Decimal

    def price(self, text: str | Decimal) -> str:
        """Write a price with the decimals of its tick, and thousands apart."""
        return f"{_on(text, self.tick):,f}"

    def quantity(self, text: str | Decimal) -> str:
        """Write a quantity with the decimals of its step, and thousands apart."""
        return f"{_on(text, self.step):,f}"


def grids_of(session: Session, symbols: Sequence[str]) -> dict[str, Grid]:
    """Return the grids of symbols; those that nobody has asked for yet are asked for in one call.

    Args:
        session: Where.
        symbols: Their names.

    Returns:
        The grids by name.

    Raises:
        BinanceError: There is no such symbol, or the call failed.
    """
    rules = session.client.symbols.rules
    if unknown := [symbol for symbol in symbols if rules.terms(symbol) is None]:
        try:
            session.exchange_info(symbols=unknown, raw=True)
        except ApiError as error:
            if error.code != _NO_SUCH_SYMBOL:
                raise
            raise _not_there(session, unknown, error) from None
    return {symbol: _grid(session, symbol) for symbol in symbols}


def _not_there(session: Session, symbols: Sequence[str], error: ApiError) -> BinanceError:
    """Return an error that names the symbol that does not exist, and the nearest that does."""
    names = session.client.symbols
    if not names.is_known:
        session.exchange_info(raw=True)
    wrong = next((symbol for symbol in symbols if symbol not in names.names), None)
    if wrong is None:
        return error
    likely = names.ranks.ranked(names.names)
    return UsageError(
        f"There is no symbol {wrong} here.",
        hint=did_you_mean(wrong, likely) or "exchange_info lists all of them.",
        suggestion=next(iter(nearest(wrong, likely)), None),
        culprit=wrong,
    )


def _grid(session: Session, symbol: str) -> Grid:
    rules = session.client.symbols.rules
    terms = rules.terms(symbol)
    tick, step = (
        Decimal((rules.find(symbol, name) or {}).get(size, 0)).normalize() or _FINEST
        for name, size in (("PRICE_FILTER", "tickSize"), ("LOT_SIZE", "stepSize"))
    )
    return Grid(symbol, terms.base_asset if terms else "", terms.quote_asset if terms else "", tick, step)


def _on(value: str | Decimal, grid: Decimal) -> Decimal:
    """Take away zeros that the grid does not need; never a digit."""
    number = Decimal(value)
    exponent = grid.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # a grid is a number
    trimmed = number.quantize(Decimal(1).scaleb(min(exponent, 0)))
    return trimmed if trimmed == number else number.normalize()


def plain(value: Decimal) -> str:
    """Write a number without an exponent and without zeros at its end."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
