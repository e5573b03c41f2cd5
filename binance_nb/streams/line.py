"""What a feed has between itself and its streams: nothing, or a tape that records them or plays them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.streams.listeners import Callback, Listener
from binance_nb.streams.log import EventLog
from binance_nb.streams.patience import Patience

if TYPE_CHECKING:
    from binance_nb.streams.events import Event
    from binance_nb.streams.link import LinkState
    from binance_nb.streams.patience import Duration

__all__ = ["LIVE", "Hold", "Inlet", "Line", "Lined", "is_glance", "line_of", "unseen"]

_glances = threading.local()


@contextmanager
def unseen() -> Iterator[None]:
    """Look without being seen to look.

    A widget is painted as often as there is time for it, another number of times in each run. Were each of these a
    look, a tape that is played would spend on them what it holds for the looks of a person's code.
    """
    before, _glances.is_on = is_glance(), True
    try:
        yield
    finally:
        _glances.is_on = before


def is_glance() -> bool:
    """Return whether whoever looks on this thread does it inside `unseen`."""
    return getattr(_glances, "is_on", False)


class Line:
    """Streams as they come; a tape has other ones.

    What a person sees of a feed depends on when he looks. So a tape has to know not only what came, but where somebody
    looked: whoever looks does it inside `still`.
    """

    is_played = False
    """Whether what comes is played, so that there is nothing to wait for."""

    def still(self, what: str) -> AbstractContextManager[None]:
        """Let nothing more come while somebody looks.

        Args:
            what: In a word, what for; the same word when it is played. Empty for who only changes something.

        Returns:
            The block in which nothing comes.
        """
        return nullcontext()

    def note(self, what: str, **fields: Any) -> None:  # Any: JSON
        """Note something that is no message, but has its place among them.

        Args:
            what: What it is.
            **fields: More of it.
        """

    def run_ahead(self) -> None:
        """Let come what comes until somebody looks: there is a callback now, which does not look."""

    def patience(self, patience: Patience) -> Patience:
        """Return what waits for events.

        Args:
            patience: What would.
        """
        return patience


LIVE = Line()
"""The line of what is neither recorded nor played."""


def line_of(hold: object) -> Line:
    """Return the line of a hold on streams.

    Args:
        hold: What a hub returned.

    Returns:
        The tape's, where the hub is one of a tape.
    """
    found = getattr(hold, "line", LIVE)
    assert isinstance(found, Line)
    return found


class Hold(Protocol):
    """Somebody's hold on streams; `binance_nb.streams.attachment.Attachment` is one."""

    @property
    def state(self) -> LinkState:
        """How the streams stand."""

    def add(self, *streams: str) -> None:
        """Want more streams."""

    def remove(self, *streams: str) -> None:
        """Want some streams no longer."""

    def close(self) -> None:
        """Want nothing any more."""

    def wait_ready(self, seconds: float = ...) -> None:
        """Wait until every stream is subscribed."""


class Inlet(Protocol):
    """What fills a log and must not keep it alive, unless somebody is told of what comes."""

    keeper: Lined | None


class Lined(EventLog):
    """A log whose line may be a tape's."""

    _line: Line = LIVE
    _inlet: Inlet

    @property
    def received(self) -> int:
        """How many events have come."""
        with self._line.still("count"):
            return super().received

    @property
    def dropped(self) -> int:
        """How many events are kept no longer, or passed by a loop that was too slow for them."""
        with self._line.still("count"):
            return super().dropped

    def latest(self, stream: str | None = None) -> Event | None:
        """Return the newest event.

        Args:
            stream: Of which stream or kind; of any when None.

        Returns:
            The event; None where none has come.

        Raises:
            UsageError: There is no such stream here.
        """
        with self._line.still("latest"):
            return super().latest(stream)

    def wait(self, count: int | None = None, seconds: Duration | None = None) -> int:
        """Wait until so many events have come, or so much time has passed, whatever is first.

        Args:
            count: How many in all, those included that have come before.
            seconds: How long, by the exchange's clock: a number of seconds, ``10s``, ``2m`` or a timedelta.

        Returns:
            How many have come in all.

        Raises:
            UsageError: Neither is given, or the exchange's clock stands, so that no time passes there.
            StreamError: Nothing comes any more, and it were not enough.
        """
        try:
            super().wait(count, seconds)
        finally:
            with self._line.still("wait"):
                received = self._received
        return received

    def _seal(self, reason: str) -> None:
        with self._line.still("close"):
            super()._seal(reason)

    def _ride(self, line: Line) -> None:
        self._line = line
        self._patience = line.patience(self._patience)

    def _kept(self, names: Sequence[str], what: str = "frame") -> list[Event]:
        with self._line.still(what):
            return super()._kept(names, what)

    def _remember(self, each: Listener) -> None:
        with self._line.still("listen"):
            super()._remember(each)
        self._keep_alive()
        if isinstance(each, Callback):
            self._line.run_ahead()

    def _forget(self, gone: Listener) -> None:
        super()._forget(gone)
        self._keep_alive()

    def _keep_alive(self) -> None:
        is_told = any(isinstance(each, Callback) for each in self._listeners)
        self._inlet.keeper = self if is_told and self._ended is None else None
