"""What becomes of orders of a list that wait for another to fill."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_nb.sandbox.amounts import E8, e8_of
from binance_nb.sandbox.matching.commission import Commission, Rates
from tests.sandbox.desk import NOW_MS, Desk
from tests.sandbox.listed import (
    BTC,
    CANCELED,
    CENT,
    DONE,
    RUNNING,
    Ears,
    last,
    list_status,
    pair,
    place,
    sell_pair,
    status,
    take_offers,
    working,
)

HOUR = 3600.0
NEVER_STARTED = ("EXPIRED", "OTO_PHASE_ONE_EXPIRED")
REFUSED = ("EXPIRED", "REJECTED")


def depth(desk: Desk) -> dict[Decimal, Decimal]:
    rows = desk.get("depth", **BTC, limit=500).json["asks"]
    return {Decimal(price): Decimal(amount) for price, amount in rows}


def own_only(desk: Desk, amount: str) -> None:
    """Have so much BTC, and no more."""
    account = desk.venue.accounts["main"]
    desk.venue.deposit(account, "BTC", e8_of(amount) - account.ledger.free_e8("BTC"), desk.clock.now_ms())


def pending_sale(desk: Desk, up: int) -> dict[str, object]:
    return {"pendingSide": "SELL", "pendingQuantity": "0.01", "pendingPrice": last(desk) + up}


def test_a_pending_order_waits_and_holds_nothing(desk: Desk) -> None:
    """It is open, it can be looked up, and only the working order's money is locked."""
    at = last(desk) - 5000
    place(desk, "oto", **working(desk), pendingType="MARKET", pendingSide="SELL", pendingQuantity="0.9")

    waiting = desk.ask("GET", "openOrders").json[1]

    assert ("PENDING_NEW", -1, False) == (waiting["status"], waiting["workingTime"], waiting["isWorking"])
    assert (at * Decimal("0.01"), Decimal(0)) == (desk.balance("USDT")[1], desk.balance("BTC")[1])


def test_a_working_order_that_fills_starts_what_waits(moving_desk: Desk) -> None:
    """At the very moment of the fill, on the tape: what waited trades from then on."""
    place(
        moving_desk,
        "oto",
        **working(moving_desk, at=-20),
        pendingType="LIMIT_MAKER",
        pendingSide="SELL",
        pendingQuantity="0.01",
        pendingPrice=last(moving_desk) + 40_000,
    )
    moving_desk.seconds = 6 * HOUR

    first, second = (moving_desk.ask("GET", "order", **BTC, orderId=number).json for number in (1, 2))

    assert ("FILLED", "NEW") == (first["status"], second["status"])
    assert first["updateTime"] == second["workingTime"] > NOW_MS
    assert RUNNING == list_status(moving_desk)
    assert Decimal("0.01") == moving_desk.balance("BTC")[1]


def test_a_working_order_that_fills_at_once_is_answered_before_what_follows(desk: Desk) -> None:
    """The answer says PENDING_NEW and EXECUTING; asked again, both have traded and the list is done."""
    reply = place(
        desk, "oto", **working(desk, at=50), pendingType="MARKET", pendingSide="SELL", pendingQuantity="0.005"
    ).json

    assert ["FILLED", "PENDING_NEW"] == [report["status"] for report in reply["orderReports"]]
    assert RUNNING == (reply["listStatusType"], reply["listOrderStatus"])
    assert ("FILLED", None) == status(desk, 2)
    assert DONE == list_status(desk)


def test_a_working_order_that_fills_in_part_starts_nothing(desk: Desk) -> None:
    """What waits goes on waiting, and is cancelled together with the rest."""
    own = working(desk, at=CENT, side="SELL")
    place(desk, "oto", **own, pendingType="MARKET", pendingSide="BUY", pendingQuantity="0.005")
    take_offers(desk, "0.004")

    before = (status(desk, 1), status(desk, 2))
    desk.ask("DELETE", "order", **BTC, orderId=1)

    assert (("PARTIALLY_FILLED", None), ("PENDING_NEW", None)) == before
    assert (CANCELED, CANCELED) == (status(desk, 1), status(desk, 2))
    assert DONE == list_status(desk)


