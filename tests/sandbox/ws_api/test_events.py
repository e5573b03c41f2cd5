"""What followers of an account are told, in which order, and that it agrees with what REST says."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import listed
from tests.sandbox.desk import NOW_MS, Desk
from tests.sandbox.ws_api.stage import Line, Stage, play

Event = dict[str, Any]
BTC = {"symbol": "BTCUSDT"}


def told(act: Callable[[Desk], object], *, rate: float = 0.0) -> list[Event]:
    """Everything that a follower hears while somebody acts."""

    async def scene(stage: Stage) -> list[Event]:
        line = await stage.connect()
        await line.follow(stage.trading)
        act(stage.desk)
        return await line.events_so_far()

    return play(scene, rate=rate)


def steps(events: list[Event]) -> list[tuple[str, ...]]:
    """The events in short: what happened, and where the order stands then."""
    return [
        tuple(event[name] for name in "xX") if event["e"] == "executionReport" else (event["e"],) for event in events
    ]


def documented(spec_folder: Path, name: str) -> dict[str, Any]:
    """An event as the specification has it."""
    events = json.loads((spec_folder / "ws_streams.json").read_text())["user_data_stream"]["events"]
    found: dict[str, Any] = next(event for event in events if event["name"] == name)
    return found


POSITION = ("outboundAccountPosition",)


def test_a_resting_order_is_told_in_the_documented_shape(spec_folder: Path) -> None:
    """The keys are those of the specification's example, in its order, without the one that only prevention brings."""
    report, position = told(lambda desk: desk.order(price=desk.best()[0] - 1000, quantity="0.01"))

    example = documented(spec_folder, "executionReport")["example"]["event"]
    assert [key for key in example if key != "v"] == list(report)
    assert {name: type(example[name]) for name in report} == {name: type(report[name]) for name in report}
    example = documented(spec_folder, "outboundAccountPosition")["example"]["event"]
    assert (list(example), list(example["B"][0])) == (list(position), list(position["B"][0]))


def test_an_order_that_trades_is_told_step_by_step() -> None:
    """First that it is there, then each of its trades, then the balances once."""
    events = told(lambda desk: desk.order("BTCUSDT", "BUY", "MARKET", quantity="1.5"))

    trades = [event for event in events if event.get("x") == "TRADE"]
    assert len(trades) > 1
    partial = [("TRADE", "PARTIALLY_FILLED")] * (len(trades) - 1)
    assert [("NEW", "NEW"), *partial, ("TRADE", "FILLED"), POSITION] == steps(events)
    assert [True] * (len(trades) - 1) + [False] == [event["w"] for event in trades]


@pytest.mark.parametrize("kind", ["MARKET", "LIMIT"])
def test_trades_add_up_to_what_rest_says(kind: str) -> None:
    """Quantities, quote amounts, commission and trade ids are those of the order and its trades."""

    async def scene(stage: Stage) -> tuple[list[Event], dict[str, Any], list[dict[str, Any]]]:
        line = await stage.connect()
        await line.follow(stage.trading)
        price = {"price": stage.desk.best()[1] + 1} if kind == "LIMIT" else {}
        order_id = stage.desk.order("BTCUSDT", "BUY", kind, quantity="1.5", **price).json["orderId"]
        order = stage.desk.ask("GET", "order", **BTC, orderId=order_id).json
        trades = stage.desk.ask("GET", "myTrades", **BTC, orderId=order_id).json
        return await line.events_so_far(), order, trades

    events, order, rows = play(scene)

    reports = [event for event in events if event["e"] == "executionReport"]
    trades = [event for event in reports if event["x"] == "TRADE"]
    assert Decimal(order["executedQty"]) == Decimal(reports[-1]["z"]) == sum(Decimal(event["l"]) for event in trades)
    assert Decimal(order["cummulativeQuoteQty"]) == Decimal(reports[-1]["Z"]) == sum(Decimal(t["Y"]) for t in trades)
    assert [(row["id"], row["price"], row["qty"], row["commission"], row["commissionAsset"]) for row in rows] == [
        (event["t"], event["L"], event["l"], event["n"], event["N"]) for event in trades
    ]
    assert order["status"] == reports[-1]["X"]


