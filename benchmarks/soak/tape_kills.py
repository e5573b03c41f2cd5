"""A recording that is killed with -9 at random moments, fifty times: does its tape play all that was answered?

Three threads ask for candles, books and trades of all sizes, one places orders, and a feed and a local book are looked
at, all at once, on a plain tape and on a compressed one. After each kill all that the child had said it has must play
the same, and what comes after is said to be missing because the tape breaks off. Every second kill meets a recording
that adds to what the one before had left; then the tape is added to and ended, and recorded anew. Fails when anything
is lost or differs. ``--kills`` makes it shorter.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from binance_nb.sandbox.launcher import start  # noqa: E402 - the tests' own trial lies beside the package
from tests.tape.killing import Killing  # noqa: E402 - as above


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="of each of two tapes")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    problems: list[str] = []
    sandbox = start(seed=1, speed=5)
    try:
        for name in ("a.jsonl", "a.jsonl.gz"):
            began = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                killing = Killing(sandbox, Path(folder) / name, asked.seed)
                killing.run(asked.kills)
            problems += killing.problems
            print(
                f"{name:<10} {killing.kills} kills, {killing.answers:,} answers played again, {killing.empty} before "
                f"the first line, {killing.stale_locks} stale locks, {len(killing.problems)} problems, "
                f"{time.perf_counter() - began:.0f} s",
                flush=True,
            )
    finally:
        sandbox.stop()
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
