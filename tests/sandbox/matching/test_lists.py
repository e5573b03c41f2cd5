"""What the orders of a list do to each other: pairs of which one ends the other, and lists as such."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_nb.sandbox.door.keys import account_keys
from tests.sandbox.desk import NOW_MS, Desk
from tests.sandbox.listed import (
    BTC,
    CANCELED,
    CENT,
    DONE,
    RUNNING,
    Ears,
    buy_pair,
    last,
    list_status,
    pair,
    place,
    sell_pair,
    status,
    take_offers,
)

HOUR = 3600.0
TRIGGERED = ("EXPIRED", "OCO_TRIGGER")


def test_a_pair_to_sell_holds_its_quantity_once(desk: Desk) -> None:
    """Only one of the two can trade, so the quantity is locked once."""
    reply = sell_pair(desk, quantity="0.7")

    assert 200 == reply.status
    assert (Decimal("0.3"), Decimal("0.7")) == desk.balance("BTC")
    assert [("NEW", None)] * 2 == [status(desk, 1), status(desk, 2)]
    assert RUNNING == list_status(desk)


def test_a_pair_to_buy_holds_what_the_dearer_leg_needs(desk: Desk) -> None:
    """The stop's limit lies above the other's price, and it alone decides."""
    highest = last(desk) + 510
    buy_pair(desk, quantity="0.1")

    assert highest * Decimal("0.1") == desk.balance("USDT")[1]


def test_a_leg_that_trades_ends_the_other_at_its_first_fill(desk: Desk) -> None:
    """The stop expires though the limit order has traded in part only; the rest of it goes on, and so does the list."""
    sell_pair(desk, up=CENT)

    take_offers(desk, "0.004")

    assert (TRIGGERED, ("PARTIALLY_FILLED", None)) == (status(desk, 1), status(desk, 2))
    assert RUNNING == list_status(desk)
    assert Decimal("0.006") == desk.balance("BTC")[1]


def test_a_list_is_done_when_its_last_order_has_ended(desk: Desk) -> None:
    """The rest of the leg that traded is taken back, and nothing stays locked."""
    sell_pair(desk, up=CENT)
    take_offers(desk, "0.004")

    desk.ask("DELETE", "order", **BTC, orderId=2)

    assert (TRIGGERED, CANCELED) == (status(desk, 1), status(desk, 2))
    assert DONE == list_status(desk)
    assert 0 == desk.balance("BTC")[1]


def test_a_stop_that_goes_off_ends_the_other_and_sells_with_its_money(moving_desk: Desk) -> None:
    """The whole balance is in the pair: the stop can sell it because the limit order ends first."""
    sell_pair(moving_desk, quantity="1", up=40_000, down=1)

    moving_desk.seconds = HOUR

    assert (("FILLED", None), TRIGGERED) == (status(moving_desk, 1), status(moving_desk, 2))
    assert DONE == list_status(moving_desk)
    assert (Decimal(0), Decimal(0)) == moving_desk.balance("BTC")


def test_a_stop_limit_that_goes_off_and_waits_goes_on_alone(moving_desk: Desk) -> None:
    """It is NEW and in the book now; the other has expired, and the list runs until it is done."""
    price = last(moving_desk)
    stop = {"belowType": "STOP_LOSS_LIMIT", "belowPrice": price + 30_000, "belowTimeInForce": "GTC"}
    legs = {**pair(moving_desk, "SELL", up=40_000, down=1), **stop}
    place(moving_desk, "oco", side="SELL", quantity="0.01", **legs)

    moving_desk.seconds = HOUR

    assert (("NEW", None), TRIGGERED) == (status(moving_desk, 1), status(moving_desk, 2))
    assert moving_desk.ask("GET", "order", **BTC, orderId=1).json["workingTime"] > NOW_MS
    assert RUNNING == list_status(moving_desk)


def test_the_tape_fills_one_leg_only(moving_desk: Desk) -> None:
    """Both prices are passed within a day, in one look as in many: the first one reached wins."""
    often = Desk(rate=1.0)
    for desk in (moving_desk, often):
        sell_pair(desk, up=60, down=60)
    for hour in range(1, 25):
        often.seconds = hour * HOUR
        often.get("ping")
    moving_desk.seconds = 24 * HOUR

    once, step_by_step = ([status(desk, order_id) for order_id in (1, 2)] for desk in (moving_desk, often))

    assert once == step_by_step
    assert [("FILLED", None), TRIGGERED] == sorted(once, reverse=True)
    assert moving_desk.balance("BTC") == (Decimal("0.99"), Decimal(0))


@pytest.mark.parametrize("order_id", [1, 2])
def test_a_cancelled_leg_takes_the_other_with_it(desk: Desk, order_id: int) -> None:
    """Whichever it is: both are CANCELED under the cancel's name, and the list is done."""
    sell_pair(desk)
    ears = Ears()
    desk.venue.engine.listeners.append(ears)

    desk.ask("DELETE", "order", **BTC, orderId=order_id, newClientOrderId="enough")

    assert (CANCELED, CANCELED) == (status(desk, 1), status(desk, 2))
    assert [f"{order_id} CANCELED CANCELED enough", f"{3 - order_id} CANCELED CANCELED enough"] == ears.heard[:2]
    assert "list ALL_DONE ALL_DONE" == ears.heard[2]
    assert 0 == desk.balance("BTC")[1]


