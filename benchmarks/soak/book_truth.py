"""A million changes of books over lines that drop, repeat and swap events and are cut: does any level ever differ?

Most come from a seeded book that is known through and through, at full speed, through the same code as from a socket;
the rest from the sandbox over real sockets, with its own faults besides: events left out, connections cut. Fails when a
book that says it is in sync differs from the true one in a single digit, or is crossed. ``--events`` makes it shorter.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The lines that lose things stand with the tests.
sys.path.insert(0, str(ROOT))

from binance_nb import connect  # noqa: E402 - as above
from binance_nb.streams.backoff import Backoff  # noqa: E402 - as above
from binance_nb.streams.book import LocalBook  # noqa: E402 - as above
from binance_nb.streams.hub import StreamHub  # noqa: E402 - as above
from binance_nb.streams.link import Policy  # noqa: E402 - as above
from tests.streams.book.sandbox_truth import RoughHub, caught_up, settle  # noqa: E402 - as above
from tests.streams.book.true_book import (  # noqa: E402 - as above
    AT_ONCE,
    ByHand,
    RoughLine,
    TrueBook,
    client_of,
    differences,
    live,
)

FROZEN_AT = "2024-06-01T12:00:00Z"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "SHIBUSDT")
TROUBLES_PER_EVENT = 0.002
LOOK_EVERY = 100


def seeded(events: int, seed: int) -> Counter[str]:
    """Follow a seeded book; look whenever it was rebuilt, and besides every hundred events."""
    truth, hub, found = TrueBook(seed, levels=800), ByHand(), Counter[str]()
    book = LocalBook(hub, client_of(truth), "BTCUSDT", limit=5000, policy=AT_ONCE)
    line = RoughLine(hub.sinks.pop(), seed, TROUBLES_PER_EVENT)
    hub.sinks.append(line)
    line.on_state(live())
    rebuilds = 0
    for step in range(events):
        hub.say(truth.step())
        if book.rebuilds != rebuilds or step % LOOK_EVERY == 0:
            if not line.is_holding and book.link.status == "live":
                book.wait_in_sync(30)
            if book.is_in_sync and book.update_id == truth.update_id:
                rebuilds = book.rebuilds
                found["looks"] += 1
                found["levels compared"] += len(truth.bids) + len(truth.asks)
                found["differences"] += differences(book, truth.bids, truth.asks)
                found["crossed"] += is_crossed(book)
    found["events"] = events
    return found + told(book, line)


def of_the_sandbox(events: int) -> Counter[str]:
    """Follow four books of the sandbox over sockets; look at one of them after each second of market."""
    found = Counter[str]()
    with ExitStack() as stack:
        session = stack.enter_context(connect("sandbox", seed=1, frozen=FROZEN_AT))
        assert session.sandbox is not None
        process = session.sandbox
        process.faults("depth@100ms", kind="skip_depth", probability=0.005)
        process.faults("depth@100ms", kind="cut", probability=0.001)
        hub = StreamHub(process.ws_url, policy=Policy(backoff=Backoff(0.0, 0.0)))
        stack.callback(hub.close)
        hubs = [RoughHub(hub, seed, TROUBLES_PER_EVENT) for seed, _ in enumerate(SYMBOLS)]
        books = [
            stack.enter_context(LocalBook(rough, session.client, symbol, policy=AT_ONCE))
            for rough, symbol in zip(hubs, SYMBOLS, strict=True)
        ]
        heard = Counter[str]()
        for book in books:
            book.on_change(lambda changed: heard.update([changed.symbol]))
        turns = list(zip(books, hubs, strict=True))
        second = 0
        while heard.total() < events:
            book, rough = turns[second % len(turns)]
            second += 1
            settle(book, rough.lines[0])
            differing = caught_up(book, session, lambda: process.advance(1000))
            if differing is not None:
                found["looks"] += 1
                found["levels compared"] += sum(map(len, book.ladder(10**6)))
                found["differences"] += differing
                found["crossed"] += is_crossed(book)
        found["events"] = heard.total()
        for book, rough in turns:
            found += told(book, rough.lines[0])
    return found


def is_crossed(book: LocalBook) -> bool:
    """Whether a book that says it is in sync is crossed all the same."""
    spread = book.spread
    return spread is not None and spread <= 0


def told(book: LocalBook, line: RoughLine) -> Counter[str]:
    """What went wrong on the way, and what the book made of it."""
    return Counter(
        dropped=line.dropped,
        repeated=line.repeated,
        swapped=line.swapped,
        cut=line.cut,
        gaps=book.gaps,
        rebuilds=book.rebuilds,
    )


def blocks(events: int, size: int) -> Iterator[int]:
    """Numbers that add up to one."""
    while events > 0:
        yield min(size, events)
        events -= size


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--events", type=int, default=1_000_000)
    words.add_argument("--of-the-sandbox", type=int, default=None, help="how many of them; a fiftieth when left out")
    chosen = words.parse_args()
    real = chosen.events // 50 if chosen.of_the_sandbox is None else chosen.of_the_sandbox
    started, all_found = time.monotonic(), Counter[str]()
    for seed, count in enumerate(blocks(chosen.events - real, 100_000)):
        all_found += tell(f"seeded {seed}", seeded(count, seed), started)
    if real:
        all_found += tell("sandbox", of_the_sandbox(real), started)
    tell("together", all_found, started)
    is_right = not all_found["differences"] and not all_found["crossed"] and all_found["looks"] > chosen.events // 1000
    print("No level differed." if is_right else "FAILED")
    return 0 if is_right else 1


def tell(name: str, found: Counter[str], started: float) -> Counter[str]:
    figures = ", ".join(f"{what} {found[what]:,}" for what in sorted({*found, "differences"}))
    print(f"{time.monotonic() - started:6.0f} s  {name}: {figures}", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