def test_balances_are_those_of_the_account() -> None:
    """What the last position says of an asset is what the account says."""

    async def scene(stage: Stage) -> tuple[list[Event], list[dict[str, str]]]:
        line = await stage.connect()
        await line.follow(stage.trading)
        bid, ask = stage.desk.best()
        stage.desk.order(price=bid - 1000, quantity="0.01")
        stage.desk.order(price=ask + 10, quantity="1")
        stage.desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.5")
        stage.desk.ask("DELETE", "openOrders", **BTC)
        return await line.events_so_far(), stage.desk.ask("GET", "account").json["balances"]

    events, balances = play(scene)

    last = {row["a"]: row for event in events if event["e"] == POSITION[0] for row in event["B"]}
    assert {"BTC", "USDT"} == last.keys()
    assert [{"asset": row["a"], "free": row["f"], "locked": row["l"]} for row in last.values()] == [
        row for asset in last for row in balances if row["asset"] == asset
    ]


def test_a_cancel_bears_its_own_name_and_the_orders() -> None:
    """c is the cancel's id, C that of the order it takes back; no other event has one there."""

    def act(desk: Desk) -> None:
        desk.order(price=desk.best()[0] - 1000, quantity="0.01", newClientOrderId="mine")
        desk.ask("DELETE", "order", **BTC, origClientOrderId="mine", newClientOrderId="away")

    placed, _, cancelled, position = told(act)

    assert (("NEW", "mine", ""), ("CANCELED", "away", "mine")) == tuple(
        tuple(event[name] for name in "xcC") for event in (placed, cancelled)
    )
    assert (True, False) == (placed["w"], cancelled["w"])
    assert "0.00000000" == position["B"][0]["l"]


def test_an_amendment_tells_the_old_name_and_the_new() -> None:
    """The order goes on under its new name and with its new quantity."""

    def act(desk: Desk) -> None:
        desk.order(price=desk.best()[0] - 1000, quantity="0.02", newClientOrderId="old")
        desk.ask(
            "PUT", "order/amend/keepPriority", **BTC, origClientOrderId="old", newClientOrderId="new", newQty="0.01"
        )

    _, _, amended, _ = told(act)

    expected = {"x": "REPLACED", "X": "NEW", "c": "new", "C": "old", "q": "0.01000000", "w": True}
    assert expected == {name: amended[name] for name in expected}


@pytest.mark.parametrize(
    ("force", "reason"), [("IOC", "UNFILLED_IOC_QUANTITY_EXPIRED"), ("FOK", "UNFILLED_FOK_ORDER_EXPIRED")]
)
def test_an_expiry_gives_its_reason(force: str, reason: str) -> None:
    """An order that does not wait is told as new and as expired, with the reason there only."""
    events = told(lambda desk: desk.order(price=desk.best()[0] - 1000, quantity="0.01", timeInForce=force))

    placed, expired = [event for event in events if event["e"] == "executionReport"]
    assert [("NEW", "NEW"), ("EXPIRED", "EXPIRED")] == steps([placed, expired])
    assert (None, reason) == (placed.get("eR"), expired.get("eR"))


def test_marks_come_back() -> None:
    """Strategy id and type are told where they were sent."""
    report, _ = told(
        lambda desk: desk.order(price=desk.best()[0] - 1000, quantity="0.01", strategyId=7, strategyType=1_000_001)
    )

    assert (7, 1_000_001) == (report["j"], report["J"])


def test_a_trailing_stop_tells_its_distance() -> None:
    """How far it follows, and since when once it does; it is not in the book."""

    def act(desk: Desk) -> None:
        stop = {"timeInForce": "GTC", "trailingDelta": 100}
        desk.order("BTCUSDT", "SELL", "STOP_LOSS_LIMIT", price=60_000, quantity="0.01", **stop)
        desk.seconds += 60
        desk.ask("DELETE", "openOrders", **BTC)

    placed, _, cancelled, _ = told(act, rate=1.0)

    assert (100, False, False, False) == (placed["d"], "D" in placed, placed["w"], "W" in placed)
    assert (100, True) == (cancelled["d"], NOW_MS < cancelled["D"] < cancelled["T"] == NOW_MS + 60_000)


def test_a_pegged_order_tells_its_peg() -> None:
    """What it follows, how far away, and the price that it has."""
    bid = ""

    def act(desk: Desk) -> None:
        nonlocal bid
        bid = desk.get("depth", **BTC, limit=2).json["bids"][1][0]
        desk.order(quantity="0.01", pegPriceType="PRIMARY_PEG", pegOffsetType="PRICE_LEVEL", pegOffsetValue=1)

    report, _ = told(act)

    assert ("PRIMARY_PEG", "PRICE_LEVEL", 1, bid) == tuple(report[name] for name in ("gP", "gOT", "gOV", "gp"))


