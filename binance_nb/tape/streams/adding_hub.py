"""A hub that plays the streams a tape holds, and records others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from binance_nb.tape.streams.played_hub import PlayedHub
from binance_nb.tape.streams.recorded_hub import RecordedHub

if TYPE_CHECKING:
    from binance_nb.streams.attachment import Sink
    from binance_nb.streams.line import Hold

__all__ = ["AddingHub"]


class AddingHub:
    """Plays what there is, and records what there is not.

    Args:
        played: Plays.
        recorded: Records.
    """

    def __init__(self, played: PlayedHub, recorded: RecordedHub) -> None:
        self._played = played
        self._recorded = recorded

    def attach(self, streams: Iterable[str], sink: Sink) -> Hold:
        """Have streams delivered; see `StreamHub.attach`."""
        names = list(streams)
        return self._played.attach(names, sink) if self._played.holds(names) else self._recorded.attach(names, sink)

    def close(self) -> None:
        """End every stream."""
        self._played.close()
        self._recorded.close()
