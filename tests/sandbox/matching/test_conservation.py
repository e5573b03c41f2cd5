"""Whatever is done in whatever order, nothing is created, nothing is lost, and the book is never crossed."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any, NamedTuple, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.sandbox.amounts import E8
from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.commission import Commission, Rates
from binance_nb.sandbox.matching.orders import Order, Peg
from binance_nb.sandbox.matching.pegs import pegged_price_e8
from binance_nb.sandbox.refusals import Refusal
from tests.sandbox.matching.pit import Pit

SYMBOLS = ("BTCUSDT", "ETHBTC", "BNBUSDT")
LOTS = {"BTCUSDT": 50_000, "ETHBTC": 1_000_000, "BNBUSDT": 10_000_000}
KINDS = (
    "LIMIT",
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "BUDGET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
)
FORCES = ("GTC", "GTC", "GTC", "IOC", "FOK")
MODES = ("NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER")
WAITS = (1.0, 500.0, 20_000.0, 3_600_000.0)


class Placing(NamedTuple):
    """An order, in small numbers that shrink well."""

    who: str
    symbol: str
    side: Side
    kind: str
    lots: int
    ticks: int
    away: int
    force: str
    mode: str
    iceberg: int
    delta: int
    peg: str
    meets: bool


class Amending(NamedTuple):
    """A smaller quantity for the n-th open order."""

    which: int
    percent: int


PLACING = st.builds(
    Placing,
    who=st.sampled_from(["main", "second"]),
    symbol=st.sampled_from(SYMBOLS),
    side=st.sampled_from(["BUY", "SELL"]),
    kind=st.sampled_from(KINDS),
    lots=st.integers(1, 900),
    ticks=st.integers(-8, 8),
    away=st.integers(1, 4000),
    force=st.sampled_from(FORCES),
    mode=st.sampled_from(MODES),
    iceberg=st.sampled_from([0, 0, 1, 3]),
    delta=st.sampled_from([0, 0, 10, 40]),
    peg=st.sampled_from(["", "", "", "PRIMARY_PEG", "MARKET_PEG"]),
    meets=st.booleans(),
)
STEP = st.one_of(
    PLACING,
    PLACING,
    PLACING,
    PLACING,
    st.builds(Amending, st.integers(0, 8), st.integers(1, 99)),
    st.integers(0, 8),
    st.sampled_from(WAITS),
)


def built(pit: Pit, step: Placing) -> Order:
    """The order that a step means."""
    pit.symbol = step.symbol
    listing, is_limit = pit.listing, "LIMIT" in step.kind
    tick, lot = listing.tick_e8, LOTS[step.symbol]
    more: dict[str, Any] = {"stp_mode": step.mode}
    if step.kind == "LIMIT" or step.kind.endswith("_LIMIT"):
        more["time_in_force"] = step.force
    if is_limit and step.iceberg and more.get("time_in_force", "GTC") == "GTC":
        more["iceberg_e8"] = step.iceberg * lot
    across: Side = "SELL" if step.side == "BUY" else "BUY"
    price_e8 = pit.best(across) + step.ticks * tick if is_limit else 0
    resting = [order.limit_e8 for order in pit.engine.open_orders(None, step.symbol) if order.side == across]
    if is_limit and step.meets and resting and resting[-1]:
        price_e8 = resting[-1]
    if step.kind.startswith(("STOP", "TAKE")):
        is_rising = (step.kind.removesuffix("_LIMIT"), step.side) in (("STOP_LOSS", "BUY"), ("TAKE_PROFIT", "SELL"))
        more["stop_price_e8"] = pit.last() + (1 if is_rising else -1) * step.away * tick
        more["trailing_delta"] = step.delta
    if step.peg and is_limit:
        more["peg"], price_e8 = Peg(step.peg), 0
    order = pit.order(step.side, "MARKET" if step.kind == "BUDGET" else step.kind, "1", price_e8, step.who, **more)
    order.quantity_e8 = step.lots * lot
    if step.kind == "BUDGET":
        order.budget_e8, order.quantity_e8 = order.quantity_e8 * pit.last() // E8, 0
    if order.peg and not order.is_algo:
        order.pegged_e8 = pegged_price_e8(order, pit.engine.book, pit.now_ms) or 0
    return order


def act(pit: Pit, step: object) -> None:
    """Place, cancel the n-th open order, amend it, or let time pass."""
    orders = pit.engine.open_orders()
    try:
        if isinstance(step, Placing):
            pit.engine.place(built(pit, step))
        elif isinstance(step, Amending):
            for order in orders[step.which : step.which + 1]:
                step_e8 = order.listing.step_e8
                quantity_e8 = order.quantity_e8 * step.percent // 100 // step_e8 * step_e8
                if quantity_e8:
                    pit.engine.amend(order, quantity_e8, f"{order.client_order_id}+", pit.now_ms)
        elif isinstance(step, int):
            for order in orders[step : step + 1]:
                pit.engine.cancel(order, pit.now_ms)
        elif isinstance(step, float):
            pit.wait(int(step))
    except Refusal:
        pass  # refused orders are part of the game: they must not change anything either


def needed(order: Order) -> int:
    """What an open order has to have locked."""
    if order.side == "SELL":
        return order.left_e8
    price_e8 = order.pegged_e8 or order.price_e8 or order.hold_price_e8
    return order.left_e8 * price_e8 // E8


def check(pit: Pit, before: dict[tuple[str, str], int]) -> None:
    """Compare every balance with what trades and open orders make of it."""
    held, locked = defaultdict[tuple[str, str], int](int, before), defaultdict[tuple[str, str], int](int)
    for order, fill in pit.ear.fills:
        name, listing, sign = order.account.name, order.listing, 1 if order.is_buy else -1
        held[name, listing.base_asset] += sign * fill.quantity_e8
        held[name, listing.quote_asset] -= sign * fill.quote_e8
        held[name, fill.commission_asset] -= fill.commission_e8
    for order in pit.engine.open_orders():
        assert order.held_e8 == needed(order)
        locked[order.account.name, order.pays_with] += order.held_e8
    for (name, asset), _ in before.items():
        free, kept = pit.balance(asset, name)
        assert free >= 0
        assert (locked[name, asset], held[name, asset]) == (kept, free + kept), (name, asset)


def check_books(pit: Pit) -> None:
    """No book is crossed, neither as it is shown nor among the users' orders."""
    for symbol in SYMBOLS:
        pit.symbol = symbol
        assert 0 < pit.best("BUY") < pit.best("SELL")
        bids, asks = (
            [
                order.limit_e8
                for order in pit.engine.open_orders(None, symbol)
                if order.side == side and not order.is_algo
            ]
            for side in ("BUY", "SELL")
        )
        assert not bids or not asks or max(bids) < min(asks)


