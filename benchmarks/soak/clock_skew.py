"""Clocks that are up to ten minutes off, and that are set while orders are sent: how many requests fail?

The exchange's clock is off, or this computer's; either steps in the middle, or the computer sleeps. Four threads place
and cancel orders all the while. Fails when a call fails; -1021 is a matter between client and exchange as long as the
client asks the time and tries again. ``--rounds`` makes it longer.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from binance_nb.client import Client, Prepared, Reply, RequestsTransport, ServerClock, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import BinanceError
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess, start

THREADS = 4
MINUTE_MS = 60_000
SKEWS_MS = [minutes * MINUTE_MS for minutes in range(-10, 11)] + [-1_500, -900, 900, 1_500, 4_500, 5_500]
STALE = b'"code":-1021'


class Watched(RequestsTransport):
    """Counts what the exchange refuses for its time, and how often it is asked for the time."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0
        self.looks = 0
        self._counting = threading.Lock()

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Send, and count."""
        reply = super().send(prepared, timeout_seconds=timeout_seconds)
        with self._counting:
            self.refused += STALE in reply.body.replace(b" ", b"")
            self.looks += prepared.operation == "time"
        return reply


@dataclass
class Here:
    """A computer whose clock is off."""

    wall_ahead_seconds: float = 0.0

    def wall(self) -> float:
        """What its clock on the wall shows."""
        return time.time() + self.wall_ahead_seconds


@dataclass
class Trial:
    """One client against one sandbox, from the first call to the last."""

    sandbox: SandboxProcess
    rounds: int
    here: Here = field(default_factory=Here)
    failures: list[str] = field(default_factory=list)
    made: int = 0

    def __post_init__(self) -> None:
        place = Environment("sandbox", self.sandbox.url, is_sandbox=True)
        held = credentials(self.sandbox.api_key, self.sandbox.secret_key, place.host)
        self.transport = Watched()
        clock = partial(ServerClock, wall=self.here.wall)
        self.client = Client(
            place, held, transport=self.transport, budget=WeightBudget(), make_clock=clock, max_wait_seconds=60
        )

    def run(self, step: Callable[[], None] | None = None) -> None:
        """Make the calls from several threads, with a step in the middle."""
        half = max(1, self.rounds // 2 // THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._trade, [half] * THREADS))
            if step is not None:
                step()
            list(pool.map(self._trade, [half] * THREADS))
        self.made = half * THREADS * 2 * 2
        self.client.close()

    def _trade(self, times: int) -> None:
        for _ in range(times):
            try:
                for name, words in self._two():
                    self.client.call(name, **words)
            except BinanceError as error:
                self.failures.append(repr(error))

    def _two(self) -> Iterator[tuple[str, dict[str, str]]]:
        yield "account", {}
        yield (
            "new_order",
            {
                "symbol": "BTCUSDT",
                "side": "BUY",
                "type": "LIMIT",
                "timeInForce": "IOC",
                "quantity": "0.001",
                "price": "30000",
            },
        )

    def told(self, what: str) -> str:
        """Say what came of it."""
        return (
            f"{what:<44} {self.made:>5} calls  {len(self.failures)} failed  "
            f"{self.transport.refused} answered -1021  {self.transport.looks} looks at the clock"
        )


def trials(sandbox: SandboxProcess, rounds: int) -> Iterator[tuple[str, Trial, Callable[[], None] | None]]:
    """Yield the trials, each with what steps in its middle."""

    def server_at(offset_ms: int) -> None:
        sandbox.clear_faults()
        if offset_ms:
            sandbox.faults("*", kind="wrong_clock", offset_ms=offset_ms)

    def forwards(by_ms: int) -> None:
        sandbox.advance(by_ms)

    def sleep(here: Here, slept_ms: int) -> None:
        # Everybody's clock goes on but the steady one of this computer.
        forwards(slept_ms)
        here.wall_ahead_seconds += slept_ms / 1000

    for skew_ms in SKEWS_MS:
        server_at(skew_ms)
        yield f"exchange {skew_ms / 1000:+.1f} s", Trial(sandbox, rounds), None
        server_at(0)
        yield f"this computer {skew_ms / 1000:+.1f} s", Trial(sandbox, rounds, Here(skew_ms / 1000)), None
    for skew_ms in SKEWS_MS:
        server_at(0)
        yield f"exchange steps by {skew_ms / 1000:+.1f} s", Trial(sandbox, rounds), partial(server_at, skew_ms)
        server_at(0)
        trial = Trial(sandbox, rounds)
        yield (
            f"this computer's wall clock steps by {skew_ms / 1000:+.1f} s",
            trial,
            partial(setattr, trial.here, "wall_ahead_seconds", skew_ms / 1000),
        )
    for slept_ms in (2_000, 6_000, 600_000):
        server_at(0)
        trial = Trial(sandbox, rounds)
        yield f"this computer sleeps for {slept_ms / 1000:.0f} s", trial, partial(sleep, trial.here, slept_ms)
    yield "exchange goes 600 s forward", Trial(sandbox, rounds), partial(forwards, 600_000)


def main() -> int:
    """Run the trials and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=80, help="rounds of two calls in each trial, at most 96")
    rounds = min(96, parser.parse_args().rounds)
    failed = made = refused = 0
    sandbox = start(seed=1)
    try:
        for what, trial, step in trials(sandbox, rounds):
            # So that no limit of orders or weight binds: they are not what is tried here.
            sandbox.advance(70_000)
            trial.run(step)
            print(trial.told(what))
            failed, made, refused = failed + len(trial.failures), made + trial.made, refused + trial.transport.refused
            for failure in trial.failures[:3]:
                print(f"    {failure}")
    finally:
        sandbox.stop()
    print(f"{made:,} calls with clocks up to ten minutes off: {failed} failed, {refused} went again after -1021.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