def test_a_list_is_heard_to_start_and_to_end(desk: Desk) -> None:
    """Once each, around what its orders do."""
    ears = Ears()
    desk.venue.engine.listeners.append(ears)

    sell_pair(desk, up=CENT)
    take_offers(desk, "0.01")

    assert ["list EXEC_STARTED EXECUTING", "list ALL_DONE ALL_DONE"] == [
        event for event in ears.heard if event.startswith("list")
    ]
    assert ears.heard.index("1 EXPIRED EXPIRED") < ears.heard.index("list ALL_DONE ALL_DONE")


@pytest.mark.parametrize("order_id", [1, 2])
def test_amending_one_leg_amends_the_other(desk: Desk, order_id: int) -> None:
    """They share one quantity: less of it is locked then, and the book shows less of the leg that is in it."""
    price = last(desk) + 1
    sell_pair(desk, quantity="0.5", up=1)
    before = offered(desk, price)

    reply = desk.ask("PUT", "order/amend/keepPriority", **BTC, orderId=order_id, newQty="0.2")

    assert 200 == reply.status
    assert ["0.20000000"] * 2 == [row["origQty"] for row in desk.ask("GET", "openOrders").json]
    assert (Decimal("0.2"), Decimal("0.3")) == (desk.balance("BTC")[1], before - offered(desk, price))
    assert ("UPDATED", "EXECUTING") == list_status(desk)
    assert [1, 1] == [len(desk.ask("GET", "order/amendments", **BTC, orderId=leg).json) for leg in (1, 2)]


def test_an_amendment_that_keeps_the_name_is_no_news_about_the_list(desk: Desk) -> None:
    """The list tells the names of its orders, and those are as they were."""
    sell_pair(desk, quantity="0.5", aboveClientOrderId="above")
    params = {"origClientOrderId": "above", "newClientOrderId": "above", "newQty": "0.2"}

    reply = desk.ask("PUT", "order/amend/keepPriority", **BTC, **params)

    assert 200 == reply.status
    assert RUNNING == list_status(desk)


def test_amending_the_leg_that_is_left_leaves_the_ended_one_alone(desk: Desk) -> None:
    """What has expired keeps the quantity that it had."""
    sell_pair(desk, up=CENT)
    take_offers(desk, "0.004")

    desk.ask("PUT", "order/amend/keepPriority", **BTC, orderId=2, newQty="0.006")

    quantities = [row["origQty"] for row in desk.ask("GET", "allOrders", **BTC).json[:2]]
    assert ["0.01000000", "0.00600000"] == quantities
    assert Decimal("0.002") == desk.balance("BTC")[1]


def test_a_leg_that_self_trade_prevention_has_cut_ends_the_other(desk: Desk) -> None:
    """What is left of it goes on alone, as after a trade."""
    sell_pair(desk, up=CENT)
    take_offers(desk, "0.004", mode="DECREMENT")

    left = desk.ask("GET", "order", **BTC, orderId=2).json

    assert (TRIGGERED, "NEW", "0.00400000") == (status(desk, 1), left["status"], left["preventedQuantity"])
    assert Decimal("0.006") == desk.balance("BTC")[1]


