"""A book that is known through and through, the REST side that shows it, and a line that loses what it says."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterable
from typing import Any

from binance_nb.client import Client
from binance_nb.client.budget import WeightBudget
from binance_nb.client.transport import Prepared, Reply
from binance_nb.environment import resolve
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.book import BookPolicy, LocalBook
from binance_nb.streams.book.asking import Listening
from binance_nb.streams.link import LinkState

__all__ = ["AT_ONCE", "ByHand", "RoughLine", "TrueBook", "client_of", "differences", "event", "live", "lost", "refusal"]

AT_ONCE = BookPolicy(backoff=Backoff(0.0, 0.0), weight_share=1.0)
"""Snapshots without waits: what they wait for is tested by itself."""

_ZERO = "0.00000000"


def event(first_id: int, last_id: int, bids: Iterable[Any] = (), asks: Iterable[Any] = ()) -> dict[str, Any]:
    """A ``depthUpdate``."""
    return {
        "e": "depthUpdate",
        "E": 1_000 + last_id,
        "s": "BTCUSDT",
        "U": first_id,
        "u": last_id,
        "b": [list(level) for level in bids],
        "a": [list(level) for level in asks],
    }


def live(reconnects: int = 0) -> LinkState:
    """A line that is open."""
    return LinkState("live", reconnects=reconnects)


def lost(reason: str = "The line was cut.") -> LinkState:
    """A line that is not."""
    return LinkState("lost", reason=reason)


class TrueBook:
    """A seeded book as plain dicts; its middle walks, levels come and go, and ids run on by a few an event.

    Args:
        seed: What it is drawn from.
        levels: About how many levels a side has.
    """

    def __init__(self, seed: int, levels: int) -> None:
        # Snapshots are taken on other threads, and never of half a change.
        self._guard = threading.Lock()
        self._dice = random.Random(seed)
        self._levels = levels
        self._middle = 6_000_000
        self.update_id = 1_000
        self.bids: dict[str, str] = {}
        self.asks: dict[str, str] = {}
        for step in range(1, levels + 1):
            self.bids[_price(self._middle - step)] = self._quantity()
            self.asks[_price(self._middle + step)] = self._quantity()

    def step(self, changes: int = 20) -> dict[str, Any]:
        """Change the book, and tell how."""
        with self._guard:
            return self._step(changes)

    def _step(self, changes: int) -> dict[str, Any]:
        self._middle += self._dice.choice((-1, 0, 0, 1))
        told: tuple[dict[str, str], dict[str, str]] = ({}, {})
        # What the middle has passed is gone, and the ends follow it.
        self._set(told, self.bids, 0, _price(self._middle), _ZERO)
        self._set(told, self.asks, 1, _price(self._middle), _ZERO)
        for sign, side, place in ((-1, self.bids, 0), (1, self.asks, 1)):
            self._set(told, side, place, _price(self._middle + sign), self._quantity())
            for _ in range(changes // 2 - 2):
                away = 2 + min(self._levels - 3, int(self._dice.expovariate(8 / self._levels)))
                quantity = _ZERO if self._dice.random() < 0.3 else self._quantity()
                self._set(told, side, place, _price(self._middle + sign * away), quantity)
        first_id, self.update_id = self.update_id + 1, self.update_id + self._dice.randint(1, 5)
        return event(first_id, self.update_id, told[0].items(), told[1].items())

    def snapshot(self, limit: int) -> bytes:
        """The reply of ``depth``."""
        with self._guard:
            update_id, bids, asks = self.update_id, list(self.bids.items()), list(self.asks.items())
        bids = sorted(bids, key=lambda level: -float(level[0]))[:limit]
        asks = sorted(asks, key=lambda level: float(level[0]))[:limit]
        return json.dumps({"lastUpdateId": update_id, "bids": bids, "asks": asks}).encode()

    def _set(
        self, told: tuple[dict[str, str], ...], side: dict[str, str], place: int, price: str, quantity: str
    ) -> None:
        if quantity != _ZERO:
            side[price] = quantity
        elif side.pop(price, None) is None and self._dice.random() < 0.5:
            return  # of a level that is not there the exchange sometimes says so, and mostly nothing
        told[place][price] = quantity

    def _quantity(self) -> str:
        return f"{self._dice.randint(1, 300_000_000) / 100_000_000:.8f}"


class _Desk:
    """A transport that answers ``depth`` from a book."""

    def __init__(self, book: TrueBook, before: Callable[[int], Reply | None]) -> None:
        self._book = book
        self._before = before
        self._calls = 0

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer, unless something else is wanted first."""
        self._calls += 1
        answer = self._before(self._calls)
        if answer is not None:
            return answer
        return Reply(prepared.operation, prepared.sent, 200, {}, self._book.snapshot(int(prepared.sent["limit"])))

    def close(self) -> None:
        """Nothing is held."""


