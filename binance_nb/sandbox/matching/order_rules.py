"""The filters of symbol, exchange and assets, put to orders that are to be placed or amended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from binance_nb.catalog.filters import FILTERS, reference_price
from binance_nb.sandbox.amounts import E8, decimal_of
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.matching.orders import Order, quote_e8
from binance_nb.sandbox.reference_prices import reference_price as present_price
from binance_nb.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from binance_nb.sandbox.matching.engine import Engine

__all__ = ["check_amendment", "check_filters"]

_Facts: TypeAlias = Mapping[str, Any]  # Any: JSON of exchange_info, and an order's numbers beside it
_SECOND_MS, _MINUTE_MS = 1000, 60_000


def check_filters(
    orders: Sequence[Order], market: Market, engine: Engine, *, now_ms: int | None = None, lists_added: int = 0
) -> None:
    """Check the orders of one call against the filters as exchange_info lists them, then of exchange and assets.

    Args:
        orders: The orders, all of one symbol. Those that wait for another order's fill have been placed already when
            they start, and are not counted again.
        market: Where reference prices come from.
        engine: Where open orders are counted.
        now_ms: The present; when the first order was placed if left out.
        lists_added: How many order lists they make.

    Raises:
        Refusal: -1013 with the name of the first filter that is broken.
    """
    entry = _Entry(orders, market, engine, orders[0].placed_ms if now_ms is None else now_ms, lists_added)
    for config in entry.listing.rules:
        inputs_of = _INPUTS.get(config["filterType"])
        if inputs_of is not None:
            _refuse_broken(config, inputs_of(entry, config))


def check_amendment(order: Order, quantity_e8: int) -> None:
    """Check an order's new quantity, and whether the order may change once more.

    Args:
        order: An open order.
        quantity_e8: The quantity that it is to have.

    Raises:
        Refusal: -1013 for the quantity, -2038 for one amendment too many.
    """
    quantity, price = decimal_of(quantity_e8), decimal_of(order.limit_e8 or order.hold_price_e8)
    facts: dict[str, _Facts] = {
        "LOT_SIZE": {"value": quantity},
        "MAX_NUM_ORDER_AMENDS": {"amendsSoFar": len(order.amendments)},
    }
    # Not documented filter by filter; an order that has no price yet is looked at when it gets one.
    if price:
        kind = "MARKET" if order.is_market else "LIMIT"
        worth = {"type": kind, "price": price, "ref": price, "quantity": quantity}
        facts |= {"NOTIONAL": worth, "MIN_NOTIONAL": worth}
    for config in order.listing.rules:
        if config["filterType"] in facts:
            _refuse_broken(config, [facts[config["filterType"]]])


def _refuse_broken(config: _Facts, inputs: Iterable[_Facts]) -> None:
    rules = FILTERS[config["filterType"]]
    if any(rules.broken(config, facts) for facts in inputs):
        raise Refusal(rules.code, "Filter failure", rules.name)


class _Entry:
    """The orders of one call, and what their filters compare them with; each thing is looked up when it is asked."""

    def __init__(self, orders: Sequence[Order], market: Market, engine: Engine, now_ms: int, lists_added: int) -> None:
        self.orders = orders
        self.listing, self.account = orders[0].listing, orders[0].account
        self.engine = engine
        self.lists_added = lists_added
        self._market, self._now_ms = market, now_ms

    @cached_property
    def open_orders(self) -> list[Order]:
        """What the account has waiting, on every symbol."""
        return self.engine.open_orders(self.account)

    @cached_property
    def open_here(self) -> list[Order]:
        """What it has waiting on this symbol."""
        return self.engine.open_orders(self.account, self.listing.symbol)

    def reference(self, config: _Facts) -> Decimal:
        """The price that others are compared with; averages are made anew every second."""
        symbol, now_ms = self.listing.symbol, self._now_ms
        return reference_price(
            config,
            reference=present_price(self._market, symbol, now_ms),
            last=lambda: self._market.last_price(symbol, now_ms),
            average=lambda minutes: _average(self._market, symbol, now_ms // _SECOND_MS * _SECOND_MS, minutes),
        )

    def price_of(self, order: Order, config: _Facts) -> Decimal:
        """What an order is worth a piece: its limit, else its stop (a guess), else the reference price."""
        return decimal_of(order.limit_e8 or order.stop_price_e8) or self.reference(config)


_InputsOf: TypeAlias = Callable[[_Entry, _Facts], Iterator[_Facts]]


# Orders come faster than the average changes.
@lru_cache(maxsize=64)
def _average(market: Market, symbol: str, now_ms: int, minutes: int) -> Decimal:
    stats = market.window_stats(symbol, now_ms - minutes * _MINUTE_MS + 1, now_ms)
    return decimal_of(stats.average_e8 or stats.last)


def _limits_e8(order: Order) -> list[int]:
    """Return the limits that have to keep the filters: of a pegged order the book's, and one that it names besides."""
    if order.is_market:
        return []
    # A pegged stop finds its price when it goes off.
    return [order.price_e8] if order.peg is None else [price for price in (order.price_e8, order.pegged_e8) if price]


