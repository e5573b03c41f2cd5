"""Orders that break a filter of their symbol."""

from __future__ import annotations

import pytest

from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.engine import Engine
from binance_nb.sandbox.matching.order_rules import check_filters
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.refusals import Refusal
from tests.sandbox.desk import NOW_MS, Desk

LIMIT = {"quantity": "0.001", "price": "60000"}


@pytest.mark.parametrize(
    ("kind", "params", "name"),
    [
        ("LIMIT", {"price": "60000.129"}, "PRICE_FILTER"),
        ("LIMIT", {"price": "0"}, "PRICE_FILTER"),
        ("LIMIT", {"price": "1000000.01"}, "PRICE_FILTER"),
        ("LIMIT", {"quantity": "0.000001"}, "LOT_SIZE"),
        ("LIMIT", {"quantity": "0.000015"}, "LOT_SIZE"),
        ("LIMIT", {"quantity": "0"}, "LOT_SIZE"),
        ("LIMIT", {"quantity": "9000.00001"}, "LOT_SIZE"),
        ("LIMIT", {"price": "400000"}, "PERCENT_PRICE_BY_SIDE"),
        ("LIMIT", {"price": "10000"}, "PERCENT_PRICE_BY_SIDE"),
        ("LIMIT", {"quantity": "0.00008"}, "NOTIONAL"),
        ("LIMIT", {"quantity": "150.00001"}, "NOTIONAL"),
        ("MARKET", {"quantity": "150.00001"}, "MARKET_LOT_SIZE"),
        ("MARKET", {"quantity": "0.00007"}, "NOTIONAL"),
        ("MARKET", {"quoteOrderQty": "4.99"}, "NOTIONAL"),
    ],
)
def test_a_broken_filter_is_named(desk: Desk, kind: str, params: dict[str, str], name: str) -> None:
    """The refusal names the first filter broken, in the order of exchange_info; a tested order is refused alike."""
    sent = {**LIMIT, **params} if kind == "LIMIT" else params

    placed = desk.order("BTCUSDT", "BUY", kind, **sent)
    force = {"timeInForce": "GTC"} if kind == "LIMIT" else {}
    tested = desk.ask("POST", "order/test", symbol="BTCUSDT", side="BUY", type=kind, **force, **sent)

    assert (400, -1013, f"Filter failure: {name}") == placed.refusal == tested.refusal


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("LIMIT", {"price": "60000.12"}),
        ("LIMIT", {"price": "60000.120000"}),
        ("LIMIT", {"quantity": "0.00009"}),
        ("MARKET", {"quantity": "0.00008"}),
        ("MARKET", {"quoteOrderQty": "5"}),
    ],
)
def test_an_order_that_keeps_the_filters_passes(desk: Desk, kind: str, params: dict[str, str]) -> None:
    """Bounds are inclusive, and zeros at the end add no precision."""
    sent = {**LIMIT, **params} if kind == "LIMIT" else params

    reply = desk.order("BTCUSDT", "BUY", kind, **sent)

    assert reply.status == 200


def test_two_hundred_orders_may_wait_on_a_symbol(desk: Desk) -> None:
    """The next is refused, on this symbol only."""
    for _ in range(200):
        desk.order(quantity="0.0001", price="60000")

    reply = desk.order(quantity="0.0001", price="60000")
    elsewhere = desk.order("ETHUSDT", quantity="0.01", price="2000")

    assert (400, -1013, "Filter failure: MAX_NUM_ORDERS") == reply.refusal
    assert elsewhere.status == 200


class Crowded(Engine):
    """An engine on which so many orders wait, none of them on the symbol at hand."""

    waiting = 0

    def open_orders(self, account: Account | None = None, symbol: str | None = None) -> list[Order]:
        assert account is not None
        return [] if symbol else [order_of(account, self._market.listings["ETHUSDT"])] * self.waiting


def order_of(account: Account, listing: Listing) -> Order:
    anchor, quantity = e8_of(listing.anchor), e8_of(listing.mean_qty)
    return Order(account, listing, "BUY", "LIMIT", "GTC", "NONE", "mine", NOW_MS, price_e8=anchor, quantity_e8=quantity)


def test_a_thousand_orders_may_wait_on_the_exchange(desk: Desk) -> None:
    """The thousandth passes, on whatever symbol; the next is refused."""
    venue = desk.venue
    engine = Crowded(venue.market)
    order = order_of(venue.accounts["main"], venue.listings["BTCUSDT"])

    engine.waiting = 999
    check_filters(order, venue.market, engine)
    engine.waiting = 1000
    with pytest.raises(Refusal) as refused:
        check_filters(order, venue.market, engine)

    assert (-1013, "Filter failure: EXCHANGE_MAX_NUM_ORDERS") == (refused.value.code, refused.value.message)
