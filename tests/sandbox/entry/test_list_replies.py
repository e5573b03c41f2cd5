"""Every reply about order lists has the fields of the documentation's sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.desk import Desk
from tests.sandbox.listed import BTC, last, pair, place, working

Make = Callable[[Desk], Any]
# Only in what expired, and the one that follows the order's type rather than the endpoint.
CONDITIONAL = {"expiryReason", "icebergQty"}


def stop_limit_pair(desk: Desk, side: str, prefix: str = "") -> dict[str, object]:
    """A pair as in the samples: a stop with a limit, and a limit maker."""
    params, price = pair(desk, side, prefix), last(desk)
    stop = next(name for name, value in params.items() if value == "STOP_LOSS").removesuffix("Type")
    return {**params, f"{stop}Type": "STOP_LOSS_LIMIT", f"{stop}Price": price, f"{stop}TimeInForce": "GTC"}


def oco(desk: Desk, **more: object) -> Any:
    return place(desk, "oco", side="SELL", quantity="0.01", **stop_limit_pair(desk, "SELL"), **more).json


def old_oco(desk: Desk) -> Any:
    price = last(desk)
    prices = {"price": price + 500, "stopPrice": price - 500}
    return desk.ask("POST", "order/oco", **BTC, side="SELL", quantity="0.01", **prices).json


def oto(desk: Desk, **more: object) -> Any:
    following = {"pendingType": "MARKET", "pendingSide": "SELL", "pendingQuantity": "0.01"}
    return place(desk, "oto", **working(desk), **following, **more).json


def otoco(desk: Desk) -> Any:
    following = {"pendingSide": "BUY", "pendingQuantity": "0.01", **stop_limit_pair(desk, "BUY", "pending")}
    return place(desk, "otoco", **working(desk, at=5000, side="SELL"), **following).json


def opo(desk: Desk) -> Any:
    return place(desk, "opo", **working(desk), pendingType="MARKET", pendingSide="SELL").json


def opoco(desk: Desk) -> Any:
    return place(desk, "opoco", **working(desk), pendingSide="SELL", **stop_limit_pair(desk, "SELL", "pending")).json


def after(make: Make, method: str, path: str, **params: object) -> Make:
    def ask(desk: Desk) -> Any:
        make(desk)
        return desk.ask(method, path, **params).json

    return ask


CASES: list[tuple[str, int, Make]] = [
    ("new_oco", 0, old_oco),
    ("order_list_oco", 0, oco),
    ("order_list_oto", 0, oto),
    ("order_list_otoco", 0, otoco),
    ("order_list_opo", 0, opo),
    ("order_list_opoco", 0, opoco),
    ("cancel_order_list", 0, after(oco, "DELETE", "orderList", **BTC, orderListId=0)),
    ("get_order_list", 0, after(oco, "GET", "orderList", orderListId=0)),
    ("all_order_list", 0, after(oco, "GET", "allOrderList")),
    ("open_order_list", 0, after(oco, "GET", "openOrderList")),
    ("amend_keep_priority", 1, after(oto, "PUT", "order/amend/keepPriority", **BTC, orderId=2, newQty="0.005")),
]


def shape(value: Any) -> Any:
    """Names and JSON types, of a list every item's."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items() if name not in CONDITIONAL}
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize(("name", "place_", "make"), CASES, ids=[name for name, _, _ in CASES])
def test_a_reply_has_the_documented_fields(desk: Desk, spec_folder: Path, name: str, place_: int, make: Make) -> None:
    """Names and JSON types agree with the sample, in every order's report."""
    samples = json.loads((spec_folder / "rest_examples" / f"{name}.json").read_text(encoding="utf-8"))["examples"]
    sample = samples[place_]["body"]

    reply = make(desk)

    if isinstance(sample, list):
        reply, sample = reply[0], sample[0]
    assert shape(sample) == shape(reply)


@pytest.mark.parametrize(("name", "make"), [(name, make) for name, place_, make in CASES[:7]])
def test_fields_come_in_the_documented_order(desk: Desk, spec_folder: Path, name: str, make: Make) -> None:
    """So that what is printed looks like what the documentation prints."""
    sample = json.loads((spec_folder / "rest_examples" / f"{name}.json").read_text(encoding="utf-8"))["examples"][0]

    reply = make(desk)

    assert list(sample["body"]) == list(reply)


def test_how_much_a_report_tells(desk: Desk) -> None:
    """ACK names the orders only, FULL adds their fills; the rest of the answer stays."""
    brief, usual = oco(desk, newOrderRespType="ACK"), oco(desk)
    bought = {**working(desk, at=50), "pendingType": "MARKET", "pendingSide": "SELL", "newOrderRespType": "FULL"}
    full = place(desk, "opo", **bought).json

    assert ["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"] == list(brief["orderReports"][0])
    assert ["fills" in reply["orderReports"][0] for reply in (brief, usual, full)] == [False, False, True]
    assert [1, 0] == [len(report["fills"]) for report in full["orderReports"]]
    assert list(brief) == list(usual) == list(full)


def test_all_open_orders_cancelled_name_lists_whole(desk: Desk) -> None:
    """A list is one entry among the orders, with the reports of its own, under one name for the cancel."""
    desk.order(quantity="0.001", price="40000")
    oco(desk)

    single, listed = desk.ask("DELETE", "openOrders", **BTC).json

    assert ("CANCELED", -1) == (single["status"], single["orderListId"])
    assert ("OCO", "ALL_DONE", 0) == (listed["contingencyType"], listed["listOrderStatus"], listed["orderListId"])
    assert {"CANCELED"} == {report["status"] for report in listed["orderReports"]}
    assert {single["clientOrderId"]} == {report["clientOrderId"] for report in listed["orderReports"]}


def test_times_come_in_microseconds_when_asked(desk: Desk) -> None:
    """Those of the list and those of its orders."""
    desk.headers["x-mbx-time-unit"] = "MICROSECOND"

    reply = oco(desk)

    first, second = reply["orderReports"]
    assert reply["transactionTime"] == first["transactTime"] == second["workingTime"] > 10**15
    assert -1 == first["workingTime"]
