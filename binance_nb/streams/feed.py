"""Market streams that somebody listens to: ``session.stream("BTCUSDT@trade")``."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.catalog.streams import MarketStream
from binance_nb.errors import UsageError
from binance_nb.grammar.stream_names import StreamName
from binance_nb.streams.events import Declared, Event
from binance_nb.streams.line import Hold, Lined, line_of
from binance_nb.streams.link import LinkState
from binance_nb.streams.log import KEEP, READY_SECONDS

if TYPE_CHECKING:
    from binance_nb.frames.attributes import Fact
    from binance_nb.streams.attachment import Sink

__all__ = ["Feed", "Source"]


class Source(Protocol):
    """Where market streams come from: a `StreamHub`, or what stands in for one."""

    def attach(self, streams: Sequence[str], sink: Sink) -> Hold:
        """Have streams delivered.

        Args:
            streams: Their names, as the wire has them.
            sink: Where events go.
        """


class Feed(Lined):
    """The events of some market streams, from when it is opened until it is closed.

    It is open at once, and connects by itself as often as it has to; `state` and `problem` say how it stands. A feed
    that nobody holds any more closes itself, unless callbacks are told of its events.

        feed = session.stream("BTCUSDT@trade", "BTCUSDT@kline_1m")
        feed.wait(count=100)
        feed.to_frame("trade")
        feed.close()

    Args:
        source: Where the streams come from.
        names: Which.
        parse: Reads the names of more.
        keep: How many events of each stream are kept.
        digits: Decimals of prices and quantities by symbol, where they are known.
        **log: As of `EventLog`.
    """

    def __init__(
        self,
        source: Source,
        names: Sequence[StreamName],
        *,
        parse: Callable[..., Sequence[StreamName]],
        keep: int = KEEP,
        digits: Mapping[str, Mapping[str, int]] | None = None,
        **log: Any,  # Any: passed on
    ) -> None:
        super().__init__(keep, **log)
        self._parse = parse
        self._digits = {} if digits is None else digits
        # Replaced and never changed, so that it may be looked at while another thread adds to it.
        self._streams: Mapping[str, StreamName] = {each.wire: each for each in names}
        self._guards_streams = threading.Lock()
        self._inlet = _Inlet(self)
        self._attachment = source.attach(list(self._streams), self._inlet)
        self._ride(line_of(self._attachment))
        # Nobody could ever close it again; re-running a cell must not leave a ghost behind.
        self._finalizer = weakref.finalize(self, self._attachment.close)
        self._finalizer.atexit = False

    @property
    def state(self) -> LinkState:
        """How the connection stands; ``status`` is ``connecting``, ``live``, ``lost`` or ``closed``."""
        state = self._attachment.state
        return state if self._ended is None else replace(state, status="closed", reason=self._ended)

    @property
    def streams(self) -> tuple[StreamName, ...]:
        """What it listens to, or did."""
        return tuple(self._streams.values())

    def add(self, *names: str) -> None:
        """Listen to more streams.

        Args:
            *names: Such as ``ETHUSDT@trade``.

        Raises:
            UsageError: One of them is no stream, or this is closed.
        """
        more = self._parse(*names)
        if self.is_closed:
            raise UsageError("This feed is closed.", hint="Open another: session.stream(...).", operation="stream")
        with self._guards_streams:
            self._streams = {**self._streams, **{each.wire: each for each in more}}
        self._attachment.add(*(each.wire for each in more))

    def remove(self, *names: str) -> None:
        """Listen to some streams no longer; what has come of them goes, too.

        Args:
            *names: As they were given.

        Raises:
            UsageError: One of them is none of this.
        """
        gone = [name for text in names for name in self._chosen(text)]
        self._attachment.remove(*gone)
        with self._guards_streams:
            self._streams = {name: each for name, each in self._streams.items() if name not in gone}
        self._shelf.clear(gone)

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until every stream is subscribed to.

        Args:
            seconds: How long at most, by the clock on the wall.

        Raises:
            StreamError: The exchange cannot be reached, or not in time.
        """
        self._attachment.wait_ready(seconds)

    def _let_go(self) -> None:
        self._inlet.keeper = None
        self._finalizer()

    def _declared(self) -> Mapping[str, Declared]:
        return {name: each.declared for name, each in self._streams.items()}

    def _called(self, name: str) -> str:
        symbol, sign, what = name.partition("@")
        return f"{symbol.lower()}{sign}{what}" if sign and not symbol.startswith("!") else name

    def _shown(self, name: str) -> str:
        known = self._streams.get(name)
        return name if known is None else known.shown

    def _facts_of(self, names: Sequence[str]) -> Mapping[str, Fact]:
        streams = self._streams
        symbols = {streams[name].symbol for name in names if name in streams}
        digits = dict(self._digits.get(symbols.pop(), {})) if len(symbols) == 1 else {}
        return {"digits": digits} if digits else {}

    def _take(self, stream: str, data: Any, received_ms: int) -> None:  # Any: JSON
        known = self._streams.get(stream)
        if known is None or self._ended is not None:
            return
        declared: MarketStream = known.declared
        events = data if declared.is_array else [data]
        if not (isinstance(events, list) and all(isinstance(each, dict) for each in events)):
            self._fault = f"What came by {known.shown} was no event, and was left out."
            return
        for each in events:
            self.put(Event(declared, each, received_ms, stream))


class _Inlet:
    """What the streams know of a feed: enough to fill it, and not enough to keep it alive."""

    def __init__(self, feed: Feed) -> None:
        self._feed = weakref.ref(feed)
        self.keeper: Lined | None = None

    def on_message(self, stream: str, data: Any, received_ms: int) -> None:  # Any: JSON
        feed = self._feed()
        if feed is not None:
            feed._take(stream, data, received_ms)

    def on_state(self, state: LinkState) -> None:
        feed = self._feed()
        if feed is not None:
            feed._patience.wake()