def _prices(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in entry.orders:
        for price_e8 in _limits_e8(order):
            yield {"value": decimal_of(price_e8)}
        if order.stop_price_e8:
            yield {"value": decimal_of(order.stop_price_e8)}


def _limits(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in entry.orders:
        for price_e8 in _limits_e8(order):
            yield {"price": decimal_of(price_e8), "ref": entry.reference(config), "side": order.side}


def _is_sized(order: Order) -> bool:
    # By its own quantity: neither by a budget nor by what another order is going to bring.
    return not order.budget_e8 and not (order.status == "PENDING_NEW" and not order.quantity_e8)


def _quantities(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in filter(_is_sized, entry.orders):
        yield {"value": decimal_of(order.quantity_e8)}
        if order.iceberg_e8:
            yield {"value": decimal_of(order.iceberg_e8)}


def _market_quantities(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in filter(_is_sized, entry.orders):
        if order.kind == "MARKET":
            yield {"value": decimal_of(order.quantity_e8)}


def _worth(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in entry.orders:
        if order.budget_e8:
            # Such an order states its price times quantity itself.
            yield {"type": "MARKET", "ref": decimal_of(order.budget_e8), "quantity": 1}
        elif _is_sized(order):
            quantity, limits = decimal_of(order.quantity_e8), [decimal_of(price_e8) for price_e8 in _limits_e8(order)]
            for price in limits or [entry.price_of(order, config)]:
                yield {"type": "LIMIT" if limits else "MARKET", "price": price, "ref": price, "quantity": quantity}


def _icebergs(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in filter(_is_iceberg, entry.orders):
        yield {"quantity": decimal_of(order.quantity_e8), "icebergQty": decimal_of(order.iceberg_e8)}


def _trails(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in entry.orders:
        if order.trailing_delta:
            yield {"trailingDelta": order.trailing_delta, "type": order.kind, "side": order.side}


def _is_algo(order: Order) -> bool:
    return order.is_algo


def _is_iceberg(order: Order) -> bool:
    return order.iceberg_e8 > 0


def _added(entry: _Entry, is_meant: Callable[[Order], bool]) -> int:
    return sum(is_meant(order) for order in entry.orders if not order.order_id)


def _orders(*, here: bool) -> _InputsOf:
    def counts(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
        added = _added(entry, lambda order: True)
        if added:
            symbol = entry.listing.symbol if here else None
            yield {"openOrders": entry.engine.counts.open(entry.account, symbol), "added": added}

    return counts


def _some_orders(name: str, is_meant: Callable[[Order], bool], *, here: bool) -> _InputsOf:
    def counts(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
        added = _added(entry, is_meant)
        if added:
            open_orders = entry.open_here if here else entry.open_orders
            yield {name: sum(map(is_meant, open_orders)), "added": added}

    return counts


def _lists(*, here: bool) -> _InputsOf:
    def counts(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
        if entry.lists_added:
            symbol = entry.listing.symbol if here else None
            yield {"openOrderLists": len(entry.engine.lists.open(entry.account, symbol))}

    return counts


def _positions(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    base, ledger = entry.listing.base_asset, entry.account.ledger
    for order in entry.orders:
        if order.is_buy:
            yield {
                "side": "BUY",
                "free": decimal_of(ledger.free_e8(base)),
                "locked": decimal_of(ledger.locked_e8(base)),
                "openBuyQty": decimal_of(_waiting_e8(entry.open_here)),
                "quantity": decimal_of(_quantity_e8(entry, order)),
            }


def _waiting_e8(open_orders: Sequence[Order]) -> int:
    """Return how much is still to be bought; of a pair only one order can be."""
    parts: dict[int, int] = {}
    for order in open_orders:
        if order.is_buy:
            order_list = order.order_list
            holder = order_list if order_list is not None and order in order_list.pair else order
            parts[id(holder)] = max(parts.get(id(holder), 0), order.left_e8)
    return sum(parts.values())


def _moved(entry: _Entry, config: _Facts) -> Iterator[_Facts]:
    for order in entry.orders:
        quantity_e8 = _quantity_e8(entry, order)
        price_e8 = _e8(entry.price_of(order, _LAST_PRICE))
        yield {
            "baseAsset": entry.listing.base_asset,
            "quoteAsset": entry.listing.quote_asset,
            "quantity": decimal_of(quantity_e8),
            "notional": decimal_of(order.budget_e8 or quote_e8(price_e8, quantity_e8)),
        }


_LAST_PRICE = {"avgPriceMins": 0}


def _quantity_e8(entry: _Entry, order: Order) -> int:
    if not order.budget_e8:
        return order.quantity_e8
    return order.budget_e8 * E8 // max(1, _e8(entry.reference(_LAST_PRICE)))


def _e8(price: Decimal) -> int:
    return int(price.scaleb(8))


# What each filter's rules ask for, by names; nothing where it does not concern an order.
_INPUTS: Mapping[str, _InputsOf] = {
    "PRICE_FILTER": _prices,
    "PERCENT_PRICE": _limits,
    "PERCENT_PRICE_BY_SIDE": _limits,
    "LOT_SIZE": _quantities,
    "MIN_NOTIONAL": _worth,
    "NOTIONAL": _worth,
    "ICEBERG_PARTS": _icebergs,
    "MARKET_LOT_SIZE": _market_quantities,
    "MAX_NUM_ORDERS": _orders(here=True),
    "MAX_NUM_ALGO_ORDERS": _some_orders("openAlgoOrders", _is_algo, here=True),
    "MAX_NUM_ICEBERG_ORDERS": _some_orders("openIcebergOrders", _is_iceberg, here=True),
    "MAX_POSITION": _positions,
    "TRAILING_DELTA": _trails,
    "MAX_NUM_ORDER_LISTS": _lists(here=True),
    "EXCHANGE_MAX_NUM_ORDERS": _orders(here=False),
    "EXCHANGE_MAX_NUM_ALGO_ORDERS": _some_orders("openAlgoOrders", _is_algo, here=False),
    "EXCHANGE_MAX_NUM_ICEBERG_ORDERS": _some_orders("openIcebergOrders", _is_iceberg, here=False),
    "EXCHANGE_MAX_NUM_ORDER_LISTS": _lists(here=False),
    "MAX_ASSET": _moved,
}