@pytest.mark.parametrize("order_id", [1, 2, 3])
def test_cancelling_any_order_of_a_waiting_list_ends_it(desk: Desk, order_id: int) -> None:
    """The working order or one of the pair that waits for it: none is left."""
    legs = pair(desk, "SELL", "pending")
    place(desk, "otoco", **working(desk), pendingSide="SELL", pendingQuantity="0.01", **legs)

    desk.ask("DELETE", "order", **BTC, orderId=order_id)

    assert [CANCELED] * 3 == [status(desk, number) for number in (1, 2, 3)]
    assert (DONE, []) == (list_status(desk), desk.ask("GET", "openOrders").json)
    assert 0 == desk.balance("USDT")[1]


def test_a_working_order_that_expires_takes_what_waits_with_it(desk: Desk) -> None:
    """An IOC order that meets nothing: the answer says so at once, as there is nothing to wait for."""
    own = {**working(desk), "workingTimeInForce": "IOC"}

    reply = place(desk, "oto", **own, pendingType="MARKET", pendingSide="SELL", pendingQuantity="0.01").json

    assert ["EXPIRED", "EXPIRED"] == [report["status"] for report in reply["orderReports"]]
    assert NEVER_STARTED == status(desk, 2)
    assert DONE == (reply["listStatusType"], reply["listOrderStatus"]) == list_status(desk)


def test_self_trade_prevention_of_the_working_order_ends_the_list(desk: Desk) -> None:
    """The own offer that it would have met stays; list and what waits are done."""
    desk.order("BTCUSDT", "SELL", "LIMIT_MAKER", quantity="0.01", price=last(desk))
    own = {**working(desk, at=50, quantity="1"), "selfTradePreventionMode": "EXPIRE_TAKER"}

    place(desk, "oto", **own, pendingType="MARKET", pendingSide="SELL", pendingQuantity="0.01")

    assert "EXPIRED_IN_MATCH" == status(desk, 2)[0]
    assert NEVER_STARTED == status(desk, 3)
    assert DONE == list_status(desk)


