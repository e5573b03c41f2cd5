"""What an account holds, and what it is worth at the last prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import TYPE_CHECKING, Any

from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, nearest
from binance_nb.trading.everyday.shares import plain

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.trading.everyday.everyday import Exchange

__all__ = ["BRIDGES", "Route", "holdings", "route"]

# Assets that most others are traded for: a price through one of them is as good as a direct one.
BRIDGES = ("USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB")
_DIGITS = 60
_TOTAL = Decimal("1e-8")


@dataclass(frozen=True)
class Route:
    """How an amount of one asset becomes one of another.

    Attributes:
        steps: The symbols passed, each with its price and whether it is divided by.
    """

    steps: tuple[tuple[str, Decimal, bool], ...]

    @property
    def words(self) -> str:
        """The symbols passed: ``XRPBTC × BTCEUR``; one that is divided by stands behind a stroke."""
        texts = [f"{'1/' if is_inverse else ''}{symbol}" for symbol, _, is_inverse in self.steps]
        return " × ".join(texts)

    def convert(self, amount: Decimal) -> Decimal:
        """Return what an amount is worth.

        Args:
            amount: The amount.
        """
        for _, price, is_inverse in self.steps:
            amount = amount / price if is_inverse else amount * price
        return amount


def holdings(exchange: Exchange, *, is_all: bool, wanted: str | None, is_exact: bool) -> pd.DataFrame:
    """Return what the account holds, an asset a row.

    Args:
        exchange: Where.
        is_all: Whether assets of which there is nothing are listed too.
        wanted: The asset to tell the worth in; None for no worth.
        is_exact: Whether amounts are Decimals instead of floats.

    Returns:
        The frame: free, locked, total; with ``wanted`` also its worth and the symbols whose last prices say so.

    Raises:
        BinanceError: There is no such asset, or the exchange did not answer.
    """
    from binance_nb import frames

    frame = exchange.call("account", omit_zero_balances=not is_all, exact=True)
    frame["total"] = frame["free"] + frame["locked"]
    said: dict[str, Any] = {}
    if wanted is not None:
        prices = _prices(exchange, wanted)
        routes = {asset: route(asset, wanted, prices) for asset in frame.index}
        worth = {asset: _worth(total, routes[asset]) for asset, total in frame["total"].items()}
        frame["worth"] = [worth[asset] for asset in frame.index]
        frame["at"] = [found.words if (found := routes[asset]) and found.steps else None for asset in frame.index]
        frame["at"] = frame["at"].astype("string")
        said = {"also": _sum(worth, wanted), "worth_in": wanted}
    if not is_exact:
        for name in ("free", "locked", "total", *(("worth",) if wanted else ())):
            frame[name] = frame[name].astype("float64")
    return frames.seal(frames.describe(frame, **said))


def route(asset: str, wanted: str, prices: Mapping[str, Decimal]) -> Route | None:
    """Return how one asset becomes another, directly or through one that most are traded for.

    Args:
        asset: What there is.
        wanted: What it is to be told in.
        prices: Last prices by symbol.

    Returns:
        The way; None where no prices say.
    """
    if asset == wanted:
        return Route(())
    if direct := _step(asset, wanted, prices):
        return Route((direct,))
    for bridge in BRIDGES:
        first, second = _step(asset, bridge, prices), _step(bridge, wanted, prices)
        if first and second:
            return Route((first, second))
    return None


def _step(asset: str, wanted: str, prices: Mapping[str, Decimal]) -> tuple[str, Decimal, bool] | None:
    for symbol, is_inverse in ((f"{asset}{wanted}", False), (f"{wanted}{asset}", True)):
        if prices.get(symbol):
            return symbol, prices[symbol], is_inverse
    return None


def _prices(exchange: Exchange, wanted: str) -> dict[str, Decimal]:
    prices = {each["symbol"]: Decimal(each["price"]) for each in exchange.call("ticker_price", raw=True)}
    ends = [symbol for symbol in prices if symbol.endswith(wanted) or symbol.startswith(wanted)]
    if wanted and ends:
        return prices
    raise UsageError(
        f"Nothing is traded for {wanted!r} here.",
        hint=did_you_mean(wanted, BRIDGES) or f"Such as {', '.join(BRIDGES)}.",
        suggestion=next(iter(nearest(wanted, BRIDGES)), None),
        culprit=wanted,
        operation="balances",
    )


def _worth(total: Decimal, found: Route | None) -> Decimal | None:
    if found is None:
        return None
    with localcontext(prec=_DIGITS):
        return found.convert(total)


def _sum(worth: Mapping[str, Decimal | None], wanted: str) -> str:
    with localcontext(prec=_DIGITS):
        total = sum(_known(worth.values()), Decimal(0)).quantize(_TOTAL, ROUND_DOWN)
    unknown = [asset for asset, each in worth.items() if each is None]
    rest = f"; not in it, for want of a price: {', '.join(unknown)}" if unknown else ""
    return f"worth {Decimal(plain(total)):,f} {wanted} at the last prices{rest}"


def _known(amounts: Iterable[Decimal | None]) -> Iterable[Decimal]:
    return (amount for amount in amounts if amount is not None)
