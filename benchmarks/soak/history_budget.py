"""Twenty years of minutes at the exchange's real limit: is the weight used, and is it never overdrawn?

Twenty symbols, a year of one-minute candles each, 21,040 of weight, from a server that allows 6000 a minute and answers
429 past it. Its minutes last twelve seconds. Fails when it had to refuse once, or when a whole minute was used less
than 95 %. ``--speed`` sets how fast its clock runs; the faster, the less time there is to use a minute's weight.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from binance_nb import connect
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client
from binance_nb.frames import Gathering
from binance_nb.history import pull

SERVER = Path(__file__).parent.parent / "servers" / "candles.py"
SYMBOLS = 20
ALLOWED = 6000
SHARE = 0.95
OPENS_MS, YEAR = 1_672_531_200_000, 525_600
KLINES = ENDPOINTS["klines"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--symbols", type=int, default=SYMBOLS)
    parser.add_argument("--speed", type=float, default=5.0)
    parser.add_argument("--latency-ms", type=float, default=20.0)
    asked = parser.parse_args()
    with server(asked.speed, asked.latency_ms) as url, connect(url) as session:
        session.ping()  # from the reply the client learns how fast the server's clock runs
        started = time.monotonic()
        for number in range(asked.symbols):
            rows = pull_year(session.client, f"S{number}USDT")
            assert rows == YEAR, f"{rows} rows of S{number}USDT"
        seconds = time.monotonic() - started
        with urlopen(f"{url}/tally") as reply:
            told: dict[str, int] = json.load(reply)
    used = [weight for name, weight in sorted(told.items()) if name.startswith("weight of minute")]
    return verdict(used, told.get("refused", 0), seconds * asked.speed)


def pull_year(client: Client, symbol: str) -> int:
    span = {"startTime": str(OPENS_MS), "endTime": str(OPENS_MS + YEAR * 60_000 - 1)}

    def gather(rooms: Sequence[int]) -> Gathering:
        return Gathering(KLINES, rooms)

    pulled = pull(
        client,
        KLINES,
        {"symbol": symbol, "interval": "1m", **span},
        max_rows=YEAR,
        progress=False,
        may_wait_minutes=True,
        gather=gather,
    )
    assert pulled.gathered is not None
    return len(pulled.gathered.finish(now_ms=pulled.server_ms))


def verdict(used: list[int], refused: int, server_seconds: float) -> int:
    print(f"{'minute':>8} {'weight':>8} {'of a minute':>12}")
    for number, weight in enumerate(used):
        print(f"{number:8} {weight:8} {weight / ALLOWED:12.1%}")
    whole = used[1:-1]
    print(f"{sum(used)} of weight in {server_seconds:.0f} s of the server's clock, {refused} refused")
    kept = not refused and all(weight >= SHARE * ALLOWED for weight in whole)
    if not kept:
        print(f"FAILED: nothing may be refused, and each whole minute has to be used {SHARE:.0%}.")
    return 0 if kept else 1


@contextmanager
def server(speed: float, latency_ms: float) -> Iterator[str]:
    command = [sys.executable, str(SERVER), "--weight", str(ALLOWED), "--speed", str(speed)]
    command += ["--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


if __name__ == "__main__":
    sys.exit(main())
