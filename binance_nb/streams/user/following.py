"""An account is followed: by the stream while the line holds, by REST for what the line did not carry.

Whatever comes after a loss is held until REST has told what came before it, so that things are told in their order.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Collection, Sequence
from copy import copy
from functools import partial
from typing import Any, Protocol

from binance_nb.catalog.user_events import USER_EVENTS
from binance_nb.client import Client, endpoint_of
from binance_nb.errors import AuthenticationError, BinanceError, RateLimitError, StreamError, TransportError
from binance_nb.keys import Credentials
from binance_nb.streams.connection import Connection
from binance_nb.streams.events import Event
from binance_nb.streams.link import LinkState, Policy
from binance_nb.streams.user.facts import question_about, read_baseline, read_facts
from binance_nb.streams.user.known import Key, Known
from binance_nb.streams.user.missed import begin_with, missed
from binance_nb.streams.user.subscribing import Subscriber
from binance_nb.streams.wire import Wire
from binance_nb.streams.workers import on_worker

__all__ = ["Follower", "Following"]

_ENDED = "eventStreamTerminated"
_UNAUTHORIZED = 401
_CALL_TRIES = 3
# How often fills are asked for that REST lists a little later than the order they belong to.
_PATIENCE_SECONDS = (0.3, 1.0, 3.0)
# How long it is left alone when that was not enough, for each question weighs.
_REST_SECONDS = 30.0
_HALF_SECOND = 0.5
_LOST_AGAIN = "The connection was lost again."
# What somebody said that is not as it is declared.
_DEFECTS = (KeyError, TypeError, AttributeError, ValueError, ArithmeticError)


class _Ended(Exception):
    """Nobody wants to know any more."""


class Follower(Protocol):
    """What follows an account: `Following`, or a tape."""

    problem: str
    error: BinanceError | None
    is_ready: bool
    is_whole: bool
    recovered: int

    @property
    def state(self) -> LinkState:
        """How the connection stands."""

    @property
    def failure(self) -> BinanceError | None:
        """Why it ended, if something is wrong."""

    def open(self) -> None:
        """Begin; returns at once."""

    def close(self) -> None:
        """End."""


class Following:
    """Follows one account.

    Args:
        client: Makes the calls.
        held: Whose account.
        symbols: Those that it may have to do with.
        tell: Told each event, once and in order; on the loop's thread.
        changed: Told that something about it has changed.
        policy: By which rules the connection is kept.

    Attributes:
        problem: What is wrong though the connection stands; empty when all is well.
        error: Why it ended, if something is wrong.
        is_ready: Whether it is known how the account stood, so that from here on nothing is missed.
        is_whole: Whether everything that happened has been told, as far as is known.
        reconciled: How often it was asked what was missed.
        recovered: How many events the stream had missed.
    """

    def __init__(
        self,
        client: Client,
        held: Credentials,
        symbols: Collection[str],
        *,
        tell: Callable[[Event], object],
        changed: Callable[[], object],
        policy: Policy | None = None,
    ) -> None:
        # One that keeps its key, should the session be given another; clock, budget and connections stay shared.
        client = copy(client)
        client.credentials = held
        self._client = client
        self._hints = tuple(dict.fromkeys(symbols))
        self._tell = tell
        self._changed = changed
        self._known = Known()
        self._subscriber = Subscriber(client, held)
        self._held: list[tuple[dict[str, Any], int]] = []  # Any: JSON
        # How many of them had come before REST was asked.
        self._held_before = 0
        self._losses = 0
        self._is_cut = True
        self._since_ms = 0
        self._settling: asyncio.Task[None] | None = None
        self._stopped = threading.Event()
        self._policy = policy or Policy()
        self.problem = ""
        self.error: BinanceError | None = None
        self.is_ready = False
        self.is_whole = False
        self.reconciled = 0
        self.recovered = 0
        self.connection = Connection(
            client.environment.ws_api_url, self, rate=lambda: client.clock.rate, policy=self._policy
        )

    def __repr__(self) -> str:
        return f"Following({self.connection.state.status}, {'whole' if self.is_whole else 'not whole'})"

    @property
    def state(self) -> LinkState:
        """How the connection stands."""
        return self.connection.state

    @property
    def failure(self) -> BinanceError | None:
        """Why it ended, or the connection did, if something is wrong."""
        return self.error or self.connection.error

    def open(self) -> None:
        """Begin; returns at once."""
        self.connection.open()

    def close(self) -> None:
        """End."""
        self._stopped.set()
        self.connection.close()

    # ---- what the connection calls, on the loop's thread

    async def on_open(self, wire: Wire) -> None:
        """Subscribe on a new connection; see `Handler`."""
        try:
            await self._subscriber.subscribe(wire)
        except BinanceError as error:
            self.error = error
            raise StreamError(
                f"The account cannot be followed: {error.message}",
                hint=error.hint,
                suggestion=error.suggestion,
                operation=error.operation,
                code=error.code,
                details=error.details,
            ) from None

    def on_message(self, message: Any, received_ms: int) -> None:  # Any: JSON
        """Take in an event; see `Handler`."""
        event = message.get("event") if isinstance(message, dict) else None
        if not isinstance(event, dict):
            self._hear_of_session(message)
        elif event.get("e") == _ENDED:
            self._tell_event(event, received_ms, "stream")
            self._renew("The exchange ended the subscription; it is made again.")
        elif not self.is_whole:
            self._held.append((event, received_ms))
        elif not self._take(event, received_ms):
            self._renew("An event could not be read; REST is asked what it said.")

    def on_state(self, state: LinkState) -> None:
        """Learn how the connection stands; see `Handler`."""
        if state.status == "lost":
            self._lost()
        elif state.status == "live":
            self.problem = ""
            self._is_cut = False
            if not self.is_whole and (self._settling is None or self._settling.done()):
                self._settling = asyncio.get_running_loop().create_task(self._settle())
        elif state.status == "closed":
            self._stopped.set()
            if self._settling is not None:
                self._settling.cancel()
            self._release()
        self._changed()

    # ---- what was missed

    def _lost(self) -> None:
        self._losses += 1
        self._is_cut = True
        self.is_whole = False

    def _renew(self, reason: str) -> None:
        self._lost()
        self.problem = reason
        self._changed()
        self.connection.renew()

    def _hear_of_session(self, message: Any) -> None:  # Any: JSON
        if isinstance(message, dict) and message.get("status") == _UNAUTHORIZED:
            said = message.get("error")
            told = said.get("msg", "") if isinstance(said, dict) else ""
            self._renew(f"The exchange ended the session: {told}")

    async def _settle(self) -> None:
        """Find out what was missed, until nothing is; begun whenever the connection is live and that is not known."""
        failures = 0
        while not (self.is_whole or self._is_cut or self._stopped.is_set()):
            losses = self._losses
            try:
                problem = await (self._catch_up(losses) if self.is_ready else self._begin(losses))
            except _Ended:
                return
            except AuthenticationError as error:
                self.error = error
                self.connection.close()
                return
            except (BinanceError, *_DEFECTS) as error:
                failures += 1
                words = error.message if isinstance(error, BinanceError) else "what REST said could not be read."
                self.problem = f"What was missed cannot be asked for yet: {words}"
                self._changed()
                await asyncio.sleep(self._policy.backoff.wait_seconds(failures))
                continue
            if losses == self._losses:
                self.is_whole = not problem
                self.problem = problem
                self._release()
                self._changed()
                if problem:
                    await asyncio.sleep(_REST_SECONDS)

    async def _begin(self, losses: int) -> str:
        """Find out how the account stands; return what is wrong."""
        facts = await on_worker(partial(read_baseline, self._ask, self._hints))
        if losses != self._losses:
            return _LOST_AGAIN
        self._hints = tuple(facts.symbols)
        begin_with(self._known, facts)
        clock = self._client.clock
        self._since_ms = clock.estimate_ms() - int((clock.error_ms or 0) * clock.rate) - 1
        self.is_ready = True
        return ""

    async def _catch_up(self, losses: int) -> str:
        """Tell what was missed; return what is wrong."""
        for seconds in (*_PATIENCE_SECONDS, None):
            self._held_before = len(self._held)
            question = question_about(self._known, self._hints, self._since_ms)
            facts = await on_worker(partial(read_facts, self._ask, question))
            if losses != self._losses:
                return _LOST_AGAIN  # asked again when the connection is back; nothing has been told of this
            found = missed(self._known, facts, since_ms=self._since_ms, told_ms=self._client.clock.estimate_ms())
            if not found.unlisted or seconds is None:
                break
            await asyncio.sleep(seconds)
        now_ms = time.time_ns() // 1_000_000
        self.reconciled += 1
        for event in found.events:
            if self._known.take(event, is_rest=True):
                self.recovered += 1
                self._tell_event(event, now_ms, "rest")
        return _unlisted(found.unlisted)

    def _release(self) -> None:
        held, self._held = self._held, []
        for place, (event, received_ms) in enumerate(held):
            self._take(event, received_ms, is_earlier=place < self._held_before)
        self._held_before = 0

    def _take(self, event: dict[str, Any], received_ms: int, *, is_earlier: bool = False) -> bool:  # Any: JSON
        """Tell an event unless it was told; False if it cannot be read."""
        try:
            is_news = self._known.take(event, is_earlier=is_earlier)
        except _DEFECTS:
            return False
        if is_news:
            self._tell_event(event, received_ms, "stream")
        return True

    def _tell_event(self, event: dict[str, Any], received_ms: int, source: str) -> None:  # Any: JSON
        declared = USER_EVENTS.get(str(event.get("e")))
        if declared is not None:  # a new kind of event is no reason to stop
            self._tell(Event(declared, event, received_ms, source=source))

    # ---- on a worker's thread

    def _ask(self, name: str, /, **words: object) -> Any:  # Any: JSON
        endpoint = endpoint_of(name)
        sent = self._client.bind(endpoint, words)
        tries_left = _CALL_TRIES
        while True:
            if self._stopped.is_set():
                raise _Ended
            try:
                # Impatient: what waits for a limit here must not count down in somebody's cell.
                return json.loads(self._client.send(endpoint, sent, is_patient=False).body)
            except RateLimitError as error:
                self._pause(self._client.clock.seconds_until(error.retry_at or 0))
            except TransportError as error:
                tries_left -= 1
                if not tries_left:
                    raise
                self._pause(self._client.clock.seconds_until(error.retry_at or 0) or _HALF_SECOND)

    def _pause(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise _Ended


def _unlisted(orders: Sequence[Key]) -> str:
    names = ", ".join(f"{symbol} {number}" for symbol, number in orders[:3])
    return f"REST says that more was filled than it lists fills of: {names}." if orders else ""
