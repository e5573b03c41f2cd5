"""What follows an account on a tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from binance_nb.catalog.user_events import USER_EVENTS
from binance_nb.errors import BinanceError, StreamError
from binance_nb.streams.events import Event
from binance_nb.streams.link import LinkState
from binance_nb.tape.streams.happenings import ACCOUNT, Fields
from binance_nb.tape.streams.played_hub import PlayedHub

if TYPE_CHECKING:
    from binance_nb.client import Client
    from binance_nb.keys import Credentials

__all__ = ["PlayedAccount"]


class PlayedAccount:
    """Tells the events of an account as they were told when they were recorded; see `Following`.

    Args:
        hub: Where they come from.
        client: Not needed: nobody is asked.
        held: Not needed either.
        *more: As of `Following`.
        tell: As there.
        changed: As there.
        **words: As there.
    """

    def __init__(
        self,
        hub: PlayedHub,
        client: Client,
        held: Credentials,
        *more: Any,  # Any: not looked at
        tell: Callable[[Event], object],
        changed: Callable[[], object],
        **words: Any,
    ) -> None:
        self._tell = tell
        self._changed = changed
        self.problem = ""
        self.error: BinanceError | None = None
        self.is_ready = False
        self.is_whole = False
        self.recovered = 0
        self.line = hub.line([ACCOUNT], self)

    @property
    def state(self) -> LinkState:
        """How the connection stood."""
        return self.line.state

    @property
    def failure(self) -> BinanceError | None:
        """Why it ended, if something was wrong."""
        return self.error

    def open(self) -> None:
        """Begin; returns at once."""
        self.line.begin()

    def close(self) -> None:
        """End."""
        self.line.close()

    def on_message(self, fields: Fields, data: Any) -> None:  # Any: JSON
        """Tell an event; see `Player`."""
        declared = USER_EVENTS.get(str(data.get("e")))
        if declared is not None:
            self._tell(Event(declared, data, fields["received"], fields["stream"], fields["source"]))

    def on_state(self, state: LinkState, fields: Fields) -> None:
        """Take note of how it stood; see `Player`."""
        if fields:
            self.is_ready, self.is_whole = fields["is_ready"], fields["is_whole"]
            self.recovered, self.problem = fields["recovered"], fields["problem"]
            if fields["has_failed"]:
                self.error = StreamError(self.problem, operation="stream")
        self._changed()

    def on_note(self, what: str, fields: Fields) -> None:
        """There is nothing else to know; see `Player`."""
