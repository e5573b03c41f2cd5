"""What strikes a call, whichever door it came through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.control.log import Entry
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.faults.faults import Fault, Faults
from binance_nb.sandbox.faults.kinds import OUTCOMES
from binance_nb.sandbox.faults.postponed import Postponed
from binance_nb.sandbox.limits import banned, too_much_weight
from binance_nb.sandbox.refusals import Refusal

__all__ = ["Drawn", "Striking"]

_BROKEN = 503


class Drawn(NamedTuple):
    """The faults that one call drew: of time, of the clock, of what becomes of it."""

    delay: Fault | None
    wrong_clock: Fault | None
    outcome: Fault | None

    @property
    def kinds(self) -> str:
        """Their kinds, as the log names them."""
        return ", ".join(fault.kind for fault in self if fault)

    @property
    def skew_us(self) -> int:
        """How wrong the exchange's clock is for this call."""
        return int(self.wrong_clock.details["offset_ms"]) * 1000 if self.wrong_clock else 0

    async def wait(self, *, on_the_way: bool) -> None:
        """Wait, if this is where the call is delayed.

        Args:
            on_the_way: Before the exchange sees it, or after.
        """
        if self.delay and bool(self.delay.details["on_the_way"]) == on_the_way:
            await asyncio.sleep(self.delay.details["ms"] / 1000)


class Striking:
    """Draws faults, and says the refusals that need no door.

    Args:
        exchange: What really answers.
        faults: The faults.
        clock: The sandbox's time.
        postponed: What is executed after it was answered.
    """

    def __init__(self, exchange: Exchange, faults: Faults, clock: Clock, postponed: Postponed) -> None:
        self._exchange = exchange
        self._faults = faults
        self._clock = clock
        self._postponed = postponed

    @property
    def is_idle(self) -> bool:
        """Whether every call can go straight through."""
        return not (self._faults.is_any or self._postponed.is_any)

    def _draw(self, method: str, *names: str) -> Drawn:
        draw = partial(self._faults.draw, method=method)
        return Drawn(draw("delay", *names), draw("wrong_clock", *names), draw(OUTCOMES, *names))

    def _put_off(self, fault: Fault, entry: Entry, execute: Callable[[int | None], object]) -> Refusal:
        """Have a call executed later; what it is told now stays what it was told."""

        def later(now_us: int | None) -> None:
            told = entry.told
            execute(now_us)
            entry.told = told

        self._postponed.put(fault.details, later)
        return self._broken(fault)

    def _broken(self, fault: Fault) -> Refusal:
        return Refusal(fault.details["code"], status=_BROKEN)

    def _limit(self, fault: Fault) -> Refusal:
        now_ms = self._clock.now_ms()
        until_ms = now_ms + fault.details["retry_after_seconds"] * 1000
        return (too_much_weight if fault.kind == "429" else banned)(until_ms, now_ms)
