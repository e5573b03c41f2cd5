"""What happens now: ``session.stream("BTCUSDT@trade")``, ``session.book("BTCUSDT")``, ``session.user_events()``."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from binance_nb.calls import Calls
from binance_nb.environment import is_loopback
from binance_nb.errors import BinanceError, JournalError, StreamError, UsageError
from binance_nb.grammar.stream_names import StreamName, parse_streams
from binance_nb.streams.log import KEEP, EventLog
from binance_nb.streams.threads import is_on_loop
from binance_nb.trading.accounts import account_of
from binance_nb.trading.journal.reading import LAST, read_entries

if TYPE_CHECKING:
    from binance_nb.frames.attributes import Fact
    from binance_nb.streams.book import LocalBook
    from binance_nb.streams.feed import Feed
    from binance_nb.streams.hub import StreamHub
    from binance_nb.streams.user import UserFeed
    from binance_nb.tape import Reel
    from binance_nb.tape.streams import AddingHub, PlayedHub, RecordedHub

__all__ = ["Streaming"]

_CLOSED = "The session is closed, and its streams with it."
_BOOK_LIMIT = 5_000
# Streams may be opened and sessions closed by several threads at once; held for moments only.
_GUARD = threading.Lock()


class Streaming(Calls):
    """A place on the exchange, and what happens there now.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
    """

    _is_ended = False
    _reel: Reel | None = None

    @cached_property
    def streams(self) -> StreamHub | AddingHub | PlayedHub | RecordedHub:
        """The connections that carry market streams; opened with the first stream, and shared by all.

        Raises:
            StreamError: This place has no streams, or the session is closed.
        """
        return self._hub() if self._reel is None else self._reel.hub(self._hub)

    def _hub(self) -> StreamHub:
        from binance_nb.streams.hub import StreamHub

        if self._is_ended:
            raise StreamError(_CLOSED, hint="Open another session.", operation="stream")
        if not self.environment.stream_url:
            raise self._nothing_here("market streams")
        with suppress(BinanceError):  # asked here, for the thread that reads streams never waits for an answer
            self.stream_rate()
        return StreamHub(self.environment.stream_url, rate=self.stream_rate)

    def stream(self, *streams: str | Iterable[str], keep: int = KEEP) -> Feed:
        """Listen to market streams; what comes is kept, and handed out as frames, one by one, or to callbacks.

            feed = session.stream("BTCUSDT@trade", "ethusdt@kline_1m")
            feed.wait(count=50)
            feed.to_frame("trade")
            session.stream("BTCUSDT@bookTicker").collect("10s")

        Args:
            *streams: Their names, such as ``BTCUSDT@trade``; the symbol in capitals or not.
            keep: How many events of each stream are kept; the oldest go first, and are counted.

        Returns:
            The feed. It returns at once; the connection is made meanwhile.

        Raises:
            UsageError: One of the names is no stream.
            StreamError: This place has no streams, or the session is closed.

        Source: web-socket-streams.md.
        """
        from binance_nb.streams.feed import Feed

        chosen = self._parsed(*streams)
        client = self.client
        feed = Feed(
            self.streams,
            chosen,
            parse=self._parsed,
            keep=keep,
            digits=client.symbols.digits,
            rate=self.stream_rate,
            facts=self._stream_facts(),
            on_wait=client.waiting.tell,
        )
        self._take_care_of(feed)
        return feed

    def book(self, symbol: str, *, speed: str = "100ms", limit: int = _BOOK_LIMIT) -> LocalBook:
        """Keep a copy of a symbol's order book, as exact as the exchange's.

        Args:
            symbol: The symbol.
            speed: How often it changes: ``100ms`` or ``1000ms``.
            limit: How many levels a side the copy begins with.

        Returns:
            The book. It returns at once; ``wait_in_sync()`` waits until it is whole.

        Raises:
            UsageError: The symbol cannot be, or a speed or limit is not the exchange's.
            StreamError: This place has no streams, or the session is closed.

        Source: web-socket-streams.md, "How to manage a local order book correctly".
        """
        from binance_nb.streams.book import LocalBook

        client = self.client if self._reel is None else self._reel.stream_client
        book = LocalBook(self.streams, client, symbol, speed=speed, limit=limit)
        self._take_care_of(book)
        return book

    def user_events(self, *, keep: int = KEEP) -> UserFeed:
        """Listen to what happens to your account: orders, fills, balances.

        Args:
            keep: How many events of each kind are kept.

        Returns:
            The feed. It returns at once; the connection is made meanwhile.

        Raises:
            CredentialsError: There is no key.
            StreamError: This place has no events of accounts, or the session is closed.

        Source: user-data-stream.md; web-socket-api.md.
        """
        from binance_nb.streams.user import UserFeed
        from binance_nb.streams.user.following import Following

        if self._is_ended:
            raise StreamError(_CLOSED, hint="Open another session.", operation="stream")
        if not self.environment.ws_api_url:
            raise self._nothing_here("events of accounts")
        feed = UserFeed(
            self.client,
            symbols=self._traded_symbols(),
            keep=keep,
            rate=self.stream_rate,
            facts=self._stream_facts(),
            on_wait=self.client.waiting.tell,
            follow=Following if self._reel is None else self._reel.follow,
        )
        self._take_care_of(feed)
        return feed

    def stream_rate(self) -> float:
        """Return how many seconds pass at the exchange in one here: 1, except in a sandbox.

        Returns:
            The rate; 0 where the clock stands.
        """
        clock = self.client.clock
        is_played = self._reel is not None and not self._reel.is_recording
        if self.sandbox is not None and not is_played:
            return self.sandbox.clock_rate
        if not clock.is_synchronised and is_loopback(self.environment.url) and not is_on_loop():
            clock.synchronise()
        return clock.rate

    def close(self) -> None:
        """End all streams, let go of connections, and stop the sandbox if this session started it."""
        self._tell_end()
        with _GUARD:
            self._is_ended = True
            live = list(self._live)
        for each in live:
            _end(each)
        if "streams" in vars(self):  # what was never used was never made
            self.streams.close()
        super().close()

    def _take_care_of(self, live: Any) -> None:  # Any: see below
        with _GUARD:
            is_late = self._is_ended
            if not is_late:
                self._live.add(live)
        if is_late:  # another thread has closed the session meanwhile
            _end(live)
            raise StreamError(_CLOSED, hint="Open another session.", operation="stream")

    @cached_property
    def _live(self) -> weakref.WeakSet[Any]:  # Any: feeds and books, whose rooms load when they are used
        return weakref.WeakSet()

    def _parsed(self, *names: str | Iterable[str]) -> tuple[StreamName, ...]:
        texts = [text for name in names for text in ([name] if isinstance(name, str) else _several(name))]
        symbols = self.client.symbols
        return parse_streams(texts, symbols.ranks.ranked(symbols.names) if symbols.is_known else ())

    def _traded_symbols(self) -> list[str]:
        """Return what this account has lately ordered from this computer."""
        whose = partial(account_of, self.environment, self.client.credentials, self.sandbox)
        try:
            entries = read_entries(self.order_journal, whose, last=LAST)
        except JournalError:
            return []  # a hint is not worth a failure
        return list(dict.fromkeys(symbol for entry in entries if (symbol := entry.sent.get("symbol"))))

    def _stream_facts(self) -> dict[str, Fact]:
        return {"environment": self.environment.label or self.environment.name}

    def _nothing_here(self, what: str) -> StreamError:
        place = self.environment
        return StreamError(
            f"{place.name} has no {what}, as far as is known."
            if not place.has_market_data_only
            else f"The keyless market data host has no {what}.",
            hint="live, testnet, demo and the sandbox have them.",
            suggestion="%binance use sandbox",
            operation="stream",
        )


def _end(live: Any) -> None:  # Any: see Streaming._live
    if isinstance(live, EventLog):
        live.close(_CLOSED)
    else:
        live.close()


def _several(names: object) -> Iterable[object]:
    if isinstance(names, Iterable):
        return names
    raise UsageError(
        f"A stream is named by a text, not by {type(names).__name__}.",
        suggestion="BTCUSDT@trade",
        operation="stream",
    )
