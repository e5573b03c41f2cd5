"""Ten thousand orders in a storm of every fault, from four threads, their kernel killed twenty times on the way.

Each order has a purpose, and its name says which: ``p17-2`` is the third try of the eighteenth. What the user was told
and what the journal holds are compared with the sandbox's own log. Fails when an order was placed twice, was lost, or
when a verdict was wrong. ``--orders``, ``--kills``, ``--threads`` and ``--seed`` make it another storm.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from binance_nb import Session, connect
from binance_nb.errors import ApiError, ExecutionUnknownError, TransportError
from binance_nb.folders import DATA_VARIABLE
from binance_nb.sandbox.launcher import SandboxProcess, start
from binance_nb.trading.accounts import account_of
from binance_nb.trading.journal.entries import NOTHING_STANDS, STILL_UNKNOWN
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.trader import Trader

SPEED = 60.0
# Of the sandbox's time; a sixtieth of it here. A busy machine needs the room.
RECV_WINDOW_MS = 30_000
TIMEOUT_SECONDS = 0.5
TEN_MINUTES_MS = 600_000
MOST_TRIES = 30
# The log keeps the newest calls only, and calls that are executed late change lines that were read already.
READ_AGAIN = 5_000
SYMBOLS = {"BTCUSDT": ("0.001", "30000"), "ETHUSDT": ("0.01", "1500"), "BNBUSDT": ("0.1", "300")}

STORM: tuple[tuple[float, dict[str, Any]], ...] = (
    (0.015, {"kind": "execute_then_503"}),
    (0.010, {"kind": "execute_then_503", "code": -1006}),
    (0.010, {"kind": "reply_503_execute_later", "after_ms": 500}),
    (0.010, {"kind": "reply_503_execute_later", "after_ms": 8_000}),
    (0.005, {"kind": "reply_503_execute_later", "after_ms": 29_000}),
    (0.005, {"kind": "reply_503_execute_later", "after_ms": 60_000}),
    (0.015, {"kind": "execute_then_drop"}),
    (0.015, {"kind": "drop_before_execute"}),
    (0.010, {"kind": "broken_json"}),
    (0.003, {"kind": "429", "retry_after_seconds": 20}),
    (0.001, {"kind": "418", "retry_after_seconds": 60}),
    (0.003, {"kind": "403"}),
    (0.002, {"kind": "451"}),
    (0.010, {"kind": "delay", "ms": 600}),
    (0.005, {"kind": "delay", "ms": 450, "on_the_way": 1}),
    (0.005, {"kind": "delay", "ms": 700, "on_the_way": 1}),
    (0.004, {"kind": "wrong_clock", "offset_ms": TEN_MINUTES_MS}),
    (0.004, {"kind": "wrong_clock", "offset_ms": -TEN_MINUTES_MS}),
)
"""What goes wrong, and how often."""


# ---- the kernel that trades, and is killed


@dataclass
class Desk:
    """What is to be ordered, and how far that is."""

    session: Session
    said: TextIO
    waiting: deque[int]
    tries: dict[int, int]
    guard: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, name: str, verdict: str) -> None:
        """Write down what the user was told; the line is on its way before anything else happens."""
        with self.guard:
            self.said.write(f"{name} {verdict}\n")
            self.said.flush()

    def work(self) -> None:
        while True:
            with self.guard:
                if not self.waiting:
                    return
                purpose = self.waiting.popleft()
            while self.tries[purpose] < MOST_TRIES and not self.order(purpose):
                pass

    def order(self, purpose: int) -> bool:
        """Try once; whether that is the end of it."""
        name = f"p{purpose}-{self.tries[purpose]}"
        self.tries[purpose] += 1
        try:
            frame = self.session.call("new_order", **order_of(purpose), new_client_order_id=name)
        except ExecutionUnknownError as error:
            self.tell(name, error.verdict)
            return error.verdict == STILL_UNKNOWN
        except (ApiError, TransportError) as error:
            self.tell(name, "REFUSED" if isinstance(error, ApiError) else "NOT PLACED")
            if error.retry_at:
                time.sleep(self.session.client.clock.seconds_until(error.retry_at) + 0.01)
        else:
            self.tell(name, str(frame["status"].iloc[0]))
            return True
        return False


def order_of(purpose: int) -> dict[str, str]:
    """What a purpose wants: at the market most of the time, or nothing but what is there, or far from it."""
    dice = random.Random(purpose)
    symbol = dice.choice(list(SYMBOLS))
    quantity, far = SYMBOLS[symbol]
    words = {"symbol": symbol, "side": dice.choice(("BUY", "SELL")), "quantity": quantity}
    kind = dice.random()
    if kind < 0.8:
        return {**words, "type": "MARKET"}
    lasting = "IOC" if kind < 0.99 else "GTC"
    return {**words, "side": "BUY", "type": "LIMIT", "time_in_force": lasting, "price": far}


def trade(options: argparse.Namespace) -> int:
    """Order whatever has not been ordered, in four threads: what the parent starts, kills, and starts again."""
    line: dict[str, str] = json.loads(sys.stdin.readline())
    checked = connect(
        line["url"],
        api_key=line["api_key"],
        secret_key=line["secret_key"],
        recv_window_ms=RECV_WINDOW_MS,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    # The storm is about what was sent; checks before that would be nine calls in ten.
    account = account_of(checked.environment, checked.client.credentials, None, salt=checked.order_journal.salt)
    trader = Trader(checked.client, account, checked.order_journal, checked.interlock)
    session = Session(checked.client, trader=trader)
    session.resolve()
    tries: dict[int, int] = defaultdict(int)
    ended = set()
    for purpose, number, verdict in journaled(session.order_journal):
        tries[purpose] = max(tries[purpose], number + 1)
        if verdict not in NOTHING_STANDS:
            ended.add(purpose)
    waiting = deque(purpose for purpose in range(options.orders) if purpose not in ended)
    with Path(options.said).open("a") as said:
        desk = Desk(session, said, waiting, tries)
        threads = [threading.Thread(target=desk.work) for _ in range(options.threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return 0


def journaled(journal: Journal) -> Iterator[tuple[int, int, str | None]]:
    for entry in journal.entries():
        purpose, _, number = (entry.client_order_id or "").removeprefix("p").partition("-")
        yield int(purpose), int(number), entry.verdict


# ---- the one who watches, and kills


class Watch:
    """Reads the sandbox's log before it forgets."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self._sandbox = sandbox
        self._last = 0
        self.calls: dict[int, dict[str, Any]] = {}

    def look(self) -> int:
        """Return how many orders have been asked for by now."""
        found = self._sandbox.log(since=max(0, self._last - READ_AGAIN), endpoint="new_order")
        self.calls.update((call["id"], call) for call in found)
        self._last = max(self.calls, default=0)
        return len(self.calls)

    def states(self) -> dict[str, set[str]]:
        """Return which states every order that was really placed has had, by its name."""
        states: dict[str, set[str]] = defaultdict(set)
        for call in self.calls.values():
            for change in call["orders"]:
                if change["clientOrderId"].startswith("p"):
                    states[change["clientOrderId"]].add(change["status"])
        return states


