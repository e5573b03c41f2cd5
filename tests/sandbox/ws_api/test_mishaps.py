"""What a client of the WebSocket API sees of faults, and what really happened."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.desk import NOW_MS
from tests.sandbox.ws_api.stage import Line, Stage, play

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


async def place(stage: Stage, line: Line) -> dict[str, Any] | int | None:
    """The answer to an order, or the code with which the connection ends."""
    try:
        return await line.ask_signed(stage.trading, "order.place", **ORDER)
    except ConnectionError:
        return line.socket.close_code


def orders(stage: Stage) -> int:
    """How many orders there are."""
    return len(stage.desk.ask("GET", "allOrders", symbol="BTCUSDT").json)


@pytest.mark.parametrize(
    ("kind", "expected", "placed"),
    [
        ("execute_then_503", (503, -1007), 1),
        ("reply_503_execute_later", (503, -1007), 0),
        ("execute_then_drop", 1006, 1),
        ("drop_before_execute", 1006, 0),
        ("429", (429, -1003), 0),
        ("418", (418, -1003), 0),
        ("403", 1006, 0),
        ("451", 1006, 0),
    ],
)
def test_a_fault_strikes_a_request(kind: str, expected: object, placed: int) -> None:
    """The client is told something, or cut off; whether the order is there is another matter. The log knows both."""

    async def scene(stage: Stage) -> tuple[object, int, dict[str, Any]]:
        line = await stage.connect()
        stage.faults.put({"kind": kind, "route": "new_order", "count": 1})
        outcome = await place(stage, line)
        told = (outcome["status"], outcome["error"]["code"]) if isinstance(outcome, dict) else outcome
        entry = list(stage.desk.exchange.log.entries(endpoint="new_order"))[-1]
        return told, orders(stage), entry

    told, there, entry = play(scene)

    assert (expected, placed) == (told, there)
    assert (kind, bool(placed)) == (entry["fault"], entry["executed"])
    assert (entry["status"], entry["code"]) == (told if isinstance(told, tuple) else (None, None))


def test_an_order_is_executed_after_its_503() -> None:
    """When the clock has reached the moment; a follower hears of it then."""

    async def scene(stage: Stage) -> tuple[int, dict[str, Any]]:
        line, follower = await stage.connect(), await stage.connect()
        await follower.follow(stage.trading)
        stage.faults.put({"kind": "reply_503_execute_later", "route": "order.place", "count": 1, "after_ms": 2_000})
        await place(stage, line)
        before = orders(stage)
        stage.desk.seconds += 2
        return before, (await follower.event())["event"]

    before, event = play(scene, rate=1.0)

    assert 0 == before
    assert ("executionReport", NOW_MS + 2_000) == (event["e"], event["T"])


def test_an_order_is_executed_at_its_own_moment_however_late_somebody_looks() -> None:
    """The clock is turned past its recvWindow, which it still kept when it was due."""

    async def scene(stage: Stage) -> tuple[int, dict[str, Any]]:
        line = await stage.connect()
        stage.faults.put({"kind": "reply_503_execute_later", "route": "order.place", "count": 1, "after_ms": 2_000})
        await place(stage, line)
        stage.desk.clock.advance(60_000)
        await line.ask("ping")
        return orders(stage), list(stage.desk.exchange.log.entries(endpoint="new_order"))[-1]

    placed, entry = play(scene)

    assert 1 == placed
    assert (True, NOW_MS + 2_000, 503) == (entry["executed"], entry["executed_time"], entry["status"])


def test_a_wrong_clock_refuses_a_timestamp() -> None:
    """To the door the request is stale; the time it states is off as well."""

    async def scene(stage: Stage) -> tuple[object, int]:
        line = await stage.connect()
        stage.faults.put({"kind": "wrong_clock", "route": "*", "offset_ms": 6_000})
        outcome = await place(stage, line)
        assert isinstance(outcome, dict)
        return outcome["error"]["code"], (await line.ask("time"))["result"]["serverTime"]

    assert (-1021, NOW_MS + 6_000) == play(scene)


def test_an_answer_can_break_in_the_middle() -> None:
    """What arrives is no JSON."""

    async def scene(stage: Stage) -> str:
        line = await stage.connect()
        stage.faults.put({"kind": "broken_json", "route": "time"})
        await line.socket.send_json({"id": 1, "method": "time"})
        return str((await line.socket.receive(30)).data)

    answer = play(scene)

    assert answer.startswith('{"id":1,"status":200')
    assert not answer.endswith("}")


def test_a_stream_falls_silent() -> None:
    """No event comes any more, but answers do."""

    async def scene(stage: Stage) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        line = await stage.connect()
        await line.follow(stage.trading)
        stage.faults.put({"kind": "silence", "route": "userDataStream"})
        stage.desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        return await line.events_so_far(), await line.ask("time")

    events, reply = play(scene)

    assert ([], 200) == (events, reply["status"])


def test_a_stream_is_cut() -> None:
    """At the event that the fault names, and not before."""

    async def scene(stage: Stage) -> tuple[str, int | None]:
        line = await stage.connect()
        await line.follow(stage.trading)
        stage.faults.put({"kind": "cut", "route": "outboundAccountPosition"})
        stage.desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        await line.ending()
        return stage.desk.ask("GET", "allOrders", symbol="BTCUSDT").json[0]["status"], line.socket.close_code

    assert ("FILLED", 1006) == play(scene)


def test_what_is_executed_after_its_client_has_gone_follows_nobody() -> None:
    """A subscription that was held back finds no connection any more, and leaves nothing behind."""

    async def scene(stage: Stage) -> tuple[bool, bool]:
        line, other = await stage.connect(), await stage.connect()
        subscribe = "userDataStream.subscribe.signature"
        stage.faults.put({"kind": "reply_503_execute_later", "route": "*", "count": 1, "after_ms": 2_000})
        await line.ask_signed(stage.trading, subscribe)
        await line.socket.close()
        stage.desk.seconds += 2
        (entry,) = stage.desk.exchange.log.entries(endpoint=subscribe)
        while entry["verdict"] is None:
            await other.ask("ping")
            (entry,) = stage.desk.exchange.log.entries(endpoint=subscribe)
        return entry["verdict"]["status"] == 200, stage.api.events.is_followed

    assert (True, False) == play(scene, rate=1.0)
