"""One WebSocket kept alive: opened, watched, replaced before its day is over, and opened again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from binance_nb.errors import StreamError
from binance_nb.streams.dialing import dial, new_session
from binance_nb.streams.dials import dials_of
from binance_nb.streams.link import IDLE, LinkState, LinkStatus, Policy, TryLater, real_time
from binance_nb.streams.loop import BackgroundLoop, background_loop
from binance_nb.streams.vigil import Vigil
from binance_nb.streams.wire import Params, Wire

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Connection", "Handler"]

_SHUTDOWN = "serverShutdown"
# By the exchange's clock: half of what is left when a connection is replaced at the last moment.
_LONGEST_OVERLAP_SECONDS = 300.0


class Handler(Protocol):
    """Whom a connection serves; everything is called on the loop's thread."""

    async def on_open(self, wire: Wire) -> None:
        """Subscribe or log on; the connection counts as live afterwards, and what came meanwhile is told then.

        Args:
            wire: A socket that was just opened.

        Raises:
            TryLater: It did not work, and may work another time.
            StreamError: It will not work; the connection is closed.
        """

    def on_message(self, message: Any, received_ms: int) -> None:  # Any: JSON
        """Take in what is no answer.

        Args:
            message: What came, as JSON says it.
            received_ms: When, in ms since 1970 by this computer's clock.
        """

    def on_state(self, state: LinkState) -> None:
        """Learn how the connection stands.

        Args:
            state: How.
        """


