"""One producer a stream, however many listen."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.streams.book_feeds import DiffDepthFeed
from binance_nb.sandbox.streams.feeds import Feed, feed_of
from binance_nb.sandbox.streams.moment import Moment
from binance_nb.sandbox.streams.names import Stream
from binance_nb.sandbox.streams.payloads import Payload
from binance_nb.sandbox.streams.printing import Manner
from binance_nb.sandbox.venue import Venue

__all__ = ["Event", "Hub", "Listening"]

_LONGEST_PAUSE_SECONDS = 0.05
# On a clock no faster than life things are seldom due; on a faster one something always is.
_SHORTEST_PAUSE_SECONDS = 0.002
# A turn is followed by a rest at least as long, so that no subscription can take the whole processor.
_REST = 1

_LONGEST_STRETCH_SECONDS = 0.005

_log = logging.getLogger(__name__)


class Event:
    """One message of a stream, printed at most once in each manner.

    Args:
        stream: The stream.
        payload: What it holds.
    """

    def __init__(self, stream: Stream, payload: Payload | list[Payload]) -> None:
        self.stream = stream
        self._payload = payload
        self._texts: dict[Manner, str] = {}

    def text(self, manner: Manner) -> str:
        """Return the message as JSON.

        Args:
            manner: How it is to be printed.

        Returns:
            The text.
        """
        if manner not in self._texts:
            self._texts[manner] = manner.printed(self.stream.name, self._payload)
        return self._texts[manner]


class Listening(Protocol):
    """Whoever listens to streams."""

    def hear(self, event: Event) -> None:
        """Take an event in; it must not wait.

        Args:
            event: The event.
        """


class _Channel:
    """A stream's feed and those who listen to it."""

    def __init__(self, stream: Stream, moment: Moment) -> None:
        self.stream = stream
        self.feed: Feed = feed_of(stream, moment)
        # A dict keeps the order in which they came.
        self.listening: dict[Listening, None] = {}

    def tell(self, moment: Moment) -> None:
        with self.survived():
            for payload in self.feed.tell(moment):
                event = Event(self.stream, payload)
                for one in list(self.listening):
                    one.hear(event)

    @contextmanager
    def survived(self) -> Iterator[None]:
        try:
            yield
        except Exception:  # noqa: BLE001 - a defect in one stream must not silence all of them, nor a snapshot
            _log.exception("%s failed", self.stream.name)


class Hub:
    """All streams that somebody listens to.

    It looks at the clock some twenty times a real second, and besides whenever something is due on a clock no faster
    than life.

    Args:
        venue: The exchange.
        clock: Its time.

    Attributes:
        listings: The symbols there are.
    """

    def __init__(self, venue: Venue, clock: Clock) -> None:
        self._venue = venue
        self._clock = clock
        self._channels: dict[str, _Channel] = {}
        self._has_listeners = asyncio.Event()
        self.listings = venue.listings
        venue.engine.book.watchers.append(self._note_snapshot)

    def join(self, streams: Iterable[Stream], listening: Listening) -> None:
        """Begin to send streams to somebody.

        Args:
            streams: The streams.
            listening: Who wants them.
        """
        moment = self._moment()
        for stream in streams:
            if stream.name not in self._channels:
                self._channels[stream.name] = _Channel(stream, moment)
                self._has_listeners.set()
            self._channels[stream.name].listening[listening] = None

    def leave(self, stream: Stream, listening: Listening) -> None:
        """Send a stream to somebody no longer.

        Args:
            stream: The stream.
            listening: Who had it.
        """
        channel = self._channels.get(stream.name)
        if channel is None:
            return
        channel.listening.pop(listening, None)
        if not channel.listening:
            del self._channels[stream.name]
        if not self._channels:
            self._has_listeners.clear()

    def turn(self) -> None:
        """Look at the clock and send what is due."""
        moment = self._moment()
        for channel in list(self._channels.values()):
            channel.tell(moment)

    async def run(self) -> None:
        """Look at the clock for ever."""
        while True:
            await self._has_listeners.wait()
            took_seconds = await self._turn_politely()
            await asyncio.sleep(self._pause_seconds(took_seconds))

    async def _turn_politely(self) -> float:
        """Send what is due, and let others in on the way; return how long it took."""
        took_seconds = 0.0
        waiting = list(self._channels.values())
        while waiting:
            # The thread's own time: what other processes take is no work of ours.
            started = time.thread_time()
            # Others may have changed the book: no moment outlasts a stretch.
            moment = self._moment()
            while waiting and time.thread_time() - started < _LONGEST_STRETCH_SECONDS:
                waiting.pop(0).tell(moment)
            took_seconds += time.thread_time() - started
            await asyncio.sleep(0)
        return took_seconds

    def _moment(self) -> Moment:
        now_ms = self._clock.now_ms()
        self._venue.engine.settle(now_ms)
        return Moment(self._venue, now_ms, is_frozen=self._clock.is_frozen)

    def _pause_seconds(self, took_seconds: float) -> float:
        pause = _LONGEST_PAUSE_SECONDS
        dues = [channel.feed.due_ms for channel in self._channels.values()]
        soonest_ms = min((due_ms for due_ms in dues if due_ms is not None), default=None)
        if soonest_ms is not None and 0 < self._clock.rate <= 1:
            # A millisecond later, for the clock cuts what is not whole.
            left_ms = soonest_ms - self._clock.now_ms() + 1
            pause = min(pause, max(_SHORTEST_PAUSE_SECONDS, left_ms / 1000 / self._clock.rate))
        return max(pause, _REST * took_seconds)

    def _note_snapshot(self, symbol: str, now_ms: int) -> None:
        """Let the streams of a book know what a snapshot shows that is being handed out."""
        moment = Moment(self._venue, now_ms, is_frozen=self._clock.is_frozen)
        for channel in list(self._channels.values()):
            feed = channel.feed
            if isinstance(feed, DiffDepthFeed) and channel.stream.symbol == symbol:
                channel.tell(moment)
                with channel.survived():
                    feed.look(moment)
