"""Cancelling and looking up order lists."""

from __future__ import annotations

import pytest

from tests.sandbox.desk import NOW_MS, Desk
from tests.sandbox.listed import BTC, pair, place, sell_pair

UNKNOWN = (400, -2011, "Unknown order sent.")
NO_SUCH = (400, -2013, "Order does not exist.")


@pytest.mark.parametrize(
    "named",
    [{"orderListId": 1}, {"listClientOrderId": "b"}, {"orderListId": 1, "listClientOrderId": "b"}],
    ids=["by number", "by name", "by both"],
)
def test_a_list_is_cancelled_by_any_of_its_names(desk: Desk, named: dict[str, object]) -> None:
    """The one that is meant ends, the others stay."""
    for name in ("a", "b", "c"):
        sell_pair(desk, listClientOrderId=name)

    reply = desk.ask("DELETE", "orderList", **BTC, **named, newClientOrderId="enough").json

    assert ("b", "ALL_DONE") == (reply["listClientOrderId"], reply["listOrderStatus"])
    assert ["CANCELED"] * 2 == [report["status"] for report in reply["orderReports"]]
    assert ["enough"] * 2 == [report["clientOrderId"] for report in reply["orderReports"]]
    assert [0, 2] == [row["orderListId"] for row in desk.ask("GET", "openOrderList").json]


@pytest.mark.parametrize(
    "named",
    [
        {"orderListId": 9},
        {"listClientOrderId": "nobody"},
        {"orderListId": 0, "listClientOrderId": "b"},
        {"orderListId": 2},
        {"symbol": "ETHUSDT", "orderListId": 0},
    ],
    ids=["number", "name", "two lists", "done", "other symbol"],
)
def test_a_list_that_is_not_there_cannot_be_cancelled(desk: Desk, named: dict[str, object]) -> None:
    """Nor one that has ended, nor one under two names of different lists; the open ones stay."""
    for name in ("a", "b", "c"):
        sell_pair(desk, listClientOrderId=name)
    desk.ask("DELETE", "orderList", **BTC, orderListId=2)

    assert UNKNOWN == desk.ask("DELETE", "orderList", **{**BTC, **named}).refusal
    assert 2 == len(desk.ask("GET", "openOrderList").json)


def test_a_cancel_names_a_list(desk: Desk) -> None:
    """By number or by name, and says on which symbol."""
    words = "Param 'orderListId' or 'listClientOrderId' must be sent, but both were empty/null!"

    assert (400, -1102, words) == desk.ask("DELETE", "orderList", **BTC).refusal
    assert -1121 == desk.ask("DELETE", "orderList", symbol="NOSUCH", orderListId=0).json["code"]


def test_a_list_is_looked_up_while_it_runs_and_afterwards(desk: Desk) -> None:
    """Here origClientOrderId is the list's name; two names must be of one list."""
    sell_pair(desk, listClientOrderId="a")
    sell_pair(desk, listClientOrderId="b")
    desk.ask("DELETE", "orderList", **BTC, listClientOrderId="b")

    running = desk.ask("GET", "orderList", orderListId=0).json
    ended = desk.ask("GET", "orderList", origClientOrderId="b").json

    assert ("EXECUTING", "ALL_DONE") == (running["listOrderStatus"], ended["listOrderStatus"])
    assert [1, 2] == [order["orderId"] for order in running["orders"]]
    assert NO_SUCH == desk.ask("GET", "orderList", orderListId=0, origClientOrderId="b").refusal


def test_of_several_lists_with_one_name_the_newest_is_meant(desk: Desk) -> None:
    """A name may come again once the list that bore it is done."""
    for _ in range(2):
        sell_pair(desk, listClientOrderId="again")
        desk.ask("DELETE", "orderList", **BTC, listClientOrderId="again")

    assert 1 == desk.ask("GET", "orderList", origClientOrderId="again").json["orderListId"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [0, 1, 2, 3]),
        ({"limit": 2}, [2, 3]),
        ({"fromId": 1, "limit": 2}, [1, 2]),
        ({"startTime": NOW_MS + 10_000}, [1, 2, 3]),
        ({"startTime": NOW_MS + 10_000, "limit": 1}, [1]),
        ({"endTime": NOW_MS + 20_000, "limit": 2}, [1, 2]),
        ({"startTime": NOW_MS + 1, "endTime": NOW_MS + 20_000}, [1, 2]),
        ({"startTime": (NOW_MS + 10_000) * 1000 + 1}, [2, 3]),
    ],
)
def test_all_lists_are_walked_by_number_or_by_time(
    moving_desk: Desk, params: dict[str, object], expected: list[int]
) -> None:
    """An id or a start walks forward from there; otherwise the newest come."""
    for number in range(4):
        moving_desk.seconds = number * 10.0
        sell_pair(moving_desk, up=20_000, down=20_000)

    assert expected == [row["orderListId"] for row in moving_desk.ask("GET", "allOrderList", **params).json]


def test_lists_are_nobody_else_s(desk: Desk) -> None:
    """Another account sees none of them and cannot cancel them."""
    order_list = sell_pair(desk).json["orderListId"]
    other = desk.venue.accounts["second"]

    assert [] == desk.venue.engine.lists.all(other) == desk.venue.engine.lists.open(other)
    assert order_list == desk.venue.engine.lists.all(desk.venue.accounts["main"])[0].list_id


def test_a_placed_list_costs_no_weight_and_counts_its_orders(desk: Desk) -> None:
    """A refused one costs its weight."""
    legs = pair(desk, "SELL")
    before = desk.get("ping").weight
    placed = place(desk, "oco", side="SELL", quantity="0.01", **legs)
    refused = place(desk, "oco", side="SELL", quantity="9", **legs)

    assert (before, before + 1) == (placed.weight, refused.weight)
    assert "2" == placed.headers["X-MBX-ORDER-COUNT-10S"]


def test_a_list_has_to_fit_into_the_order_limits_whole(moving_desk: Desk) -> None:
    """With room for one order only, a pair is refused and none of it placed."""
    limits = moving_desk.venue.accounts["main"].order_limits
    room = moving_desk.ask("GET", "rateLimit/order").json[0]["limit"]
    limits.placed(room - 1, NOW_MS)

    reply = sell_pair(moving_desk)

    assert (429, -1015) == reply.refusal[:2]
    assert [] == moving_desk.ask("GET", "openOrderList").json == moving_desk.ask("GET", "openOrders").json
