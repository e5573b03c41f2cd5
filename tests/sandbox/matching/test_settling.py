"""What the tape does to resting orders and to stops, compared with the public list of trades."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.market import Side
from tests.sandbox.matching.pit import Pit

HOUR_MS = 3_600_000
LOT = 100_000  # 0.001 BTC


def expected_fills(pit: Pit, side: Side, price_e8: int, quantity_e8: int, until_ms: int) -> list[tuple[int, int]]:
    """Time and quantity of each fill of a lone resting order, from the public trades."""
    fills = []
    for time_ms, printed_e8, amount_e8 in pit.prints(until_ms):
        beyond = printed_e8 < price_e8 if side == "BUY" else printed_e8 > price_e8
        taken = quantity_e8 if beyond else min(quantity_e8, amount_e8) if printed_e8 == price_e8 else 0
        if taken:
            fills.append((time_ms, taken))
            quantity_e8 -= taken
        if not quantity_e8:
            break
    return fills


@settings(max_examples=15)
@given(
    side=st.sampled_from(["BUY", "SELL"]),
    place=st.integers(0, 400),
    minutes=st.integers(1, 40),
    lots=st.integers(1, 60_000),
    looks=st.integers(1, 5),
)
def test_a_resting_order_shares_in_the_trades_at_its_price(
    side: Side, place: int, minutes: int, lots: int, looks: int
) -> None:
    """At its price it gets as much as was traded, beyond it the whole rest; how often one looks does not matter."""
    pit = Pit(symbol="ETHUSDT")
    until_ms = pit.now_ms + minutes * 60_000
    prints = pit.prints(until_ms)
    # The price of some coming trade is one that is met exactly.
    price_e8 = prints[place % len(prints)][1]
    if (price_e8 >= pit.best("SELL")) if side == "BUY" else (price_e8 <= pit.best("BUY")):
        price_e8 = pit.best(side)
    pit.account().ledger.book("ETH", 10**13)
    pit.account().ledger.book("USDT", 10**17)
    order = pit.place(side, "LIMIT_MAKER", f"{lots}e-3", price_e8)
    expected = expected_fills(pit, side, price_e8, order.quantity_e8, until_ms)

    for look in range(looks):
        pit.wait((until_ms - pit.now_ms) // (looks - look))

    assert expected == [(fill.time_ms, fill.quantity_e8) for fill in order.fills]
    assert all(fill.is_maker and fill.price_e8 == price_e8 for fill in order.fills)


def test_trades_within_a_millisecond_fill_one_after_another() -> None:
    """Of two prints of one moment the first fills what it has at the order's price, the second, beyond it, the rest."""
    pit = Pit(symbol="ETHUSDT")
    prints = pit.prints(pit.now_ms + 12 * HOUR_MS)
    falling = [left for left, right in pairwise(prints) if left[0] == right[0] and left[1] > right[1]]
    time_ms, price_e8, quantity_e8 = falling[0]
    pit.wait(time_ms - 1 - pit.now_ms)
    order = pit.order("BUY", "LIMIT_MAKER", "1", price_e8)
    order.quantity_e8 = quantity_e8 + 10_000

    pit.engine.place(order)
    pit.wait(1)

    assert [(time_ms, quantity_e8), (time_ms, 10_000)] == [(fill.time_ms, fill.quantity_e8) for fill in order.fills]


def test_orders_at_one_price_are_served_by_time() -> None:
    """What is traded at their price goes to the first; the second gets what it leaves, whoever owns them."""
    pit = Pit(symbol="ETHUSDT")
    prints = pit.prints(pit.now_ms + HOUR_MS)
    bid = pit.best("BUY")
    low = min(price for _, price, _ in prints if price < bid)
    reached = next(row for row in prints if row[1] <= bid - 2)
    assert low <= reached[1]
    price_e8, quantity_e8 = reached[1], reached[2]
    first = pit.place("BUY", "LIMIT", "0.0001", price_e8)
    second = pit.order("BUY", "LIMIT", "1", price_e8, who="second")
    second.quantity_e8 = quantity_e8
    pit.engine.place(second)

    pit.wait(reached[0] - pit.now_ms)

    assert ("FILLED", "PARTIALLY_FILLED") == (first.status, second.status)
    assert quantity_e8 == first.executed_e8 + second.executed_e8


