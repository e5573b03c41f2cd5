"""All market streams of a session: many listeners on few connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from binance_nb.errors import StreamError
from binance_nb.streams.attachment import Attachment, Sink
from binance_nb.streams.lane import Lane
from binance_nb.streams.link import Policy, real_time
from binance_nb.streams.loop import BackgroundLoop, background_loop

__all__ = ["StreamHub"]

_CLOSED = "The session is closed, and its streams with it."


class StreamHub:
    """Subscribes to each stream once, however many want it, and to none that nobody wants.

    Args:
        stream_url: Base URL of the market streams, such as ``wss://stream.binance.com:9443``.
        rate: Seconds of the exchange per second here; 0 for a clock that stands.
        policy: By which rules connections are kept.
    """

    def __init__(self, stream_url: str, *, rate: Callable[[], float] = real_time, policy: Policy | None = None) -> None:
        self._url = stream_url.rstrip("/")
        self._rate = rate
        self._policy = policy or Policy()
        self._guard = threading.Lock()
        self._loop: BackgroundLoop | None = None
        self._is_closed = False
        # These belong to the loop's thread.
        self._lanes: list[Lane] = []
        self._attachments: dict[Attachment, None] = {}

    def __repr__(self) -> str:
        return f"StreamHub({self._url}, {len(self._attachments)} attached)"

    def attach(self, streams: Iterable[str], sink: Sink) -> Attachment:
        """Have streams delivered; returns at once, from any thread.

        Args:
            streams: Their names, as the wire has them.
            sink: Where events go.

        Returns:
            The hold on them.

        Raises:
            StreamError: The hub is closed, or has no address.
        """
        if not self._url:
            raise StreamError("This environment has no market streams.", hint="market, live, testnet and sandbox do.")
        with self._guard:
            if self._is_closed:
                raise StreamError(_CLOSED, hint="Open another one.")
            attachment = Attachment(self, self._home(), sink)
        attachment.add(*streams)
        return attachment

    def close(self, seconds: float = 3.0) -> None:
        """End every stream, and wait until that is done; on the loop's own thread it does not wait.

        Args:
            seconds: How long to wait at most.
        """
        with self._guard:
            self._is_closed = True
            loop = self._loop
        if loop is None or not loop.is_running:
            return
        ended = threading.Event()
        connections = list(self._lanes)
        loop.call(self._end, ended)
        if not loop.is_here:
            ended.wait(seconds)
            for lane in connections:
                lane.connection.close(seconds)

    def _home(self) -> BackgroundLoop:
        loop = background_loop()
        if loop is not self._loop:
            # A fork: what the parent has goes on there, and not here.
            self._loop, self._lanes, self._attachments = loop, [], {}
        return loop

    # What follows is called on the loop's thread.

    def _settle(self, attachment: Attachment) -> None:
        if self._is_closed:  # since it was asked for
            attachment._end(_CLOSED)
            return
        self._attachments[attachment] = None
        attachment.settle(self._place)

    def _forget(self, attachment: Attachment) -> None:
        self._attachments.pop(attachment, None)

    def _place(self, stream: str) -> Lane:
        """Return the lane that carries a stream, or one that has room for it."""
        lanes = [lane for lane in self._lanes if lane.state.status != "closed"]
        carrying = next((lane for lane in lanes if lane.carries(stream)), None)
        return carrying or next((lane for lane in lanes if lane.room > 0), None) or self._new_lane()

    def _new_lane(self) -> Lane:
        lane = Lane(f"{self._url}/stream", self._rate, self._policy, self._retire)
        self._lanes.append(lane)
        lane.connection.open()
        return lane

    def _retire(self, lane: Lane) -> None:
        if lane in self._lanes:
            self._lanes.remove(lane)
        lane.end()

    def _end(self, ended: threading.Event) -> None:
        for attachment in list(self._attachments):
            attachment._end(_CLOSED)
        for lane in list(self._lanes):
            self._retire(lane)
        ended.set()
