"""What a tape costs: what replaying and recording add to a call, and how fast a tape is read.

A transport that has the answer at once is the floor: what is left above it is the tape's. At most 1 ms a call is
promised for a replay.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import binance_nb
from binance_nb import Session, connect
from binance_nb.client import Client, ClockReading, Prepared, Reply
from binance_nb.tape import read_tape

CALLS = 400
FROZEN_AT = "2024-06-01T12:00:00Z"
SUBJECTS: dict[str, Callable[[Client], object]] = {
    "ticker_price (80 bytes)": lambda client: client.call("ticker_price", symbol="BTCUSDT"),
    "klines (1000 rows)": lambda client: client.call("klines", symbol="BTCUSDT", interval="1h", limit=1000),
    "account (signed)": lambda client: client.call("account"),
}


class AtOnce:
    """Has the answers at once."""

    def __init__(self, answers: dict[str, Reply]) -> None:
        self._answers = answers

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        return self._answers[prepared.operation]

    def close(self) -> None:
        pass


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as session:
        answers = {
            reply.operation: reply for ask in SUBJECTS.values() if isinstance(reply := ask(session.client), Reply)
        }
        held = session.client.credentials
        assert held is not None
        floor = Client(session.environment, held, transport=AtOnce(answers))
        floor.clock.follow(ClockReading(1_717_243_200_000, rate=0.0))
        for name, ask in SUBJECTS.items():
            measure(name, ask, floor, session.environment.url, folder)
    load(folder)


def measure(name: str, ask: Callable[[Client], object], floor: Client, url: str, folder: Path) -> None:
    base = micros(lambda: ask(floor))
    path = folder / f"{name.split()[0]}.jsonl"
    session = Session(floor)
    with session.taped(path, "all"):
        recording = micros(lambda: ask(session.client))
    with binance_nb.replay(path) as reader:
        replaying = micros(lambda: ask(reader.client))
    print(
        f"{name}: floor {base:,.0f} us, recording {recording:,.0f} us (+{recording - base:,.0f}), "
        f"replaying {replaying:,.0f} us (+{replaying - base:,.0f})"
    )


def micros(work: Callable[[], object]) -> float:
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times) * 1e6


def load(folder: Path) -> None:
    for path in sorted(folder.glob("*.jsonl")):
        megabytes = path.stat().st_size / 1e6
        began = time.perf_counter()
        tape = read_tape(path)
        seconds = time.perf_counter() - began
        print(
            f"reading {path.name}: {megabytes:.1f} MB, {len(tape.entries)} calls, {seconds / megabytes * 1e3:.0f} ms/MB"
        )


if __name__ == "__main__":
    main()
