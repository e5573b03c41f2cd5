"""The tour from tapes, on other days and in other time zones: do its frames stay the same, to the last bit?

Every notebook of notebooks/ is recorded once, and then run from the top twenty times, from its tape and without an
exchange, in a kernel whose clock on the wall is days or years off, by turns in two time zones. Each time a manifest of
all its frames is made. Fails when one differs from the recording's, or when a tape has a call left or lacks one.
A notebook about what no tape holds, bulk files and what is kept of them, runs on the sandbox each time.
``--runs`` makes it shorter or longer, ``--only`` picks notebooks by a part of their name.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from binance_nb.manifests.executing import execute, read_notebook

NOTEBOOKS = Path(__file__).resolve().parent.parent.parent / "notebooks"
RUNS = 20
ZONES = ("Asia/Kolkata", "America/Los_Angeles")
# Back and ahead; over a leap day, a change of the clocks, the turn of a year.
DAYS = (0.0, -1.25, 3.5, 90.3, -200.0, 366.0, -1000.7, 38.9, 2000.1, -41.0)
TIMEOUT_SECONDS = 300
RECORDED_ON = "--seed 1 --frozen 2024-06-01T12:00:00Z"
_BEGINS = re.compile(r"^%binance use sandbox(?P<how>.*)$", re.MULTILINE)
_PLAYS = re.compile(r"^%binance replay .*$", re.MULTILINE)
_NO_TAPE = "--source archive"
_SHIFT = "BINANCE_NB_SHIFTED_DAYS"
_MARK = "frames of this run: "
_STARTUP = f"""
import datetime, os, sqlite3, time  # sqlite3 stores the kind of datetime that it finds

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
from binance_nb.notebook import current_session as _s
_r = _s().tape
_l = [] if _r is None else [str(entry.key) for entry in _r.left()] + [" ".join(feed) for feed in _r.feeds_left()]
print({_MARK!r} + _j.dumps({{"frames": _f, "clock": _t.time(), "left": _l}}, sort_keys=True, default=str))
"""


def tour(only: str = "") -> list[Path]:
    """Return the notebooks."""
    return [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if only in path.name]


def moments(runs: int) -> Iterator[tuple[float, str]]:
    """Yield how many days a clock is off, and its zone."""
    for number in range(runs):
        yield DAYS[number % len(DAYS)] + number // len(DAYS), ZONES[number % len(ZONES)]


def has_tape(notebook: Path) -> bool:
    """Return whether a tape can hold all that a notebook asks for."""
    return _NO_TAPE not in notebook.read_text(encoding="utf-8")


def record(notebook: Path, tape: Path) -> dict[str, Any]:
    """Run a notebook on the sandbox, and record it; return its frames, or those without a tape."""
    line = f"%binance record {tape} --mode all" if has_tape(notebook) else ""
    return _run(notebook, 0.0, "UTC", lambda how: f"%binance use sandbox{how or f' {RECORDED_ON}'}\n{line}")[0]


def frames_of(notebook: Path, days: float, zone: str, tape: Path | None = None) -> tuple[dict[str, Any], float]:
    """Run a notebook on another day, and return what its frames were and what time it was.

    Args:
        notebook: The notebook.
        days: How far the clock on the wall is off.
        zone: Its time zone.
        tape: What to play instead of what the notebook says.
    """
    return _run(notebook, days, zone, None if tape is None else lambda _how: f"%binance replay {tape}")


def compare(notebook: Path, runs: int, folder: Path) -> tuple[int, int | None, list[str]]:
    """Run a notebook so many times; return how many frames it has, the size of its tape, and what differed."""
    tape = folder / f"{notebook.stem}.jsonl.gz"
    first = wherever(record(notebook, tape))
    different: list[str] = []
    for days, zone in moments(runs):
        frames = wherever(frames_of(notebook, days, zone, tape if tape.exists() else None)[0])
        names = [name for name in first.keys() | frames.keys() if first.get(name) != frames.get(name)]
        different += [f"{notebook.name}, {days:+} days, {zone}: {name}" for name in sorted(names)]
    return len(first), tape.stat().st_size if tape.exists() else None, different


def wherever(frames: dict[str, Any]) -> dict[str, Any]:
    """Leave out that a frame came from the exchange, or from a tape of it: all else has to be the same."""
    return {
        name: {**facts, "source": None, "environment": (facts["environment"] or "").removeprefix("TAPE of ")}
        for name, facts in frames.items()
    }


def _run(notebook: Path, days: float, zone: str, begin: Callable[[str], str] | None) -> tuple[dict[str, Any], float]:
    import nbformat

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "notebooks"
        shutil.copytree(notebook.parent, place, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.lock"))
        startup = Path(folder) / "startup"
        startup.mkdir()
        (startup / "sitecustomize.py").write_text(_STARTUP)
        book = read_notebook(place / notebook.name)
        if begin is not None:
            _begin_with(book, begin)
        v4: Any = nbformat.v4  # Any: nbformat has no types
        book.cells.append(v4.new_code_cell(_LAST_CELL))
        surroundings = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(startup), str(NOTEBOOKS.parent))),
            "TZ": zone,
            "BINANCE_NB_DATA": str(Path(folder) / "data"),
            "BINANCE_NB_CACHE": str(Path(folder) / "cache"),
            "PYTHONWARNINGS": "ignore::RuntimeWarning",  # C code that finds other kinds of time than it was built with
            _SHIFT: str(days),
        }
        failure = execute(book, place, environment=surroundings, timeout_seconds=TIMEOUT_SECONDS)
    if failure is not None:
        raise AssertionError(f"{notebook.name}, {days:+} days, {zone}: {failure}")
    for cell in book.cells:
        if "raises-exception" in cell.metadata.get("tags", []) and "error" not in [
            each.output_type for each in cell.outputs
        ]:
            raise AssertionError(f"{notebook.name}: nothing failed where it should: {cell.source}")
    text = "".join(output.get("text", "") for output in book.cells[-1].outputs)
    told = json.loads(text.partition(_MARK)[2])
    if told["left"]:
        raise AssertionError(f"{notebook.name}, {days:+} days, {zone}: not asked for: {told['left'][:5]}")
    return told["frames"], told["clock"]


def _begin_with(book: Any, begin: Callable[[str], str]) -> None:  # Any: nbformat has no types
    """Put other lines where a notebook goes to an exchange, or to its tape."""
    for cell in book.cells:
        for line in (_BEGINS, _PLAYS):
            if cell.cell_type == "code" and (found := line.search(cell.source)):
                how = found.groupdict().get("how", "")
                cell.source = f"{cell.source[: found.start()]}{begin(how)}{cell.source[found.end() :]}"
                return
    raise AssertionError("This notebook goes nowhere.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    different: list[str] = []
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        for notebook in tour(arguments.only):
            count, size, found = compare(notebook, arguments.runs, Path(folder))
            held = "no tape" if size is None else f"a tape of {size:,} bytes"
            print(
                f"{notebook.name}: {count} frames, {held}, {arguments.runs} runs, {len(found)} differences", flush=True
            )
            total += size or 0
            different += found
    print(f"all tapes: {total:,} bytes")
    for line in different:
        print(f"  {line}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
