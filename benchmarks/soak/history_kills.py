"""A long history that is killed with -9 at random moments, fifty times, and run again: is the frame the same?

Candles and trades, from the API and from bulk files. After each kill the store's files are compared with its ledger; a
pull that comes to its end is compared with an undisturbed one, byte for byte of their Parquet, and begun anew with an
empty store. Fails when anything differs. ``--kills`` makes it shorter.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from binance_nb.sandbox.launcher import start  # noqa: E402 - the tests' own trial lies beside the package
from tests.history.long.killing import Killing  # noqa: E402 - as above

FROZEN_AT_MS = 1_717_243_200_000
JOBS: list[dict[str, Any]] = [  # Any: arguments of Session.history
    {"what": "klines", "interval": "1m", "symbols": "BTCUSDT", "start": "2024-01-01", "source": "api"},
    {"what": "klines", "interval": "1m", "symbols": "BTCUSDT", "start": "2024-04-01", "source": "archive"},
    {"what": "agg_trades", "symbols": "ADABTC", "start": "2024-05-27", "source": "api"},
    {"what": "agg_trades", "symbols": "ADABTC", "start": "2024-05-15", "source": "archive"},
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="of each of four jobs")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    problems: list[str] = []
    sandbox = start(seed=1, frozen=FROZEN_AT_MS)
    try:
        for job in JOBS:
            began = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                killing = Killing(sandbox, {**job, "end": "2024-05-30"}, Path(folder), asked.seed)
                killing.run(asked.kills)
            problems += killing.problems
            print(
                f"{job['what']:<11} from the {job['source']:<8} {killing.kills} kills, {killing.runs} pulls ended, "
                f"{len(killing.problems)} problems, {time.perf_counter() - began:.0f} s",
                flush=True,
            )
    finally:
        sandbox.stop()
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
