"""Requests in flight together, within the weight budget."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from binance_nb.catalog import Endpoint
from binance_nb.client import Client, Reply, WeightBudget
from binance_nb.errors import BinanceError, IpBannedError, RateLimitError, TransportError
from binance_nb.history.interrupts import interrupts_held
from binance_nb.history.pages import Page
from binance_nb.history.plan import AT_ONCE, PAGES_AT_ONCE
from binance_nb.history.progress import Progress

__all__ = ["Errand", "Flight", "fetch"]

# How long an interrupt may wait for requests that cannot be called back; their threads end with them.
_GRACE_SECONDS = 0.5
_GLANCE_SECONDS = 0.2
# The server's minute turns when its clock says so, which is known to some milliseconds.
_MARGIN_SECONDS = 0.05
# A request that got no answer is made this often in all, each time after a longer pause.
_TRIES = 3
_RETRY_SECONDS = 0.3


@dataclass(eq=False)
class Errand:
    """One request that changes nothing, and how it has fared.

    Attributes:
        client: Makes it.
        endpoint: The endpoint.
        sent: Wire texts.
        may_wait_minutes: Whether it waits for weight as long as it takes, as the pages of a pull whose plan is known;
            otherwise no longer than a call alone would.
        pause_seconds: How long it waits in its thread before it goes.
        losses: How often no answer came.
        was_refused: Whether the exchange has told it to come later.
        has_left: Whether it is the client's now, which charges what it weighs.
    """

    client: Client
    endpoint: Endpoint
    sent: Mapping[str, str]
    may_wait_minutes: bool = False
    pause_seconds: float = 0.0
    losses: int = 0
    was_refused: bool = False
    has_left: bool = False

    @property
    def weight(self) -> int:
        """What it costs."""
        return self.endpoint.weight.price(self.sent)

    def may_wait(self, seconds: float) -> bool:
        """Return whether it waits so long for weight.

        Args:
            seconds: How long.
        """
        return self.may_wait_minutes or seconds <= self.client.max_wait_seconds


def fetch(
    client: Client,
    endpoint: Endpoint,
    pages: Sequence[Page],
    progress: Progress,
    take: Callable[[int, Reply], Reply] | None = None,
) -> list[Reply]:
    """Fetch pages, several at once, and wait for the next minute where the weight of this one is used.

    Args:
        client: Makes the calls.
        endpoint: The endpoint.
        pages: What to ask for.
        progress: Told of every page and every pause.
        take: Given each reply as it lands, with the place of its page, in the caller's thread; also those that had come
            when all is broken off. It returns what is to be kept of a reply.

    Returns:
        The replies in the order of the pages.

    Raises:
        BinanceError: As of `Client.call`, when a page fails for good; the others are dropped.
    """
    flight, replies = Flight(progress.wait, PAGES_AT_ONCE), dict[Errand, Reply]()
    errands = [Errand(client, endpoint, page.sent, may_wait_minutes=True) for page in pages]
    places = {errand: place for place, errand in enumerate(errands)}

    def keep(errand: Errand, reply: Reply) -> None:
        replies[errand] = take(places[errand], reply) if take else reply

    def land(errand: Errand, outcome: Reply | BinanceError) -> None:
        if isinstance(outcome, BinanceError):
            raise outcome
        keep(errand, outcome)
        progress.step()

    flight.add(errands)
    try:
        flight.land(land)
    finally:
        flight.end()
        for errand, reply in flight.arrived():
            # What broke it off is the news.
            with suppress(BinanceError):
                keep(errand, reply)
    return [replies[errand] for errand in errands]


class Flight:
    """Errands, and the threads that run them.

    The threads send and nothing else: what goes when is decided in the caller's. So a thread neither waits for weight
    nor tries again by itself: after an interrupt nobody could call it back.

    Args:
        on_pause: Told the seconds to go while all wait for weight, and 0 when they go on.
        at_once: The most that are under way together.
        ticks: Monotonic seconds; a test gives its own.
        sleep: Waits; a test gives its own.
    """

    def __init__(
        self,
        on_pause: Callable[[float], None],
        at_once: int = AT_ONCE,
        *,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._on_pause, self._ticks, self._sleep = on_pause, ticks, sleep
        self._at_once = at_once
        self._waiting: list[Errand] = []
        self._flying: dict[Future[Reply], Errand] = {}
        self._landed: SimpleQueue[Future[Reply]] = SimpleQueue()
        # Until when, by the ticks, an account of weight has no room.
        self._shut_until: dict[WeightBudget, float] = {}
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="binance_nb-page")

    def add(self, errands: Collection[Errand]) -> None:
        """Let errands fly when those before them have left; while `land` runs, too.

        Args:
            errands: What to ask for.
        """
        self._waiting.extend(errands)

    def drop(self, errands: Collection[Errand]) -> None:
        """Keep errands on the ground that have not left.

        Args:
            errands: What is no longer wanted.
        """
        self._waiting = [errand for errand in self._waiting if errand not in errands]

    def land(self, take: Callable[[Errand, Reply | BinanceError], None]) -> None:
        """Bring all home.

        Args:
            take: Given each errand as it lands, with its reply, or the error with which it failed for good. An
                interrupt waits until it is done: what has come is kept.
        """
        while self._waiting or self._flying:
            # Held, or what has just left might be known to nobody.
            with interrupts_held():
                seconds = self._launch()
            if not self._flying:
                self._pause(seconds)
            elif (future := self._next_landed()) is not None:
                with interrupts_held():
                    home = self._bring_home(future)
                    # The next one leaves before the caller reads what has come.
                    self._launch()
                    if home is not None:
                        take(*home)

    def arrived(self) -> list[tuple[Errand, Reply]]:
        """Return what has been answered and was not brought home, once all has ended."""
        done = {future: errand for future, errand in self._flying.items() if future.done() and not future.cancelled()}
        return [(errand, future.result()) for future, errand in done.items() if future.exception() is None]

    def end(self) -> None:
        """Let go of the threads; after a break, of those that still wait for an answer soon."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        on_their_way = wait([each for each in self._flying if not each.cancelled()], _GRACE_SECONDS).not_done
        if not on_their_way:
            self._pool.shutdown()

    def _launch(self) -> float:
        """Send what there is room for; return the seconds until there is more, 0 if there is."""
        full: set[WeightBudget] = set()
        pauses: list[float] = []
        for errand in list(self._waiting):
            if len(self._flying) == self._at_once:
                break
            budget = errand.client.budget
            if budget in full:
                continue  # a cheaper one must not overtake for ever
            seconds = self._seconds_to_room(errand)
            # What may not wait that long is refused by the client, with all that it knows of the limit.
            if seconds and errand.may_wait(seconds):
                full.add(budget)
                pauses.append(seconds)
                continue
            self._waiting.remove(errand)
            errand.has_left = False
            future = self._pool.submit(self._send, errand)
            self._flying[future] = errand
            future.add_done_callback(self._landed.put)
        return min(pauses, default=0.0)

    def _send(self, errand: Errand) -> Reply:
        """Send a request after its pause; runs in a thread of the pool."""
        if self._ended.wait(errand.pause_seconds):
            raise CancelledError
        errand.has_left = True
        return errand.client.send(errand.endpoint, errand.sent, is_patient=False)

    def _seconds_to_room(self, errand: Errand) -> float:
        budget, clock = errand.client.budget, errand.client.clock
        if (left := self._shut_until.get(budget, 0.0) - self._ticks()) > 0:
            return left
        # One that was just launched is not charged yet. One too many that slips through is the client's to refuse, and
        # comes later.
        launched = (each for each in self._flying.values() if not each.has_left and each.client.budget is budget)
        weight = errand.weight + sum(each.weight for each in launched)
        resume_at = budget.charge(weight, clock.estimate_ms(), binds=clock.rate > 0)
        if not resume_at:
            budget.refund(weight)
        # A ban is the client's to report, with all that is known of it.
        if not resume_at or resume_at == budget.banned_until_ms:
            return 0.0
        # A moment longer than it seems, or the first of a minute would be counted in the one before, which is full.
        margin = max(_MARGIN_SECONDS, (clock.error_ms or 0.0) / 1000)
        seconds = clock.seconds_until(resume_at) + margin
        self._shut_until[budget] = self._ticks() + seconds
        return seconds

    def _next_landed(self) -> Future[Reply] | None:
        try:
            # A glance at a time: on Windows only a wait that ends can be interrupted.
            return self._landed.get(timeout=_GLANCE_SECONDS)
        except Empty:
            return None

    def _bring_home(self, future: Future[Reply]) -> tuple[Errand, Reply | BinanceError] | None:
        errand = self._flying.pop(future)
        outcome = _outcome(future)
        if isinstance(outcome, BinanceError) and self._goes_again(errand, outcome):
            self._waiting.insert(0, errand)
            return None
        return errand, outcome

    def _goes_again(self, errand: Errand, error: BinanceError) -> bool:
        if isinstance(error, IpBannedError):
            return False
        if isinstance(error, RateLimitError):
            return self._comes_later(errand, error)
        return isinstance(error, TransportError) and self._tries_again(errand, error)

    def _comes_later(self, errand: Errand, error: RateLimitError) -> bool:
        """Whether to keep one that found no room, because others use the same address; once if it was told so."""
        is_told = error.http_status is not None
        if error.retry_at is None or (is_told and errand.was_refused):
            return False
        errand.was_refused = errand.was_refused or is_told
        return errand.may_wait(errand.client.clock.seconds_until(error.retry_at))

    def _tries_again(self, errand: Errand, error: TransportError) -> bool:
        """Whether to keep one that got no answer, for a little later or for when the exchange says."""
        errand.losses += 1
        seconds = _RETRY_SECONDS * errand.losses
        if error.retry_at is not None:
            seconds = max(seconds, errand.client.clock.seconds_until(error.retry_at))
        errand.pause_seconds = seconds
        return errand.losses < _TRIES and seconds <= errand.client.max_wait_seconds

    def _pause(self, seconds: float) -> None:
        until = self._ticks() + seconds
        while (left := until - self._ticks()) > 0:
            self._on_pause(left)
            self._sleep(min(left, _GLANCE_SECONDS))
        self._on_pause(0)


def _outcome(future: Future[Reply]) -> Reply | BinanceError:
    try:
        return future.result()
    except BinanceError as error:
        return error
