"""What every call of a session does: bind, pull, decode. The methods of `Session` stand on it."""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from binance_nb.catalog import Endpoint
from binance_nb.client import Client, Prepared, Reply, endpoint_of, not_awaited, unread
from binance_nb.environment import Environment
from binance_nb.errors import BinanceError, PartialReplaceError, ReplyError, SandboxError, TransportError
from binance_nb.history import Plan, Pulled, Stage, check_range, plan, pull, stages
from binance_nb.keys import Credentials
from binance_nb.reading import Reading, split_options, wire_names
from binance_nb.sandbox.launcher import SandboxProcess

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.frames.attributes import Fact

__all__ = ["Calls"]


class Calls:
    """A place on the exchange, and how calls are made there. Nothing is contacted before the first call.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
    """

    def __init__(self, client: Client, sandbox: SandboxProcess | None = None) -> None:
        self.client = client
        self.sandbox = sandbox

    @property
    def environment(self) -> Environment:
        """Where calls go."""
        return self.client.environment

    def call(self, name: str, /, **words: Any) -> Any:  # Any: parameters are open; a raw answer is free-form JSON
        """Make a call by its name.

        Args:
            name: Catalog name, such as ``klines``.
            **words: Parameters and reading options.

        Returns:
            A frame; the decoded JSON with ``raw=True``.

        Raises:
            BinanceError: See `binance_nb.errors`.
        """
        endpoint = endpoint_of(name)
        parameters, reading = split_options(words)
        try:
            return self._read(endpoint, parameters, reading)
        except TransportError as error:
            raise self.explained(error) from None

    def check(self, name: str, /, awaited: Collection[str] = (), **words: Any) -> None:  # Any: see call
        """Refuse a call that cannot work, as far as can be told without asking anybody.

        Args:
            name: Catalog name.
            awaited: Parameters and reading options that will be given too, when their values are there.
            **words: Those that are known.

        Raises:
            RequestError: Something does not fit, or a key is missing.
        """
        endpoint = endpoint_of(name)
        parameters, reading = split_options(words)
        sent = self._bind(endpoint, parameters, reading, is_dry=True, awaited=wire_names(endpoint, awaited))
        if not awaited:
            check_range(endpoint, sent, reading.max_rows)

    def stages(self, name: str, /, **words: Any) -> Generator[Stage, list[Reply], Any]:  # Any: see call
        """Make a call that changes nothing, leaving it to the caller to send its requests.

        Args:
            name: Catalog name.
            **words: Parameters and reading options.

        Yields:
            What to send next; the replies to it are to be sent in.

        Returns:
            As of `call`.

        Raises:
            BinanceError: As of `call`.
        """
        endpoint = endpoint_of(name)
        parameters, reading = split_options(words)
        sent = self._bind(endpoint, parameters, reading)
        pulled = yield from stages(self._client(reading), endpoint, sent, max_rows=reading.max_rows)
        return self._decoded(endpoint, pulled, sent, reading)

    def explained(self, error: BinanceError) -> BinanceError:
        """Return why a call failed: that the sandbox is gone, where it is, instead of its silence.

        Args:
            error: What the call ended with.

        Returns:
            The error to show.
        """
        if not isinstance(error, TransportError) or self.sandbox is None or self.sandbox.is_running:
            return error
        return SandboxError(
            "The sandbox exchange is gone.",
            hint="Start a new one; its orders and balances begin afresh.",
            suggestion="%binance use sandbox",
            operation=error.operation,
        )

    def prepare(self, name: str, /, **words: object) -> Prepared:
        """Return the request a call would send, without sending it.

        Args:
            name: Catalog name.
            **words: Parameters and reading options.

        Returns:
            The request, stamped and signed; its repr shows no secret.
        """
        endpoint = endpoint_of(name)
        parameters, reading = split_options(words)
        sent = self._bind(endpoint, parameters, reading, is_dry=True)
        return self._client(reading).prepare(endpoint, sent, is_dry=True)

    def plan(self, name: str, /, **words: object) -> Plan:
        """Tell what a call would take, without pulling it: rows, requests, weight, seconds.

        A range longer than one answer is measured first, which costs the request or two that its pull begins with. Of
        any other call nothing is sent.

        Args:
            name: Catalog name.
            **words: Parameters and reading options.

        Returns:
            The plan.

        Raises:
            BinanceError: As of `call`; a range past the ceiling is not refused, its plan says so.
        """
        endpoint = endpoint_of(name)
        parameters, reading = split_options(words)
        sent = self._bind(endpoint, parameters, reading)
        return plan(self.client, endpoint, sent, max_rows=reading.max_rows)

    def status(self) -> dict[str, Any]:  # Any: plain facts of several types
        """Return where this session stands, without asking anybody.

        Returns:
            Facts by name: environment, URL, masked key, clock offset in ms, weight used and allowed, live or not.
        """
        client, now_ms = self.client, self.client.clock.estimate_ms()
        held = client.credentials
        return {
            "environment": self.environment.name,
            "label": self.environment.label,
            "url": self.environment.url,
            "is_gone": self.sandbox is not None and not self.sandbox.is_running,
            "key": held.masked if held else None,
            "key_kind": held.key_kind if held else None,
            "key_source": held.source if held else None,
            "is_live": self.environment.is_live,
            "is_synchronised": client.clock.is_synchronised,
            "server_ms": now_ms if client.clock.is_synchronised else None,
            "clock_rate": client.clock.rate,
            "clock_offset_ms": client.clock.offset_ms,
            "clock_error_ms": client.clock.error_ms,
            "weight_used": client.budget.used(now_ms),
            "weight_limit": client.budget.limit,
            "order_counts": dict(client.budget.order_counts),
            "banned_until_ms": client.budget.banned_until_ms if client.budget.banned_until_ms > now_ms else None,
        }

    def use_keys(self, held: Credentials | None) -> None:
        """Take other keys, or none.

        Args:
            held: The key pair; it must belong to this session's host.

        Raises:
            CredentialsError: It belongs elsewhere.
        """
        if held is not None:
            held.check_host(self.environment)
        self.client.credentials = held

    def close(self) -> None:
        """Let go of connections, and stop the sandbox if this session started it."""
        self.client.close()
        if self.sandbox is not None:
            self.sandbox.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.environment.label or self.environment.name})"

    def _client(self, reading: Reading) -> Client:
        return self.client.in_microseconds() if reading.is_in_us else self.client

    def _bind(
        self,
        endpoint: Endpoint,
        parameters: dict[str, object],
        reading: Reading,
        *,
        is_dry: bool = False,
        awaited: Collection[str] = (),
    ) -> dict[str, str]:
        reading.check(endpoint)
        clock = self.client.clock
        words = reading.bound(endpoint, parameters, clock.estimate_ms if is_dry else clock.now_ms)
        return self.client.bind(endpoint, words, tz=reading.zone, is_dry=is_dry, awaited=awaited)

    def _read(self, endpoint: Endpoint, parameters: dict[str, object], reading: Reading) -> Any:  # Any: see call
        sent = self._bind(endpoint, parameters, reading)
        progress = False if reading.quiet else None
        try:
            pulled = pull(self._client(reading), endpoint, sent, max_rows=reading.max_rows, progress=progress)
            return self._decoded(endpoint, pulled, sent, reading)
        except PartialReplaceError as error:
            if not reading.raw:
                error.parts = self._halves(endpoint, error.details.get("data"), sent, reading)
            raise
        except KeyboardInterrupt as interrupt:
            if endpoint.changes_state:
                interrupt.add_note(not_awaited(endpoint, sent))
            raise
        except ReplyError as error:
            # Of an order that stands, "it failed" would be the wrong news.
            raise unread(endpoint, sent, error) from None

    def _decoded(
        self, endpoint: Endpoint, pulled: Pulled, sent: dict[str, str], reading: Reading
    ) -> Any:  # Any: see call
        from binance_nb import frames

        if reading.raw:
            return _raw(endpoint, pulled.body)
        frame = frames.decode(
            endpoint,
            pulled.body,
            parameters=sent,
            now_ms=pulled.server_ms,
            exact=reading.exact,
            time_unit="us" if reading.is_in_us else "ms",
            part=reading.part,
        )
        made_of = {"made_of": pulled.made_of} if pulled.made_of else {}
        facts: dict[str, Fact] = {
            "server_time": pulled.server_ms,
            "weight": pulled.weight,
            "requests": pulled.requests,
            **made_of,
        }
        return self._finished(frame, sent, reading, facts)

    def _halves(
        self,
        endpoint: Endpoint,
        data: Any,  # error data is free-form JSON
        sent: dict[str, str],
        reading: Reading,
    ) -> dict[str, pd.DataFrame]:
        """Return the half of a cancel-replace that worked, as the part of an answer it would have been."""
        from binance_nb import frames

        halves: dict[str, pd.DataFrame] = {}
        for part, rows in endpoint.rows.parts.items():
            order = data.get(rows.at) if isinstance(data, dict) else None
            if not isinstance(order, dict) or "code" in order:
                continue  # refused or not attempted: details say so
            try:
                frame = frames.decode(
                    endpoint,
                    json.dumps(data).encode(),
                    parameters=sent,
                    exact=reading.exact,
                    time_unit="us" if reading.is_in_us else "ms",
                    part=part,
                )
            except ReplyError:
                continue  # that one half worked weighs more than an odd field in it; details hold it as it came
            halves[part] = self._finished(frame, sent, reading, {"server_time": self.client.clock.estimate_ms()})
        return halves

    def _finished(
        self, frame: pd.DataFrame, sent: dict[str, str], reading: Reading, facts: Mapping[str, Fact]
    ) -> pd.DataFrame:
        from binance_nb import frames

        digits = self.client.symbols.digits.get(sent.get("symbol", ""))
        finished = frames.describe(
            reading.finish(frame),
            environment=self.environment.label or self.environment.name,
            source="api",
            **facts,
            **({"digits": digits} if digits else {}),
        )
        return frames.seal(finished)


def _raw(endpoint: Endpoint, body: bytes) -> Any:  # Any: JSON
    try:
        return json.loads(body)
    except ValueError:
        raise ReplyError(f"The answer of {endpoint.name} is not JSON.", operation=endpoint.name) from None
