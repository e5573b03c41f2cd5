"""Before an order leaves, what its rules need is asked at once, kept as long as it holds, and nothing else is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, OrderIds, WeightBudget
from binance_nb.environment import resolve
from binance_nb.errors import FilterViolation, PreflightError
from binance_nb.keys import credentials
from binance_nb.rules import RuleReport
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.trading.preflight.preflight import Preflight

LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC"}
LIMIT |= {"quantity": "0.001", "price": "60000"}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET"}
HOUR_MS = 3_600_000


class Desk:
    """A preflight on a sandbox, and which reads it makes."""

    def __init__(self, process: SandboxProcess, **options: Any) -> None:
        place = resolve(process.url)
        held = credentials(process.api_key, process.secret_key, place.host)
        self.process = process
        self.client = Client(place, held, budget=WeightBudget(), order_ids=OrderIds(1))
        self.preflight = Preflight(self.client, **{"patience_seconds": 30.0, **options})  # however busy the machine
        self.client.call("ping")
        self._seen = self.process.log()[-1]["id"]

    def report(self, name: str = "new_order", **words: object) -> RuleReport:
        endpoint = ENDPOINTS[name]
        return self.preflight.report(endpoint, self.client.bind(endpoint, words))

    def asked(self) -> list[str]:
        """The reads since the last look, in order of their names; of open orders whether all or one symbol's."""
        new = self.process.log(since=self._seen)
        self._seen = new[-1]["id"] if new else self._seen
        return sorted(f"{row['endpoint']}{_scope(row)}" for row in new)

    def close(self) -> None:
        self.preflight.close()
        self.client.close()


def _scope(row: Mapping[str, Any]) -> str:
    return " of all" if row["endpoint"] == "open_orders" and "symbol" not in row["parameters"] else ""


@pytest.fixture
def desk(sandbox: SandboxProcess, start_sandbox: Callable[..., SandboxProcess]) -> Iterator[Callable[..., Desk]]:
    """A function that opens a preflight, on the sandbox that stands still or on one with a clock of its own."""
    opened: list[Desk] = []

    def start(*, patience_seconds: float = 10, **options: Any) -> Desk:
        process = start_sandbox(seed=1, **options) if options else sandbox
        opened.append(Desk(process, patience_seconds=patience_seconds))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_rules_are_asked_once_and_balances_each_time(desk: Callable[..., Desk]) -> None:
    """A second order of the symbol asks for what changes: four reads at a weight of 28 beside 170."""
    there = desk()

    there.report(**LIMIT)
    first = there.asked()
    there.report(**LIMIT)

    assert first == [
        "account",
        "avg_price",
        "exchange_info",
        "my_filters",
        "open_orders",
        "open_orders of all",
        "reference_price",
    ]
    assert there.asked() == ["account", "avg_price", "open_orders"]


def test_only_what_a_filter_needs_is_asked(desk: Callable[..., Desk]) -> None:
    """A purchase for so much money has no price to compare; a purchase of so much is priced by the book."""
    there = desk()
    there.report(**LIMIT)
    there.asked()

    there.report(**MARKET, quote_order_qty="100")
    by_money = there.asked()
    there.report(**MARKET, quantity="0.001")
    by_size = there.asked()

    assert by_money == ["account", "open_orders"]
    assert by_size == ["account", "avg_price", "depth", "execution_rules", "open_orders"]


def test_a_call_that_places_nothing_asks_nothing(desk: Callable[..., Desk]) -> None:
    """A cancel goes out at once."""
    there = desk()

    report = there.report("cancel_order", symbol="BTCUSDT", order_id=1)

    assert report.passed
    assert there.asked() == []


def test_rules_that_passed_by_are_not_asked_again(desk: Callable[..., Desk]) -> None:
    """Whoever has looked at exchange_info has told them."""
    there = desk()
    there.client.call("exchange_info")
    there.asked()

    there.report(**LIMIT)

    assert "exchange_info" not in there.asked()


