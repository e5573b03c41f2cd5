"""What importing binance_nb and loading its extension cost a person who has not used them yet.

Every sample is a fresh process. The samples take turns, so that a busy moment of the machine hits all of them alike.
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median

SAMPLES = 15
HEAVY = ("aiohttp", "ipywidgets", "pandas", "requests")

TIMED = """
import sys, time
{before}
started = time.perf_counter()
{work}
print((time.perf_counter() - started) * 1000, *(name for name in {heavy} if name in sys.modules))
"""
SHELL = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance()"
SUBJECTS = {
    # A module of the standard library that a bare Python has not loaded: the price of importing anything real.
    "import decimal (floor)": ("", "import decimal"),
    "import binance_nb": ("", "import binance_nb"),
    "%load_ext storemagic (floor)": (SHELL, "shell.run_line_magic('load_ext', 'storemagic')"),
    "%load_ext binance_nb": (SHELL, "shell.run_line_magic('load_ext', 'binance_nb')"),
    "import pandas (to compare)": ("", "import pandas"),
}


def main() -> None:
    milliseconds: dict[str, list[float]] = {subject: [] for subject in SUBJECTS}
    heavy: dict[str, set[str]] = {subject: set() for subject in SUBJECTS}
    for _ in range(SAMPLES):
        for subject, (before, work) in SUBJECTS.items():
            spent, *loaded = sample(before, work)
            milliseconds[subject].append(float(spent))
            heavy[subject].update(loaded)

    yardstick = median(milliseconds["import pandas (to compare)"])
    print(f"{f'median of {SAMPLES}':30} {'ms':>7} {'of import pandas':>17}  heavy modules loaded")
    for subject, spent_each in milliseconds.items():
        spent_ms = median(spent_each)
        loaded_names = " ".join(sorted(heavy[subject])) or "none"
        print(f"{subject:30} {spent_ms:7.1f} {spent_ms / yardstick:17.1%}  {loaded_names}")


def sample(before: str, work: str) -> list[str]:
    script = TIMED.format(before=before, work=work, heavy=HEAVY)
    finished = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return finished.stdout.split()


if __name__ == "__main__":
    main()
