"""What a call has to say to be an order list."""

from __future__ import annotations

import pytest

from tests.sandbox.desk import Desk, Reply
from tests.sandbox.listed import BTC, buy_pair, last, pair, place, sell_pair, working

FAR = {"abovePrice": "70000", "aboveStopPrice": "70000", "belowPrice": "50000", "belowStopPrice": "50000"}
WANTS: dict[str, tuple[str, ...]] = {
    "LIMIT_MAKER": ("Price",),
    "STOP_LOSS": ("StopPrice",),
    "STOP_LOSS_LIMIT": ("Price", "StopPrice"),
    "TAKE_PROFIT": ("StopPrice",),
    "TAKE_PROFIT_LIMIT": ("Price", "StopPrice"),
}


def legs(above: str, below: str) -> dict[str, object]:
    """Both legs with everything that their types need, the prices far from the last one."""
    found: dict[str, object] = {}
    for prefix, kind in (("above", above), ("below", below)):
        found |= {f"{prefix}Type": kind, **{prefix + name: FAR[prefix + name] for name in WANTS[kind]}}
        if kind.endswith("LOSS_LIMIT") or kind.endswith("PROFIT_LIMIT"):
            found[f"{prefix}TimeInForce"] = "GTC"
    return found


@pytest.mark.parametrize("stop", ["STOP_LOSS", "STOP_LOSS_LIMIT"])
@pytest.mark.parametrize("other", ["LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"])
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_one_leg_stops_a_loss_and_the_other_takes_a_profit(desk: Desk, side: str, stop: str, other: str) -> None:
    """Every such pair is taken, the stop on the side where the loss is; the answer lists the stop first."""
    above, below = (stop, other) if side == "BUY" else (other, stop)

    reply = place(desk, "oco", side=side, quantity="0.01", **legs(above, below))

    assert 200 == reply.status
    assert [stop, other] == [report["type"] for report in reply.json["orderReports"]]
    assert {side} == {report["side"] for report in reply.json["orderReports"]}


@pytest.mark.parametrize(
    ("side", "above", "below", "code", "message"),
    [
        ("SELL", "LIMIT_MAKER", "LIMIT_MAKER", -1168, "At least one OCO order must be contingent."),
        ("BUY", "LIMIT_MAKER", "STOP_LOSS", -1165, "A limit order in a buy OCO must be below."),
        ("SELL", "STOP_LOSS", "LIMIT_MAKER", -1166, "A limit order in a sell OCO must be above."),
        ("BUY", "STOP_LOSS", "STOP_LOSS_LIMIT", -1196, "A stop loss order in a buy OCO must be above."),
        ("SELL", "STOP_LOSS", "STOP_LOSS", -1197, "A stop loss order in a sell OCO must be below."),
        ("BUY", "TAKE_PROFIT", "LIMIT_MAKER", -1198, "A take profit order in a buy OCO must be below."),
        ("SELL", "LIMIT_MAKER", "TAKE_PROFIT_LIMIT", -1199, "A take profit order in a sell OCO must be above."),
    ],
)
def test_a_leg_on_the_wrong_side(desk: Desk, side: str, above: str, below: str, code: int, message: str) -> None:
    """Each has a code of its own."""
    reply = place(desk, "oco", side=side, quantity="0.01", **legs(above, below))

    assert (400, code, message) == reply.refusal


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("oco", {"aboveType": "LIMIT"}, -1158),
        ("oco", {"belowType": "MARKET"}, -1158),
        ("oco", {"belowType": "NONSENSE"}, -1116),
        ("oco", {"belowStopPrice": None}, -1102),
        ("oco", {"abovePrice": None}, -1102),
        ("oco", {"aboveStopPrice": "70000"}, -1106),
        ("oco", {"side": None}, -1102),
        ("oco", {"quantity": None}, -1102),
        ("oco", {"quantity": "0.000001"}, -1013),
        ("oco", {"abovePrice": "0.001"}, -1013),
        ("oco", {"aboveStrategyType": 999_999}, -1134),
        ("oco", {"belowIcebergQty": "0.005"}, -1100),
        ("oco", {"belowIcebergQty": "1"}, -1160),
        ("oco", {"symbol": "NOSUCH"}, -1121),
        ("oco", {"symbol": "SOLETH"}, -2010),
        ("oco", {"listClientOrderId": "not allowed"}, -1100),
        ("oco", {"newOrderRespType": "SHORT"}, -1130),
        ("otoco", {"pendingBelowType": None, "pendingBelowStopPrice": None}, -1102),
        ("otoco", {"pendingSide": None}, -1102),
        ("otoco", {"workingTimeInForce": None}, -1102),
        ("otoco", {"workingType": "MARKET"}, -1116),
        ("otoco", {"pendingBelowType": "LIMIT_MAKER"}, -1102),
        ("opoco", {"workingSide": "SELL"}, -1222),
        ("opoco", {"pendingSide": "BUY"}, -1223),
        ("opoco", {"pendingQuantity": "0.01"}, -1225),
        ("opoco", {"workingQuantity": None}, -1224),
    ],
)
def test_a_list_that_is_said_wrongly(desk: Desk, kind: str, change: dict[str, object], code: int) -> None:
    """One thing is wrong in a call that would otherwise do."""
    if kind == "oco":
        params: dict[str, object] = {"side": "SELL", "quantity": "0.01", **pair(desk, "SELL")}
    else:
        size = {"pendingQuantity": "0.01"} if kind == "otoco" else {}
        params = {**working(desk), "pendingSide": "SELL", **size, **pair(desk, "SELL", "pending")}

    right = place(desk, kind, **params)
    wrong = place(desk, kind, **{name: value for name, value in {**params, **change}.items() if value is not None})

    assert (200, code) == (right.status, wrong.json.get("code")), wrong.json


