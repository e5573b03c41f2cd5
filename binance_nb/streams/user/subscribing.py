"""How a connection of the WebSocket API gets to follow an account: signed, charged, and judged like every call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.session_methods import CONNECT_WEIGHT, LOG_ON, SUBSCRIBE, SUBSCRIBE_SIGNED
from binance_nb.client import Client, Reply
from binance_nb.client.verdicts import failure
from binance_nb.errors import BinanceError, IpBannedError, RateLimitError, TimestampError, TransportError
from binance_nb.keys import Credentials
from binance_nb.keys.secrets import redact
from binance_nb.streams.link import TryLater
from binance_nb.streams.workers import on_worker

__all__ = ["Asker", "Subscriber", "refusal_in", "signed_payload"]

_OK = 200
_ED25519 = "ED25519"
_AS = ENDPOINTS["account"]
_AGAIN = "%binance stream --user"


class Asker(Protocol):
    """A connection that can be asked; `binance_nb.streams.wire.Wire` is one."""

    async def ask(self, method: str, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:  # Any: JSON
        """Send a request and return its whole answer, whatever its status.

        Args:
            method: What is asked for.
            params: Parameters by name.

        Returns:
            The answer.

        Raises:
            TryLater: None came.
        """
        ...


class _Params(dict[str, Any]):  # Any: JSON
    """Parameters that do not show key and signature: many a tool prints the variables of a traceback."""

    def __repr__(self) -> str:
        return redact(super().__repr__())


def signed_payload(params: Mapping[str, object]) -> str:
    """Return what a signature of the WebSocket API covers: sorted by name, nothing percent-encoded (web-socket-api.md).

    Args:
        params: Parameters by name, the key among them.

    Returns:
        Pairs joined by ``&``.
    """
    return "&".join(f"{name}={value}" for name, value in sorted(params.items()) if name != "signature")


def refusal_in(endpoint: Endpoint, answer: Mapping[str, Any], client: Client) -> BinanceError | None:  # Any: JSON
    """Return the error that an answer stands for.

    Args:
        endpoint: The method asked for.
        answer: What came.
        client: Whose clock says when a limit ends.

    Returns:
        The error; None when it worked.
    """
    status, said = int(answer.get("status", _OK)), answer.get("error")
    if status == _OK and said is None:
        return None
    said = said if isinstance(said, dict) else {}
    data = said.get("data")
    retry_at = data.get("retryAfter") if isinstance(data, dict) else None
    headers: dict[str, str] = {}
    if isinstance(retry_at, int):
        # Absolute here, where REST counts seconds from now.
        headers["retry-after"] = str(max(0, -(-(retry_at - client.clock.estimate_ms()) // 1000)))
    body = json.dumps({"code": said.get("code", 0), "msg": str(said.get("msg", ""))}).encode()
    # Judged as a read of the account, which is what following one is.
    error = failure(_AS, Reply(endpoint.name, {}, status, headers, body), client.clock)
    if error is None:
        return None
    error.operation = endpoint.name
    if error.suggestion is not None and _AS.name in error.suggestion.split():
        error.suggestion = _AGAIN
    if isinstance(retry_at, int):
        error.retry_at = retry_at
    return error


class Subscriber:
    """Makes connections follow the account of one key.

    Args:
        client: Whose clock stamps, and whose budget pays.
        held: The key.
    """

    def __init__(self, client: Client, held: Credentials) -> None:
        self._client = client
        self._held = held

    def __repr__(self) -> str:
        return f"Subscriber({self._held.masked}, {self._held.key_kind})"

    async def subscribe(self, wire: Asker) -> None:
        """Let a new connection follow the account.

        Args:
            wire: The connection.

        Raises:
            TryLater: A limit, or no answer; another connection may do better.
            BinanceError: The exchange refused for good.
        """
        await self._pay(CONNECT_WEIGHT)
        self._settle(CONNECT_WEIGHT, {})
        try:
            if self._held.key_kind == _ED25519:
                await self._ask_signed(wire, LOG_ON)
                await self._ask(wire, SUBSCRIBE, {})
            else:
                await self._ask_signed(wire, SUBSCRIBE_SIGNED)
        except (RateLimitError, TransportError, TimestampError) as error:
            raise self._later(error) from None

    async def _ask_signed(self, wire: Asker, endpoint: Endpoint) -> None:
        try:
            await self._ask(wire, endpoint, await on_worker(self._signed))
        except TimestampError:
            # Refused before anything was done, so it may go again as soon as the clock is right.
            await on_worker(self._client.clock.synchronise)
            await self._ask(wire, endpoint, await on_worker(self._signed))

    async def _ask(self, wire: Asker, endpoint: Endpoint, params: Mapping[str, Any]) -> None:  # Any: JSON
        weight = endpoint.weight.price({})
        await self._pay(weight)
        answer: Mapping[str, Any] = {}
        try:
            answer = await wire.ask(endpoint.name, params)
        finally:
            self._settle(weight, answer)
        error = refusal_in(endpoint, answer, self._client)
        if isinstance(error, IpBannedError):
            self._client.budget.ban(error.retry_at or 0)
        elif isinstance(error, RateLimitError):
            self._client.budget.pause(error.retry_at or 0)
        if error is not None:
            raise error

    def _signed(self) -> _Params:
        params = _Params(apiKey=self._held.api_key.reveal(), timestamp=self._client.clock.now_ms())
        window_ms = self._client.recv_window_ms
        if window_ms is not None:
            # What is signed is the spelling, and 5000.0 has two.
            params["recvWindow"] = int(window_ms) if window_ms == int(window_ms) else window_ms
        params["signature"] = self._held.signer.sign(signed_payload(params))
        return params

    async def _pay(self, weight: int) -> None:
        clock = self._client.clock
        if not clock.is_synchronised:
            await on_worker(partial(_quietly, clock.synchronise))
        retry_at = self._client.budget.charge(weight, clock.estimate_ms(), binds=clock.rate > 0)
        if retry_at:
            seconds = clock.seconds_until(retry_at)
            raise TryLater("The weight of this address is used, or it is banned: nothing is asked before.", seconds)

    def _settle(self, weight: int, answer: Mapping[str, Any]) -> None:  # Any: JSON
        self._client.budget.settle(weight, self._client.clock.estimate_ms(), _used(answer.get("rateLimits")))

    def _later(self, error: BinanceError) -> TryLater:
        seconds = self._client.clock.seconds_until(error.retry_at) if error.retry_at else None
        return TryLater(error.message, seconds)


def _used(limits: Any) -> dict[str, str]:  # Any: JSON
    """Say what was used the way the headers of REST do."""
    rows: Sequence[Any] = limits if isinstance(limits, list) else ()
    return {
        f"x-mbx-used-weight-{row['intervalNum']}{str(row['interval'])[:1].lower()}": str(row["count"])
        for row in rows
        if isinstance(row, dict)
        and row.get("rateLimitType") == "REQUEST_WEIGHT"
        and {"count", "intervalNum"} <= set(row)
    }


def _quietly(synchronise: Callable[[], None]) -> None:
    try:
        synchronise()
    except BinanceError:
        return  # whoever signs asks again, and tells
