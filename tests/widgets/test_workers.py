from __future__ import annotations

import threading
from typing import Any

from binance_nb.widgets.workers import Job, Worker


class Desk:
    """Takes what comes of jobs."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.may_go_on = threading.Event()
        self.has_begun = threading.Event()

    def slow(self) -> str:
        self.has_begun.set()
        assert self.may_go_on.wait(30)
        return "slow"

    def job(self, run: Any) -> Job:
        return Job(run, self.heard.append, lambda error: self.heard.append(str(error)))


def fail() -> None:
    raise ValueError("it went wrong")


def test_jobs_are_done_one_after_the_other_and_the_thread_goes() -> None:
    """In the order given; nothing is left when all is done."""
    desk, worker = Desk(), Worker()
    for number in range(5):
        worker.put(str(number), desk.job(lambda number=number: number))
    worker.join(30)

    assert (list(range(5)), False) == (desk.heard, worker.is_busy)


def test_of_a_kind_only_the_latest_is_heard() -> None:
    """What waits is not even done; what runs is not heard of."""
    desk, worker, done = Desk(), Worker(), []
    worker.put("a", desk.job(desk.slow))
    assert desk.has_begun.wait(30)
    worker.put("a", desk.job(lambda: done.append("never")))
    worker.put("a", desk.job(lambda: "latest"))
    worker.put("b", desk.job(lambda: "another kind"))
    desk.may_go_on.set()
    worker.join(30)

    assert (["latest", "another kind"], []) == (desk.heard, done)


def test_an_error_is_handed_over_and_the_next_job_is_done() -> None:
    """Nothing is printed, and nothing stops."""
    desk, worker = Desk(), Worker()
    worker.put("a", desk.job(fail))
    worker.put("b", desk.job(lambda: "well"))
    worker.join(30)

    assert ["it went wrong", "well"] == desk.heard


def test_closed_it_takes_no_jobs_and_tells_of_none() -> None:
    """Also of the one that runs."""
    desk, worker = Desk(), Worker()
    worker.put("a", desk.job(desk.slow))
    assert desk.has_begun.wait(30)
    worker.put("b", desk.job(lambda: "waiting"))
    worker.close()
    worker.close()
    worker.put("c", desk.job(lambda: "late"))
    desk.may_go_on.set()
    worker.join(30)

    assert ([], False) == (desk.heard, worker.is_busy)
