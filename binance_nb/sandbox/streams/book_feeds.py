"""What is sent of the order book: its best prices, its best levels, its changes."""

from __future__ import annotations

from binance_nb.sandbox.streams import payloads
from binance_nb.sandbox.streams.depth import Mirror
from binance_nb.sandbox.streams.moment import Moment
from binance_nb.sandbox.streams.names import Stream
from binance_nb.sandbox.streams.payloads import Payload

__all__ = ["BookTickerFeed", "DiffDepthFeed", "PartialDepthFeed"]

_MOST_STEPS = 10


class BookTickerFeed:
    """Tells the best prices whenever they are found changed.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._symbol = symbol
        self._told_id = moment.update_id(symbol)
        self._told = dict(moment.best(symbol))
        self.due_ms = moment.venue.market.next_trade_ms(symbol, moment.now_ms)

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the best prices if they have changed; see `Feed`."""
        update_id = moment.update_id(self._symbol)
        if update_id == self._told_id:
            return []
        self.due_ms = moment.venue.market.next_trade_ms(self._symbol, moment.now_ms)
        self._told_id = update_id
        best = dict(moment.best(self._symbol))
        if best == self._told:
            return []
        self._told = best
        return [payloads.book_ticker(update_id, best)]


class PartialDepthFeed:
    """Tells the best levels: at every full period, or when an order changes the book on a clock that stands.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._stream = stream
        self._symbol = symbol
        self._told_id = moment.update_id(symbol)
        self.due_ms = stream.next_ms(moment.now_ms)

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the newest levels; see `Feed`."""
        if moment.now_ms < self.due_ms and not moment.is_frozen:
            return []
        self.due_ms = self._stream.next_ms(moment.now_ms)
        update_id = moment.update_id(self._symbol)
        if update_id == self._told_id:
            return []
        self._told_id = update_id
        return [moment.partial_depth(self._symbol, self._stream.levels)]


class DiffDepthFeed:
    """Tells what has changed: at every full period, or when an order changes the book on a clock that stands.

    On a fast clock several periods pass between two looks at it. Each of the last few gets an event of its own; what
    changed before goes into the first of them.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._stream = stream
        self._symbol = symbol
        self._seen_id = moment.update_id(symbol)
        self._mirror = Mirror(symbol, moment.window(symbol))
        self.due_ms = stream.next_ms(moment.now_ms)

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the changes of each period that has ended; see `Feed`."""
        ends_ms = range(self.due_ms, moment.now_ms + 1, self._stream.every_ms)[-_MOST_STEPS:]
        self.due_ms = self._stream.next_ms(moment.now_ms)
        events = [self._event(moment.earlier(end_ms)) for end_ms in ends_ms]
        if moment.is_frozen and moment.update_id(self._symbol) != self._seen_id:
            events.append(self._event(moment))
        return [event for event in events if event is not None]

    def look(self, moment: Moment) -> None:
        """Take note of a snapshot that somebody is being handed.

        Args:
            moment: The present; everything due before has been told.
        """
        self._mirror.look(moment.window(self._symbol))

    def _event(self, moment: Moment) -> Payload | None:
        window = moment.window(self._symbol)
        self._seen_id = window.update_id
        return self._mirror.update(window, moment.now_ms)
