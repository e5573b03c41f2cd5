"""The jobs that the README counts are the same jobs on both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from benchmarks.keystrokes import JOBS
from binance_nb.sandbox.launcher import start
from tests.peers.apart import apart
from tests.peers.everyday_jobs import their_answers
from tests.peers.python_binance_users import Place
from tests.sandbox_fixture import FROZEN_AT, FROZEN_AT_MS

pytest.importorskip("binance", reason="make test-peers brings python-binance")


def our_answers() -> list[Any]:  # Any: what each check gives
    """What each job's check says of the line's answer."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)  # type: ignore[no-untyped-call]  # IPython's
    shell.run_line_magic("load_ext", "binance_nb")
    shell.user_ns["Decimal"] = Decimal
    shell.run_line_magic("binance", f"use sandbox --seed 1 --frozen {FROZEN_AT}")
    answers = []
    for job in JOBS:
        shell.run_cell(job.ours).raise_error()  # type: ignore[no-untyped-call]  # IPython's
        answers.append(eval(job.check, shell.user_ns))
    shell.run_line_magic("unload_ext", "binance_nb")
    return answers


def test_both_sides_do_the_same_ten_jobs() -> None:
    """The answers agree, number for number; only the writing differs."""
    exchange = start(seed=1, frozen=FROZEN_AT)
    place = Place(exchange.url, exchange.ws_url or "", exchange.api_key, exchange.secret_key)
    theirs = apart(their_answers, place, FROZEN_AT_MS)
    exchange.stop()

    ours = our_answers()

    for job, mine, yours in zip(JOBS, ours, theirs, strict=True):
        assert mine == yours, job.title
