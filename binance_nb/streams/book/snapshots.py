"""Where snapshots come from: one at a time for all books of a host, and not at the cost of other calls."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from binance_nb.client import Client, endpoint_of
from binance_nb.errors import BinanceError, RateLimitError, ReplyError
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.book.ladder import Ladder

__all__ = ["BookPolicy", "Snapshots"]

_MINUTE_MS = 60_000
_TURNS: dict[str, threading.Lock] = {}
_TURNS_GUARD = threading.Lock()


@dataclass(frozen=True)
class BookPolicy:
    """By which rules snapshots are asked for.

    Attributes:
        backoff: How long to wait after a snapshot that came to nothing, and before a rebuild that follows another.
        calm_seconds: How long a book has to stay right before its troubles are forgotten.
        weight_share: How much of a minute's weight may be used when a snapshot is asked for; the rest is the person's.
        renew_share: How few of the snapshot's levels may be left before the edge, until a new one is fetched.
        renew_seconds: How long to wait between two such.
        draw: A number from 0 up to 1; a test gives its own.
    """

    backoff: Backoff = field(default_factory=lambda: Backoff(1.0, 60.0))
    calm_seconds: float = 60.0
    weight_share: float = 0.8
    renew_share: float = 0.5
    renew_seconds: float = 60.0
    draw: Callable[[], float] = random.random


class Snapshots:
    """Fetches the snapshots of one symbol.

    Args:
        client: Makes the calls.
        symbol: The symbol.
        limit: How many levels a side.
        policy: By which rules.

    Attributes:
        symbol: The symbol.
        limit: How many levels a side.
        body: The newest, as it came.

    Raises:
        UsageError: A word does not fit.
    """

    def __init__(self, client: Client, symbol: str, limit: int, policy: BookPolicy) -> None:
        self._client = client
        self._endpoint = endpoint_of("depth")
        self._policy = policy
        self._sent = client.bind(self._endpoint, {"symbol": symbol, "limit": limit}, is_dry=True)
        self.symbol = self._sent["symbol"]
        self.body = b""
        self.limit = min(int(self._sent["limit"]), 5000)
        with _TURNS_GUARD:
            self._turn = _TURNS.setdefault(client.environment.host, threading.Lock())

    def fetch(self, is_wanted: Callable[[], bool]) -> Ladder | None:
        """Fetch one, when it is this book's turn. It must not be called on the streams' loop.

        Args:
            is_wanted: Asked when the turn has come, which may take a while.

        Returns:
            The snapshot; None when it is wanted no more.

        Raises:
            BinanceError: It did not come; with ``retry_at`` where it is known when it can.
        """
        with self._turn:
            if not is_wanted():
                return None
            self._leave_room()
            # Not patient: it would count down in the notebook, from another thread than the cell's.
            reply = self._client.send(self._endpoint, self._sent, is_patient=False)
        self.body = reply.body
        return self.read(reply.body)

    def wait_seconds(self, error: BinanceError, failures: int) -> float:
        """Return how long to wait after one that did not come.

        Args:
            error: Why.
            failures: How many there were in a row.

        Returns:
            Seconds by the clock on this wall.
        """
        wait_seconds = self._policy.backoff.wait_seconds(failures)
        if error.retry_at is None:
            return wait_seconds
        return self._client.clock.seconds_until(error.retry_at) + wait_seconds

    def _leave_room(self) -> None:
        clock, budget = self._client.clock, self._client.budget
        now_ms = clock.estimate_ms()
        weight = self._endpoint.weight.price(self._sent)
        # Where the clock stands, a minute never ends and its weight does not bind.
        if clock.rate > 0 and budget.used(now_ms) + weight > budget.limit * self._policy.weight_share:
            raise RateLimitError(
                "Most of this minute's weight is used, and the rest is left to your own calls.",
                hint="The book fetches its snapshot in the next minute.",
                operation=self._endpoint.name,
                retry_at=(now_ms // _MINUTE_MS + 1) * _MINUTE_MS,
            )

    def read(self, body: bytes) -> Ladder:
        """Read a snapshot.

        Args:
            body: The reply of ``depth``.

        Returns:
            The snapshot.

        Raises:
            ReplyError: It cannot be read.
        """
        ladder = Ladder()
        try:
            snapshot = json.loads(body)
            ladder.load(int(snapshot["lastUpdateId"]), snapshot["bids"], snapshot["asks"], limit=self.limit)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            raise ReplyError("The snapshot of the book cannot be read.", operation=self._endpoint.name) from None
        return ladder
