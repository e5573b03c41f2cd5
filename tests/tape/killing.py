"""A recording that is killed again and again: what the trial and the test share.

The child is this very file, run as a program: it records what several threads ask at once, what streams bring and a
book shows, and says after each answer that it has it. The parent kills it, and plays the same work from what is left.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import binance_nb
from binance_nb import Session
from binance_nb.client import Client
from binance_nb.environment import Environment
from binance_nb.errors import BinanceError, TapeError, TapeMissError
from binance_nb.folders import DATA_VARIABLE
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.tape import read_tape

__all__ = ["Killing"]

ROOT = Path(__file__).resolve().parents[2]
Work = Callable[[Session], Iterator[object]]
SIZES = (1, 2, 5, 20, 100, 500, 1000)


def _reads(symbol: str) -> Work:
    """Candles, books and trades of all sizes; of one symbol, so that no two threads ask the same."""

    def work(session: Session) -> Iterator[object]:
        while True:
            for size in SIZES:
                yield session.call("klines", symbol=symbol, interval="1m", limit=size, raw=True)
                yield session.call("depth", symbol=symbol, limit=size, raw=True)
                yield session.call("agg_trades", symbol=symbol, limit=size, raw=True)
                yield session.call("avg_price", symbol=symbol, raw=True)

    return work


def _trades(session: Session) -> Iterator[object]:
    """Orders, and an account that is another after each of them."""
    while True:
        yield session.call("account", raw=True)
        yield session.new_order("LTCUSDT", "BUY", "MARKET", quantity="0.5", raw=True)
        yield session.call("open_orders", symbol="LTCUSDT", raw=True)
        yield session.call("my_trades", symbol="LTCUSDT", limit=5, raw=True)


def _events(session: Session) -> Iterator[object]:
    """Whatever a feed has brought, and when."""
    feed = session.stream("BTCUSDT@trade", "ETHUSDT@trade")
    while True:
        yield feed.wait(count=feed.wait(count=1) + 2)
        yield feed.to_frame().to_csv()


def _book(session: Session) -> Iterator[object]:
    """What a local book shows."""
    book = session.book("BTCUSDT")
    book.wait_in_sync(20)
    while True:
        yield book.top(5).to_csv()


READS: Mapping[str, Work] = {name: _reads(name) for name in ("BTCUSDT", "ETHUSDT", "BNBUSDT")}
WORKS: Mapping[str, Work] = {**READS, "orders": _trades, "events": _events, "book": _book}
Reports = dict[str, list[str]]


def _print_of(answer: object) -> str:
    return hashlib.blake2b(json.dumps(answer, sort_keys=True).encode(), digest_size=8).hexdigest()


@dataclass
class Killing:
    """Kills recordings, and looks at what they leave behind.

    Attributes:
        sandbox: What is recorded; its clock runs.
        path: The tape.
        seed: What moments are drawn from.
        longest_seconds: How long a recording goes on at most.
        kills: How often a child was killed.
        answers: How many answers it had said it has, all played since.
        empty: How often it was killed before there was a whole header.
        stale_locks: How often it left its lock behind.
        problems: What was found to be wrong, in words.
    """

    sandbox: SandboxProcess
    path: Path
    seed: int = 1
    longest_seconds: float = 3.0
    kills: int = 0
    answers: int = 0
    empty: int = 0
    stale_locks: int = 0
    problems: list[str] = field(default_factory=list)

    def run(self, kills: int) -> None:
        """Kill so many recordings at random moments; every second one was adding to what the one before had left.

        Args:
            kills: How many.
        """
        draw = random.Random(self.seed)
        before: Reports = {}
        while self.kills < kills:
            is_adding = bool(before)
            reports = self.kill("new" if is_adding else "all", after_seconds=draw.uniform(0, self.longest_seconds))
            self.check(reports)
            if is_adding:
                self.check(before)
                self._go_on()
            before = {} if is_adding else reports

    def kill(self, mode: str, *, after_seconds: float = 0.0, after_answers: int = 0) -> Reports:
        """Kill a recording.

        Args:
            mode: How it records.
            after_seconds: How long after it has begun.
            after_answers: Not before it has so many answers.

        Returns:
            What it said that it has: prints of the answers, by who asked.
        """
        told = {"url": self.sandbox.url, "ws_url": self.sandbox.ws_url, "path": str(self.path), "mode": mode}
        told |= {"api_key": self.sandbox.api_key, "secret_key": self.sandbox.secret_key}
        surroundings = {**os.environ, DATA_VARIABLE: str(self.path.parent / "data")}
        command = [sys.executable, "-m", "tests.tape.killing"]
        heard: list[bytes] = []
        with subprocess.Popen(
            command, cwd=ROOT, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps(told).encode() + b"\n")
            child.stdin.flush()
            assert child.stdout.readline() == b"ready\n"
            listening = threading.Thread(target=heard.extend, args=(child.stdout,))
            listening.start()
            due = time.monotonic() + after_seconds
            while (time.monotonic() < due or len(heard) < after_answers) and child.poll() is None:
                time.sleep(min(0.01, max(0.0, due - time.monotonic())))
            if child.poll() is not None:
                self.problems.append(f"the recording ended by itself, with {child.returncode}")
            child.kill()
            listening.join()
        self.kills += 1
        self.stale_locks += Path(f"{self.path}.lock").exists()
        reports: Reports = {}
        for line in heard:
            if line.endswith(b"\n"):
                who, text = line.decode().split()
                reports.setdefault(who, []).append(text)
        return reports

    def check(self, reports: Reports) -> None:
        """Play what a child had said that it has, and go on until the tape knows no more.

        Args:
            reports: What it said.
        """
        try:
            read_tape(self.path)
        except TapeError as error:
            self._check_unbegun(error, reports)
            return
        with binance_nb.replay(self.path) as reader:
            for who, prints in reports.items():
                self._check_work(reader, who, prints)
            self.answers += sum(map(len, reports.values()))

    def _check_unbegun(self, error: TapeError, reports: Reports) -> None:
        self.empty += 1
        if reports:
            self.problems.append(f"{sum(map(len, reports.values()))} answers are lost: {error}")
        if not any(words in error.message for words in ("is empty", "breaks off", "There is no tape")):
            self.problems.append(f"killed before its first line: {error}")

    def _check_work(self, reader: Session, who: str, prints: list[str]) -> None:
        work = WORKS[who](reader)
        played = 0
        try:
            for played, wanted in enumerate(prints):
                if _print_of(next(work)) != wanted:
                    self.problems.append(f"{who}, answer {played + 1} of {len(prints)} is another one")
                    return
            played = len(prints)
            if who in READS:
                deque(work, maxlen=0)  # what was on the tape and not yet told
        except TapeMissError as miss:
            if played < len(prints):
                self.problems.append(f"{who}, answer {played + 1} of {len(prints)} is lost: {miss}")
            elif not any(words in (miss.hint or "") for words in ("breaks off", "was not ended")):
                self.problems.append(f"{who}: a miss does not say that the tape breaks off: {miss} {miss.hint}")
        except BinanceError as error:
            self.problems.append(f"{who}, answer {played + 1} of {len(prints)}: {type(error).__name__} {error}")

    def _go_on(self) -> None:
        """Add to the tape and end it well; then record it anew: nothing that was left behind stops either."""
        for mode in ("new", "all") if self.path.exists() and _is_tape(self.path) else ("all",):
            with self._session() as session:
                with session.taped(self.path, mode):
                    session.call("time", raw=True)
                tape = read_tape(self.path)
            if not tape.is_whole or tape.entries[-1].key.operation != "time":
                self.problems.append(f"with mode {mode} after {self.kills} kills the tape was not ended well")
            if Path(f"{self.path}.lock").exists():
                self.problems.append(f"with mode {mode} after {self.kills} kills the lock was left behind")

    def _session(self) -> Session:
        sandbox = self.sandbox
        return _session_on(sandbox.url, sandbox.ws_url, sandbox.api_key, sandbox.secret_key)


def _is_tape(path: Path) -> bool:
    try:
        read_tape(path)
    except TapeError:
        return False
    return True


def _session_on(url: str, ws_url: str, api_key: str, secret_key: str) -> Session:
    place = Environment("sandbox", url, is_sandbox=True, stream_url=ws_url, ws_api_url=f"{ws_url}/ws-api/v3")
    return Session(Client(place, credentials(api_key, secret_key, host=place.host, source="sandbox")))


def main(path: str, mode: str, **place: str) -> None:
    """Record, and print a line after each answer, until somebody ends it."""
    session = _session_on(**place)
    os.write(1, b"ready\n")
    session.record(path, mode)

    def go(who: str, work: Work) -> None:
        for answer in work(session):
            os.write(1, f"{who} {_print_of(answer)}\n".encode())

    def fail(failure: threading.ExceptHookArgs) -> None:
        threading.__excepthook__(failure)
        os._exit(3)

    threading.excepthook = fail
    works = WORKS if mode == "all" else READS
    threads = [threading.Thread(target=go, args=(who, work)) for who, work in works.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()  # a program that ends takes the pools of the others with it


if __name__ == "__main__":
    main(**json.loads(sys.stdin.readline()))
