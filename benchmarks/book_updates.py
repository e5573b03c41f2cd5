"""How many events a second does a local book take in, its best levels being read after each?

Events of 20 levels (10 a side) go into a book of 5,000 levels a side, and the best 20 of each side are read every time,
as a widget would. Everybody gets the same decoded events through what their own socket handlers call, by turns, so that
a busy machine is busy for all of them. python-binance and unicorn-binance-local-depth-cache take part where they are
installed; ``--python`` names other interpreters to look in.

    python benchmarks/book_updates.py --python path/to/another/bin/python
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import random
import statistics
import subprocess
import sys
import time
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LEVELS, CHANGES, SHOWN = 5_000, 10, 20
EVENTS, BITE, BLOCK_SECONDS = 8_000, 20, 0.2
OURS, OURS_FLOATS, FLOOR = "binance_nb, the exchange's digits", "binance_nb, floats", "Ladder alone, floats"
PYTHON_BINANCE, UNICORN = "python-binance", "unicorn-binance-local-depth-cache"
PROMISED = {PYTHON_BINANCE: 80, UNICORN: 35}
ZERO = "0.00000000"

Event = dict[str, Any]
# Takes one event in and reads the book's best levels.
Turn = Callable[[Event], object]


def price_of(ticks: int) -> str:
    return f"{ticks // 100}.{ticks % 100:02d}000000"


def snapshot_and_events(count: int) -> tuple[dict[str, Any], list[Event]]:
    """A book with a level at each tick, and events that change it, most near the best price; some take levels away."""
    dice = random.Random(1)
    middle = 6_000_000

    def quantity() -> str:
        return f"{dice.random() * 3 + 0.00001:.8f}"

    def changes(sign: int, side: set[int]) -> list[list[str]]:
        told: dict[int, str] = {}
        while len(told) < CHANGES:
            ticks = middle + sign * (1 + min(LEVELS - 1, int(dice.expovariate(1 / 100))))
            is_gone = ticks in side and ticks not in told and dice.random() < 0.3
            told[ticks] = ZERO if is_gone else quantity()
            (side.discard if is_gone else side.add)(ticks)
        return [[price_of(ticks), text] for ticks, text in told.items()]

    bids, asks = ({middle + sign * step for step in range(1, LEVELS + 1)} for sign in (-1, 1))
    snapshot = {
        "lastUpdateId": 1_000,
        "bids": [[price_of(ticks), quantity()] for ticks in sorted(bids, reverse=True)],
        "asks": [[price_of(ticks), quantity()] for ticks in sorted(asks)],
    }
    events = [
        {
            "e": "depthUpdate",
            "E": 1_717_243_200_000 + 100 * step,
            "s": "BTCUSDT",
            "U": 1_001 + 3 * step,
            "u": 1_003 + 3 * step,
            "b": changes(-1, bids),
            "a": changes(1, asks),
        }
        for step in range(count)
    ]
    return snapshot, events


def ours(snapshot: dict[str, Any], read: str) -> Turn:
    """A LocalBook, told by a hub of our own what the real one tells it."""
    from binance_nb.client import Client, Prepared, Reply
    from binance_nb.environment import resolve
    from binance_nb.streams.book import LocalBook
    from binance_nb.streams.link import LinkState

    body = json.dumps(snapshot).encode()

    class Canned:
        def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
            return Reply(prepared.operation, prepared.sent, 200, {}, body)

        def close(self) -> None: ...

    class Hub:
        sink: Any = None

        def attach(self, streams: Any, sink: Any, /) -> Hub:
            self.sink = sink
            return self

        def close(self) -> None: ...

    hub = Hub()
    book = LocalBook(hub, Client(resolve("http://127.0.0.1:9"), transport=Canned()), "BTCUSDT", limit=LEVELS)
    hub.sink.on_state(LinkState("live"))
    book.wait_in_sync(30)
    hear, shown = hub.sink.on_message, getattr(book, read)

    def turn(event: Event) -> object:
        hear("btcusdt@depth@100ms", event, event["E"] + 5)
        return shown(SHOWN)

    return turn


def ladder_alone(snapshot: dict[str, Any]) -> Turn:
    """What no book around it could be faster than."""
    from binance_nb.streams.book import Ladder

    ladder = Ladder()
    ladder.load(snapshot["lastUpdateId"], snapshot["bids"], snapshot["asks"], limit=LEVELS)

    def turn(event: Event) -> object:
        ladder.apply(event["U"], event["u"], event["b"], event["a"])
        return ladder.floats(SHOWN)

    return turn


def python_binance(snapshot: dict[str, Any]) -> Turn:
    """Its DepthCacheManager: what `recv` calls with each message, then the cache that it hands out."""
    manager_type = importlib.import_module("binance.ws.depthcache").DepthCacheManager

    class Stub:
        async def get_order_book(self, **words: object) -> dict[str, Any]:
            return snapshot

    def finish(coroutine: Any) -> Any:
        # Nothing in there waits, so that no loop is needed, and none is counted.
        try:
            coroutine.send(None)
        except StopIteration as done:
            return done.value
        raise RuntimeError("python-binance waits for something")

    manager = manager_type(Stub(), "BTCUSDT", loop=object(), bm=object(), limit=LEVELS)
    finish(manager._init_cache())

    def turn(event: Event) -> object:
        cache = finish(manager._depth_event(event))
        return cache.get_bids()[:SHOWN], cache.get_asks()[:SHOWN]

    return turn


def unicorn(snapshot: dict[str, Any]) -> Turn:
    """Its manager's task that takes each message off its queue, then the levels that it hands out.

    The manager is made without its threads, which would look for the network. It cuts each side to 1,000 levels.
    """
    manager_type = importlib.import_module("unicorn_binance_local_depth_cache").BinanceLocalDepthCacheManager
    market = "btcusdt"

    class Queue:
        @types.coroutine
        def get_stream_data_from_asyncio_queue(self, stream_id: object = None) -> Any:
            return (yield)

        def is_stop_request(self, stream_id: object = None) -> bool:
            return False

        def asyncio_queue_task_done(self, stream_id: object = None) -> None: ...

        def get_stream_label(self, stream_id: object = None) -> str:
            return ""

    manager = object.__new__(manager_type)
    manager.exchange, manager.cluster, manager.stop_request = "binance.com", None, False
    manager.default_refresh_interval = manager.depth_cache_update_interval = None
    manager.threading_lock_ask, manager.threading_lock_bid = {}, {}
    manager.depth_caches, manager.ubwa = {}, Queue()
    manager._add_depthcache(market=market)
    cache = manager.depth_caches[market]
    manager._apply_updates(asks=snapshot["asks"], bids=snapshot["bids"], market=market)
    cache |= {"is_synchronized": True, "refresh_request": False, "last_update_id": snapshot["lastUpdateId"]}
    task = manager._manage_depth_cache_async(stream_id="book")
    task.send(None)

    def turn(event: Event) -> object:
        task.send({"stream": "btcusdt@depth@100ms", "data": event})
        return (
            manager.get_bids(market=market, limit_count=SHOWN),
            manager.get_asks(market=market, limit_count=SHOWN),
        )

    return turn


SUBJECTS: Mapping[str, tuple[str, Callable[[dict[str, Any]], Turn]]] = {
    OURS: ("binance_nb", lambda snapshot: ours(snapshot, "ladder")),
    OURS_FLOATS: ("binance_nb", lambda snapshot: ours(snapshot, "floats")),
    FLOOR: ("binance_nb", ladder_alone),
    PYTHON_BINANCE: ("binance.ws.depthcache", python_binance),
    UNICORN: ("unicorn_binance_local_depth_cache", unicorn),
}


def serve(name: str) -> None:
    """Run blocks of events when told to, and print how many there were in how many seconds of this process."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    module, make = SUBJECTS[name]
    try:
        importlib.import_module(module)
    except ImportError:
        print("missing", flush=True)
        return
    snapshot, events = snapshot_and_events(EVENTS)
    turn, place = make(snapshot), 0
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    for _ in sys.stdin:
        if place >= len(events) - BITE:
            turn, place = make(snapshot), 0
        begun, started = place, time.process_time()
        while (spent := time.process_time() - started) < BLOCK_SECONDS and place <= len(events) - BITE:
            for event in events[place : place + BITE]:
                turn(event)
            place += BITE
        print(place - begun, spent, flush=True)


