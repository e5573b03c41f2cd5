"""Pages in flight together, within the weight budget and in order."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait

from binance_nb.catalog import Endpoint
from binance_nb.client import Client, Reply
from binance_nb.errors import IpBannedError, RateLimitError, TransportError
from binance_nb.history.pages import Page
from binance_nb.history.plan import AT_ONCE
from binance_nb.history.progress import Progress

__all__ = ["fetch"]

# How long an interrupt may wait for requests that cannot be called back; their threads end with them.
_GRACE_SECONDS = 0.5
_GLANCE_SECONDS = 0.2
# The server's minute turns when its clock says so, which is known to some milliseconds.
_MARGIN_SECONDS = 0.05
# A page that got no answer is tried this often in all, each time after a longer pause.
_TRIES = 3
_RETRY_SECONDS = 0.3


def fetch(client: Client, endpoint: Endpoint, pages: Sequence[Page], progress: Progress) -> list[Reply]:
    """Fetch pages, several at once, and wait for the next minute where the weight of this one is used.

    Args:
        client: Makes the calls.
        endpoint: The endpoint.
        pages: What to ask for.
        progress: Told of every page and every pause.

    Returns:
        The replies in the order of the pages.

    Raises:
        BinanceError: As of `Client.call`, when a page fails for good; the others are dropped.
    """
    if not pages:
        return []
    flight = _Flight(client, endpoint, pages, progress)
    try:
        return flight.land()
    finally:
        flight.end()


class _Flight:
    """The threads of one pull. They send and nothing else: what goes when is decided in the caller's thread.

    So a thread neither waits for weight nor tries again by itself: after an interrupt nobody could call it back.
    """

    def __init__(self, client: Client, endpoint: Endpoint, pages: Sequence[Page], progress: Progress) -> None:
        self._client, self._endpoint, self._pages, self._progress = client, endpoint, pages, progress
        self._price = max(endpoint.weight.price(page.sent) for page in pages)
        self._waiting = deque(range(len(pages)))
        self._flying: dict[Future[Reply], int] = {}
        self._replies: dict[int, Reply] = {}
        self._refused: set[int] = set()
        self._lost: Counter[int] = Counter()
        self._pauses: defaultdict[int, float] = defaultdict(float)
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(min(AT_ONCE, len(pages)), thread_name_prefix="binance_nb-page")

    def land(self) -> list[Reply]:
        """Bring all pages home."""
        while self._waiting or self._flying:
            resume_at = self._launch()
            if self._flying:
                self._collect()
            else:
                self._pause(resume_at)
        return [self._replies[place] for place in range(len(self._pages))]

    def end(self) -> None:
        """Let go of the threads; when the pull broke off, of those that still wait for an answer soon."""
        self._ended.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        on_their_way = wait([page for page in self._flying if not page.cancelled()], _GRACE_SECONDS).not_done
        if not on_their_way:
            self._pool.shutdown()

    def _launch(self) -> int:
        """Send what there is room for; return the server time from which there is more, 0 if there is."""
        while self._waiting and len(self._flying) < AT_ONCE:
            resume_at = self._next_room()
            # A ban is the client's to report, with all that is known of it.
            if resume_at and resume_at != self._client.budget.banned_until_ms:
                return resume_at
            place = self._waiting.popleft()
            self._flying[self._pool.submit(self._send, place, self._pauses[place])] = place
        return 0

    def _send(self, place: int, pause_seconds: float) -> Reply:
        """Send a page after a pause; runs in a thread of the pool."""
        if self._ended.wait(pause_seconds):
            raise CancelledError
        return self._client.send(self._endpoint, self._pages[place].sent, is_patient=False)

    def _next_room(self) -> int:
        # A page that was just launched may not be charged yet, so each that flies is counted once more.
        budget, weight = self._client.budget, self._price * (len(self._flying) + 1)
        clock = self._client.clock
        resume_at = budget.charge(weight, clock.estimate_ms(), binds=clock.rate > 0)
        if not resume_at:
            budget.refund(weight)
        return resume_at

    def _collect(self) -> None:
        # A glance at a time: on Windows only a wait that ends can be interrupted.
        landed, _ = wait(self._flying, _GLANCE_SECONDS, FIRST_COMPLETED)
        for future in landed:
            place = self._flying.pop(future)
            try:
                self._replies[place] = future.result()
            except IpBannedError:
                raise
            except RateLimitError as error:
                self._put_back(place, error)
            except TransportError as error:
                self._try_again(place, error)
            else:
                self._progress.step()

    def _put_back(self, place: int, error: RateLimitError) -> None:
        """Keep a page for later that found no room, because others use the same address; once if it was told so."""
        if error.retry_at is None or (error.http_status is not None and place in self._refused):
            raise error
        if error.http_status is not None:
            self._refused.add(place)
        self._waiting.appendleft(place)

    def _try_again(self, place: int, error: TransportError) -> None:
        """Keep a page that got no answer, for a little later or for when the exchange says."""
        self._lost[place] += 1
        seconds = _RETRY_SECONDS * self._lost[place]
        if error.retry_at is not None:
            seconds = max(seconds, self._client.clock.seconds_until(error.retry_at))
        if self._lost[place] == _TRIES or seconds > self._client.max_wait_seconds:
            raise error
        self._pauses[place] = seconds
        self._waiting.appendleft(place)

    def _pause(self, resume_at: int) -> None:
        until = time.monotonic() + self._client.clock.seconds_until(resume_at) + _MARGIN_SECONDS
        while (seconds := until - time.monotonic()) > 0:
            self._progress.wait(seconds)
            time.sleep(min(seconds, _GLANCE_SECONDS))
        self._progress.wait(0)