def test_a_prevented_match_is_told_to_both_orders(spec_folder: Path) -> None:
    """Each names the other, what was taken off it, and what would have been traded, with the documented keys."""

    def act(desk: Desk) -> None:
        best = desk.get("ticker/bookTicker", **BTC).json
        ask, before = best["askPrice"], Decimal(best["askQty"])
        desk.order("BTCUSDT", "SELL", price=ask, quantity="0.3")
        desk.order(price=ask, quantity=before + Decimal("0.2"), selfTradePreventionMode="DECREMENT")

    events = [event for event in told(act) if event.get("x") == "TRADE_PREVENTION"]

    keys = [
        row["key"]
        for row in documented(spec_folder, "executionReport")["conditional_fields"]
        if "STP" in row["appears_when"]
    ]
    amounts = ("0.20000000", "0.20000000", "0.20000000")
    assert all([key for key in keys if key not in event] == [] for event in events)
    assert {1: (2, *amounts), 2: (1, *amounts)} == {
        event["i"]: tuple(event[name] for name in ("U", "A", "B", "pl")) for event in events
    }
    assert {1: "NEW", 2: "EXPIRED_IN_MATCH"} == {event["i"]: event["X"] for event in events}
    assert events[0]["v"] == events[1]["v"]


def test_a_list_is_told_besides_its_orders(spec_folder: Path) -> None:
    """Placing a pair tells both orders and the list; cancelling one ends all; the keys are the documented ones."""

    def act(desk: Desk) -> None:
        listed.sell_pair(desk, listClientOrderId="both")
        desk.ask("DELETE", "orderList", **BTC, listClientOrderId="both", newClientOrderId="away")

    events = told(act)

    lists = [event for event in events if event["e"] == "listStatus"]
    reports = [event for event in events if event["e"] == "executionReport"]
    assert [("EXEC_STARTED", "EXECUTING", "both"), ("ALL_DONE", "ALL_DONE", "both")] == [
        tuple(event[name] for name in "lLC") for event in lists
    ]
    assert ["NEW", "NEW", "CANCELED", "CANCELED"] == [event["x"] for event in reports]
    assert {(lists[0]["g"], "away")} == {(event["g"], event["c"]) for event in reports if event["x"] == "CANCELED"}
    example = documented(spec_folder, "listStatus")["example"]["event"]
    assert (list(example), list(example["O"][0])) == (list(lists[0]), list(lists[0]["O"][0]))


def test_a_pair_of_which_one_trades_ends() -> None:
    """The trade is told, the other order expires for it, and then the list is done."""

    def act(desk: Desk) -> None:
        listed.sell_pair(desk, up="0.02", down=5000)
        listed.take_offers(desk, 1)

    events = told(act)

    mine = [event for event in events if event.get("g", -1) != -1]
    assert ("EXPIRED", "OCO_TRIGGER") in [(event.get("x"), event.get("eR")) for event in mine]
    assert ("FILLED", "ALL_DONE") == (
        next(event["X"] for event in mine if event.get("x") == "TRADE" and event["X"] == "FILLED"),
        mine[-1].get("l"),
    )


def test_a_fill_of_a_waiting_order_is_told_when_it_happens() -> None:
    """Nobody asks anything; the clock runs, and the market comes to the order."""

    async def scene(stage: Stage) -> tuple[dict[str, Any], str]:
        line = await stage.connect()
        await line.follow(stage.trading)
        bid, _ = stage.desk.best()
        order_id = stage.desk.order(price=bid, quantity="0.001").json["orderId"]
        await line.events_so_far()
        stage.desk.seconds += 6 * 3600
        report = await line.event()
        return report["event"], stage.desk.ask("GET", "order", **BTC, orderId=order_id).json["status"]

    report, status = play(scene, rate=1.0)

    assert ("TRADE", True) == (report["x"], report["m"])
    assert NOW_MS < report["T"] <= report["E"] == NOW_MS + 6 * 3_600_000
    assert report["X"] == status == "FILLED"


def test_each_account_hears_its_own() -> None:
    """One connection that follows two accounts tells them apart by the number."""

    async def scene(stage: Stage) -> list[tuple[int, str]]:
        line = await stage.connect()
        await line.follow(stage.trading)
        await line.follow(stage.second)
        stage.desk.key = stage.second
        stage.desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        return [(frame["subscriptionId"], frame["event"]["e"]) for frame in [await line.event() for _ in range(3)]]

    assert [(1, "executionReport"), (1, "executionReport"), (1, POSITION[0])] == play(scene)


