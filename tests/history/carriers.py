"""Transports for pages: one that delays, counts and breaks real ones, and an exchange whose ids have holes."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from binance_nb.client import Prepared, Reply, RequestsTransport

__all__ = ["HoledExchange", "MonthlyExchange", "WatchedTransport"]


class WatchedTransport:
    """Carries requests to the sandbox, each after a delay of its own.

    Attributes:
        longest_delay_seconds: How long a request may be held back.
        at: What happens instead of, or before, the n-th request.
        sent: Requests, in the order they left.
        replies: Replies, in the order they came.
        peak: The most that were under way together.
    """

    def __init__(self) -> None:
        self.longest_delay_seconds = 0.0
        self.at: dict[int, Callable[[Prepared], Reply | None]] = {}
        self.sent: list[Prepared] = []
        self.replies: list[Reply] = []
        self.peak = 0
        self._under_way = 0
        self._guard = threading.Lock()
        self._random = random.Random(7)
        self._carrier = RequestsTransport()

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Hold the request back a little, then send it."""
        with self._guard:
            self.sent.append(prepared)
            self._under_way += 1
            self.peak = max(self.peak, self._under_way)
            place, delay_seconds = len(self.sent), self._random.uniform(0, self.longest_delay_seconds)
        try:
            time.sleep(delay_seconds)
            reply = self.at[place](prepared) if place in self.at else None
            reply = reply or self._carrier.send(prepared, timeout_seconds=timeout_seconds)
            self.replies.append(reply)
            return reply
        finally:
            with self._guard:
                self._under_way -= 1

    def close(self) -> None:
        """Let go of connections."""
        self._carrier.close()


class HoledExchange:
    """Answers trades by id, of a market that lost some.

    Args:
        ids: The ids there are.
    """

    def __init__(self, ids: list[int]) -> None:
        self.rows = [
            {"a": number, "p": "1.10", "q": "2", "f": 1, "l": 1, "T": 1, "m": True, "M": True} for number in ids
        ]

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer as the exchange does: from an id on, or the newest."""
        limit = int(prepared.sent.get("limit", 500))
        if "fromId" in prepared.sent:
            rows = [row for row in self.rows if int(str(row["a"])) >= int(prepared.sent["fromId"])][:limit]
        else:
            rows = self.rows[-limit:]
        body = json.dumps(rows, separators=(",", ":")).encode()
        return Reply(prepared.operation, prepared.sent, 200, {}, body)

    def close(self) -> None:
        """Nothing is open."""


class MonthlyExchange:
    """Answers candles of a month each, of a market that is three centuries old."""

    def __init__(self) -> None:
        opens = [_month_ms(number) for number in range(1970 * 12, 2270 * 12 + 1)]
        spans = itertools.pairwise(opens)
        self.rows: list[list[Any]] = [[start, *["1"] * 5, stop - 1, *["1"] * 5] for start, stop in spans]

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer as the exchange does: oldest first, both bounds inclusive."""
        sent = prepared.sent
        start, end = int(sent["startTime"]), int(sent.get("endTime", 1 << 62))
        rows = [row for row in self.rows if start <= int(row[0]) <= end][: int(sent["limit"])]
        return Reply(prepared.operation, sent, 200, {}, json.dumps(rows).encode())

    def close(self) -> None:
        """Nothing is open."""


def _month_ms(number: int) -> int:
    return int(datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