@pytest.mark.parametrize(
    ("following", "why"),
    [
        ({"pendingType": "MARKET", "pendingQuantity": "1.5"}, "balance"),
        ({"pendingType": "LIMIT_MAKER", "pendingQuantity": "0.01", "pendingPrice": "40000"}, "would take"),
        ({"pendingType": "STOP_LOSS", "pendingQuantity": "0.01", "pendingStopPrice": "70000"}, "is set off already"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_start_expires(desk: Desk, following: dict[str, object], why: str) -> None:
    """The working order keeps what it got; the other expires as refused, and nothing is held for it."""
    place(desk, "oto", **working(desk, at=50), pendingSide="SELL", **following)

    assert (("FILLED", None), REFUSED) == (status(desk, 1), status(desk, 2)), why
    assert DONE == list_status(desk)
    assert 0 == desk.balance("BTC")[1]


def test_a_pending_pair_becomes_a_pair(desk: Desk) -> None:
    """Once started, its legs share what they hold, and one that trades ends the other."""
    legs = pair(desk, "SELL", "pending", up=CENT * 2)
    place(desk, "otoco", **working(desk, at=CENT), pendingSide="SELL", pendingQuantity="0.8", **legs)
    started = [status(desk, number) for number in (1, 2, 3)], desk.balance("BTC")[1]

    desk.ask("DELETE", "order", **BTC, orderId=3)

    assert ([("FILLED", None), ("NEW", None), ("NEW", None)], Decimal("0.8")) == started
    assert (CANCELED, CANCELED) == (status(desk, 2), status(desk, 3))
    assert (DONE, Decimal(0)) == (list_status(desk), desk.balance("BTC")[1])


def test_a_pending_pair_may_lie_anywhere_until_it_starts(moving_desk: Desk) -> None:
    """Bought far below, it is to be sold around that price: the last price is above both legs at first."""
    price = last(moving_desk)
    legs = {
        "pendingAboveType": "LIMIT_MAKER",
        "pendingAbovePrice": price - 2000,
        "pendingBelowType": "STOP_LOSS",
        "pendingBelowStopPrice": price - 4000,
    }

    reply = place(
        moving_desk, "otoco", **working(moving_desk, at=-3000), pendingSide="SELL", pendingQuantity="0.01", **legs
    )

    assert 200 == reply.status


def test_a_pending_pair_that_does_not_lie_around_the_price_expires_whole(desk: Desk) -> None:
    """Both legs are refused when the working order fills while the last price is beyond them."""
    price = last(desk)
    legs = {**pair(desk, "SELL", "pending"), "pendingAbovePrice": price - 400, "pendingBelowStopPrice": price - 600}
    place(desk, "otoco", **working(desk, at=50), pendingSide="SELL", pendingQuantity="0.01", **legs)

    assert [("FILLED", None), REFUSED, REFUSED] == [status(desk, number) for number in (1, 2, 3)]
    assert DONE == list_status(desk)


@pytest.mark.parametrize(("free", "expected"), [("0", "0.01228"), ("0.0000122", "0.01228"), ("0.0000123", "0.0123")])
def test_what_was_bought_is_what_follows(desk: Desk, free: str, expected: str) -> None:
    """Commission is paid from what is free beside it, else taken off, and the rest rounded down to whole steps."""
    own_only(desk, free)
    reply = place(
        desk,
        "opo",
        **working(desk, at=50, quantity="0.0123"),
        pendingType="LIMIT_MAKER",
        pendingSide="SELL",
        pendingPrice=last(desk) + 500,
    ).json

    waiting = desk.ask("GET", "openOrders").json[0]

    assert "origQty" not in reply["orderReports"][1]
    # 0.0123 less 0.1 percent is 0.0122877.
    assert ("NEW", Decimal(expected)) == (waiting["status"], Decimal(waiting["origQty"]))
    assert (Decimal(free) + Decimal("0.0122877") - Decimal(expected), Decimal(expected)) == desk.balance("BTC")


def test_what_is_being_bought_is_kept_for_what_follows(desk: Desk) -> None:
    """A part of the purchase is locked as soon as it is there, and free again when the list is cancelled."""
    before = desk.balance("BTC")[0]
    best = desk.get("depth", **BTC, limit=1).json["asks"][0]
    bought, more = Decimal(best[1]), Decimal("0.5")
    first = {**working(desk, quantity=bought + more), "workingPrice": best[0]}
    place(desk, "opo", **first, pendingType="MARKET", pendingSide="SELL")
    kept = desk.balance("BTC")

    desk.ask("DELETE", "orderList", **BTC, orderListId=0)

    commission = (bought / 1000).quantize(Decimal("1e-8"))
    assert (before - commission, bought) == kept
    assert (before - commission + bought, Decimal(0)) == desk.balance("BTC")


def test_a_bought_pair_sells_what_was_bought(desk: Desk) -> None:
    """Both legs get the same quantity, held once."""
    own_only(desk, "0")
    legs = pair(desk, "SELL", "pending")
    place(desk, "opoco", **working(desk, at=50, quantity="0.01"), pendingSide="SELL", **legs)

    assert ["0.00999000"] * 2 == [row["origQty"] for row in desk.ask("GET", "openOrders").json]
    assert Decimal("0.00999") == desk.balance("BTC")[1]


def test_too_little_bought_to_be_sold_again_expires(desk: Desk) -> None:
    """After commission less than the smallest order is left: a filter refuses what follows."""
    own_only(desk, "0")
    small = working(desk, at=50, quantity="0.00008")
    place(desk, "opo", **small, pendingType="LIMIT_MAKER", pendingSide="SELL", pendingPrice=last(desk) + 500)

    assert (("FILLED", None), REFUSED) == (status(desk, 1), status(desk, 2))


def test_nothing_left_to_be_sold_expires(desk: Desk) -> None:
    """Where commission eats all but a part of a step, no order can follow."""
    greedy = Rates(maker_e8=95 * E8 // 100, taker_e8=95 * E8 // 100)
    desk.venue.accounts["main"].commission = Commission(standard=greedy)
    own_only(desk, "0")
    small = working(desk, at=50, quantity="0.0001")

    place(desk, "opo", **small, pendingType="MARKET", pendingSide="SELL")

    assert (("FILLED", None), REFUSED) == (status(desk, 1), status(desk, 2))


def test_a_pending_pair_whose_prices_never_fit_is_refused(desk: Desk) -> None:
    """A stop above the limit to sell: no last price could lie between them."""
    legs = pair(desk, "SELL", "pending", up=-500, down=-600)

    reply = place(desk, "otoco", **working(desk), pendingSide="SELL", pendingQuantity="0.01", **legs)

    assert (400, -2010, "The relationship of the prices for the orders is not correct.") == reply.refusal


def test_what_waits_is_not_in_the_book(desk: Desk) -> None:
    """Neither a stop nor a pending order can be traded with; the limit leg of a pair can."""
    before = depth(desk)
    place(desk, "oto", **working(desk), pendingType="LIMIT", pendingTimeInForce="GTC", **pending_sale(desk, 1))
    with_pending = depth(desk)
    sell_pair(desk, up=2, quantity="0.3")

    assert before == with_pending
    assert Decimal("0.3") == depth(desk)[last(desk) + 2] - before.get(last(desk) + 2, 0)


def test_a_pending_order_is_heard_to_wait_and_to_start(desk: Desk) -> None:
    """It is told as new twice: when it is accepted, and when the working order has filled."""
    ears = Ears()
    desk.venue.engine.listeners.append(ears)

    place(desk, "oto", **working(desk, at=CENT), pendingType="LIMIT_MAKER", **pending_sale(desk, 500))

    orders = [event for event in ears.heard if event[0] in "12"]
    assert ["1 NEW NEW", "2 NEW PENDING_NEW", "1 TRADE FILLED", "2 NEW NEW"] == orders


def test_amending_a_pending_leg_amends_its_partner(desk: Desk) -> None:
    """Before the pair has started too; the working order stays as it is."""
    legs = pair(desk, "SELL", "pending")
    place(desk, "otoco", **working(desk), pendingSide="SELL", pendingQuantity="0.5", **legs)

    desk.ask("PUT", "order/amend/keepPriority", **BTC, orderId=3, newQty="0.2")

    quantities = [row["origQty"] for row in desk.ask("GET", "openOrders").json]
    assert ["0.01000000", "0.20000000", "0.20000000"] == quantities


def test_a_quantity_that_is_not_known_yet_cannot_be_amended(desk: Desk) -> None:
    """What a purchase will bring is for the purchase to say."""
    place(desk, "opo", **working(desk), pendingType="MARKET", pendingSide="SELL")

    reply = desk.ask("PUT", "order/amend/keepPriority", **BTC, orderId=2, newQty="0.005")

    assert (400, -2038, "Order amend (pending OPO order) is not supported.") == reply.refusal


def test_a_pending_order_takes_its_peg_when_it_starts(moving_desk: Desk) -> None:
    """The book has moved on since the list was placed."""
    peg = {"pendingType": "LIMIT", "pendingTimeInForce": "GTC", "pendingPegPriceType": "PRIMARY_PEG"}
    far = working(moving_desk, at=-200)
    place(moving_desk, "oto", **far, **peg, pendingSide="SELL", pendingQuantity="0.01")
    moving_desk.seconds = 24 * HOUR

    first, second = (moving_desk.ask("GET", "order", **BTC, orderId=number).json for number in (1, 2))

    assert ("FILLED", first["updateTime"]) == (first["status"], second["workingTime"])
    assert abs(Decimal(second["peggedPrice"]) - Decimal(str(far["workingPrice"]))) < 20
