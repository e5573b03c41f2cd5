"""What a widget has done beside its picture: jobs that take time, one after the other, the latest of a kind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["WORKER_NAME", "Job", "Worker"]

WORKER_NAME = "binance_nb widget"
"""The name of the threads."""


@dataclass(frozen=True)
class Job:
    """Something that takes time, and who is told what came of it.

    Attributes:
        run: Does it.
        then: Told what it returned.
        failed: Told the error that it raised.
    """

    run: Callable[[], Any]  # Any: whatever `then` takes
    then: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Worker:
    """Runs the jobs of one widget in a thread that is there only while there are any."""

    def __init__(self) -> None:
        self._guards_jobs = threading.Lock()
        self._waiting: dict[str, Job] = {}
        self._latest: dict[str, Job] = {}
        self._is_closed = False
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._thread is not None

    def put(self, kind: str, job: Job) -> None:
        """Have a job done. One of its kind that waits is not done at all, and of one that runs nobody hears.

        Args:
            kind: Its kind.
            job: The job.
        """
        with self._guards_jobs:
            if self._is_closed:
                return
            self._waiting.pop(kind, None)  # a newcomer goes to the end of the row
            self._waiting[kind] = self._latest[kind] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=WORKER_NAME, daemon=True)
                self._thread.start()

    def forget(self) -> None:
        """Drop the jobs that wait, and what comes of the one that runs."""
        with self._guards_jobs:
            self._waiting.clear()
            self._latest.clear()

    def close(self) -> None:
        """Take no more jobs; drop those that wait, and what comes of the one that runs. Any thread, more than once."""
        with self._guards_jobs:
            self._is_closed = True
        self.forget()

    def join(self, seconds: float) -> None:
        """Wait until every job is done.

        Args:
            seconds: How long at most.
        """
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)

    def _run(self) -> None:
        while True:
            with self._guards_jobs:
                if not self._waiting:
                    self._thread = None
                    return
                kind = next(iter(self._waiting))
                job = self._waiting.pop(kind)
            self._do(kind, job)
            del job

    def _do(self, kind: str, job: Job) -> None:
        try:
            result = job.run()
        except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to: the widget states it
            if self._is_heard(kind, job):
                job.failed(error)
        else:
            if self._is_heard(kind, job):
                job.then(result)

    def _is_heard(self, kind: str, job: Job) -> bool:
        """Return whether it was the latest of its kind, and forget it: what it calls holds the widget."""
        with self._guards_jobs:
            if self._latest.get(kind) is not job:
                return False
            del self._latest[kind]
            return True
