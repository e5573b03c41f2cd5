"""What the real client believes under each fault, against what the sandbox's log knows to be true."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_nb import Session
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import (
    BinanceError,
    ExecutionUnknownError,
    FirewallError,
    IpBannedError,
    RateLimitError,
    RegionBlockedError,
    ReplyError,
    TransportError,
)
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess, start
from tests.sandbox_fixture import FROZEN_AT
from tests.streams.events import wait_for


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """A sandbox for these tests alone."""
    process = start(seed=1, frozen=FROZEN_AT)
    yield process
    process.stop()


class Shop(Session):
    """A session that does not pause, with a weight account of its own, and the log's lines since it began."""

    def __init__(self, process: SandboxProcess) -> None:
        place = Environment("sandbox", process.url, is_sandbox=True)
        held = credentials(process.api_key, process.secret_key, place.host, "sandbox")
        super().__init__(Client(place, held, budget=WeightBudget(), timeout_seconds=30.0, sleep=lambda seconds: None))
        self.process = process
        self.since = max((line["id"] for line in process.log()), default=0)

    def lines(self, endpoint: str) -> list[dict[str, Any]]:
        """What the exchange really did."""
        return self.process.log(since=self.since, endpoint=endpoint)


@pytest.fixture
def shop(process: SandboxProcess) -> Iterator[Shop]:
    """Somebody who calls, and is gone with his faults."""
    shop = Shop(process)
    yield shop
    process.clear_faults()
    shop.client.close()


def place(session: Session) -> Any:
    """What the client alone makes of it: a session would look an order up whose outcome is unknown."""
    reply = session.client.call(
        "new_order",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        time_in_force="GTC",
        quantity="0.001",
        price="50000",
    )
    return json.loads(reply.body)


def believed(call: Callable[[], Any]) -> BinanceError | None:
    """What a caller is left with: nothing where it worked, else an error."""
    try:
        call()
    except BinanceError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("kind", "details", "error", "is_executed"),
    [
        ("execute_then_503", {}, ExecutionUnknownError, True),
        ("execute_then_503", {"code": -1006}, ExecutionUnknownError, True),
        ("reply_503_execute_later", {"after_ms": 60_000}, ExecutionUnknownError, False),
        ("execute_then_drop", {}, ExecutionUnknownError, True),
        ("drop_before_execute", {}, ExecutionUnknownError, False),
        ("broken_json", {}, ExecutionUnknownError, True),
        ("429", {"retry_after_seconds": 5}, RateLimitError, False),
        ("418", {"retry_after_seconds": 180}, IpBannedError, False),
        ("403", {}, FirewallError, False),
        ("451", {}, RegionBlockedError, False),
    ],
)
def test_an_orders_outcome_is_never_believed_wrongly(
    shop: Shop, kind: str, details: dict[str, Any], error: type[BinanceError], is_executed: bool
) -> None:
    """Where the log says executed, the client never believes it was not; it was sent once, whatever came back."""
    with shop.process.faults("new_order", kind=kind, **details):
        told = believed(lambda: place(shop))
    (line,) = shop.lines("new_order")

    assert type(told) is error
    assert is_executed is line["executed"] is bool(line["orders"])
    if isinstance(told, ExecutionUnknownError):
        assert line["parameters"]["newClientOrderId"] == told.details["client_order_id"]


def test_an_order_whose_answer_is_long_in_coming_is_unknown(shop: Shop) -> None:
    """The client gives up, and the exchange has executed it."""
    shop.call("time")
    shop.client.timeout_seconds = 0.6
    with shop.process.faults("new_order", kind="delay", ms=20_000):
        told = believed(lambda: place(shop))
    wait_for(lambda: any(line["executed"] for line in shop.lines("new_order")), 20)
    (line,) = shop.lines("new_order")

    assert isinstance(told, ExecutionUnknownError)
    assert line["parameters"]["newClientOrderId"] == told.details["client_order_id"]