def test_every_follower_hears_everything() -> None:
    """Two connections get the same events, whatever the unit of their times."""

    async def scene(stage: Stage) -> tuple[list[Event], list[Event]]:
        lines: list[Line] = [await stage.connect(), await stage.connect("/ws-api/v3?timeUnit=MICROSECOND")]
        for line in lines:
            await line.follow(stage.trading)
        stage.desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        return await lines[0].events_so_far(), await lines[1].events_so_far()

    coarse, fine = play(scene)

    assert [event["E"] * 1000 for event in coarse] == [event["E"] for event in fine]
    assert [event.get("I") for event in coarse] == [event.get("I") for event in fine]


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("balanceUpdate", "deposit"),
        ("externalLockUpdate", "lock_externally"),
    ],
)
@pytest.mark.parametrize("amount_e8", [150_000_000, -50_000_000])
def test_what_comes_from_outside_is_told(spec_folder: Path, name: str, act: str, amount_e8: int) -> None:
    """A deposit, a withdrawal, a lock and its release, each followed by the balance."""

    def acts(desk: Desk) -> None:
        main = desk.venue.accounts["main"]
        desk.venue.lock_externally(main, "BNB", 100_000_000, NOW_MS)
        getattr(desk.venue, act)(main, "BNB", amount_e8, NOW_MS)

    *_, change, position = told(acts)

    example = documented(spec_folder, name)["example"]["event"]
    assert (list(example), name) == (list(change), change["e"])
    assert ("BNB", {150_000_000: "1.50000000", -50_000_000: "-0.50000000"}[amount_e8]) == (change["a"], change["d"])
    assert (POSITION[0], "BNB") == (position["e"], position["B"][0]["a"])


def test_a_stop_is_told_again_when_it_is_triggered() -> None:
    """First it waits outside the book, then it works, then it trades, all by the tape's time."""

    def act(desk: Desk) -> None:
        stop = {"stopPrice": desk.best()[0] - 5, "timeInForce": "GTC"}
        desk.order("BTCUSDT", "SELL", "STOP_LOSS_LIMIT", price=desk.best()[0] - 500, quantity="0.01", **stop)
        desk.seconds += 3600
        desk.ask("GET", "account")

    reports = [event for event in told(act, rate=1.0) if event["e"] == "executionReport"]

    assert [("NEW", "NEW"), ("NEW", "NEW"), ("TRADE", "FILLED")] == steps(reports)
    assert [False, True] == [event["w"] for event in reports[:2]]
    assert NOW_MS < reports[1]["T"] == reports[1]["W"] == reports[2]["T"] < reports[1]["E"]


def test_an_order_that_waits_for_another_is_told_when_it_starts() -> None:
    """It is new twice: pending with its list, and working after the other's trade."""

    def act(desk: Desk) -> None:
        pending = {"pendingType": "LIMIT", "pendingSide": "SELL", "pendingTimeInForce": "GTC"}
        price = desk.best()[0] + 900
        listed.place(desk, "oto", **listed.working(desk, at=5), **pending, pendingPrice=price, pendingQuantity="0.01")

    reports = [event for event in told(act) if event["e"] == "executionReport"]

    assert [(1, "NEW", "NEW"), (2, "NEW", "PENDING_NEW")] == [(event["i"], *steps([event])[0]) for event in reports[:2]]
    assert (1, "TRADE", "FILLED") == (reports[-2]["i"], *steps(reports[-2:-1])[0])
    assert (2, "NEW", "NEW", True) == (reports[-1]["i"], *steps(reports[-1:])[0], reports[-1]["w"])


def test_a_routed_order_is_told_with_its_allocations() -> None:
    """What it took bears the number of an allocation instead of a trade's."""
    reports = told(
        lambda desk: desk.ask("POST", "sor/order", **BTC, side="BUY", type="MARKET", quantity="0.01"),
    )

    trades = [event for event in reports if event.get("x") == "TRADE"]
    assert trades
    assert {("SOR", True)} == {(event["k"], event["uS"]) for event in reports if event["e"] == "executionReport"}
    assert {("ONE_PARTY_TRADE_REPORT", -1)} == {(event["b"], event["t"]) for event in trades}


def test_two_accounts_hear_of_their_trade() -> None:
    """Both sides get the same trade; one made it, the other took it."""

    async def scene(stage: Stage) -> list[Event]:
        line = await stage.connect()
        await line.follow(stage.trading)
        await line.follow(stage.second)
        bid = stage.desk.get("ticker/bookTicker", **BTC).json
        stage.desk.order(price=bid["bidPrice"], quantity="0.01")
        stage.desk.key = stage.second
        stage.desk.order("BTCUSDT", "SELL", "MARKET", quantity=Decimal(bid["bidQty"]) + Decimal("0.01"))
        return [event for event in await line.events_so_far() if event.get("x") == "TRADE"]

    trades = play(scene)

    made = next(event for event in trades if event["m"])
    taken = next(event for event in trades if not event["m"] and event["t"] == made["t"])
    assert ("BUY", "SELL", made["L"], made["l"]) == (made["S"], taken["S"], taken["L"], taken["l"])
