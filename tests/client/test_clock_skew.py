"""Clocks that are up to ten minutes off, and steps in the middle of orders: no call fails for it.

``benchmarks/soak/clock_skew.py`` tries the same with every minute and four threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from binance_nb.client import Client, ServerClock, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import TimestampError
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess, start

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
SKEWS_MS = [-600_000, -5_500, -1_500, 1_500, 5_500, 600_000]


@pytest.fixture(scope="module")
def ticking() -> Iterator[SandboxProcess]:
    """A sandbox whose clock runs, and can be set."""
    process = start(seed=1)
    yield process
    process.stop()


@pytest.fixture
def server_at(ticking: SandboxProcess) -> Iterator[Callable[[int], None]]:
    """Sets the exchange's clock; afterwards it is right again."""

    def server_at(offset_ms: int) -> None:
        ticking.clear_faults()
        ticking.faults("*", kind="wrong_clock", offset_ms=offset_ms)

    yield server_at
    ticking.clear_faults()


class Computer:
    """A computer whose clock on the wall is off, and a client on it."""

    def __init__(self, sandbox: SandboxProcess, ahead_seconds: float = 0.0) -> None:
        self.ahead_seconds = ahead_seconds
        self._sandbox = sandbox
        place = Environment("sandbox", sandbox.url, is_sandbox=True)
        clock = partial(ServerClock, wall=lambda: time.time() + self.ahead_seconds)
        held = credentials(sandbox.api_key, sandbox.secret_key, place.host)
        self.client = Client(place, held, budget=WeightBudget(), make_clock=clock)

    def order(self, times: int = 3) -> list[str]:
        """Place orders, and tell what the exchange answered to each request about them, by its own log."""
        sandbox = self._sandbox
        since = max((entry["id"] for entry in sandbox.log(limit=1)), default=0)
        for _ in range(times):
            self.client.call("new_order", **ORDER)
        heard = sandbox.log(since=since, endpoint="new_order")
        return ["placed" if entry["executed"] else str(entry["code"]) for entry in heard]


@pytest.mark.parametrize("skew_ms", SKEWS_MS)
def test_a_clock_that_is_off_from_the_start_costs_nothing(
    ticking: SandboxProcess, server_at: Callable[[int], None], skew_ms: int
) -> None:
    """Whether it is the exchange's or this computer's: the first look puts it right before the first order."""
    on_wrong_computer = Computer(ticking, skew_ms / 1000).order()
    server_at(skew_ms)
    against_wrong_server = Computer(ticking).order()

    assert ["placed"] * 3 == on_wrong_computer == against_wrong_server


# Seconds beyond what the exchange lets pass, which a busy machine may take over a request.
@pytest.mark.parametrize("skew_ms", [-600_000, -6_000, 10_000, 600_000])
def test_after_a_step_of_the_exchange_one_order_goes_again_and_none_fails(
    ticking: SandboxProcess, server_at: Callable[[int], None], skew_ms: int
) -> None:
    """-1021 means that nothing was executed: the client asks the time, and sends that order once more."""
    computer = Computer(ticking)
    before = computer.order()
    server_at(skew_ms)
    after = computer.order()

    assert ["placed"] * 3 == before
    assert ["-1021", "placed", "placed", "placed"] == after


@pytest.mark.parametrize("seconds", [-600.0, 1.5, 600.0])
def test_a_step_of_this_computer_costs_nothing(ticking: SandboxProcess, seconds: float) -> None:
    """Requests go by a steady clock, and the offset that is shown is right again."""
    computer = Computer(ticking)
    computer.order(1)
    before = computer.client.clock.offset_ms or 0.0
    computer.ahead_seconds = seconds
    answers = computer.order()

    assert ["placed"] * 3 == answers
    assert computer.client.clock.offset_ms == pytest.approx(before - seconds * 1000, abs=1_000)


def test_a_sleep_in_which_the_steady_clock_stood_costs_nothing(ticking: SandboxProcess) -> None:
    """The wall clock tells that time is missing, so the exchange is asked before the next order."""
    computer = Computer(ticking)
    computer.order(1)
    ticking.advance(600_000)
    computer.ahead_seconds += 600.0

    assert ["placed"] * 3 == computer.order()


def test_a_clock_that_is_off_again_at_once_is_told(ticking: SandboxProcess, server_at: Callable[[int], None]) -> None:
    """One try more, and then the error: a request that is never in time must not go on for ever."""
    computer = Computer(ticking)
    computer.order(1)
    ticking.faults("new_order", kind="wrong_clock", offset_ms=60_000)

    with pytest.raises(TimestampError) as caught:
        computer.order(1)

    ticking.clear_faults()
    assert "recvWindow" in caught.value.details