@pytest.mark.parametrize("kind", ["execute_then_503", "execute_then_drop", "broken_json"])
def test_an_unknown_order_is_found_under_its_own_id(shop: Shop, kind: str) -> None:
    """What the error says to look up is what the exchange has."""
    with shop.process.faults("new_order", kind=kind):
        told = believed(lambda: place(shop))
    assert told is not None

    found = shop.call("get_order", symbol="BTCUSDT", orig_client_order_id=told.details["client_order_id"], raw=True)

    (line,) = shop.lines("new_order")
    assert [found["orderId"]] == [order["orderId"] for order in line["orders"]]


def test_an_order_that_is_executed_later_appears_later(shop: Shop) -> None:
    """-2013 now, and there after a while: only past its recvWindow is -2013 a verdict."""
    with shop.process.faults("new_order", kind="reply_503_execute_later", after_ms=2_000):
        told = believed(lambda: place(shop))
    assert told is not None

    def look() -> Any:
        return shop.call("get_order", symbol="BTCUSDT", orig_client_order_id=told.details["client_order_id"], raw=True)

    before, sent_ms = believed(look), shop.process.control("GET", "clock")["time"]
    shop.process.advance(3_000)

    assert before is not None
    assert -2013 == before.code
    assert sent_ms + 2_000 == look()["time"] == shop.lines("new_order")[0]["executed_time"]


def test_an_order_is_executed_later_in_real_time(shop: Shop) -> None:
    """Also where the clock stands, and while nobody calls."""
    with shop.process.faults("new_order", kind="reply_503_execute_later", after_real_ms=20):
        told = believed(lambda: place(shop))
    wait_for(lambda: shop.lines("new_order")[0]["executed"])
    (line,) = shop.lines("new_order")

    assert isinstance(told, ExecutionUnknownError)
    assert (True, 503) == (line["executed"], line["status"])


@pytest.mark.parametrize("kind", ["execute_then_503", "execute_then_drop", "drop_before_execute"])
def test_a_read_is_tried_again(shop: Shop, kind: str) -> None:
    """One bad answer to a read is nobody's business; when all are bad, it says that trying again is safe."""
    with shop.process.faults("ticker_price", kind=kind, count=1):
        once = believed(lambda: shop.call("ticker_price", symbol="BTCUSDT"))
    with shop.process.faults("ticker_price", kind=kind):
        always = believed(lambda: shop.call("ticker_price", symbol="BTCUSDT"))

    assert once is None
    assert isinstance(always, TransportError)
    assert 5 == len(shop.lines("ticker_price"))


def test_a_read_that_is_cut_short_is_not_believed(shop: Shop) -> None:
    """Half a list is no list."""
    with shop.process.faults("klines", kind="broken_json"):
        told = believed(lambda: shop.call("klines", symbol="BTCUSDT", interval="1m"))

    assert isinstance(told, ReplyError)


@pytest.mark.parametrize("offset_ms", [-7_000, 7_000])
def test_a_clock_that_is_off_for_good_is_followed(shop: Shop, offset_ms: int) -> None:
    """The first try fails with -1021, nothing is executed, and the second keeps the exchange's time."""
    shop.call("time")
    with shop.process.faults(kind="wrong_clock", offset_ms=offset_ms):
        placed = place(shop)
    tries = shop.lines("new_order")

    assert [(-1021, False), (None, True)] == [(line["code"], line["executed"]) for line in tries]
    assert [placed["orderId"]] == [order["orderId"] for order in tries[1]["orders"]]


def test_faults_at_random_leave_no_order_in_doubt(shop: Shop) -> None:
    """Forty orders through a bad line: each is known, refused or unknown, and none that is refused is there."""
    kinds = ("execute_then_503", "execute_then_drop", "drop_before_execute", "broken_json", "403", "451")
    for seed, kind in enumerate(kinds):
        shop.process.faults("new_order", kind=kind, probability=0.15, seed=seed)

    outcomes = [believed(lambda: place(shop)) for _ in range(40)]
    lines = shop.lines("new_order")

    assert 40 == len(lines)
    unknown = 0
    for told, line in zip(outcomes, lines, strict=True):
        unknown += isinstance(told, ExecutionUnknownError)
        if told is None:
            assert line["executed"]
        elif not isinstance(told, ExecutionUnknownError):
            assert not line["executed"]
    assert 5 < unknown < 35
