"""Orders of several accounts that meet in one book."""

from __future__ import annotations

import pytest

from binance_nb.sandbox.amounts import E8
from binance_nb.sandbox.market import Side
from binance_nb.sandbox.matching.orders import Order, Peg
from binance_nb.sandbox.matching.pegs import pegged_price_e8
from binance_nb.sandbox.refusals import Refusal
from tests.sandbox.matching.pit import Pit

LOT = 100_000  # 0.001 BTC


@pytest.fixture
def pit() -> Pit:
    """An engine at a moment."""
    return Pit()


def quantities(order: Order) -> list[int]:
    return [fill.quantity_e8 for fill in order.fills]


def test_accounts_trade_with_each_other(pit: Pit) -> None:
    """Both sides bear one trade number; who waited is the maker, and the price is his."""
    price_e8 = pit.alone("SELL")
    maker = pit.place("SELL", price_e8=price_e8, quantity="0.002")
    before = pit.balance("USDT")[0]

    taker = pit.place("BUY", price_e8=price_e8 + 10**6, quantity="0.001", who="second", stp_mode="EXPIRE_BOTH")

    (sold,), (bought,) = maker.fills, taker.fills
    assert (sold.trade_id, sold.price_e8) == (bought.trade_id, bought.price_e8)
    assert (price_e8, True, False) == (sold.price_e8, sold.is_maker, bought.is_maker)
    assert ("PARTIALLY_FILLED", "FILLED") == (maker.status, taker.status)
    assert sold.quote_e8 - sold.commission_e8 == pit.balance("USDT")[0] - before
    assert LOT == pit.balance("BTC")[1]


def test_a_better_price_comes_first_then_the_earlier_order(pit: Pit) -> None:
    """Price, then time; the market's own level goes before the users' at its price."""
    price_e8, offered_e8 = pit.engine.book.levels("BTCUSDT", "SELL", 1, pit.now_ms)[0]
    late = pit.place("SELL", price_e8=price_e8)
    later = pit.place("SELL", price_e8=price_e8, who="second")
    taker = pit.order("BUY", "LIMIT", "1", price_e8)
    taker.quantity_e8 = offered_e8 + 150_000

    pit.engine.place(taker)

    assert [offered_e8, LOT, 50_000] == quantities(taker)
    assert (LOT, 50_000) == (late.executed_e8, later.executed_e8)


def test_an_iceberg_shows_a_part_and_queues_again(pit: Pit) -> None:
    """Each part that is used up is followed by the next one, behind everybody at the price."""
    price_e8 = pit.alone("BUY")
    iceberg = pit.place("BUY", quantity="0.005", price_e8=price_e8, iceberg_e8=2 * LOT)
    plain = pit.place("BUY", quantity="0.003", price_e8=price_e8)
    shown = pit.engine.book.levels("BTCUSDT", "BUY", 1, pit.now_ms)

    taker = pit.place("SELL", quantity="0.0065", price_e8=price_e8, who="second")

    assert [(price_e8, 5 * LOT)] == shown
    assert [2 * LOT, 3 * LOT, 150_000] == quantities(taker)
    assert ([2 * LOT, 150_000], [3 * LOT]) == (quantities(iceberg), quantities(plain))
    assert [(price_e8, 50_000)] == pit.engine.book.levels("BTCUSDT", "BUY", 1, pit.now_ms)


def test_a_fill_or_kill_order_sees_what_icebergs_hide(pit: Pit) -> None:
    """All of an iceberg can be traded with, not only what shows."""
    price_e8 = pit.alone("BUY")
    pit.place("BUY", quantity="0.005", price_e8=price_e8, iceberg_e8=LOT)

    taker = pit.place("SELL", quantity="0.005", price_e8=price_e8, who="second", time_in_force="FOK")

    assert ("FILLED", [LOT] * 5) == (taker.status, quantities(taker))