def client_of(
    book: TrueBook, before: Callable[[int], Reply | None] = lambda _: None, budget: WeightBudget | None = None
) -> Client:
    """A client whose ``depth`` shows the book as it is when it is asked.

    ``before`` is called with the number of each call: it may wait, raise, or answer instead.
    """
    place = resolve("http://127.0.0.1:9")
    return Client(place, transport=_Desk(book, before), budget=budget or _Unlimited())


def refusal(status: int, code: int, words: str, **headers: str) -> Reply:
    """A refusal of ``depth``."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply("depth", {}, status, named, json.dumps({"code": code, "msg": words}).encode())


class _Unlimited(WeightBudget):
    """For books that are rebuilt hundreds of times a minute."""

    @property
    def limit(self) -> int:
        return 10**9


class ByHand:
    """A hub whose only sink hears what a test says."""

    def __init__(self) -> None:
        self.sinks: list[Listening] = []
        self.streams: list[str] = []
        self.is_let_go = False

    def attach(self, streams: Iterable[str], sink: Listening, /) -> ByHand:
        """Take a sink."""
        self.streams += streams
        self.sinks.append(sink)
        return self

    def close(self) -> None:
        """Let the sink go."""
        self.is_let_go = True

    def say(self, message: dict[str, Any] | LinkState) -> None:
        """Tell an event, or how the line stands."""
        for sink in self.sinks:
            if isinstance(message, LinkState):
                sink.on_state(message)
            else:
                sink.on_message(self.streams[0], message, 2_000)


class RoughLine:
    """Between a stream and a book: drops, repeats and swaps events, and cuts the line.

    It takes the place of a sink, so that it works on any hub.

    Args:
        sink: The book's own.
        seed: What troubles are drawn from.
        troubles_per_event: How likely an event meets each kind of trouble.
    """

    def __init__(self, sink: Listening, seed: int, troubles_per_event: float) -> None:
        self._sink = sink
        self._dice = random.Random(seed)
        self._share = troubles_per_event
        self._held: list[tuple[str, Any, int]] = []
        self._deaf_for = 0
        self._lives = 0
        self.dropped = self.repeated = self.swapped = self.cut = 0

    @property
    def is_holding(self) -> bool:
        """Whether an event waits for the next one, or the line is cut."""
        return bool(self._held) or self._deaf_for > 0

    def on_state(self, state: LinkState, /) -> None:
        """Hand on how the line stands."""
        self._sink.on_state(state)

    def on_message(self, stream: str, data: Any, received_ms: int, /) -> None:
        """Hand an event on, or not."""
        message = (stream, data, received_ms)
        if self._deaf_for:
            self._deaf_for -= 1
            if not self._deaf_for:
                self._lives += 1
                self._sink.on_state(live(self._lives))
            return
        kind = int(self._dice.random() / self._share) if self._share else 9
        if kind == 0:
            self.dropped += 1
            return
        if kind == 3:
            self.cut += 1
            self._held.clear()
            self._deaf_for = self._dice.randint(1, 5)
            self._sink.on_state(lost())
            return
        if kind == 2 and not self._held:
            self.swapped += 1
            self._held.append(message)
            return
        self._sink.on_message(*message)
        if kind == 1:
            self.repeated += 1
            self._sink.on_message(*message)
        while self._held:
            self._sink.on_message(*self._held.pop())


def differences(book: LocalBook, bids: dict[str, str], asks: dict[str, str]) -> int:
    """How many levels of a book differ from the true ones, its order included."""
    found = 0
    for have, true, is_falling in zip(book.ladder(10**6), (bids, asks), (True, False), strict=True):
        prices = [float(price) for price, _ in have]
        found += prices != sorted(prices, reverse=is_falling)
        found += len(set(have) ^ set(true.items()))
    return found


def _price(ticks: int) -> str:
    return f"{ticks // 100}.{ticks % 100:02d}000000"