def test_the_dearer_leg_has_to_be_covered(desk: Desk) -> None:
    """The balance would do for the other one."""
    quantity = Decimal(100_000) / (last(desk) + 5)

    reply = buy_pair(desk, quantity=quantity.quantize(Decimal("0.00001")))

    assert (400, -2010, "Account has insufficient balance for requested action.") == reply.refusal


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"up": -100}, "The relationship of the prices for the orders is not correct."),
        ({"down": -100}, "The relationship of the prices for the orders is not correct."),
        ({"up": 0}, "The relationship of the prices for the orders is not correct."),
        ({"quantity": "1.00001"}, "Account has insufficient balance for requested action."),
        ({"aboveClientOrderId": "one", "belowClientOrderId": "one"}, "Duplicate order sent."),
        ({"aboveClientOrderId": "one", "listClientOrderId": "one"}, "Duplicate order sent."),
        ({"belowClientOrderId": "taken"}, "Duplicate order sent."),
    ],
)
def test_a_refused_list_leaves_no_trace(desk: Desk, params: dict[str, object], message: str) -> None:
    """All of its orders are checked before one is placed."""
    desk.order(quantity="0.001", price="40000", newClientOrderId="taken")
    before = desk.get("depth", **BTC, limit=20).json, desk.ask("GET", "account").json["balances"]

    reply = sell_pair(desk, **params)

    assert (400, -2010, message) == reply.refusal
    assert before == (desk.get("depth", **BTC, limit=20).json, desk.ask("GET", "account").json["balances"])
    assert ([], 1) == (desk.ask("GET", "allOrderList").json, len(desk.ask("GET", "allOrders", **BTC).json))


def test_a_list_s_name_is_free_again_when_it_is_done(desk: Desk) -> None:
    """While it runs no other list may bear it."""
    sell_pair(desk, listClientOrderId="mine")
    again = sell_pair(desk, listClientOrderId="mine")
    desk.ask("DELETE", "orderList", **BTC, listClientOrderId="mine")
    later = sell_pair(desk, listClientOrderId="mine")

    assert (400, -2010, "Duplicate order sent.") == again.refusal
    assert 200 == later.status


def test_an_order_of_another_account_fills_a_leg(desk: Desk) -> None:
    """Two accounts trade with each other, and the pair of the one that waited is decided."""
    sell_pair(desk, up=CENT)
    owner, desk.key = desk.key, account_keys(1, "second")[0]
    desk.exchange.gate.register(desk.key)
    taken = take_offers(desk, "0.01")
    desk.key = owner

    assert "FILLED" == taken.json["status"]
    assert (TRIGGERED, ("FILLED", None)) == (status(desk, 1), status(desk, 2))


def test_placing_a_list_is_one_change_of_balances(desk: Desk) -> None:
    """Whoever listens hears of the locked amount once."""
    ears = Ears()
    desk.venue.engine.listeners.append(ears)

    buy_pair(desk)

    assert ["1 NEW NEW", "2 NEW NEW", "list EXEC_STARTED EXECUTING", "balances USDT"] == ears.heard


def test_a_replaced_leg_takes_its_list_with_it(desk: Desk) -> None:
    """The pair is gone before the new order comes, and its money is free for that one."""
    sell_pair(desk, quantity="1")
    new = {"side": "SELL", "type": "LIMIT_MAKER", "quantity": "1", "price": last(desk) + 100}

    reply = desk.ask("POST", "order/cancelReplace", **BTC, **new, cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=2)

    assert 200 == reply.status
    assert (CANCELED, CANCELED, ("NEW", None)) == (status(desk, 1), status(desk, 2), status(desk, 3))
    assert DONE == list_status(desk)


def test_a_cancel_reports_what_it_cancelled(desk: Desk) -> None:
    """The other leg had expired before, and is only named."""
    sell_pair(desk, up=CENT)
    take_offers(desk, "0.004")

    reply = desk.ask("DELETE", "orderList", **BTC, orderListId=0).json

    assert [1, 2] == [order["orderId"] for order in reply["orders"]]
    assert [2] == [report["orderId"] for report in reply["orderReports"]]


def offered(desk: Desk, price: Decimal) -> Decimal:
    rows = desk.get("depth", **BTC, limit=500).json["asks"]
    return next((Decimal(amount) for at, amount in rows if Decimal(at) == price), Decimal(0))