@pytest.mark.parametrize(
    ("side", "price_type", "followed"),
    [
        ("BUY", "PRIMARY_PEG", "BUY"),
        ("BUY", "MARKET_PEG", "SELL"),
        ("SELL", "PRIMARY_PEG", "SELL"),
        ("SELL", "MARKET_PEG", "BUY"),
    ],
)
@pytest.mark.parametrize("offset", [0, 3])
def test_a_pegged_stop_takes_its_price_when_it_goes_off(
    pit: Pit, side: Side, price_type: str, followed: Side, offset: int
) -> None:
    """The price is a level of the book of that moment, counted from the best."""
    stop_e8 = pit.last() + (10**9 if side == "BUY" else -(10**9))
    peg = Peg(price_type, "PRICE_LEVEL" if offset else "", offset)
    order = pit.place(side, "STOP_LOSS_LIMIT", stop_price_e8=stop_e8, peg=peg)
    waiting = order.pegged_e8

    while order.working_ms < 0:
        pit.wait(60_000)

    pit.now_ms = order.working_ms
    other = Pit(now_ms=order.working_ms)
    levels = other.engine.book.levels("BTCUSDT", followed, offset + 1, other.now_ms)
    assert (0, levels[offset][0]) == (waiting, order.pegged_e8)


def test_a_peg_that_finds_no_level_is_refused(pit: Pit) -> None:
    """An order whose price could not be found when it came does not enter the book."""
    order = pit.order("BUY", peg=Peg("PRIMARY_PEG", "PRICE_LEVEL", 6000))
    order.pegged_e8 = pegged_price_e8(order, pit.engine.book, pit.now_ms) or 0

    with pytest.raises(Refusal, match="Order book liquidity is too low for this pegged order"):
        pit.engine.place(order)


@pytest.mark.parametrize("kind", ["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"])
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_a_stop_that_would_go_off_at_once_is_refused(pit: Pit, kind: str, side: Side) -> None:
    """At the last price it is refused; a tick on the right side of it it waits."""
    is_rising = (kind.removesuffix("_LIMIT"), side) in (("STOP_LOSS", "BUY"), ("TAKE_PROFIT", "SELL"))
    price_e8 = pit.last() if kind.endswith("LIMIT") else 0
    with pytest.raises(Refusal, match="Order would trigger immediately"):
        pit.place(side, kind, price_e8=price_e8, stop_price_e8=pit.last())

    waiting = pit.place(
        side, kind, price_e8=price_e8, stop_price_e8=pit.last() + (10**6 if is_rising else -(10**6)), trailing_delta=0
    )

    assert ("NEW", -1) == (waiting.status, waiting.working_ms)


def test_a_stop_that_the_balance_does_not_cover_is_refused(pit: Pit) -> None:
    """It has to be paid for from the beginning, though it trades later or never."""
    with pytest.raises(Refusal, match="insufficient balance"):
        pit.place("SELL", "STOP_LOSS", "1.001", stop_price_e8=pit.last() - 10**9)

    assert [] == pit.engine.open_orders()


def test_amending_keeps_the_place_in_the_queue(pit: Pit) -> None:
    """The smaller order is still served first, holds less, and has its new name."""
    price_e8 = pit.alone("SELL")
    first = pit.place("SELL", quantity="0.003", price_e8=price_e8, client_order_id="old")
    pit.place("SELL", quantity="0.003", price_e8=price_e8)

    pit.engine.amend(first, 2 * LOT, "new", pit.now_ms)
    locked = pit.balance("BTC")[1]
    pit.place("BUY", quantity="0.002", price_e8=price_e8, who="second")

    main = pit.account()
    assert (5 * LOT, "FILLED") == (locked, first.status)
    assert ("old", "new", 3 * LOT, 2 * LOT) == first.amendments[0][1:5]
    found = [pit.engine.find(main, "BTCUSDT", client_id=name) for name in ("old", "new")]
    assert [None, first] == found
    assert (first.order_id, "REPLACED", "NEW") in pit.ear.orders


@pytest.mark.parametrize(
    ("quantity_e8", "name", "message"),
    [
        (4 * LOT, "mine", "Order amend (quantity increase) is not supported."),
        (3 * LOT, "mine", "The requested action would change no state; rejecting"),
        (2 * LOT, "other", "Duplicate order sent."),
    ],
)
def test_an_amendment_that_is_none_is_refused(pit: Pit, quantity_e8: int, name: str, message: str) -> None:
    """Nothing has changed afterwards."""
    order = pit.place("BUY", quantity="0.003", price_e8=pit.best("BUY"), client_order_id="mine")
    pit.place("BUY", quantity="0.003", price_e8=pit.best("BUY"), client_order_id="other")

    with pytest.raises(Refusal) as refused:
        pit.engine.amend(order, quantity_e8, name, pit.now_ms)

    assert (-2038, message) == (refused.value.code, refused.value.message)
    assert (3 * LOT, "mine", []) == (order.quantity_e8, order.client_order_id, order.amendments)


