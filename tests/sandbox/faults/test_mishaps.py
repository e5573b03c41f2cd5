"""What a caller sees of each fault, and what the log knows."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.exchange import Answer
from binance_nb.sandbox.faults import Faults, Postponed
from binance_nb.sandbox.faults.kinds import OUTCOMES
from binance_nb.sandbox.faults.mishaps import Mishaps
from tests.sandbox.desk import NOW_MS, Desk, encoded, signed


class Shop:
    """A desk behind which things go wrong."""

    def __init__(self, rate: float = 0.0) -> None:
        self.desk = Desk(rate=rate)
        self.faults = Faults()
        self.postponed = Postponed(self.desk.clock)
        self.mishaps = Mishaps(self.desk.exchange, self.faults, self.desk.clock, self.postponed)

    def order(self, **params: object) -> Answer | None:
        """Place an order; the answer, if one comes."""
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
        stamped = {**order, "price": "50000", "timestamp": self.desk.clock.now_ms(), **params}
        key = self.desk.key
        query = encoded(stamped)
        query += f"&signature={signed(query, key.secret_key)}"
        received = Received("POST", "/api/v3/order", query, headers={"x-mbx-apikey": key.api_key})
        return asyncio.run(self.mishaps.answer(received))

    @property
    def line(self) -> dict[str, Any]:
        """The log's last line."""
        return list(self.desk.exchange.log.entries())[-1]

    @property
    def open_orders(self) -> int:
        """How many orders there are."""
        return len(self.desk.ask("GET", "openOrders").json)


@pytest.fixture
def shop() -> Shop:
    """A shop whose clock stands."""
    return Shop()


def code_of(answer: Answer | None) -> tuple[int, int]:
    assert answer is not None
    return answer.status, json.loads(answer.body)["code"]


def test_every_outcome_is_answered_somehow(shop: Shop) -> None:
    """None of the kinds is forgotten, nor one that decides nothing."""
    for kind in sorted(OUTCOMES):
        shop.faults.put({"kind": kind, "count": 1})
        shop.order()

        assert kind == shop.line["fault"]


@pytest.mark.parametrize("code", [-1007, -1006])
def test_an_order_can_be_executed_and_nobody_knows(shop: Shop, code: int) -> None:
    """503, and the order is there."""
    shop.faults.put({"kind": "execute_then_503", "code": code})

    assert (503, code) == code_of(shop.order())
    assert (503, code, True, True) == tuple(shop.line[name] for name in ("status", "code", "answered", "executed"))
    assert {"status": 200, "code": None} == shop.line["verdict"]
    assert 1 == shop.open_orders


def test_an_order_that_is_refused_can_be_unknown_too(shop: Shop) -> None:
    """503, and the log knows that it was refused."""
    shop.faults.put({"kind": "execute_then_503"})

    assert (503, -1007) == code_of(shop.order(price="50000.001"))
    assert not shop.line["executed"]
    assert (400, -1013) == (shop.line["verdict"]["status"], shop.line["verdict"]["code"])


def test_an_order_can_be_executed_later() -> None:
    """503 at once; when its moment has come it is executed, at that moment, whoever asks next."""
    shop = Shop(rate=1.0)
    shop.faults.put({"kind": "reply_503_execute_later", "after_ms": 1500, "count": 1})

    answer = shop.order()
    shop.desk.seconds = 1.4
    shop.postponed.catch_up()
    before = shop.line
    shop.desk.seconds = 4.0
    shop.postponed.catch_up()

    assert (503, -1007) == code_of(answer)
    assert (False, None, 503) == (before["executed"], before["verdict"], before["status"])
    assert (True, NOW_MS + 1500, 503) == (shop.line["executed"], shop.line["executed_time"], shop.line["status"])
    assert 1 == shop.open_orders
    assert shop.mishaps.is_idle


def test_an_order_that_comes_too_late_is_not_executed() -> None:
    """Its recvWindow has passed by then: nothing happens, ever."""
    shop = Shop(rate=1.0)
    shop.faults.put({"kind": "reply_503_execute_later", "after_ms": 3000, "count": 1})

    shop.order(recvWindow=2000)
    shop.desk.seconds = 4.0
    shop.postponed.catch_up()

    assert (False, -1021) == (shop.line["executed"], shop.line["verdict"]["code"])
    assert 0 == shop.open_orders


@pytest.mark.parametrize(("kind", "is_executed"), [("execute_then_drop", True), ("drop_before_execute", False)])
def test_an_answer_can_be_lost(shop: Shop, kind: str, is_executed: bool) -> None:
    """Nothing comes, and only the log knows."""
    shop.faults.put({"kind": kind})

    assert shop.order() is None
    assert (False, None, is_executed) == (shop.line["answered"], shop.line["status"], shop.line["executed"])
    assert "0.01" == shop.line["parameters"]["quantity"]
    assert int(is_executed) == shop.open_orders


