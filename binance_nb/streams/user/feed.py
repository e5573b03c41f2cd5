"""The events of an account, as a person holds them."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from binance_nb.catalog.user_events import USER_EVENTS, UserEvent
from binance_nb.client import Client
from binance_nb.errors import BinanceError, CredentialsError, StreamError, UsageError
from binance_nb.keys import Credentials, keys_line
from binance_nb.streams.events import Declared, Event
from binance_nb.streams.line import Lined, line_of
from binance_nb.streams.log import KEEP, READY_SECONDS
from binance_nb.streams.user.following import Follower, Following

if TYPE_CHECKING:
    from binance_nb.streams.link import LinkState, Policy

__all__ = ["UserFeed"]

_ORDERS = "executionReport"


class UserFeed(Lined):
    """The events of your own account: orders, fills, balances. None is missed, and none told twice.

    They come over the WebSocket API. After every loss of the connection REST is asked what happened meanwhile; what the
    stream missed is told then, marked ``source="rest"``, and what comes in the meantime waits its turn.

        events = session.user_events()
        events.on(lambda event: ...)           # event.kind, event.order_status, event.source
        events.to_frame()                      # executionReport; "outboundAccountPosition", "balanceUpdate", ...

    Frames are of ``executionReport`` when no kind is named.

    Args:
        client: Makes the calls; its key says whose account.
        symbols: Those that the account may have to do with, besides those of its open orders and events.
        keep: How many events of each kind are kept.
        policy: By which rules the connection is kept.
        follow: Makes what follows the account; a tape has another one.
        **log: As `EventLog` takes it.

    Raises:
        UsageError: There are no user events at this place.
        CredentialsError: There is no key, or it belongs elsewhere.
    """

    has_source: ClassVar[bool] = True

    def __init__(
        self,
        client: Client,
        *,
        symbols: Collection[str] = (),
        keep: int = KEEP,
        policy: Policy | None = None,
        follow: Callable[..., Follower] = Following,
        **log: Any,  # Any: as of EventLog
    ) -> None:
        super().__init__(keep, **{"rate": lambda: client.clock.rate, **log})
        self._inlet = _Inlet(self)
        self._following = follow(
            client,
            _holder(client),
            symbols,
            tell=self._inlet.tell,
            changed=self._inlet.changed,
            policy=policy,
        )
        # Nobody could ever close it again; re-running a cell must not leave a ghost behind.
        self._finalizer = weakref.finalize(self, self._following.close)
        self._finalizer.atexit = False
        self._ride(line_of(self._following))
        self._following.open()

    @property
    def state(self) -> LinkState:
        """How the connection stands."""
        state = self._following.state
        return state if self._ended is None else replace(state, status="closed", reason=self._ended)

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence; empty when all is well."""
        error = self._following.error
        return error.message if error is not None else super().problem or self._following.problem

    @property
    def error(self) -> BinanceError | None:
        """Why no more events will come, if something is wrong."""
        return self._following.failure

    @property
    def is_whole(self) -> bool:
        """Whether everything that happened has been told, as far as is known here; not while a loss is being mended."""
        with self._line.still("count"):
            return self._following.is_whole

    @property
    def recovered(self) -> int:
        """How many events the stream had missed, and REST told."""
        with self._line.still("count"):
            return self._following.recovered

    @property
    def title(self) -> str:
        """What it tells of."""
        return "user events"

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until nothing that happens from then on is missed.

        Args:
            seconds: How long at most.

        Raises:
            BinanceError: The key is refused, or the exchange cannot be reached.
        """
        self._wait_until(lambda: self._following.is_ready, seconds)

    def wait_whole(self, seconds: float = READY_SECONDS) -> None:
        """Wait until everything that happened so far has been told, after a loss too.

        Args:
            seconds: How long at most.

        Raises:
            BinanceError: As of `wait_ready`.
        """
        self._wait_until(lambda: self._following.is_whole, seconds)

    def _declared(self) -> Mapping[str, UserEvent]:
        return USER_EVENTS

    def _of_one_kind(self, stream: str | None) -> tuple[list[str], Declared]:
        return super()._of_one_kind(stream or _ORDERS)

    def _let_go(self) -> None:
        self._inlet.keeper = None
        self._finalizer()

    def _wait_until(self, is_so: Callable[[], bool], seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not is_so():
            if self.error is not None:
                raise self.error.with_traceback(None)
            if self.is_closed:
                raise StreamError("These events are closed; nothing comes any more.", operation="stream")
            left = ends - time.monotonic()
            if left <= 0:
                raise StreamError(
                    f"The account's events did not come within {seconds:g} s: {self.problem or 'no answer.'}",
                    hint="Look again in a moment; the connection is tried on and on.",
                    operation="stream",
                )
            self._patience.sleep(lambda: is_so() or self.is_closed, left)


class _Inlet:
    """What the connection knows of a feed: enough to fill it, and not enough to keep it alive."""

    def __init__(self, feed: UserFeed) -> None:
        self._feed = weakref.ref(feed)
        self.keeper: Lined | None = None

    def tell(self, event: Event) -> None:
        feed = self._feed()
        if feed is not None and feed._ended is None:
            feed.put(event)

    def changed(self) -> None:
        feed = self._feed()
        if feed is not None:
            feed._patience.wake()


def _holder(client: Client) -> Credentials:
    place = client.environment
    if not place.ws_api_url:
        raise UsageError(
            f"There are no user events at {place.name}: it has no WebSocket API.",
            hint="They come from live, testnet, demo and sandbox.",
            suggestion="%binance use sandbox",
            culprit=place.name,
            operation="stream",
        )
    held = client.credentials
    if held is None:
        raise CredentialsError(
            f"User events are those of an account, and there is no key for {place.name}.",
            hint="Give one that may read; it is asked for without being shown.",
            suggestion=keys_line(place),
            culprit=place.name,
            operation="stream",
        )
    held.check_host(place)
    return held