def test_amending_below_what_has_traded_ends_the_order(pit: Pit) -> None:
    """There is nothing left to trade, so it expires with what it got."""
    price_e8 = pit.alone("SELL")
    order = pit.place("SELL", quantity="0.003", price_e8=price_e8)
    pit.place("BUY", quantity="0.002", price_e8=price_e8, who="second")

    pit.engine.amend(order, 2 * LOT, "new", pit.now_ms)

    assert ("EXPIRED", 2 * LOT, 0) == (order.status, order.executed_e8, pit.balance("BTC")[1])
    assert ("new", 2 * LOT) == (order.client_order_id, order.amendments[0].new_quantity_e8)


def test_open_orders_are_counted(pit: Pit) -> None:
    """By account and symbol; what ends is counted no more."""
    counts, main = pit.engine.counts, pit.account()
    pit.place("BUY", quantity="0.01", price_e8=pit.best("BUY"), iceberg_e8=LOT)
    stop = pit.place("SELL", "STOP_LOSS", stop_price_e8=pit.last() - 10**9)
    pit.place("BUY", price_e8=pit.best("BUY"), who="second")

    before = [counts.open(main, "BTCUSDT"), counts.open(main)]
    pit.engine.cancel(stop, pit.now_ms)
    after = [counts.open(main, "BTCUSDT"), counts.open(main)]

    assert ([2, 2], [1, 1]) == (before, after)


def test_a_cancelled_stop_never_goes_off(pit: Pit) -> None:
    """What it held is free again, and the tape does not find it."""
    order = pit.place("SELL", "STOP_LOSS", stop_price_e8=pit.last() - 10**7)
    # The tape is read as long as anybody waits for it.
    pit.place("BUY", price_e8=pit.last() // 2, who="second")
    pit.engine.cancel(order, pit.now_ms)
    pit.wait(24 * 3_600_000)

    assert ("CANCELED", -1, (1 * E8, 0)) == (order.status, order.working_ms, pit.balance("BTC"))


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_an_order_can_spend_everything(pit: Pit, side: Side) -> None:
    """Each trade is paid with what the order holds, part by part, and never with what is not there."""
    price_e8 = pit.alone(side)
    order = pit.order(side, price_e8=price_e8)
    order.quantity_e8 = E8 if side == "SELL" else 100_000 * E8 * E8 // price_e8 // 1000 * 1000
    asset = order.pays_with
    pit.account().ledger.book(asset, order.costs_e8(price_e8, order.quantity_e8) - pit.balance(asset)[0])

    pit.engine.place(order)
    before = pit.balance(asset)
    for _ in range(3):
        pit.place("SELL" if side == "BUY" else "BUY", quantity="0.3", price_e8=price_e8, who="second")

    spent_e8 = order.costs_e8(price_e8, 90_000_000)
    assert (0, order.costs_e8(price_e8, order.quantity_e8)) == before
    assert (0, before[1] - spent_e8) == pit.balance(asset)


def test_listeners_hear_of_every_change_in_order(pit: Pit) -> None:
    """Acceptance, then the maker's side of each trade before the taker's, then what became of the rest."""
    price_e8 = pit.alone("SELL")
    pit.ear.orders.clear()
    maker = pit.place("SELL", price_e8=price_e8)
    taker = pit.place("BUY", quantity="0.002", price_e8=price_e8, who="second", time_in_force="IOC")
    pit.engine.cancel(pit.place("SELL", price_e8=price_e8), pit.now_ms)

    heard = [(kind, status) for _, kind, status in pit.ear.orders]
    assert [
        ("NEW", "NEW"),
        ("NEW", "NEW"),
        ("TRADE", "FILLED"),
        ("TRADE", "PARTIALLY_FILLED"),
        ("EXPIRED", "EXPIRED"),
        ("NEW", "NEW"),
        ("CANCELED", "CANCELED"),
    ] == heard
    assert [maker.order_id, taker.order_id] == [order.order_id for order, _ in pit.ear.fills][-2:]
    assert [("second", ("USDT", "BTC")), ("main", ("BTC", "USDT"))] == [row[:2] for row in pit.ear.balances[-4:-2]]