def test_an_iceberg_stop_has_to_stay(desk: Desk) -> None:
    """A leg that hides a part of itself must be GTC."""
    stop = {"belowType": "STOP_LOSS_LIMIT", "belowPrice": "50000", "belowIcebergQty": "1"}
    params = {**pair(desk, "SELL"), **stop, "side": "SELL", "quantity": "1"}

    reply = place(desk, "oco", **params, belowTimeInForce="IOC")

    words = "Parameter 'belowIcebergQty' is not supported if aboveTimeInForce/belowTimeInForce is not GTC."
    assert (400, -1160, words) == reply.refusal


def test_an_iceberg_limit_maker_needs_no_time_in_force(desk: Desk) -> None:
    """It has none to send: it always stays."""
    prices = {"abovePrice": "4000", "belowStopPrice": "3000"}
    maker = {"aboveType": "LIMIT_MAKER", "aboveIcebergQty": "1", "belowType": "STOP_LOSS", **prices}

    reply = place(desk, "oco", symbol="ETHUSDT", side="SELL", quantity="2", **maker)

    assert 200 == reply.status
    assert "1.00000000" == reply.json["orderReports"][1]["icebergQty"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("oco", "OCO orders are not supported for this symbol"),
        ("oto", "Unsupported order combination"),
        ("otoco", "Unsupported order combination"),
        ("opo", "OPO orders are not supported for this symbol."),
        ("opoco", "OPO orders are not supported for this symbol."),
    ],
)
def test_a_symbol_that_takes_no_such_list(desk: Desk, kind: str, message: str) -> None:
    """The symbol's own flags say so beforehand."""
    own = {"workingType": "LIMIT_MAKER", "workingSide": "BUY", "workingPrice": "0.4", "workingQuantity": "50"}
    size = {"pendingQuantity": "50"} if kind in ("oto", "otoco") else {}
    params: dict[str, object] = {"symbol": "ADAUSDT", **own, **size, "pendingSide": "SELL"}
    if kind == "oco":
        params = {"symbol": "ADAUSDT", "side": "SELL", "quantity": "50", **legs("LIMIT_MAKER", "STOP_LOSS")}
    elif kind in ("otoco", "opoco"):
        params |= pair(desk, "SELL", "pending")
    else:
        params |= {"pendingType": "MARKET"}
    info = desk.get("exchangeInfo", symbol="ADAUSDT").json["symbols"][0]

    assert not info["ocoAllowed"] | info["otoAllowed"] | info["opoAllowed"]
    assert (400, -2010, message) == place(desk, kind, **params).refusal


