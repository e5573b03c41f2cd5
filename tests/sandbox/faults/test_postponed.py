"""What is executed after it was answered."""

from __future__ import annotations

import asyncio
from functools import partial

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.faults import Postponed


def test_each_call_is_executed_once_at_its_own_moment() -> None:
    """In the order of the moments, however late somebody looks; what is not due stays."""
    clock = Clock(1_000, 0.0)
    postponed = Postponed(clock)
    executed: list[tuple[str, int | None]] = []

    def execute(name: str, now_us: int | None) -> None:
        executed.append((name, now_us))

    async def put() -> None:
        for name, after_ms in (("second", 30), ("first", 20), ("third", 500)):
            postponed.put({"after_ms": after_ms, "after_real_ms": 0}, partial(execute, name))

    asyncio.run(put())
    for by_ms in (10, 100, 100):
        clock.advance(by_ms)
        postponed.catch_up()

    assert [("first", 1_020_000), ("second", 1_030_000)] == executed
    assert postponed.is_any


def test_a_call_can_wait_for_real_time() -> None:
    """Then it is executed in the present, also on a clock that stands."""
    postponed = Postponed(Clock(1_000, 0.0))
    executed: list[int | None] = []

    async def put() -> None:
        postponed.put({"after_ms": 1_000, "after_real_ms": 1}, executed.append)
        while not executed:
            await asyncio.sleep(0)

    asyncio.run(put())

    assert [None] == executed
    assert not postponed.is_any