class Subject:
    """One of them, in a process of its own."""

    def __init__(self, name: str, python: str) -> None:
        self.name = name
        self.rates: list[float] = []
        self._process = subprocess.Popen(
            [python, __file__, "--serve", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.is_here = self._line() == "ready"

    def run(self) -> None:
        """Run a block."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        count, seconds = self._line().split()
        self.rates.append(int(count) / float(seconds))

    def end(self) -> None:
        """Let the process go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def find(name: str, pythons: list[str]) -> Subject | None:
    """Start a subject in the first interpreter that has it; ours is in this one."""
    for python in [sys.executable] if SUBJECTS[name][0] == "binance_nb" else pythons:
        subject = Subject(name, python)
        if subject.is_here:
            return subject
        subject.end()
    return None


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--python", action="append", default=[], help="another interpreter to look in for the others")
    words.add_argument("--rounds", type=int, default=12)
    words.add_argument("--serve", choices=SUBJECTS, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    if chosen.serve:
        serve(chosen.serve)
        return
    found = {name: find(name, [sys.executable, *chosen.python]) for name in SUBJECTS}
    here = {name: subject for name, subject in found.items() if subject is not None}
    for _ in range(chosen.rounds):
        for subject in here.values():
            subject.run()
    for subject in here.values():
        subject.end()
    print(f"Events of {2 * CHANGES} levels into {LEVELS} levels a side, the best {SHOWN} read each time.")
    rates = {name: statistics.median(subject.rates) for name, subject in here.items()}
    print(f"{'':36} {'events/s':>9}   ours is, in digits and as floats")
    for name in SUBJECTS:
        if name not in rates:
            print(f"{name:36} {'-':>9}   not installed")
            continue
        asked = f"   at least {PROMISED[name]} is promised" if name in PROMISED else ""
        times = f"{rates[OURS] / rates[name]:6.1f} and {rates[OURS_FLOATS] / rates[name]:5.1f} times"
        print(f"{name:36} {rates[name]:9,.0f}   {times}{asked}")


if __name__ == "__main__":
    main()
