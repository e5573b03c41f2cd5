"""A history that is killed again and again: what the trial and the test share.

The child is this very file, run as a program: it pulls one range into the store that ``BINANCE_NB_CACHE`` names, from a
sandbox that outlives it.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from binance_nb import Session
from binance_nb.client import Client
from binance_nb.environment import Environment
from binance_nb.folders import CACHE_VARIABLE, DATA_VARIABLE
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.store import Store

__all__ = ["Killing"]

ROOT = Path(__file__).resolve().parents[3]
Job = Mapping[str, Any]  # Any: arguments of Session.history


@dataclass
class Killing:
    """Kills and resumes one job until it has been killed often enough.

    Attributes:
        sandbox: Where the history is from.
        job: Arguments of ``Session.history``.
        folder: Where stores are put, one an attempt that came to its end.
        kills: How often it was killed.
        runs: How often it came to its end, and was begun anew with an empty store.
        seconds: How long the last pull took that came to its end.
        problems: What was found to be wrong, in words.
    """

    sandbox: SandboxProcess
    job: Job
    folder: Path
    seed: int = 1
    kills: int = 0
    runs: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def run(self, kills: int) -> None:
        """Kill it so often, at random moments, and compare whatever comes to its end with an undisturbed run.

        Args:
            kills: How often.
        """
        draw = random.Random(self.seed)
        undisturbed = self._finished(self.folder / "undisturbed")
        longest, whole = self.seconds, _covered(self.folder / "undisturbed")
        while self.kills < kills:
            if self._is_killed(self._store_folder, draw.uniform(0, longest)):
                self.kills += 1
                self.problems += [
                    f"{each.path.name}: {each.what}" for each in Store(self._store_folder / "store").verify()
                ]
            if _covered(self._store_folder) == whole:
                self._compare(undisturbed)
        self._compare(undisturbed)

    @property
    def _store_folder(self) -> Path:
        return self.folder / str(self.runs)

    def _compare(self, undisturbed: bytes) -> None:
        if self._finished(self._store_folder) != undisturbed:
            self.problems.append(f"after {self.kills} kills the frame is another one")
        self.runs += 1

    def _finished(self, cache: Path) -> bytes:
        with self._child(cache) as child:
            assert child.stdout is not None
            began = time.perf_counter()
            written = child.stdout.read()
            self.seconds = time.perf_counter() - began
            return written

    def _is_killed(self, cache: Path, seconds: float) -> bool:
        """Kill a child so long after it has begun to pull; whether it was still at it."""
        with self._child(cache) as child:
            try:
                child.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                return True
            return False

    @contextmanager
    def _child(self, cache: Path) -> Iterator[subprocess.Popen[bytes]]:
        told = {"url": self.sandbox.url, "files": self.sandbox.archive_url, "job": dict(self.job)}
        variables = {**os.environ, CACHE_VARIABLE: str(cache), DATA_VARIABLE: str(cache)}
        command = [sys.executable, "-m", "tests.history.long.killing", json.dumps(told)]
        with subprocess.Popen(
            command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            assert child.stderr is not None
            child.stderr.readline()  # it has loaded what it needs
            yield child


def _covered(cache: Path) -> int:
    """How much time a store knows of, in ms."""
    spans = [span for holding in Store(cache / "store").holdings() for span in holding.spans]
    return sum(span.end_ms - span.start_ms for span in spans if span.state != "unfinished")


def main(url: str, files: str, job: dict[str, Any]) -> None:
    """Pull, and write the rows to standard output."""
    place = Environment("sandbox", url, is_sandbox=True, archives_url=files, listing_url=f"{files}/")
    with Session(Client(place)) as session:
        sys.stderr.write("ready\n")
        sys.stderr.flush()
        frame = session.history(job.pop("what"), job.pop("symbols"), job.pop("interval", None), quiet=True, **job)
    assert frame.attrs["binance"]["whole"], frame.attrs["binance"]["note"]
    frame.attrs.clear()
    with tempfile.NamedTemporaryFile() as file:
        frame.to_parquet(file.name)
        sys.stdout.buffer.write(Path(file.name).read_bytes())


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
