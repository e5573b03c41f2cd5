"""The symbols that are listed here, with their rules, as exchangeInfo prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from binance_nb.sandbox.amounts import e8_of, text_of

__all__ = ["DEFAULT_STP_MODE", "EXCHANGE_FILTERS", "LISTINGS", "SORS", "Listing", "asset_filters"]

_ORDER_TYPES = (
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
)
DEFAULT_STP_MODE = "EXPIRE_MAKER"
"""What happens to an order that meets another of its account and chose nothing."""

_STP_MODES = ("NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT")
_TRADING = "TRADING"
_FLAGS = (
    "icebergAllowed",
    "ocoAllowed",
    "otoAllowed",
    "opoAllowed",
    "quoteOrderQtyMarketAllowed",
    "allowTrailingStop",
    "cancelReplaceAllowed",
    "amendAllowed",
    "pegInstructionsAllowed",
)
# Older filters that stand in the place of the newer ones.
_INSTEAD_OF = {"PERCENT_PRICE": "PERCENT_PRICE_BY_SIDE", "MIN_NOTIONAL": "NOTIONAL"}

# Low enough that an account can reach each of them within the symbols' own limits.
EXCHANGE_FILTERS: tuple[dict[str, Any], ...] = (
    {"filterType": "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders": 1000},
    {"filterType": "EXCHANGE_MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 40},
    {"filterType": "EXCHANGE_MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 100},
    {"filterType": "EXCHANGE_MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 30},
)
"""The filters that bind an account over all symbols."""

SORS: tuple[dict[str, Any], ...] = ({"baseAsset": "BTC", "symbols": ["BTCUSDT"]},)
"""Where orders may be routed smartly, as exchange_info lists it."""

_ASSET_FILTERS = ({"filterType": "MAX_ASSET", "asset": "DOGE", "limit": "5000000.00000000"},)
# Past any moment that a clock here can show.
_NEVER_MS = 1 << 62


@dataclass(frozen=True)
class Listing:
    """One symbol: its names, its rules, and the character of its synthetic market.

    ``tick_size`` times ``step_size`` is never below 1e-8, so that every trade's quote amount is exact in
    eight decimals and sums of them are too.

    Args:
        symbol: The symbol, such as ``BTCUSDT``.
        base_asset: What is bought and sold.
        quote_asset: What it is paid with.
        tick_size: Step of prices.
        step_size: Step of quantities, and the smallest quantity.
        max_price: Highest price an order may name.
        max_qty: Largest quantity of an order.
        market_max_qty: Largest quantity of a market order.
        min_notional: Smallest price times quantity of an order.
        listed_at: First minute of trading, ISO 8601, UTC.
        anchor: Price that the market swings around.
        daily_volatility_bp: Typical daily move in basis points.
        prints_per_minute: Mean number of aggregate trades a minute; even, at least 14.
        mean_qty: Typical quantity of one aggregate trade.
        status: Trading status; of a symbol that has stopped, the one since then.
        stopped_at: Moment of the last trade, ISO 8601, UTC; empty while it trades.
        permissions: Who may trade it: one of each inner set is needed.
        order_types: The types of orders that it takes.
        lacks: The flags of exchangeInfo that are off here.
        stp_modes: The self-trade prevention modes that an order may choose.
        own_filters: Filters that most symbols do not have, as exchangeInfo prints them.
    """

    symbol: str
    base_asset: str
    quote_asset: str
    tick_size: Decimal
    step_size: Decimal
    max_price: Decimal
    max_qty: Decimal
    market_max_qty: Decimal
    min_notional: Decimal
    listed_at: str
    anchor: Decimal
    daily_volatility_bp: int
    prints_per_minute: int
    mean_qty: Decimal
    status: str = _TRADING
    stopped_at: str = ""
    permissions: tuple[tuple[str, ...], ...] = (("SPOT",),)
    order_types: tuple[str, ...] = _ORDER_TYPES
    lacks: tuple[str, ...] = ()
    stp_modes: tuple[str, ...] = _STP_MODES
    own_filters: tuple[dict[str, Any], ...] = field(default=(), hash=False)  # Any: JSON leaves here

    @cached_property
    def tick_e8(self) -> int:
        """The tick in units of 1e-8 of the quote asset."""
        return e8_of(self.tick_size)

    @cached_property
    def step_e8(self) -> int:
        """The quantity step in units of 1e-8 of the base asset."""
        return e8_of(self.step_size)

    @cached_property
    def listed_at_ms(self) -> int:
        """First millisecond of trading; nothing exists before."""
        return _moment_ms(self.listed_at)

    @cached_property
    def last_ms(self) -> int:
        """Last millisecond of trading; nothing changes afterwards."""
        return _moment_ms(self.stopped_at) - 1 if self.stopped_at else _NEVER_MS

    def status_at(self, now_ms: int) -> str:
        """Return the trading status at a moment.

        Args:
            now_ms: The moment.

        Returns:
            ``TRADING`` until it stops, its own status from then on.
        """
        return self.status if now_ms > self.last_ms or not self.stopped_at else _TRADING

    def allows(self, flag: str) -> bool:
        """Tell whether it offers something that not every symbol does.

        Args:
            flag: The flag of exchangeInfo, such as ``icebergAllowed``.

        Returns:
            What exchangeInfo says.
        """
        return flag not in self.lacks

    def is_open_to(self, permissions: Iterable[str]) -> bool:
        """Tell whether an account may trade it.

        Args:
            permissions: What the account holds.

        Returns:
            True if it holds one of each set that the symbol asks for.
        """
        held = set(permissions)
        return all(held & set(choices) for choices in self.permissions)

    @property
    def filters(self) -> list[dict[str, Any]]:  # Any: JSON leaves here
        """The symbol's filters, in the exchange's order and spelling; fresh objects, safe to change."""
        own = {one["filterType"]: dict(one) for one in self.own_filters}
        replaced = {_INSTEAD_OF[name]: own.pop(name) for name in _INSTEAD_OF if name in own}
        return [*(replaced.get(one["filterType"], one) for one in self._usual_filters()), *own.values()]

    def _usual_filters(self) -> list[dict[str, Any]]:  # Any: JSON leaves here
        tick, step = _text(self.tick_size), _text(self.step_size)
        return [
            {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": _text(self.max_price), "tickSize": tick},
            {"filterType": "LOT_SIZE", "minQty": step, "maxQty": _text(self.max_qty), "stepSize": step},
            {"filterType": "ICEBERG_PARTS", "limit": 100},
            {
                "filterType": "MARKET_LOT_SIZE",
                "minQty": _text(Decimal(0)),
                "maxQty": _text(self.market_max_qty),
                "stepSize": _text(Decimal(0)),
            },
            {
                "filterType": "TRAILING_DELTA",
                "minTrailingAboveDelta": 10,
                "maxTrailingAboveDelta": 2000,
                "minTrailingBelowDelta": 10,
                "maxTrailingBelowDelta": 2000,
            },
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": "5",
                "bidMultiplierDown": "0.2",
                "askMultiplierUp": "5",
                "askMultiplierDown": "0.2",
                "avgPriceMins": 5,
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": _text(self.min_notional),
                "applyMinToMarket": True,
                "maxNotional": "9000000.00000000",
                "applyMaxToMarket": False,
                "avgPriceMins": 5,
            },
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
            {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
            {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
        ]

    @cached_property
    def rules(self) -> tuple[Mapping[str, Any], ...]:  # Any: JSON
        """Every filter that binds an order: the symbol's, the exchange's, the assets'."""
        return (*self.filters, *EXCHANGE_FILTERS, *asset_filters(self))

    def exchange_info_entry(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Return the symbol's object in exchangeInfo's ``symbols``.

        Returns:
            A fresh object, safe to change.
        """
        return {
            "symbol": self.symbol,
            "status": self.status,
            "baseAsset": self.base_asset,
            "baseAssetPrecision": 8,
            "quoteAsset": self.quote_asset,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "baseCommissionPrecision": 8,
            "quoteCommissionPrecision": 8,
            "orderTypes": list(self.order_types),
            **{flag: self.allows(flag) for flag in _FLAGS},
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": self.filters,
            "permissions": [],
            "permissionSets": [list(choices) for choices in self.permissions],
            "defaultSelfTradePreventionMode": DEFAULT_STP_MODE,
            "allowedSelfTradePreventionModes": list(self.stp_modes),
        }


def _text(amount: Decimal) -> str:
    return text_of(e8_of(amount))


def _moment_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


# The test coin is written as the testnet writes its own: a client that cannot sign UTF-8 fails on it.
_TABLE = """
# assets       | tick       step    | max_price max_qty     market_max min_notional | first minute     | anchor  bp  prints qty
BTC USDT       | 0.01       0.00001 | 1000000   9000        150        5            | 2017-08-17T04:00 | 60000   250 60     0.03
ETH USDT       | 0.01       0.0001  | 1000000   9000        2800       5            | 2017-08-17T04:00 | 3000    320 48     0.4
BNB USDT       | 0.01       0.001   | 100000    900000      1800       5            | 2017-11-06T03:54 | 600     290 32     1.2
SOL USDT       | 0.01       0.001   | 100000    900000      22000      5            | 2020-08-11T06:00 | 150     450 40     5
XRP USDT       | 0.0001     0.1     | 10000     9222449     1500000    5            | 2018-05-04T08:11 | 0.6     340 32     900
ADA USDT       | 0.0001     0.1     | 1000      900000      900000     5            | 2018-04-17T04:00 | 0.45    380 26     900
DOGE USDT      | 0.00001    1       | 1000      9000000     9000000    1            | 2019-07-05T12:00 | 0.15    420 26     3000
LTC USDT       | 0.01       0.001   | 100000    90000       9000       5            | 2017-12-13T03:32 | 85      330 20     5
ETH BTC        | 0.00001    0.001   | 922327    100000      1700       0.0001       | 2017-07-14T04:00 | 0.05    200 20     0.4
BNB BTC        | 0.00001    0.001   | 1000      100000      1200       0.0001       | 2017-07-14T04:00 | 0.01    210 20     1
SHIB USDT      | 0.00000001 1       | 1         46116860414 9000000000 1            | 2021-05-10T11:35 | 0.00002 450 20     15000000
这是测试币 456 | 0.001      0.01    | 100000    900000      90000      1            | 2017-08-17T04:00 | 4.56    300 14     20
SOL ETH        | 0.00001    0.001   | 1000      900000      22000      0.001        | 2020-08-11T06:00 | 0.05    300 16     5
XRP ETH        | 0.0000001  0.1     | 10        9222449     1500000    0.001        | 2018-05-04T08:11 | 0.0002  300 16     900
ADA BTC        | 0.00000001 1       | 1         9000000     9000000    0.0001       | 2018-04-17T04:00 | 0.00001 300 16     900
"""  # noqa: E501 - a table reads best in one piece


# Those that do not trade have assets that others have too, so that they add nothing to the account's list.
_OUT_OF_THE_ORDINARY: Mapping[str, Mapping[str, Any]] = {
    "SOLETH": {"status": "HALT", "stopped_at": "2023-11-01T00:00"},
    "XRPETH": {"status": "BREAK", "stopped_at": "2023-02-01T00:00"},
    "ADABTC": {"permissions": (("TRD_GRP_004", "TRD_GRP_005"),)},
    "SOLUSDT": {"stp_modes": (*_STP_MODES, "TRANSFER")},
    # Nothing but plain orders.
    "ADAUSDT": {"order_types": ("LIMIT", "LIMIT_MAKER"), "lacks": _FLAGS},
    "BNBBTC": {
        "lacks": ("quoteOrderQtyMarketAllowed", "allowTrailingStop"),
        "own_filters": (
            {"filterType": "PERCENT_PRICE", "multiplierUp": "5", "multiplierDown": "0.2", "avgPriceMins": 5},
        ),
    },
    "ETHBTC": {
        "own_filters": (
            {"filterType": "MIN_NOTIONAL", "minNotional": "0.00010000", "applyToMarket": True, "avgPriceMins": 5},
        ),
    },
    "LTCUSDT": {"own_filters": ({"filterType": "MAX_POSITION", "maxPosition": "500.00000000"},)},
    "XRPUSDT": {"own_filters": ({"filterType": "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 5},)},
}


def _listing(row: str) -> Listing:
    assets, steps, limits, listed_at, character = (cell.split() for cell in row.split("|"))
    base, quote = assets
    tick_size, step_size = map(Decimal, steps)
    max_price, max_qty, market_max_qty, min_notional = map(Decimal, limits)
    anchor, volatility, prints, mean_qty = character
    return Listing(
        symbol=base + quote,
        base_asset=base,
        quote_asset=quote,
        tick_size=tick_size,
        step_size=step_size,
        max_price=max_price,
        max_qty=max_qty,
        market_max_qty=market_max_qty,
        min_notional=min_notional,
        listed_at=listed_at[0],
        anchor=Decimal(anchor),
        daily_volatility_bp=int(volatility),
        prints_per_minute=int(prints),
        mean_qty=Decimal(mean_qty),
        **_OUT_OF_THE_ORDINARY.get(base + quote, {}),
    )


_ALL = [_listing(row) for row in _TABLE.strip().splitlines() if not row.startswith("#")]

LISTINGS: Mapping[str, Listing] = {listing.symbol: listing for listing in _ALL}
"""All listings by symbol, in the order exchangeInfo prints them."""


def asset_filters(listing: Listing) -> list[dict[str, Any]]:  # Any: JSON leaves here
    """Return the filters on the assets of a symbol.

    Args:
        listing: The symbol.

    Returns:
        The filters, which only my_filters shows.
    """
    return [one for one in _ASSET_FILTERS if one["asset"] in (listing.base_asset, listing.quote_asset)]