def test_after_an_hour_the_rules_are_asked_again(desk: Callable[..., Desk]) -> None:
    """Of the server's time, however fast it runs."""
    there = desk(speed=1000)
    there.report(**LIMIT)
    there.asked()

    there.process.advance(HOUR_MS + 1000)
    there.client.clock.synchronise()
    there.preflight.report(ENDPOINTS["new_order"], there.client.bind(ENDPOINTS["new_order"], LIMIT))

    assert {"my_filters", "open_orders of all"} <= set(there.asked())


def test_a_refusal_lets_the_rules_be_asked_again(desk: Callable[..., Desk]) -> None:
    """The exchange's word goes before what is remembered."""
    there = desk()
    there.report(**LIMIT)
    with pytest.raises(FilterViolation):
        there.client.call("new_order", **LIMIT | {"price": "60000.001"})
    there.asked()

    there.report(**LIMIT)

    assert {"exchange_info", "my_filters"} <= set(there.asked())


@pytest.mark.parametrize("route", ["account", "open_orders", "avg_price", "exchange_info", "my_filters", "*"])
def test_an_exchange_in_trouble_keeps_no_order_back(desk: Callable[..., Desk], route: str) -> None:
    """What cannot be had is not known, and what is not known refuses nothing."""
    there = desk()
    with there.process.faults(route, method="GET", kind="403"):
        report = there.report(**LIMIT)

    assert report.passed
    assert report.unknown


def test_the_last_of_the_weight_is_left_to_orders(desk: Callable[..., Desk]) -> None:
    """Checks that use it up would keep back what takes orders back."""
    there = desk(speed=0.001)  # the minute does not end meanwhile
    there.report(**LIMIT)
    there.asked()
    there.client.budget.settle(0, there.client.clock.now_ms(), {"x-mbx-used-weight-1m": "5690"})

    report = there.report(**LIMIT)

    assert ["avg_price", "open_orders"] == there.asked()
    assert report.passed
    assert {"what is left of the weight is kept for orders"} <= {line.note for line in report.unknown}


def test_an_order_does_not_wait_long_for_a_read(desk: Callable[..., Desk]) -> None:
    """An answer that does not come in time is as good as none."""
    there = desk(patience_seconds=0.2)
    there.report(**LIMIT)

    with there.process.faults("account", kind="delay", ms=1500):
        report = there.report(**LIMIT)

    (line,) = [line for line in report.unknown if line.rule == "BALANCE"]
    assert line.note == "no answer within 0.2 s"
    assert report.passed


def test_a_refused_order_is_told_with_the_line_that_passes(desk: Callable[..., Desk]) -> None:
    """The error names the rules, the smallest change, and carries the report; nothing was sent."""
    there = desk()
    endpoint = ENDPOINTS["new_order"]
    sent = there.client.bind(endpoint, LIMIT | {"price": "60000.129", "quantity": "0.00012345"})

    with pytest.raises(PreflightError) as caught:
        there.preflight.check(endpoint, sent)

    error = caught.value
    assert "breaks PRICE_FILTER, LOT_SIZE: price 60000.129 lies between two steps of tickSize 0.01" in error.message
    assert error.hint == "The smallest change that passes: price 60000.12, quantity 0.00012."
    # The drawn order id stays out: the next order draws its own.
    assert error.suggestion == (
        "%binance new_order BTCUSDT BUY LIMIT --time-in-force GTC --quantity 0.00012 --price 60000.12"
    )
    assert isinstance(error.report, RuleReport)
    assert "new_order" not in there.asked()


def test_an_order_that_passes_is_let_through(desk: Callable[..., Desk]) -> None:
    """Nothing is raised, and the exchange takes it."""
    there = desk()
    endpoint = ENDPOINTS["new_order"]
    sent = there.client.bind(endpoint, LIMIT)

    there.preflight.check(endpoint, sent)

    assert there.client.send(endpoint, sent).status == 200
    there.client.call("cancel_open_orders", symbol="BTCUSDT")
