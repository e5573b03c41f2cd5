"""Calls that are executed after they were answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from binance_nb.sandbox.clock import Clock

__all__ = ["Execute", "Postponed"]

Execute: TypeAlias = Callable[[int | None], None]
"""Executes a call at a moment in microseconds; None for the present."""


class _Late(NamedTuple):
    due_ms: int
    execute: Execute


class Postponed:
    """What waits to be executed, whatever it travelled on.

    Args:
        clock: The sandbox's time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._late: list[_Late] = []

    @property
    def is_any(self) -> bool:
        """Whether anything waits for the sandbox's clock."""
        return bool(self._late)

    def put(self, details: Mapping[str, int], execute: Execute) -> None:
        """Put a call off.

        Args:
            details: The fault's ``after_real_ms``, or where that is 0 its ``after_ms``.
            execute: What is to happen then.
        """
        loop, after_ms, real_ms = asyncio.get_running_loop(), details["after_ms"], details["after_real_ms"]
        if real_ms:
            loop.call_later(real_ms / 1000, execute, None)
            return
        self._late.append(_Late(self._clock.now_ms() + after_ms, execute))
        self._late.sort(key=lambda late: late.due_ms)
        if not self._clock.is_frozen:
            # A millisecond later than due, for it is due at the whole one.
            loop.call_later((after_ms + 1) / 1000 / self._clock.rate, self.catch_up)

    def catch_up(self) -> None:
        """Execute what is due by the sandbox's clock, each call at its own moment."""
        now_ms = self._clock.now_ms()
        while self._late and self._late[0].due_ms <= now_ms:
            late = self._late.pop(0)
            late.execute(late.due_ms * 1000)