@dataclass
class Kernel:
    """The process that trades."""

    options: argparse.Namespace
    sandbox: SandboxProcess
    folder: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [f"--{name}={getattr(self.options, name)}" for name in ("orders", "threads")]
        self.child = subprocess.Popen(
            [sys.executable, __file__, "--trade", f"--said={self.folder / 'said'}", *words],
            stdin=subprocess.PIPE,
        )
        line = {name: getattr(self.sandbox, name) for name in ("url", "api_key", "secret_key")}
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps(line).encode() + b"\n")
        self.child.stdin.flush()

    def kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    @property
    def is_done(self) -> bool:
        assert self.child is not None
        return self.child.poll() is not None


def watch(options: argparse.Namespace) -> int:
    started = time.monotonic()
    sandbox = start(seed=options.seed, speed=SPEED)
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        os.environ[DATA_VARIABLE] = folder
        try:
            for asset, amount in (("USDT", "1000000000"), ("BTC", "100000"), ("ETH", "100000"), ("BNB", "100000")):
                sandbox.deposit(asset, amount)
            for number, (probability, fault) in enumerate(STORM):
                sandbox.faults(probability=probability, seed=options.seed + number, **fault)
            seen, statuses = storm(options, sandbox, Path(folder))
            failures = report(options, Path(folder), seen)
        finally:
            sandbox.stop()
    print(f"{time.monotonic() - started:.0f} s, {SPEED:g} times as fast as life there; exit statuses {statuses}")
    return int(failures > 0 or statuses != [0])


