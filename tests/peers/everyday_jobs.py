"""The ten jobs of benchmarks/keystrokes.py as users of python-binance write them. Run apart; see apart.py."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.keystrokes import JOBS
from tests.peers.python_binance_users import Place

__all__ = ["their_answers"]


# A request may be a little older than the exchange's clock, and hardly younger.
_OLDER_MS = 2000


def their_answers(place: Place, stands_at_ms: int) -> list[Any]:  # Any: what each check gives
    """Do all jobs one after the other.

    Args:
        place: The sandbox.
        stands_at_ms: Where its clock stands.

    Returns:
        What each job's check says.
    """
    import pandas as pd

    client = place.client()
    known: dict[str, Any] = {"client": client, "pd": pd}
    exec("from decimal import Decimal", known)
    answers = []
    for job in JOBS:
        client.timestamp_offset = stands_at_ms - _OLDER_MS - int(time.time() * 1000)
        exec(job.theirs, known)
        answers.append(eval(job.check, known))
    return answers
