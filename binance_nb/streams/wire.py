"""One open WebSocket: what is asked on it, what is answered, and what comes by itself."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from binance_nb.streams.link import Policy, TryLater
from binance_nb.streams.pace import Pace

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Params", "Taker", "Wire"]

Taker: TypeAlias = Callable[[str, Any, int], None]
"""Takes what came by itself: the text, what it says as JSON, and when it came in ms since 1970."""

Params: TypeAlias = Mapping[str, Any] | list[str] | Callable[[], Mapping[str, Any]] | None
"""What a request is about; a function is called right before it is sent, so that a time stamp is fresh."""

_CLOSE_WITHIN_SECONDS = 1.0


class Wire:
    """A WebSocket from its handshake to its end; everything on the loop's thread.

    Args:
        socket: The open WebSocket.
        policy: How fast may be asked, and how long an answer may take.
        seconds: The clock.

    Attributes:
        take: Takes what comes by itself; at first all of it is held until `deliver_to`.
        reading: Reads; it ends with the connection.
        heard_at: When anything came last by that clock, a ping included.
        ending: Why it ended; empty while it has not.
    """

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        policy: Policy,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._socket = socket
        self._seconds = seconds
        self._policy = policy
        self._pace = Pace(policy.messages_per_second, seconds)
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._turn = asyncio.Lock()
        self._held: list[tuple[str, Any, int]] = []
        self.take: Taker = self._hold
        self.heard_at = seconds()
        self.ending = ""
        self.reading = asyncio.create_task(self._read())

    async def ask(self, method: str, params: Params = None) -> dict[str, Any]:  # Any: JSON
        """Send a request when it may be sent, and wait for its answer.

        Args:
            method: What is wanted.
            params: What it is about.

        Returns:
            The whole answer, a refusal too.

        Raises:
            TryLater: The connection ended, or no answer came in time.
        """
        # One after the other: a refusal without an id belongs to the oldest request.
        async with self._turn:
            await asyncio.sleep(self._pace.wait_seconds())
            number, answer = await self._send(method, params)
        try:
            async with asyncio.timeout(self._policy.answer_seconds):
                return await answer
        except TimeoutError:
            raise TryLater(f"{method} was not answered within {self._policy.answer_seconds:g} s.") from None
        finally:
            self._asked.pop(number, None)

    def deliver_to(self, take: Taker) -> None:
        """Hand over what was held, and from now on what comes.

        Args:
            take: Takes it.
        """
        held, self._held = self._held, []
        self.take = take
        for each in held:
            take(*each)

    async def close(self) -> None:
        """Say goodbye, and hang up if that is not heard."""
        self.ending = self.ending or "The connection was given up."
        self.reading.cancel()
        await asyncio.wait({self.reading})
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(_CLOSE_WITHIN_SECONDS):
                await self._socket.close()

    async def _send(self, method: str, params: Params) -> tuple[int, asyncio.Future[dict[str, Any]]]:
        if self.ending:
            raise TryLater(self.ending)
        number, answer = next(self._numbers), asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"method": method, "id": number}  # Any: JSON
        if params is not None:
            message["params"] = params() if callable(params) else params
        self._asked[number] = answer
        self._pace.count()
        try:
            await self._socket.send_str(json.dumps(message, ensure_ascii=False))
        except ConnectionError:
            self._asked.pop(number, None)
            raise TryLater("The connection broke while something was sent.") from None
        return number, answer

    async def _read(self) -> str:
        """Read until the end, and return why it ended."""
        try:
            self.ending = await self._heard_until_end()
        except ConnectionError:
            self.ending = "The connection broke."
        finally:
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(TryLater(self.ending or "The connection was given up."))
            self._asked.clear()
        return self.ending

    async def _heard_until_end(self) -> str:
        from aiohttp import WSMsgType

        while True:
            message = await self._socket.receive()
            self.heard_at = self._seconds()
            if message.type is WSMsgType.TEXT:
                try:
                    said = json.loads(message.data)
                except (ValueError, RecursionError):  # the latter of a thousand brackets
                    return "What came was no JSON."
                self._hear(message.data, said)
            elif message.type is WSMsgType.PING:
                self._pace.count()
                await self._socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return _words_of(message, self._socket.close_code)

    def _hold(self, text: str, said: Any, received_ms: int) -> None:  # Any: JSON
        self._held.append((text, said, received_ms))

    def _hear(self, text: str, said: Any) -> None:  # Any: JSON enters here
        if type(said) is dict and ("id" in said or "code" in said):
            answer = self._answered(said)
            if answer is not None:
                if not answer.done():
                    answer.set_result(said)
                return
        self.take(text, said, time.time_ns() // 1_000_000)

    def _answered(self, said: dict[str, Any]) -> asyncio.Future[dict[str, Any]] | None:
        """Return the request that an answer answers, if any."""
        number = said.get("id")
        if number is not None:
            # Of another type it is nobody's, and may not even be looked up.
            return self._asked.get(number) if type(number) is int else None
        # Most refusals of a stream's connection carry no id; the WebSocket API says some things with an id of null.
        return next(iter(self._asked.values()), None) if "id" not in said else None


def _words_of(message: aiohttp.WSMessage, close_code: int | None) -> str:
    from aiohttp import WSMsgType

    if message.type is WSMsgType.CLOSE:
        said = f": {message.extra}" if message.extra else ""
        return f"The exchange closed the connection ({message.data}{said})."
    if message.type is WSMsgType.BINARY:
        return "A binary message came, where only text is spoken."
    if message.type is WSMsgType.ERROR:
        return f"What came was no WebSocket message ({close_code})."
    return "The connection broke."
