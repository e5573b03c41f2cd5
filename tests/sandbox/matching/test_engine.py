"""What becomes of orders, and what they do to balances."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.sandbox.matching.ledger import STARTING_BALANCES
from tests.sandbox.desk import NOW_MS, Desk

CENT = Decimal("0.01")


def fills(order: dict[str, Any]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(fill["price"]), Decimal(fill["qty"])) for fill in order["fills"]]


def levels(desk: Desk, side: str, count: int = 5) -> list[tuple[Decimal, Decimal]]:
    rows = desk.get("depth", symbol="BTCUSDT", limit=count).json[side]
    return [(Decimal(price), Decimal(quantity)) for price, quantity in rows]


def test_a_market_order_takes_level_by_level(desk: Desk) -> None:
    """It trades with the asks in order, each at its own price, until it has enough."""
    asks = levels(desk, "asks")
    wanted = asks[0][1] + asks[1][1] + Decimal("0.00001")

    order = desk.order("BTCUSDT", "BUY", "MARKET", quantity=wanted).json

    assert [*asks[:2], (asks[2][0], Decimal("0.00001"))] == fills(order)
    assert ("FILLED", wanted) == (order["status"], Decimal(order["executedQty"]))
    assert sum(price * quantity for price, quantity in fills(order)) == Decimal(order["cummulativeQuoteQty"])


def test_what_was_taken_is_gone_while_the_clock_stands(desk: Desk) -> None:
    """The next order finds what the first one left, and the book shows it."""
    asks = levels(desk, "asks")
    before = desk.get("depth", symbol="BTCUSDT", limit=5).json["lastUpdateId"]
    desk.order("BTCUSDT", "BUY", "MARKET", quantity=asks[0][1])

    after = desk.get("depth", symbol="BTCUSDT", limit=5).json

    assert asks[1:] == levels(desk, "asks")[:4]
    assert after["lastUpdateId"] > before
    assert (after["bids"][0][0], after["asks"][0][0]) == tuple(f"{price:.8f}" for price in desk.best())


def test_a_level_comes_back_when_it_is_drawn_anew(moving_desk: Desk) -> None:
    """For some seconds what was taken is missing; then the book is the one that everybody else sees."""
    other = Desk(rate=1.0)
    moving_desk.order("BNBBTC", "BUY", "MARKET", quantity="0.1")

    def missing(seconds: float) -> Decimal:
        moving_desk.seconds = other.seconds = seconds
        books = [desk.get("depth", symbol="BNBBTC", limit=50).json["asks"] for desk in (other, moving_desk)]
        offered, left = (sum(Decimal(quantity) for _, quantity in rows) for rows in books)
        return Decimal(offered - left)

    tenth = Decimal("0.1")
    assert [tenth, tenth, 0] == [missing(seconds) for seconds in (0.0, 8.191, 8.192)]


def test_a_quote_sized_order_spends_no_more_than_it_was_given(desk: Desk) -> None:
    """quoteOrderQty buys whole quantity steps for at most that much, and the answer repeats it."""
    order = desk.order("BTCUSDT", "BUY", "MARKET", quoteOrderQty="1000").json

    spent, (price, _) = Decimal(order["cummulativeQuoteQty"]), fills(order)[-1]
    assert "1000.00000000" == order["origQuoteOrderQty"]
    assert order["origQty"] == order["executedQty"]
    assert Decimal(1000) - price * Decimal("0.00001") < spent <= Decimal(1000)


def test_a_limit_order_takes_what_crosses_and_waits_with_the_rest(desk: Desk) -> None:
    """The marketable part trades at the book's prices; the remainder stands in the book and locks its cost."""
    asks = levels(desk, "asks")
    order = desk.order(quantity=asks[0][1] + 1, price=asks[0][0]).json

    free, locked = desk.balance("USDT")

    assert [asks[0]] == fills(order)
    assert "PARTIALLY_FILLED" == order["status"]
    assert (asks[0][0], Decimal(1)) == levels(desk, "bids")[0]
    assert (asks[0][0] * 1, Decimal(100_000) - asks[0][0] * asks[0][1]) == (locked, free + locked)


@pytest.mark.parametrize(
    ("force", "status", "reason"),
    [("IOC", "EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED"), ("FOK", "EXPIRED", "UNFILLED_FOK_ORDER_EXPIRED")],
)
def test_what_may_not_wait_expires(desk: Desk, force: str, status: str, reason: str) -> None:
    """IOC keeps what it got, FOK gets all or nothing; neither leaves anything locked."""
    asks = levels(desk, "asks")
    order = desk.order(quantity=asks[0][1] + 1, price=asks[0][0], timeInForce=force).json

    assert (status, reason) == (order["status"], order["expiryReason"])
    assert ([asks[0]] if force == "IOC" else []) == fills(order)
    assert [] == desk.ask("GET", "openOrders").json
    assert desk.balance("USDT")[1] == 0