class Connection:
    """A WebSocket that stays open, for market streams and the WebSocket API alike.

    Args:
        url: Where.
        handler: Whom it serves.
        rate: Seconds of the exchange per second here; 0 for a clock that stands.
        policy: By which rules.

    Attributes:
        state: How it stands; any thread may look.
        error: Why it is closed, if something is wrong.
        wire: The live socket; None while there is none.
    """

    def __init__(
        self,
        url: str,
        handler: Handler,
        *,
        rate: Callable[[], float] = real_time,
        policy: Policy | None = None,
    ) -> None:
        self._url = url
        self._handler = handler
        self._rate = rate
        self._policy = policy or Policy()
        self._dials = dials_of(urlsplit(url).netloc)
        self._loop: BackgroundLoop | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._renewal = asyncio.Event()
        # What the old connection delivers while another is being opened to replace it.
        self._said: set[str] | None = None
        self._partings: set[asyncio.Task[None]] = set()
        self._reconnects = -1
        self.state = IDLE
        self.error: StreamError | None = None
        self.wire: Wire | None = None

    def __repr__(self) -> str:
        return f"Connection({self._url}, {self.state.status})"

    def open(self) -> None:
        """Begin to keep it open; returns at once, from any thread."""
        loop = background_loop()
        if loop is not self._loop:
            # A fork: what the parent began goes on there, and not here.
            self._loop, self._keeping, self._renewal = loop, None, asyncio.Event()
        loop.call(self._begin)

    def close(self, seconds: float = 3.0) -> None:
        """End it, and wait until that is done; on the loop's own thread it does not wait.

        Args:
            seconds: How long to wait at most.
        """
        loop = self._loop
        if loop is None or not loop.is_running:
            return
        if loop.is_here:
            self._cancel()
            return
        with suppress(TimeoutError):
            loop.run(self._end(), seconds)

    def renew(self) -> None:
        """Replace it by a new one, with an overlap; returns at once, from any thread."""
        if self._loop is not None:
            self._loop.call(self._renewal.set)

    async def ask(self, method: str, params: Params = None) -> dict[str, Any]:  # Any: JSON
        """Send a request on the live socket and wait for its answer; on the loop.

        Args:
            method: What is wanted.
            params: What it is about; a function is called right before it is sent.

        Returns:
            The whole answer, a refusal too.

        Raises:
            TryLater: There is no connection, it ended, or no answer came in time.
        """
        if self.wire is None:
            raise TryLater(self.state.reason or "There is no connection yet.")
        return await self.wire.ask(method, params)

    def _begin(self) -> None:
        before = self._keeping
        if before is None or before.done() or before.cancelling() or self.state.status == "closed":
            self.error = None
            self._keeping = asyncio.create_task(self._keep(before))

    def _cancel(self) -> None:
        # Once: a second time would disturb it while it cleans up.
        if self._keeping is not None and not self._keeping.cancelling():
            self._keeping.cancel()

    async def _end(self) -> None:
        self._cancel()
        if self._keeping is not None:
            await asyncio.wait({self._keeping})

    async def _keep(self, before: asyncio.Task[None] | None) -> None:
        """Keep it open until it is closed, or refused for good."""
        if before is not None:
            # It was closed a moment ago, and may still be cleaning up.
            await asyncio.wait({before})
        session = new_session()
        try:
            await self._keep_with(session)
        except StreamError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - a defect has to be told, and not to be lost with its task
            self.error = StreamError(f"A defect ended the connection: {type(error).__name__}: {error}")
        finally:
            if self.wire is not None:
                self._part_from(self.wire)
            self.wire = None
            self._announce("closed", reason=self.error.message if self.error else "It was closed.")
            try:
                if self._partings:
                    await asyncio.wait(self._partings)
            finally:
                await session.close()

    async def _keep_with(self, session: aiohttp.ClientSession) -> None:
        failures = 0
        while True:
            self._announce_trying(failures)
            try:
                wire = await self._opened(session)
            except TryLater as later:
                failures += 1
                await self._pause(failures, later)
                continue
            self._go_live(wire, self._deliver)
            reason, was_steady = await self._stay(session, wire)
            failures = 1 if was_steady else failures + 1
            await self._pause(failures, TryLater(reason))

    async def _opened(self, session: aiohttp.ClientSession) -> Wire:
        """Open a socket and let the handler prepare it; what comes meanwhile is held."""
        wait_seconds = self._dials.wait_seconds()
        if wait_seconds:
            raise TryLater("The exchange has to be left alone: too many connections, or a limit.", wait_seconds)
        self._dials.count()
        wire = Wire(await dial(session, self._url, self._policy, self._rate), self._policy)
        try:
            await self._handler.on_open(wire)
        except BaseException:
            self._part_from(wire)
            raise
        return wire

    async def _stay(self, session: aiohttp.ClientSession, wire: Wire) -> tuple[str, bool]:
        """Serve on a socket and those that replace it, until one is lost; return why, and whether it had lasted."""
        failures, vigil = 0, self._new_vigil()
        while await self._until_renewal(wire, vigil):
            failures = 0 if vigil.is_steady else failures
            self._said = set()
            try:
                # One that has to be replaced as soon as it is open must not be replaced without a rest.
                if failures:
                    await asyncio.wait({wire.reading}, timeout=self._policy.backoff.wait_seconds(failures))
                newer = await self._opened(session)
            except (TryLater, StreamError):
                # The old one may go on for a while; when it is lost, a refusal comes again and is told.
                continue
            finally:
                failures += 1
            try:
                await asyncio.wait({wire.reading}, timeout=self._overlap_seconds())
            except asyncio.CancelledError:
                self._part_from(newer)
                raise
            # Here, for the old one may have repeated its notice meanwhile.
            self._renewal.clear()
            self._replace(wire, newer)
            wire, vigil = newer, self._new_vigil()
        self._said = self.wire = None
        self._part_from(wire)
        return wire.ending, vigil.is_steady

    async def _until_renewal(self, wire: Wire, vigil: Vigil) -> bool:
        """Wait until a socket is to be replaced; False if it is lost."""
        asked = asyncio.create_task(self._renewal.wait())
        try:
            while True:
                look = vigil.next_look_seconds(wire.heard_at)
                await asyncio.wait({wire.reading, asked}, timeout=look, return_when=asyncio.FIRST_COMPLETED)
                if wire.reading.done():
                    # What went wrong in a handler comes out here.
                    await wire.reading
                    return False
                vigil.look(time.monotonic())
                if await self._is_silent(wire, vigil):
                    wire.ending = f"Nothing came for {self._policy.silence_seconds:g} s, not even a ping."
                    return False
                if self._renewal.is_set() or vigil.is_old:
                    return True
        finally:
            asked.cancel()

    async def _is_silent(self, wire: Wire, vigil: Vigil) -> bool:
        if vigil.is_silent(wire.heard_at):
            # After a computer has slept, or a callback blocked the thread, frames may lie there unread.
            await asyncio.sleep(0.01)
        return vigil.is_silent(wire.heard_at)

    def _overlap_seconds(self) -> float:
        # On a fast clock the old one's day may be over before.
        return min(self._policy.overlap_seconds, _LONGEST_OVERLAP_SECONDS / (self._rate() or 1.0))

    def _replace(self, wire: Wire, newer: Wire) -> None:
        said, self._said = self._said or set(), None
        if wire.ending:
            self._announce("lost", reason=wire.ending)
        wire.take = _nobody
        self._part_from(wire)
        known = partial(self._deliver_unless, said)
        self._go_live(newer, known)
        # The newer one may lag behind the older, and say last what that one said already.
        asyncio.get_running_loop().call_later(self._overlap_seconds(), self._trust, newer, known)

    def _trust(self, wire: Wire, known: Callable[[str, Any, int], None]) -> None:
        if wire.take is known:
            wire.take = self._deliver

    def _go_live(self, wire: Wire, take: Callable[[str, Any, int], None]) -> None:
        self.wire = wire
        self._reconnects += 1
        self._announce("live")
        wire.deliver_to(take)

    def _deliver_unless(self, said: set[str], text: str, message: Any, received_ms: int) -> None:  # Any: JSON
        if text not in said:
            self._deliver(text, message, received_ms)

    def _deliver(self, text: str, message: Any, received_ms: int) -> None:  # Any: JSON
        if self._said is not None:
            self._said.add(text)
        if _SHUTDOWN in text and _is_shutdown(message):
            self._renewal.set()
        else:
            self._handler.on_message(message, received_ms)

    def _part_from(self, wire: Wire) -> None:
        parting = asyncio.create_task(wire.close())
        self._partings.add(parting)
        parting.add_done_callback(self._partings.discard)

    def _new_vigil(self) -> Vigil:
        return Vigil(self._policy, self._rate, time.monotonic())

    async def _pause(self, failures: int, later: TryLater) -> None:
        wait_seconds = later.wait_seconds
        if wait_seconds is None:
            wait_seconds = self._policy.backoff.wait_seconds(failures)
        wait_seconds = max(wait_seconds, self._dials.wait_seconds())
        self._announce(self._status_while_down(), attempt=failures, retry_in=wait_seconds, reason=later.reason)
        await asyncio.sleep(wait_seconds)

    def _announce_trying(self, failures: int) -> None:
        self._announce(self._status_while_down(), attempt=failures, reason=self.state.reason if failures else "")

    def _status_while_down(self) -> LinkStatus:
        return "connecting" if self._reconnects < 0 else "lost"

    def _announce(
        self, status: LinkStatus, *, attempt: int = 0, retry_in: float | None = None, reason: str = ""
    ) -> None:
        since_ms = self.state.since_ms if status == self.state.status else 0
        since_ms = since_ms or time.time_ns() // 1_000_000
        self.state = LinkState(status, attempt, retry_in, reason, max(0, self._reconnects), since_ms)
        self._handler.on_state(self.state)


def _nobody(_text: str, _message: Any, _received_ms: int) -> None:  # Any: JSON
    """Take nothing more from a socket that was replaced."""


def _is_shutdown(message: Any) -> bool:  # Any: JSON
    if not isinstance(message, dict):
        return False
    # Raw, in the envelope of combined streams, and as the WebSocket API says it.
    inner = message.get("data") or message.get("event") or message
    return isinstance(inner, dict) and inner.get("e") == _SHUTDOWN