def stop_oracle(pit: Pit, kind: str, side: Side, stop_e8: int, delta: int, until_ms: int) -> int | None:
    """When a stop goes off, from the public trades."""
    is_rising = (kind, side) in (("STOP_LOSS", "BUY"), ("TAKE_PROFIT", "SELL"))
    best = 0
    for time_ms, price_e8, _ in pit.prints(until_ms):
        is_reached = not stop_e8 or (price_e8 >= stop_e8 if is_rising else price_e8 <= stop_e8)
        if not delta:
            if is_reached:
                return time_ms
        elif not best:
            best = price_e8 if is_reached else 0
        else:
            best = min(best, price_e8) if side == "BUY" else max(best, price_e8)
            back = price_e8 * 10_000 - best * 10_000
            if back >= best * delta if side == "BUY" else -back >= best * delta:
                return time_ms
    return None


@settings(max_examples=25)
@given(
    kind=st.sampled_from(["STOP_LOSS", "TAKE_PROFIT"]),
    side=st.sampled_from(["BUY", "SELL"]),
    away=st.integers(0, 3000),
    delta=st.sampled_from([0, 0, 10, 25, 60]),
    has_stop=st.booleans(),
    minutes=st.integers(1, 300),
    looks=st.integers(1, 4),
)
def test_a_stop_goes_off_with_the_trade_that_reaches_it(
    kind: str, side: Side, away: int, delta: int, has_stop: bool, minutes: int, looks: int
) -> None:
    """Plain and trailing stops, with and without a stop price, however often one looks."""
    pit = Pit()
    is_rising = (kind, side) in (("STOP_LOSS", "BUY"), ("TAKE_PROFIT", "SELL"))
    stop_e8 = (pit.last() + (1 if is_rising else -1) * (away + 1) * 1_000_000) if has_stop or not delta else 0
    until_ms = pit.now_ms + minutes * 60_000
    expected = stop_oracle(pit, kind, side, stop_e8, delta, until_ms)
    order = pit.place(side, kind, "0.001", stop_price_e8=stop_e8, trailing_delta=delta)

    for look in range(looks):
        pit.wait((until_ms - pit.now_ms) // (looks - look))

    assert (expected or -1) == order.working_ms
    assert ("FILLED" if expected else "NEW") == order.status


def test_a_stop_limit_becomes_a_limit_order_when_it_goes_off() -> None:
    """It rests at its price from the moment its stop was reached, with what it held all along."""
    pit = Pit()
    stop_e8 = pit.last() - 2 * 10**9
    order = pit.place("SELL", "STOP_LOSS_LIMIT", "0.002", pit.last() + 10**9, stop_price_e8=stop_e8)
    held = pit.balance("BTC")[1]
    when = stop_oracle(pit, "STOP_LOSS", "SELL", stop_e8, 0, pit.now_ms + 6 * HOUR_MS)
    assert when is not None

    pit.wait(when - pit.now_ms)

    assert ("NEW", when, 0) == (order.status, order.working_ms, order.executed_e8)
    assert 2 * LOT == held == pit.balance("BTC")[1]
    assert (order.limit_e8, 2 * LOT) in pit.engine.book.levels("BTCUSDT", "SELL", 5000, pit.now_ms)


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_a_stop_holds_what_it_may_spend_and_gives_the_rest_back(side: Side) -> None:
    """A buying stop locks for its stop price, a selling one its quantity; afterwards nothing is locked."""
    pit = Pit()
    stop_e8 = pit.last() + (5 * 10**8 if side == "BUY" else -5 * 10**8)
    asset, held = ("USDT", stop_e8 * LOT // 10**8) if side == "BUY" else ("BTC", LOT)

    order = pit.place(side, "STOP_LOSS", "0.001", stop_price_e8=stop_e8)
    locked = pit.balance(asset)[1]
    pit.wait(24 * HOUR_MS)

    assert (held, "FILLED") == (locked, order.status)
    assert 0 == pit.balance(asset)[1]


def test_a_stop_that_costs_more_than_there_is_expires() -> None:
    """What it locked was for the stop price; when the book asks for more than the account has left, it is refused."""
    pit = Pit()
    stop_e8 = pit.last() + 5 * 10**8
    free, _ = pit.balance("USDT")
    quantity_e8 = free * 10**8 // stop_e8 // 1000 * 1000
    order = pit.order("BUY", "STOP_LOSS", "1", stop_price_e8=stop_e8)
    order.quantity_e8 = quantity_e8
    pit.engine.place(order)

    pit.wait(24 * HOUR_MS)

    assert ("EXPIRED", "REJECTED", 0) == (order.status, order.expiry_reason, order.executed_e8)
    assert (free, 0) == pit.balance("USDT")


def test_symbols_are_settled_together_in_the_order_of_time() -> None:
    """Trade numbers rise with time over all symbols, whichever was ordered first."""
    pit = Pit()
    for symbol in ("ETHUSDT", "BTCUSDT", "BNBUSDT"):
        pit.symbol = symbol
        quantity = {"BTCUSDT": "0.001", "ETHUSDT": "0.01", "BNBUSDT": "0.1"}[symbol]
        for away in (5, 20, 60):
            pit.place("BUY", "LIMIT", quantity, pit.best("BUY") * (10_000 - away) // 10_000 // 10**6 * 10**6)

    pit.wait(48 * HOUR_MS)

    fills = [fill for _, fill in pit.ear.fills]
    assert len(fills) >= 6
    assert sorted(fills, key=lambda fill: (fill.time_ms, fill.trade_id)) == fills
    assert [fill.trade_id for fill in fills] == list(range(1, len(fills) + 1))


def test_balances_are_told_once_for_each_trade_of_the_tape() -> None:
    """The print's time is told with them, and only the assets that moved."""
    pit = Pit()
    order = pit.place("BUY", "LIMIT", "0.001", pit.best("BUY") - 10**9)
    pit.ear.balances.clear()

    pit.wait(24 * HOUR_MS)

    assert [("main", ("USDT", "BTC"), fill.time_ms) for fill in order.fills] == pit.ear.balances


def test_a_stopped_market_moves_no_order() -> None:
    """Nothing is reached after a symbol's last trade."""
    pit = Pit(now_ms=1_698_796_000_000, symbol="SOLETH")
    order = pit.place("SELL", "LIMIT", "1", pit.best("SELL") * 3)

    pit.wait(400 * 24 * HOUR_MS)

    assert "NEW" == order.status


def crowd() -> Pit:
    """Two accounts' resting orders, icebergs and stops of all kinds on two symbols, close together."""
    pit = Pit()
    for symbol, quantity in (("BTCUSDT", "0.004"), ("ETHUSDT", "0.05")):
        pit.symbol = symbol
        last, tick = pit.last(), pit.listing.tick_e8
        near, far = last // 2000 // tick * tick, last // 500 // tick * tick
        tip = pit.listing.step_e8 * 20
        for who in ("main", "second"):
            pit.place("BUY", "LIMIT", quantity, pit.best("BUY") - near, who=who, iceberg_e8=tip)
            pit.place("SELL", "LIMIT", quantity, pit.best("SELL") + near, who=who)
            pit.place("SELL", "STOP_LOSS", quantity, who=who, stop_price_e8=last - near)
            pit.place("BUY", "STOP_LOSS_LIMIT", quantity, last + near, who=who, stop_price_e8=last + near)
            pit.place("SELL", "TAKE_PROFIT", quantity, who=who, trailing_delta=12)
            pit.place("BUY", "TAKE_PROFIT_LIMIT", quantity, last, who=who, stop_price_e8=last - far, trailing_delta=15)
    return pit


def test_how_often_one_looks_does_not_matter() -> None:
    """Every second or once in three hours: the same changes in the same order, with the same numbers and times."""
    often, once = crowd(), crowd()

    for _ in range(3 * 3600):
        often.wait(1000)
    once.wait(3 * HOUR_MS)

    assert often.ear.orders == once.ear.orders
    assert [fill for _, fill in often.ear.fills] == [fill for _, fill in once.ear.fills]
    assert often.ear.balances == once.ear.balances
    assert len(once.ear.fills) > 20


def test_the_market_offers_nothing_that_a_resting_order_would_take() -> None:
    """A trade at an order's price fills a part of it; what the market would offer there is not in the book."""
    pit = Pit(symbol="ETHUSDT")
    rows = pit.market.agg_trades("ETHUSDT", start_ms=pit.now_ms, limit=5000, now_ms=pit.now_ms + 24 * HOUR_MS)
    falls = (row for last, row in pairwise(rows) if last["T"] < row["T"] and last["p"] > row["p"] and not row["m"])
    reached = next(falls)
    pit.wait(reached["T"] - 1 - pit.now_ms)
    order = pit.order("BUY", "LIMIT_MAKER", "30", e8_of(reached["p"]))
    pit.account().ledger.book("USDT", 10**15)
    pit.engine.place(order)

    pit.wait(1)

    book = pit.market.book("ETHUSDT", pit.now_ms)
    assert book is not None
    assert ("PARTIALLY_FILLED", order.price_e8) == (order.status, book.asks(1)[0].price_e8)
    assert pit.best("BUY") == order.price_e8 < pit.best("SELL")
