"""A pull that takes minutes of weight uses each to the full and overdraws none, on a clock that the test moves."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, Prepared, Reply, WeightBudget
from binance_nb.client.clock import ClockReading, ServerClock
from binance_nb.environment import Environment
from binance_nb.history import PAGES_AT_ONCE, Errand, Flight

MINUTE_MS = 60_000
BEGINS_MS = 1_700_000_000_000 // MINUTE_MS * MINUTE_MS + 20_000
ALLOWED, WEIGHT = 6000, 25
KLINES, TRADES = ENDPOINTS["klines"], ENDPOINTS["historical_trades"]


class ScriptedDay:
    """Time that passes when somebody waits or is answered, and an exchange that lives in it.

    Attributes:
        seconds: How much has passed.
        used: Weight by minute.
        refused: How often it had to answer 429.
    """

    def __init__(self, took_seconds: float) -> None:
        self.seconds, self.refused, self.used = 0.0, 0, Counter[int]()
        self._took_seconds = took_seconds
        self._guard = threading.Lock()

    def ticks(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._guard:
            self.seconds += max(seconds, 0.001)  # less might vanish in rounding
        assert self.seconds < 3600, "it waits for ever"

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer at once, which takes a moment."""
        with self._guard:
            minute = (BEGINS_MS + int(self.seconds * 1000)) // MINUTE_MS
            self.seconds += self._took_seconds
            is_full = self.used[minute] + prepared.weight > ALLOWED
            self.refused += is_full
            self.used[minute] += 0 if is_full else prepared.weight
            headers = {"x-mbx-used-weight-1m": str(self.used[minute])}
        if is_full:
            return Reply(prepared.operation, prepared.sent, 429, headers | {"retry-after": "60"}, b'{"code":-1003}')
        return Reply(prepared.operation, prepared.sent, 200, headers, b"[]")

    def close(self) -> None:
        """Nothing is open."""

    def client(self, ahead_ms: int) -> Client:
        """A client whose clock is ahead of the exchange's, and knows about how much at most."""
        client = Client(Environment("here", "http://127.0.0.1:1"), transport=self, budget=WeightBudget())
        client.clock = ServerClock(lambda: ClockReading(BEGINS_MS), ticks=self.ticks)
        client.clock.follow(ClockReading(BEGINS_MS + ahead_ms, error_ms=abs(ahead_ms)))
        return client


@pytest.mark.parametrize("ahead_ms", [-900, 0, 40, 900])
@pytest.mark.parametrize("took_seconds", [0.004, 0.06])
def test_each_minute_is_used_and_none_is_overdrawn(ahead_ms: int, took_seconds: float) -> None:
    """Not one refusal, and each whole minute's weight used to 95 % or more, however many are in the air."""
    day = ScriptedDay(took_seconds)
    client = day.client(ahead_ms)
    sent = {"symbol": "BTCUSDT", "fromId": "1", "limit": "1000"}
    flight = Flight(lambda _: None, PAGES_AT_ONCE, ticks=day.ticks, sleep=day.sleep)
    flight.add([Errand(client, TRADES, sent, may_wait_minutes=True) for _ in range(4 * ALLOWED // WEIGHT)])

    landed: list[object] = []
    flight.land(lambda _, outcome: landed.append(outcome))
    flight.end()

    whole = [weight for _, weight in sorted(day.used.items())][1:-1]
    assert all(isinstance(outcome, Reply) for outcome in landed)
    assert 0 == day.refused
    assert len(whole) >= 2
    assert min(whole) >= 0.95 * ALLOWED


def test_a_year_is_not_paced_at_all() -> None:
    """Its weight is a sixth of a minute's: nobody waits."""
    day = ScriptedDay(0.0)
    client = day.client(0)
    pauses: list[float] = []
    flight = Flight(pauses.append, PAGES_AT_ONCE, ticks=day.ticks, sleep=day.sleep)
    sent = {"symbol": "BTCUSDT", "interval": "1m", "limit": "1000"}
    flight.add([Errand(client, KLINES, sent, may_wait_minutes=True) for _ in range(526)])

    landed: list[object] = []
    flight.land(lambda _, outcome: landed.append(outcome))
    flight.end()

    assert 526 == len(landed)
    assert [1052] == list(day.used.values())
    assert [] == pauses
