"""Where the prices of a pair have to lie."""

from __future__ import annotations

from itertools import product

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.catalog.endpoint import PriceRule
from binance_nb.sandbox.amounts import E8
from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.orders import Order, Peg
from binance_nb.sandbox.matching.pair_prices import is_around, is_in_order
from tests.sandbox.desk import NOW_MS, Desk

LAST = 100
BOUNDS = [(99, 101, True), (100, 101, False), (99, 100, False), (98, 99, False)]


def leg(desk: Desk, side: Side, kind: str, *, price: int = 0, stop: int = 0) -> Order:
    account, listing = desk.venue.accounts["main"], desk.venue.listings["BTCUSDT"]
    order = Order(account, listing, side, kind, "GTC", "NONE", kind, NOW_MS, price_e8=price * E8, quantity_e8=E8)
    order.stop_price_e8 = stop * E8
    return order


@pytest.mark.parametrize("rule", ENDPOINTS["order_list_oco"].price_rules, ids=lambda rule: f"{rule.side}: {rule.rule}")
@pytest.mark.parametrize(("low", "high", "fits"), BOUNDS)
def test_the_last_price_lies_between_the_legs(desk: Desk, rule: PriceRule, low: int, high: int, fits: bool) -> None:
    """For every pair of types that the documentation has a rule for, each bound excluded."""
    is_sale = rule.side == "SELL"
    side: Side = "SELL" if is_sale else "BUY"
    takes, stops = (rule.above, rule.below) if is_sale else (rule.below, rule.above)
    stop_price, price = (low, high) if is_sale else (high, low)
    # The leg that is not the stop stands first in both rules.
    field = "stop" if ".stopPrice" in rule.rule.split()[0] else "price"

    for kind, stop_kind in product(takes, stops):
        legs = [leg(desk, side, stop_kind, stop=stop_price), leg(desk, side, kind, **{field: price})]

        assert fits == is_around(legs, LAST * E8) == is_around(legs[::-1], LAST * E8)


@pytest.mark.parametrize(("low", "high", "fits"), [(1, 2, True), (2, 2, False), (3, 2, False)])
def test_a_pair_that_waits_has_room_between_its_legs(desk: Desk, low: int, high: int, fits: bool) -> None:
    """Wherever the last price is by now."""
    legs = [leg(desk, "SELL", "STOP_LOSS", stop=low), leg(desk, "SELL", "LIMIT_MAKER", price=high)]

    assert fits == is_in_order(legs)
    assert is_in_order([])


def test_a_leg_without_a_price_of_its_own_is_on_neither_side(desk: Desk) -> None:
    """A peg takes the book's price, a trailing stop begins wherever the price is."""
    pegged = leg(desk, "SELL", "LIMIT_MAKER", price=1)
    pegged.peg = Peg("PRIMARY_PEG")
    trailing = leg(desk, "SELL", "STOP_LOSS")

    assert is_around([trailing, pegged], LAST * E8)
    assert is_in_order([trailing, pegged])
