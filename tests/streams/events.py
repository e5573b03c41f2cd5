"""Events for the tests of streams, and a source of them that needs no network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from binance_nb.errors import StreamError
from binance_nb.streams.link import IDLE, LinkState

__all__ = ["NOW_MS", "FakeAttachment", "FakeSource", "kline", "trade", "wait_for"]

NOW_MS = 1_717_243_200_000


def trade(number: int = 1, symbol: str = "BTCUSDT", price: str = "67000.10", **more: Any) -> dict[str, Any]:
    """A trade as the exchange sends it, a second after the one before."""
    at_ms = NOW_MS + number * 1_000
    return {
        "e": "trade",
        "E": at_ms,
        "s": symbol,
        "t": number,
        "p": price,
        "q": "0.50000000",
        "T": at_ms - 1,
        "m": True,
        "M": True,
        **more,
    }


def kline(number: int = 1, symbol: str = "BTCUSDT", first_id: int = 100) -> dict[str, Any]:
    """A candle as the exchange sends it."""
    at_ms = NOW_MS + number * 2_000
    candle = {
        "t": NOW_MS,
        "T": NOW_MS + 59_999,
        "s": symbol,
        "i": "1m",
        "f": first_id,
        "L": first_id + 5,
        "o": "1.0",
        "c": "2.0",
        "h": "3.0",
        "l": "0.5",
        "v": "10",
        "n": 5,
        "x": False,
        "q": "20",
        "V": "4",
        "Q": "8",
        "B": "0",
    }
    return {"e": "kline", "E": at_ms, "s": symbol, "k": candle}


def wait_for(is_so: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something that another thread does is so."""
    tick = threading.Event()
    for _ in range(int(seconds * 100)):
        if is_so():
            return
        tick.wait(0.01)
    raise AssertionError("it did not come")


class FakeAttachment:
    """A hold on streams that are made up."""

    def __init__(self, streams: Sequence[str], sink: Any) -> None:
        self.streams = list(streams)
        self.sink = sink
        self.state = IDLE
        self.is_closed = False
        self.wont = ""

    def add(self, *streams: str) -> None:
        self.streams += streams

    def remove(self, *streams: str) -> None:
        self.streams = [each for each in self.streams if each not in streams]

    def close(self) -> None:
        self.is_closed = True

    def wait_ready(self, seconds: float) -> None:
        if self.wont:
            raise StreamError(self.wont)

    def turn(self, status: Any, **more: Any) -> None:
        """Change how the streams stand."""
        self.state = replace(LinkState(status), **more)
        self.sink.on_state(self.state)

    def send(self, stream: str, data: Any, received_ms: int = NOW_MS) -> None:
        """Deliver a message, on the thread that calls."""
        self.sink.on_message(stream, data, received_ms)


class FakeSource:
    """Stands in for a hub, and keeps what was attached to it."""

    def __init__(self) -> None:
        self.attached: list[FakeAttachment] = []

    def attach(self, streams: Sequence[str], sink: Any) -> Any:
        self.attached.append(FakeAttachment(streams, sink))
        return self.attached[-1]
