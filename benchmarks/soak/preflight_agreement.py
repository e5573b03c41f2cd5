"""Whether the preflight agrees with the exchange, and with the documented facts, on random orders of every symbol.

Each symbol of the sandbox is a filter set of its own; the last set is one of them while so many orders wait elsewhere
that the limits of the whole exchange are near. Fails on the first false pass or false fail. ``--orders`` makes it
shorter, ``--sets`` names the sets.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from binance_nb.sandbox.listings import LISTINGS  # noqa: E402 - the tests' own trial lies beside the package
from tests.trading.preflight_house import House, Trial, spec_of  # noqa: E402 - as above

CROWDED = "ETHUSDT crowded"
SPEC = Path(os.environ.get("BINANCE_NB_SPEC", ROOT.parent / "shared" / "spec"))
SHOWN = 5


def tried(name: str, orders: int, seed: int) -> Trial:
    """Judge the orders of one set."""
    house, symbol = House(), name.split()[0]
    if name == CROWDED:
        plain = [each.symbol for each in LISTINGS.values() if each.status == "TRADING" and "MARKET" in each.order_types]
        house.crowd([each for each in plain if each not in (symbol, "ETHBTC", "ADABTC", "XRPUSDT")])
    trial = Trial(house, symbol, seed=seed, spec=spec_of(SPEC) if SPEC.is_dir() else None)
    trial.run(orders)
    house.preflight.close()
    return trial


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=10_000, help="orders of each set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sets", nargs="*", default=[*LISTINGS, CROWDED])
    options = parser.parse_args()
    falses, judged, by_spec, mended, reasons = 0, 0, 0, 0, Counter[str]()
    for name in options.sets:
        started = time.perf_counter()
        trial = tried(name, options.orders, options.seed)
        seconds = time.perf_counter() - started
        figures = (
            f"{trial.judged:>6} orders",
            f"{trial.tally['taken']:>5} taken",
            f"{len(trial.falses)} falses",
            f"{trial.tally['left open']} left open",
            f"{trial.mended} put right",
            f"{trial.by_spec} verdicts by the facts",
            f"{seconds * 1000 / trial.judged:.1f} ms each",
        )
        print(f"{name:<16} {', '.join(figures)}", flush=True)
        for words in trial.falses[:SHOWN]:
            print(f"    {words}", flush=True)
        reasons.update(trial.tally)
        falses, judged = falses + len(trial.falses), judged + trial.judged
        by_spec, mended = by_spec + trial.by_spec, mended + trial.mended
    print(f"{judged} orders, {by_spec} verdicts by the facts, {mended} put right: {falses} falses")
    print(
        "the exchange said: "
        + ", ".join(f"{name.lstrip('!') or 'not allowed'} {n}" for name, n in reasons.most_common())
    )
    return int(falses > 0)


if __name__ == "__main__":
    sys.exit(main())
