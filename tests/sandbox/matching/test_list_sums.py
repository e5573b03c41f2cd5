"""Whatever two accounts do with order lists, money is neither made nor lost."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.door.keys import account_keys
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.ledger import STARTING_BALANCES
from tests.sandbox.desk import Desk
from tests.sandbox.listed import BTC, last, pair, place, working

LOTS, NUMBERS = st.integers(1, 40), st.integers(0, 5)
NEAR, AWAY = st.integers(-40, 40), st.integers(1, 40)
SIDES = st.sampled_from(["BUY", "SELL"])
FORCES = st.sampled_from(["GTC", "GTC", "IOC", "FOK"])
MODES = st.sampled_from(["NONE", "NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT"])
STOPS = st.sampled_from(["STOP_LOSS", "STOP_LOSS_LIMIT", "TRAILING"])
TAKES = st.sampled_from(["LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"])
FOLLOWING = st.sampled_from(["MARKET", "LIMIT", "LIMIT_MAKER", "STOP_LOSS", "TAKE_PROFIT_LIMIT", "TRAILING"])
ONE_MORE = st.one_of(
    st.tuples(st.just("oco"), SIDES, TAKES, STOPS, AWAY, AWAY, LOTS, MODES),
    st.tuples(st.just("oto"), SIDES, NEAR, FORCES, FOLLOWING, NEAR, LOTS, MODES),
    st.tuples(st.just("opo"), st.just("BUY"), NEAR, FORCES, FOLLOWING, NEAR, LOTS, MODES),
    st.tuples(st.just("otoco"), SIDES, NEAR, FORCES, AWAY, LOTS),
    st.tuples(st.just("opoco"), st.just("BUY"), NEAR, FORCES, AWAY, LOTS),
    st.tuples(st.just("order"), SIDES, NEAR, LOTS, MODES),
)
STEP = st.one_of(
    ONE_MORE,
    ONE_MORE,
    st.tuples(st.just("cancel"), NUMBERS),
    st.tuples(st.just("amend"), NUMBERS),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 60.0, 1800.0])),
    st.tuples(st.just("turn")),
)


def size(lots: int) -> Decimal:
    return lots * Decimal("0.005")


def leg(prefix: str, kind: str, price: Decimal) -> dict[str, object]:
    """One order of a list, with what its type needs."""
    if kind == "TRAILING":
        return {f"{prefix}Type": "STOP_LOSS", f"{prefix}TrailingDelta": 15}
    found: dict[str, object] = {f"{prefix}Type": kind}
    if kind.startswith(("STOP", "TAKE")):
        found[f"{prefix}StopPrice"] = price
    if "LIMIT" in kind:
        found[f"{prefix}Price"] = price
    if kind.endswith("LIMIT"):
        found[f"{prefix}TimeInForce"] = "GTC"
    return found


def oco(desk: Desk, side: str, take: str, stop: str, up: int, down: int, lots: int, mode: str) -> None:
    above, below = (take, stop) if side == "SELL" else (stop, take)
    legs = {**leg("above", above, last(desk) + up), **leg("below", below, last(desk) - down)}
    place(desk, "oco", side=side, quantity=size(lots), selfTradePreventionMode=mode, **legs)


def following(
    desk: Desk, list_kind: str, side: str, at: int, force: str, kind: str, away: int, lots: int, mode: str
) -> None:
    first = {**working(desk, at=at, side=side, quantity=size(lots)), "workingTimeInForce": force}
    second = {**leg("pending", kind, last(desk) + away), "pendingSide": "SELL" if side == "BUY" else "BUY"}
    if list_kind == "oto":
        second["pendingQuantity"] = size(lots + 1)
    place(desk, list_kind, **first, **second, selfTradePreventionMode=mode)


def following_pair(desk: Desk, list_kind: str, side: str, at: int, force: str, away: int, lots: int) -> None:
    first = {**working(desk, at=at, side=side, quantity=size(lots)), "workingTimeInForce": force}
    other = "SELL" if side == "BUY" else "BUY"
    amount = {"pendingQuantity": size(lots)} if list_kind == "otoco" else {}
    place(desk, list_kind, **first, **amount, pendingSide=other, **pair(desk, other, "pending", up=away, down=30))


def change(desk: Desk, what: str, number: int) -> None:
    for row in desk.ask("GET", "openOrders").json[number : number + 1]:
        if what == "cancel":
            desk.ask("DELETE", "order", **BTC, orderId=row["orderId"])
        else:
            desk.ask("PUT", "order/amend/keepPriority", **BTC, orderId=row["orderId"], newQty="0.005")


def act(desk: Desk, step: tuple[object, ...]) -> None:
    match step:
        case ("oco", str(side), str(take), str(stop), int(up), int(down), int(lots), str(mode)):
            oco(desk, side, take, stop, up, down, lots, mode)
        case (str(kind), str(side), int(at), str(force), str(second), int(away), int(lots), str(mode)):
            following(desk, kind, side, at, force, second, away, lots, mode)
        case (str(kind), str(side), int(at), str(force), int(away), int(lots)):
            following_pair(desk, kind, side, at, force, away, lots)
        case ("order", str(side), int(at), int(lots), str(mode)):
            more = {"price": last(desk) + at, "selfTradePreventionMode": mode}
            desk.order("BTCUSDT", side, quantity=size(lots), **more)
        case ("wait", float(seconds)):
            desk.seconds += seconds
        case (str(what), int(number)):
            change(desk, what, number)
        case _:
            desk.key = account_keys(1, "second")[0] if desk.key is desk.trading else desk.trading


def check_sums(desk: Desk, account: Account) -> None:
    """What the account holds is what its trades brought; what is locked is what open orders and pairs hold."""
    engine = desk.venue.engine
    owned = defaultdict[str, int](int, {asset: e8_of(text) for asset, text in STARTING_BALANCES.items()})
    locked = defaultdict[str, int](int)
    for order in engine.orders(account, "BTCUSDT"):
        assert order.is_open or not order.held_e8
        locked[order.pays_with] += order.held_e8
        for fill in order.fills:
            sign = 1 if order.is_buy else -1
            owned["BTC"] += sign * fill.quantity_e8
            owned["USDT"] -= sign * fill.quote_e8
            owned[fill.commission_asset] -= fill.commission_e8
    for order_list in engine.lists.all(account):
        locked[order_list.orders[-1].pays_with] += order_list.held_e8
    for asset in ("BTC", "USDT"):
        free_e8, locked_e8 = account.ledger.free_e8(asset), account.ledger.locked_e8(asset)
        assert free_e8 >= 0
        assert (owned[asset], locked[asset]) == (free_e8 + locked_e8, locked_e8)


def check_lists(desk: Desk, account: Account) -> None:
    """A list is open exactly as long as an order of it is, a done one holds nothing, and of a pair one leg trades."""
    for order_list in desk.venue.engine.lists.all(account):
        assert order_list.is_open == any(order.is_open for order in order_list.orders)
        assert order_list.is_open or not order_list.held_e8
        assert sum(bool(order.executed_e8) for order in order_list.pair) <= 1


@settings(max_examples=30)
@given(steps=st.lists(STEP, min_size=8, max_size=30))
def test_lists_neither_create_nor_lose_money(steps: list[tuple[object, ...]]) -> None:
    """After any lists, orders, cancels, amendments and waits of two accounts that trade with the market and each
    other."""
    desk = Desk(rate=1.0)
    desk.exchange.gate.register(account_keys(1, "second")[0])

    for step in steps:
        act(desk, step)

    for account in desk.venue.accounts.values():
        check_sums(desk, account)
        check_lists(desk, account)