def storm(options: argparse.Namespace, sandbox: SandboxProcess, folder: Path) -> tuple[Watch, list[int]]:
    """Let the kernel trade, kill it, start it again, until everything is ordered; then let the air clear."""
    seen, kernel, dice = Watch(sandbox), Kernel(options, sandbox, folder), random.Random(options.seed)
    kills = sorted(dice.randrange(options.orders) for _ in range(options.kills))
    kernel.start()
    while not kernel.is_done:
        time.sleep(0.2)
        if seen.look() >= (kills[0] if kills else sys.maxsize):
            kernel.kill()
            print(f"killed after {len(seen.calls)} requests for orders", flush=True)
            kills.pop(0)
            kernel.start()
    assert kernel.child is not None
    sandbox.clear_faults()
    # What was put off happens, and what was left open is looked up on a clear line.
    sandbox.advance(TEN_MINUTES_MS)
    place = {name: getattr(sandbox, name) for name in ("api_key", "secret_key")}
    with connect(sandbox.url, recv_window_ms=RECV_WINDOW_MS, **place) as session:
        for resolved in session.resolve():
            print(f"in the end: {resolved} ({resolved.verdict.words})")
    seen.look()
    return seen, [kernel.child.returncode]


def report(options: argparse.Namespace, folder: Path, seen: Watch) -> int:
    """Compare what was told and what was written down with what was done; return how often that differs."""
    placed = seen.states()
    told = [_pair(line) for line in (folder / "said").read_text().splitlines()]
    written = {f"p{purpose}-{number}": verdict for purpose, number, verdict in journaled(Journal())}
    by_purpose = Counter(name.partition("-")[0] for name in placed)
    twice = [purpose for purpose, count in by_purpose.items() if count > 1]
    lost = [name for name in placed if written.get(name) in (None, *NOTHING_STANDS)]
    wrong = [f"told {name} {verdict}" for name, verdict in told if is_wrong(verdict, placed.get(name))]
    wrong += [f"written {name} {verdict}" for name, verdict in written.items() if is_wrong(verdict, placed.get(name))]
    left_open = [name for name, verdict in written.items() if verdict in (None, STILL_UNKNOWN)]
    never = [purpose for purpose in range(options.orders) if f"p{purpose}" not in by_purpose]
    verdicts, faults = Counter(verdict for _, verdict in told), Counter[str]()
    for call in seen.calls.values():
        faults.update(call["fault"].split(", ") if call["fault"] else ())
    print(f"{options.orders} orders wanted, {len(written)} tries written down, {len(seen.calls)} arrived")
    print(f"told: {dict(verdicts)}")
    print(f"faults that met placements: {dict(faults)}")
    unknown = verdicts[STILL_UNKNOWN]
    print(f"STILL UNKNOWN: {unknown} of {len(told)} told ({unknown / max(1, len(told)):.2%})", end="")
    print(f", {len(left_open)} in the end; never placed: {len(never)} {never[:9]}")
    for what, names in (("placed twice", twice), ("lost", lost), ("wrong verdicts", wrong)):
        print(f"{what}: {len(names)} {names[:9] or ''}")
    return len(twice) + len(lost) + len(wrong) + len(left_open)


def is_wrong(verdict: str | None, states: set[str] | None) -> bool:
    """Whether a verdict is not what the sandbox did. That nobody knows is never wrong."""
    if verdict in (None, STILL_UNKNOWN):
        return False
    return states is not None if verdict in NOTHING_STANDS else verdict not in (states or ())


def _pair(line: str) -> tuple[str, str]:
    name, _, verdict = line.partition(" ")
    return name, verdict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trade", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--said", help=argparse.SUPPRESS)
    options = parser.parse_args()
    return trade(options) if options.trade else watch(options)


if __name__ == "__main__":
    sys.exit(main())
