"""A bar for pulls that take a while; short ones show nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

__all__ = ["Progress"]

_MANY_PAGES = 10
_LONG_SECONDS = 1.0


class Progress:
    """Shows how far a pull is, with an estimate of the rest, and disappears when it is done.

    Args:
        name: What is pulled.
        total: How many pages.
        is_shown: True always, False never, None for long pulls.
        ticks: Monotonic seconds; a test gives its own.
        unit: What is counted.
    """

    def __init__(
        self,
        name: str,
        total: int,
        is_shown: bool | None = None,
        ticks: Callable[[], float] = time.monotonic,
        unit: str = "page",
    ) -> None:
        self._name, self._total, self._done, self._unit = name, total, 0, unit
        self._is_shown = is_shown
        self._ticks = ticks
        self._started = ticks()
        self._bar: Any = None  # Any: tqdm.auto chooses its class by where it runs

    def step(self) -> None:
        """Count one more page."""
        self._done += 1
        is_long = self._total > _MANY_PAGES or self._ticks() - self._started > _LONG_SECONDS
        if self._bar is None and (self._is_shown or is_long):
            self._open()
        elif self._bar is not None:
            self._bar.update()

    def grow(self, pages: int) -> None:
        """Count with more pages than were known before.

        Args:
            pages: How many more.
        """
        self._total += pages
        if self._bar is not None:
            self._bar.total = self._total
            self._bar.refresh()

    def wait(self, seconds: float) -> None:
        """Tell that the pull pauses until there is weight again.

        Args:
            seconds: Seconds to go; 0 when it goes on.
        """
        if self._bar is None:
            self._open()
        if self._bar is not None:
            self._bar.set_postfix_str(f"weight is used, going on in {seconds:.0f} s" if seconds else "")

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _open(self) -> None:
        if self._is_shown is False:
            return
        from tqdm.auto import tqdm

        self._bar = tqdm(total=self._total, initial=self._done, desc=self._name, unit=self._unit, leave=False)
