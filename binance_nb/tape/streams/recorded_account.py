"""What follows an account, and records what it tells."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from binance_nb.streams.events import Event
from binance_nb.streams.user.following import Following
from binance_nb.tape.streams.happenings import ACCOUNT
from binance_nb.tape.streams.recorded_line import Writer

if TYPE_CHECKING:
    from binance_nb.client import Client
    from binance_nb.keys import Credentials

__all__ = ["RecordedAccount"]


class RecordedAccount(Following):
    """A `Following` whose events stand on the tape as it tells them, those that REST told among them.

    Args:
        writer: Writes.
        behind: Makes its calls, which are not recorded: what they bring is an event, or tells that there was none.
        client: Whose calls are recorded.
        held: Whose account.
        *more: As of `Following`.
        tell: As there.
        changed: As there.
        **words: As there.
    """

    def __init__(
        self,
        writer: Writer,
        behind: Client,
        client: Client,
        held: Credentials,
        *more: Any,  # Any: passed on
        tell: Callable[[Event], object],
        changed: Callable[[], object],
        **words: Any,
    ) -> None:
        self.line = writer.line([ACCOUNT], is_private=True)
        self._told: object = None
        self._tell_on = tell
        self._changed_on = changed
        super().__init__(behind, held, *more, tell=self._heard, changed=self._stands, **words)

    def close(self) -> None:
        """End."""
        self.line.close()
        super().close()

    def _heard(self, event: Event) -> None:
        self.line.message(
            event.stream, event.data, event.received_ms, partial(self._tell_on, event), source=event.source
        )

    def _stands(self) -> None:
        state, problem = self.state, self.failure.message if self.failure else self.problem
        told = (state, self.is_ready, self.is_whole, self.recovered, problem)
        if told == self._told:
            self._changed_on()
            return
        self._told = told
        self.line.state(
            state,
            self._changed_on,
            is_ready=self.is_ready,
            is_whole=self.is_whole,
            recovered=self.recovered,
            problem=problem,
            has_failed=self.failure is not None,
        )