def test_the_old_way_of_a_pair(desk: Desk) -> None:
    """A limit order and a stop; with a limit of its own the stop becomes one."""
    price = last(desk)
    plain = {"side": "SELL", "quantity": "0.01", "price": price + 500, "stopPrice": price - 500}
    limited = {**plain, "stopLimitPrice": price - 600, "stopLimitTimeInForce": "GTC"}

    replies = [desk.ask("POST", "order/oco", **BTC, **params).json for params in (plain, limited)]

    assert [["STOP_LOSS", "LIMIT_MAKER"], ["STOP_LOSS_LIMIT", "LIMIT_MAKER"]] == [
        [report["type"] for report in reply["orderReports"]] for reply in replies
    ]


@pytest.mark.parametrize(
    "change",
    [{"price": "50000"}, {"stopPrice": "70000"}, {"side": "BUY"}],
    ids=lambda change: next(iter(change)),
)
def test_the_prices_of_an_old_pair_lie_around_the_last_one(desk: Desk, change: dict[str, str]) -> None:
    """To sell the limit is above and the stop below; to buy it is the other way round."""
    params = {"side": "SELL", "quantity": "0.01", "price": "70000", "stopPrice": "50000", **change}

    reply = desk.ask("POST", "order/oco", **BTC, **params)

    assert (400, -2010, "The relationship of the prices for the orders is not correct.") == reply.refusal


def test_marks_are_each_leg_s_own(desk: Desk) -> None:
    """Names and strategies come back where they were given; the self-trade mode is the list's."""
    reply = buy_pair(
        desk,
        listClientOrderId="list",
        aboveClientOrderId="up",
        belowClientOrderId="down",
        aboveStrategyId=1,
        belowStrategyId=2,
        belowStrategyType=1_000_000,
        selfTradePreventionMode="EXPIRE_BOTH",
    ).json

    up, down = reply["orderReports"]
    assert ("list", "up", "down") == (reply["listClientOrderId"], up["clientOrderId"], down["clientOrderId"])
    assert (1, 2, 1_000_000) == (up["strategyId"], down["strategyId"], down["strategyType"])
    assert "strategyType" not in up
    assert {"EXPIRE_BOTH"} == {report["selfTradePreventionMode"] for report in (up, down)}


def test_a_leg_without_a_name_gets_one(desk: Desk) -> None:
    """The list and its orders are named apart."""
    reply = sell_pair(desk).json

    names = [reply["listClientOrderId"], *(order["clientOrderId"] for order in reply["orders"])]
    assert 3 == len(set(filter(None, names)))


def test_a_leg_may_trail_the_price(desk: Desk) -> None:
    """A stop that follows needs no stop price, and lies on no side of the last price."""
    params = pair(desk, "SELL")
    del params["belowStopPrice"]

    reply = place(desk, "oco", side="SELL", quantity="0.01", **params, belowTrailingDelta=100)

    assert 200 == reply.status
    assert 100 == reply.json["orderReports"][0]["trailingDelta"]


@pytest.mark.parametrize(
    ("name", "most", "filter_name"),
    [("oco", 5, "MAX_NUM_ALGO_ORDERS"), ("oto", 20, "MAX_NUM_ORDER_LISTS")],
)
def test_there_are_only_so_many_lists(desk: Desk, name: str, most: int, filter_name: str) -> None:
    """Open lists are counted, and so are the stops in them."""
    for _ in range(most):
        assert 200 == one_more(desk, name).status

    assert (400, -1013, f"Filter failure: {filter_name}") == one_more(desk, name).refusal


def one_more(desk: Desk, kind: str) -> Reply:
    if kind == "oco":
        return sell_pair(desk)
    following = {"pendingType": "MARKET", "pendingSide": "SELL", "pendingQuantity": "0.01"}
    return place(desk, "oto", **working(desk, quantity="0.001"), **following)


def test_a_list_counts_its_orders_as_unfilled(desk: Desk) -> None:
    """Two for a pair, three with a working order before it; a refused list counts none."""
    counts = []
    for kind, params in (
        ("oco", {"side": "SELL", "quantity": "0.01", **pair(desk, "SELL")}),
        ("otoco", {**working(desk), "pendingSide": "SELL", "pendingQuantity": "1", **pair(desk, "SELL", "pending")}),
        ("oco", {"side": "SELL", "quantity": "9", **pair(desk, "SELL")}),
    ):
        place(desk, kind, **params)
        counts.append(desk.ask("GET", "rateLimit/order").json[0]["count"])

    assert [2, 5, 5] == counts
