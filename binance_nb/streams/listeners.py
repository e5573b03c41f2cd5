"""Who is told of each event as it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from binance_nb.streams.events import Event

__all__ = ["Callback", "Listener", "Subscriber"]


class Callback:
    """A function that is told of each event.

    Args:
        function: The function.
        forget: Takes this off the list of those that are told.
    """

    def __init__(self, function: Callable[[Event], object], forget: Callable[[Listener], None]) -> None:
        self._function = function
        self._forget = forget

    def tell(self, event: Event) -> None:
        """Tell it of an event.

        Args:
            event: The event.
        """
        self._function(event)

    def cancel(self) -> None:
        """Tell it of no more events."""
        self._forget(self)


class Subscriber:
    """A queue of events that somebody goes through one by one.

    Args:
        keep: How many may wait there; where there are more, the oldest go.

    Attributes:
        waiting: Those that wait.
        missed: How many had to go.
    """

    def __init__(self, keep: int) -> None:
        self.waiting: deque[Event] = deque(maxlen=keep)
        self.missed = 0

    def tell(self, event: Event) -> None:
        """Put an event at the end.

        Args:
            event: The event.
        """
        self.missed += len(self.waiting) == self.waiting.maxlen
        self.waiting.append(event)


Listener: TypeAlias = Callback | Subscriber
