"""The tour on other days and in other time zones: do its frames stay the same, to the last bit?

Every notebook of notebooks/ is run from the top in a kernel whose clock on the wall is days or years off, twenty times
in all, by turns in two time zones; each time a manifest of all its frames is made. Fails when two of them differ.
``--runs`` makes it shorter or longer, ``--only`` picks notebooks by a part of their name.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from binance_nb.manifests.executing import execute, read_notebook

NOTEBOOKS = Path(__file__).resolve().parent.parent.parent / "notebooks"
RUNS = 20
ZONES = ("Asia/Kolkata", "America/Los_Angeles")
# Back and ahead; over a leap day, a change of the clocks, the turn of a year.
DAYS = (0.0, -1.25, 3.5, 90.3, -200.0, 366.0, -1000.7, 38.9, 2000.1, -41.0)
TIMEOUT_SECONDS = 300
_SHIFT = "BINANCE_NB_SHIFTED_DAYS"
_MARK = "frames of this run: "
_STARTUP = f"""
import datetime, os, time

days = os.environ.pop({_SHIFT!r}, None)  # the kernel's alone: a sandbox that it starts has its own clock
if days is not None:
    import contextlib, pandas, pyarrow.parquet  # their C code takes the kinds of time that it finds for the real ones

    with contextlib.suppress(ImportError):
        import matplotlib.dates

    seconds = float(days) * 86_400
    real_time, real_time_ns, real_datetime, real_date = time.time, time.time_ns, datetime.datetime, datetime.date
    step = datetime.timedelta(seconds=seconds)
    time.time = lambda: real_time() + seconds
    time.time_ns = lambda: real_time_ns() + int(seconds * 1_000_000_000)

    class Kind(type):
        def __instancecheck__(cls, value):
            return isinstance(value, cls.real)

        def __subclasscheck__(cls, other):
            return issubclass(other, cls.real)

    class datetime_there(real_datetime, metaclass=Kind):
        real = real_datetime

        @classmethod
        def now(cls, tz=None):
            return real_datetime.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return real_datetime.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)

        @classmethod
        def today(cls):
            return cls.now()

    class date_there(real_date, metaclass=Kind):
        real = real_date

        @classmethod
        def today(cls):
            return real_datetime.fromtimestamp(time.time()).date()

    datetime.datetime, datetime.date = datetime_there, date_there
"""
_LAST_CELL = f"""
import dataclasses as _d, json as _j, time as _t
from binance_nb.manifests import manifest_of as _m, named_frames as _n
_f = {{name: _d.asdict(facts) for name, facts in _m(_n(dict(globals()))).frames.items()}}
print({_MARK!r} + _j.dumps({{"frames": _f, "clock": _t.time()}}, sort_keys=True, default=str))
"""


def tour(only: str = "") -> list[Path]:
    """Return the notebooks."""
    return [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if only in path.name]


def moments(runs: int) -> Iterator[tuple[float, str]]:
    """Yield how many days a clock is off, and its zone."""
    for number in range(runs):
        yield DAYS[number % len(DAYS)] + number // len(DAYS), ZONES[number % len(ZONES)]


def frames_of(notebook: Path, days: float, zone: str) -> tuple[dict[str, Any], float]:
    """Run a notebook on another day, and return what its frames were and what time it was."""
    import nbformat

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "notebooks"
        shutil.copytree(notebook.parent, place, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.lock"))
        startup = Path(folder) / "startup"
        startup.mkdir()
        (startup / "sitecustomize.py").write_text(_STARTUP)
        book = read_notebook(place / notebook.name)
        v4: Any = nbformat.v4  # Any: nbformat has no types
        book.cells.append(v4.new_code_cell(_LAST_CELL))
        root = str(NOTEBOOKS.parent)
        surroundings = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(startup), root)),
            "TZ": zone,
            "BINANCE_NB_DATA": str(Path(folder) / "data"),
            _SHIFT: str(days),
        }
        failure = execute(book, place, environment=surroundings, timeout_seconds=TIMEOUT_SECONDS)
    if failure is not None:
        raise AssertionError(f"{notebook.name}, {days:+} days, {zone}: {failure}")
    text = "".join(output.get("text", "") for output in book.cells[-1].outputs)
    told = json.loads(text.partition(_MARK)[2])
    return told["frames"], told["clock"]


def compare(notebook: Path, runs: int) -> tuple[int, list[str]]:
    """Run a notebook so many times; return how many frames it has, and what differed."""
    first: dict[str, Any] | None = None
    different: list[str] = []
    for days, zone in moments(runs):
        frames, _ = frames_of(notebook, days, zone)
        first = first or frames
        names = [name for name in first.keys() | frames.keys() if first.get(name) != frames.get(name)]
        different += [f"{notebook.name}, {days:+} days, {zone}: {name}" for name in sorted(names)]
    return len(first or {}), different


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    different: list[str] = []
    for notebook in tour(arguments.only):
        count, found = compare(notebook, arguments.runs)
        print(f"{notebook.name}: {count} frames, {arguments.runs} runs, {len(found)} differences", flush=True)
        different += found
    for line in different:
        print(f"  {line}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