def test_a_fill_or_kill_that_fits_is_filled(desk: Desk) -> None:
    """All of it at once, over several levels."""
    asks = levels(desk, "asks")
    wanted = asks[0][1] + asks[1][1]

    order = desk.order(quantity=wanted, price=asks[1][0], timeInForce="FOK").json

    assert ("FILLED", asks[:2]) == (order["status"], fills(order))


def test_a_market_order_larger_than_the_book_expires(desk: Desk) -> None:
    """It takes everything there is; the rest expires for want of liquidity."""
    desk.venue.accounts["main"].ledger.book("456", 10**17)
    offered = sum(Decimal(row[1]) for row in desk.get("depth", symbol="这是测试币456", limit=5000).json["asks"])
    wanted = min(offered + 1, Decimal(90_000))

    order = desk.order("这是测试币456", "BUY", "MARKET", quantity=wanted).json

    expected = ("EXPIRED", "INSUFFICIENT_LIQUIDITY") if wanted > offered else ("FILLED", None)
    assert expected == (order["status"], order.get("expiryReason"))
    assert min(wanted, offered) == Decimal(order["executedQty"])


def test_commission_is_a_thousandth_of_what_is_received(desk: Desk) -> None:
    """Taken from the asset that comes in, rounded to eight decimals; the balances say the same."""
    bought = desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.00123").json["fills"][0]
    sold = desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.00123").json["fills"][0]

    assert ("0.00000123", "BTC") == (bought["commission"], bought["commissionAsset"])
    earned = Decimal(sold["price"]) * Decimal(sold["qty"])
    kept = (earned / 1000).quantize(Decimal("0.00000001"), rounding="ROUND_HALF_UP")
    assert (kept, "USDT") == (Decimal(sold["commission"]), sold["commissionAsset"])
    assert Decimal(1) - Decimal("0.00000123") == desk.balance("BTC")[0]


def test_a_maker_only_order_may_not_take(desk: Desk) -> None:
    """LIMIT_MAKER is refused where it would trade, and rests a tick away from there."""
    _, ask = desk.best()
    taking = desk.order("BTCUSDT", "BUY", "LIMIT_MAKER", quantity="0.001", price=ask)
    below = {"price": ask - CENT, "newOrderRespType": "RESULT"}
    resting = desk.order("BTCUSDT", "BUY", "LIMIT_MAKER", quantity="0.001", **below)

    assert (400, -2010, "Order would immediately match and take.") == taking.refusal
    assert ("NEW", "LIMIT_MAKER") == (resting.json["status"], resting.json["type"])


@pytest.mark.parametrize(
    ("side", "kind", "params"),
    [
        ("BUY", "LIMIT", {"quantity": "2", "price": "60000"}),
        ("SELL", "LIMIT", {"quantity": "1.00001", "price": "70000"}),
        ("BUY", "MARKET", {"quantity": "2"}),
        ("BUY", "MARKET", {"quoteOrderQty": "100000.01"}),
        ("SELL", "MARKET", {"quantity": "1.00001"}),
        ("SELL", "MARKET", {"quoteOrderQty": "80000"}),
    ],
)
def test_nobody_spends_what_he_has_not(desk: Desk, side: str, kind: str, params: dict[str, str]) -> None:
    """An order the balance does not cover is refused and leaves no trace."""
    before = desk.get("depth", symbol="BTCUSDT", limit=20).json

    reply = desk.order("BTCUSDT", side, kind, **params)

    assert (400, -2010, "Account has insufficient balance for requested action.") == reply.refusal
    assert before == desk.get("depth", symbol="BTCUSDT", limit=20).json
    assert [] == desk.ask("GET", "allOrders", symbol="BTCUSDT").json


def test_locked_money_cannot_be_spent_twice(desk: Desk) -> None:
    """Two orders that the balance covers once: the second is refused until the first is taken back."""
    desk.order(quantity="1.5", price="60000", newClientOrderId="first")
    second = desk.order(quantity="1.5", price="60000")
    desk.ask("DELETE", "order", symbol="BTCUSDT", origClientOrderId="first")
    third = desk.order(quantity="1.5", price="60000")

    assert (-2010, 200) == (second.json["code"], third.status)