def rich_pit() -> tuple[Pit, dict[tuple[str, str], int]]:
    """An engine whose second account pays every kind of commission, in BNB while it has any; and all balances."""
    pit = Pit()
    pit.account("second").pays_with_bnb = True
    pit.account("second").commission = Commission(Rates(70_000, 110_000, 1_000), Rates(0, 3_333), Rates(0, 0, 7, 11))
    names, assets = ("main", "second"), ("BTC", "ETH", "BNB", "USDT")
    return pit, {(name, asset): pit.balance(asset, name)[0] for name in names for asset in assets}


@settings(max_examples=25)
@given(steps=st.lists(STEP, min_size=15, max_size=60))
def test_nothing_is_created_or_lost_between_two_accounts(steps: list[object]) -> None:
    """After every step balances are the sum of all trades and commissions to the last digit, no amount is negative,
    what is locked is what the open orders need, and no book is crossed."""
    pit, before = rich_pit()

    for step in steps:
        act(pit, step)

        check(pit, before)
    check_books(pit)


def random_step(dice: random.Random) -> object:
    """One step; evenly drawn, where the search for a small counter-example likes to repeat itself."""
    placing = Placing(
        dice.choice(["main", "second"]),
        dice.choice(SYMBOLS),
        cast(Side, dice.choice(["BUY", "SELL"])),
        dice.choice(KINDS),
        dice.randint(1, 900),
        dice.randint(-8, 8),
        dice.randint(1, 4000),
        dice.choice(FORCES),
        dice.choice(MODES),
        dice.choice([0, 0, 1, 3]),
        dice.choice([0, 0, 10, 40]),
        dice.choice(["", "", "", "PRIMARY_PEG", "MARKET_PEG"]),
        dice.random() < 0.5,
    )
    others: list[object] = [Amending(dice.randint(0, 8), dice.randint(1, 99)), dice.randint(0, 8), dice.choice(WAITS)]
    return dice.choice([placing] * 7 + others)


def test_nothing_is_created_or_lost_in_long_days() -> None:
    """The same over many steps, in which users trade with each other and are kept from trading with themselves."""
    pairs, prevented = set[frozenset[str]](), 0
    for seed in range(6):
        pit, before = rich_pit()
        dice = random.Random(seed)

        for _ in range(150):
            act(pit, random_step(dice))

            check(pit, before)
        check_books(pit)
        owners = defaultdict[int, set[str]](set)
        for order, fill in pit.ear.fills:
            owners[fill.trade_id].add(order.account.name)
        pairs |= {frozenset(names) for names in owners.values()}
        prevented += sum(kind == "TRADE_PREVENTION" for _, kind, _ in pit.ear.orders)
    assert frozenset({"main", "second"}) in pairs
    assert prevented > 10
