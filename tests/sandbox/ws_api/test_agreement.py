"""What is told and what can be asked for are the same, whatever somebody does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox import listed
from tests.sandbox.desk import Desk
from tests.sandbox.ws_api.stage import Stage, play

Event = dict[str, Any]
BTC = {"symbol": "BTCUSDT"}

COMMANDS = st.one_of(
    st.tuples(st.just("limit"), st.sampled_from(["BUY", "SELL"]), st.integers(-300, 300), st.integers(1, 40)),
    st.tuples(st.just("market"), st.sampled_from(["BUY", "SELL"]), st.integers(1, 40)),
    st.tuples(st.just("stop"), st.sampled_from(["BUY", "SELL"]), st.integers(1, 300), st.integers(1, 40)),
    st.tuples(st.just("pair"), st.integers(1, 300), st.integers(1, 300)),
    st.tuples(st.just("wait"), st.integers(1, 3_600)),
    st.tuples(st.just("cancel")),
)


def carry_out(desk: Desk, command: tuple[Any, ...]) -> None:
    """Do as somebody who trades might; what is refused is refused."""
    price = desk.best()[0]
    match command:
        case "limit", side, away, lots:
            desk.order("BTCUSDT", side, price=price + away, quantity=Decimal(lots) / 100)
        case "market", side, lots:
            desk.order("BTCUSDT", side, "MARKET", quantity=Decimal(lots) / 100)
        case "stop", side, away, lots:
            stop = price + away if side == "BUY" else price - away
            desk.order("BTCUSDT", side, "STOP_LOSS", stopPrice=stop, quantity=Decimal(lots) / 100)
        case "pair", up, down:
            listed.sell_pair(desk, up=up, down=down)
        case "wait", seconds:
            desk.seconds += seconds
        case _:
            desk.ask("DELETE", "openOrders", **BTC)


@settings(max_examples=30)
@given(st.lists(COMMANDS, min_size=3, max_size=15))
def test_whoever_only_listens_knows_what_rest_knows(commands: list[tuple[Any, ...]]) -> None:
    """After any commands, each order's last event is its state, and each asset's last position its balance."""

    async def scene(stage: Stage) -> tuple[list[Event], list[dict[str, Any]], list[dict[str, Any]]]:
        line = await stage.connect()
        await line.follow(stage.trading)
        for command in commands:
            carry_out(stage.desk, command)
        balances = stage.desk.ask("GET", "account").json["balances"]
        return await line.events_so_far(), stage.desk.ask("GET", "allOrders", **BTC).json, balances

    events, orders, balances = play(scene, rate=1.0)

    reports = [event for event in events if event["e"] == "executionReport"]
    last = {event["i"]: (event["X"], event["z"], event["Z"], event["q"]) for event in reports}
    stored = ("status", "executedQty", "cummulativeQuoteQty", "origQty")
    assert {order["orderId"]: tuple(order[name] for name in stored) for order in orders} == last
    for order_id, (_, filled, spent, _) in last.items():
        trades = [event for event in reports if event["i"] == order_id and event["x"] == "TRADE"]
        assert (Decimal(filled), Decimal(spent)) == (
            sum(Decimal(event["l"]) for event in trades),
            sum(Decimal(event["Y"]) for event in trades),
        )
    held = {
        row["a"]: (row["f"], row["l"])
        for event in events
        if event["e"] == "outboundAccountPosition"
        for row in event["B"]
    }
    assert held == {row["asset"]: (row["free"], row["locked"]) for row in balances if row["asset"] in held}
    assert [event["I"] for event in reports] == sorted({event["I"] for event in reports})