def test_a_client_id_is_unique_among_open_orders(desk: Desk) -> None:
    """The same id again is refused while the first order waits, and welcome afterwards."""
    desk.order(quantity="0.001", price="60000", newClientOrderId="mine")
    again = desk.order(quantity="0.001", price="60000", newClientOrderId="mine")
    desk.ask("DELETE", "openOrders", symbol="BTCUSDT")
    later = desk.order(quantity="0.001", price="60000", newClientOrderId="mine")

    assert (400, -2010, "Duplicate order sent.") == again.refusal
    assert 200 == later.status


def test_before_the_listing_the_market_is_closed() -> None:
    """There is no book yet, so nothing can be placed."""
    desk = Desk(now_ms=1_400_000_000_000)

    reply = desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.001")

    assert (400, -2010, "Market is closed.") == reply.refusal


def test_a_waiting_order_fills_when_the_tape_reaches_it(moving_desk: Desk) -> None:
    """It fills as a maker at its own price, at the moment of the first public trade at that price or beyond."""
    bid, _ = moving_desk.best()
    price = bid - 20
    placed = moving_desk.order(quantity="0.01", price=price).json
    moving_desk.seconds = 6 * 3600.0

    order = moving_desk.ask("GET", "order", symbol="BTCUSDT", orderId=placed["orderId"]).json
    (trade,) = moving_desk.ask("GET", "myTrades", symbol="BTCUSDT").json
    since = {"startTime": NOW_MS + 1, "endTime": trade["time"], "limit": 1000}
    public = moving_desk.get("aggTrades", symbol="BTCUSDT", **since).json

    assert ("FILLED", True) == (order["status"], trade["isMaker"])
    assert (price, trade["time"]) == (Decimal(trade["price"]), order["updateTime"])
    assert Decimal(public[-1]["p"]) <= price
    assert all(Decimal(row["p"]) > price for row in public if row["T"] < trade["time"])
    assert (Decimal(100_000) - price * Decimal("0.01"), Decimal(0)) == moving_desk.balance("USDT")


def test_a_waiting_order_fills_once_however_often_one_looks(moving_desk: Desk) -> None:
    """Looking every second and looking once give the same trade."""
    other = Desk(rate=1.0)
    for desk in (moving_desk, other):
        desk.order(quantity="0.01", price=desk.best()[0] - 20)
    for second in range(1, 400):
        moving_desk.seconds = float(second)
        moving_desk.get("ping")
    other.seconds = 399.0

    looked, once = (desk.ask("GET", "myTrades", symbol="BTCUSDT").json for desk in (moving_desk, other))

    assert looked == once


def test_the_book_never_crosses_an_own_order(moving_desk: Desk) -> None:
    """While the account bids, the market offers nothing at that price or below: it would have traded."""
    moving_desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.5")
    moving_desk.order("BTCUSDT", "BUY", "LIMIT_MAKER", quantity="0.001", price=moving_desk.best()[1] - CENT)
    for second in range(0, 30, 3):
        moving_desk.seconds = float(second)
        bid, ask = moving_desk.best()
        assert bid < ask


@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        ("NONE", "FILLED", "FILLED"),
        ("EXPIRE_MAKER", "EXPIRED_IN_MATCH", "NEW"),
        ("EXPIRE_TAKER", "NEW", "EXPIRED_IN_MATCH"),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"),
        ("DECREMENT", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"),
    ],
)
def test_an_order_that_would_meet_its_own(desk: Desk, mode: str, maker: str, taker: str) -> None:
    """Each self-trade prevention mode ends the orders that it names, and frees what they held."""
    bid, _ = desk.best()
    # With the best bid emptied the own order is the only one there.
    desk.order("BTCUSDT", "SELL", "MARKET", quantity=levels(desk, "bids")[0][1])
    first = desk.order(quantity="0.001", price=bid).json

    second = desk.order("BTCUSDT", "SELL", quantity="0.001", price=bid, selfTradePreventionMode=mode).json
    looked_up = desk.ask("GET", "order", symbol="BTCUSDT", orderId=first["orderId"]).json

    assert (maker, taker) == (looked_up["status"], second["status"])
    assert mode == second["selfTradePreventionMode"]
    for order in (looked_up, second):
        assert ("preventedMatchId" in order) == (order["status"] == "EXPIRED_IN_MATCH")
    if "NEW" not in (maker, taker):
        assert desk.balance("USDT")[1] == desk.balance("BTC")[1] == 0