@pytest.mark.parametrize(("kind", "words"), [("429", "current limit is 6000"), ("418", f"until {NOW_MS + 7000}")])
def test_limits_can_be_said_to_be_reached(shop: Shop, kind: str, words: str) -> None:
    """With Retry-After and the exchange's message; nothing is executed."""
    shop.faults.put({"kind": kind, "retry_after_seconds": 7})

    answer = shop.order()

    assert answer is not None
    assert (int(kind), -1003) == code_of(answer)
    assert "7" == answer.headers["Retry-After"]
    assert words in json.loads(answer.body)["msg"]
    assert not shop.line["executed"]


def test_the_firewall_answers_with_a_page(shop: Shop) -> None:
    """HTML, without a word of the exchange's."""
    shop.faults.put({"kind": "403"})

    answer = shop.order()

    assert answer is not None
    assert (403, "text/html") == (answer.status, answer.headers["Content-Type"])
    assert answer.body.startswith(b"<html>")
    assert "X-MBX-USED-WEIGHT" not in answer.headers


def test_a_place_can_be_restricted(shop: Shop) -> None:
    """451, with the code that is none."""
    shop.faults.put({"kind": "451"})

    assert (451, 0) == code_of(shop.order())
    assert not shop.line["executed"]


def test_json_can_end_in_the_middle(shop: Shop) -> None:
    """200, executed, and nobody can read it."""
    shop.faults.put({"kind": "broken_json"})

    answer = shop.order()

    assert answer is not None
    assert 200 == answer.status
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(answer.body)
    assert shop.line["executed"]


@pytest.mark.parametrize("offset_ms", [-7_000, 7_000])
def test_a_wrong_clock_is_wrong_everywhere(shop: Shop, offset_ms: int) -> None:
    """In the answer, in the headers, and to who sends the right time; the order itself has the matching engine's."""
    shop.faults.put({"kind": "wrong_clock", "offset_ms": offset_ms})
    asked = asyncio.run(shop.mishaps.answer(Received("GET", "/api/v3/time")))
    assert asked is not None

    refused = shop.order()
    taken = shop.order(timestamp=NOW_MS + offset_ms)

    assert {"serverTime": NOW_MS + offset_ms} == json.loads(asked.body)
    assert f"{NOW_MS + offset_ms};0" == asked.headers["X-SANDBOX-CLOCK"]
    assert f"Sat, 01 Jun 2024 {'11:59:53' if offset_ms < 0 else '12:00:07'} GMT" == asked.headers["Date"]
    assert (400, -1021) == code_of(refused)
    assert taken is not None
    assert NOW_MS == json.loads(taken.body)["transactTime"]


@pytest.mark.parametrize("on_the_way", [0, 1])
def test_a_delay_holds_up_nobody_else(shop: Shop, on_the_way: int) -> None:
    """Another call is answered meanwhile: after the slow one was executed, or before."""
    shop.faults.put({"kind": "delay", "ms": 50, "on_the_way": on_the_way, "count": 1, "route": "time"})
    order: list[str] = []

    async def ask(path: str) -> None:
        await shop.mishaps.answer(Received("GET", f"/api/v3/{path}"))
        order.append(path)

    async def both() -> None:
        await asyncio.gather(ask("time"), ask("ping"))

    asyncio.run(both())

    logged = [line["endpoint"] for line in shop.desk.exchange.log.entries()]
    assert ["ping", "time"] == order
    assert (["ping", "time"] if on_the_way else ["time", "ping"]) == logged


def test_a_fault_leaves_other_calls_alone(shop: Shop) -> None:
    """An order fails, the time does not; nor does what is no endpoint."""
    shop.faults.put({"kind": "execute_then_503", "route": "new_order"})

    statuses = []
    for path in ("/api/v3/time", "/api/v3/nothing"):
        answer = asyncio.run(shop.mishaps.answer(Received("GET", path)))
        statuses.append(answer and answer.status)

    assert [200, 404] == statuses


def test_faults_of_two_sorts_strike_together(shop: Shop) -> None:
    """A clock that is wrong, and an answer that is lost."""
    shop.faults.put({"kind": "wrong_clock", "offset_ms": -7000})
    shop.faults.put({"kind": "execute_then_503"})

    assert (503, -1007) == code_of(shop.order())
    assert "wrong_clock, execute_then_503" == shop.line["fault"]
    assert -1021 == shop.line["verdict"]["code"]