def test_decrement_takes_the_smaller_off_the_larger(desk: Desk) -> None:
    """The larger order stays with the difference, and says how much was prevented."""
    bid, _ = desk.best()
    desk.order("BTCUSDT", "SELL", "MARKET", quantity=levels(desk, "bids")[0][1])
    desk.order(quantity="0.003", price=bid)
    taker = desk.order(
        "BTCUSDT", "SELL", quantity="0.001", price=bid, selfTradePreventionMode="DECREMENT", timeInForce="IOC"
    ).json

    (maker,) = desk.ask("GET", "openOrders").json

    assert ("EXPIRED_IN_MATCH", "0.00100000") == (taker["status"], taker["preventedQuantity"])
    assert ("NEW", "0.00300000", "0.00100000") == (maker["status"], maker["origQty"], maker["preventedQuantity"])
    assert bid * Decimal("0.002") == desk.balance("USDT")[1]


SYMBOLS = ("BTCUSDT", "ETHUSDT", "ETHBTC")
PLACE = st.tuples(
    st.sampled_from(SYMBOLS),
    st.sampled_from(["BUY", "SELL"]),
    st.sampled_from(["GTC", "IOC", "FOK", "LIMIT_MAKER", "MARKET", "QUOTE"]),
    st.integers(1, 900),
    st.integers(-30, 30),
    st.sampled_from(["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT"]),
)
STEP = st.one_of(PLACE, PLACE, PLACE, PLACE, st.integers(0, 5), st.sampled_from([0.5, 30.0, 3600.0]))


def act(desk: Desk, step: object) -> None:
    """Place an order, cancel the n-th open one, or let time pass."""
    if isinstance(step, float):
        desk.seconds += step
    elif isinstance(step, int):
        for order in desk.ask("GET", "openOrders").json[step : step + 1]:
            desk.ask("DELETE", "order", symbol=order["symbol"], orderId=order["orderId"])
    elif isinstance(step, tuple):
        place(desk, *step)


def place(desk: Desk, symbol: str, side: str, way: str, lots: int, ticks: int, mode: str) -> None:
    listing = desk.venue.listings[symbol]
    price = desk.best(symbol)[side == "BUY"] + ticks * listing.tick_size
    quantity = lots * (Decimal("0.0005") if symbol == "BTCUSDT" else Decimal("0.01"))
    common = {"selfTradePreventionMode": mode}
    if way == "QUOTE":
        desk.order(symbol, side, "MARKET", quoteOrderQty=round(price * quantity, 8), **common)
    elif way == "MARKET":
        desk.order(symbol, side, "MARKET", quantity=quantity, **common)
    elif way == "LIMIT_MAKER":
        desk.order(symbol, side, "LIMIT_MAKER", quantity=quantity, price=price, **common)
    else:
        desk.order(symbol, side, quantity=quantity, price=price, timeInForce=way, **common)


def owed(desk: Desk) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What balances and locks have to be, added up from the account's own trades and open orders."""
    held = defaultdict[str, Decimal](Decimal, {asset: Decimal(text) for asset, text in STARTING_BALANCES.items()})
    locked = defaultdict[str, Decimal](Decimal)
    for symbol in SYMBOLS:
        listing = desk.venue.listings[symbol]
        for row in desk.ask("GET", "myTrades", symbol=symbol, limit=1000).json:
            sign = 1 if row["isBuyer"] else -1
            held[listing.base_asset] += sign * Decimal(row["qty"])
            held[listing.quote_asset] -= sign * Decimal(row["price"]) * Decimal(row["qty"])
            held[row["commissionAsset"]] -= Decimal(row["commission"])
        for row in desk.ask("GET", "openOrders", symbol=symbol).json:
            prevented = Decimal(row.get("preventedQuantity", 0))
            left = Decimal(row["origQty"]) - Decimal(row["executedQty"]) - prevented
            is_buy = row["side"] == "BUY"
            locked[listing.quote_asset if is_buy else listing.base_asset] += (
                left * Decimal(row["price"]) if is_buy else left
            )
    return held, locked


@settings(max_examples=30)
@given(steps=st.lists(STEP, min_size=10, max_size=40))
def test_nothing_is_ever_created_or_lost(steps: list[object]) -> None:
    """After any orders, cancels and waits every balance is the sum of its trades to the last digit, none is negative,
    and what is locked is what the open orders need."""
    desk = Desk(rate=1.0)

    for step in steps:
        act(desk, step)

    held, locked = owed(desk)
    for row in desk.ask("GET", "account").json["balances"]:
        assert Decimal(row["free"]) >= 0
        assert locked[row["asset"]] == Decimal(row["locked"]), row
        assert held[row["asset"]] == Decimal(row["free"]) + Decimal(row["locked"]), row
