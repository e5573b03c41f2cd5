"""What every call of a session does: bind, pull, decode. The methods of `Session` stand on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from binance_nb.catalog import Endpoint
from binance_nb.client import Client, Prepared, Reply, endpoint_of, not_awaited, unread
from binance_nb.delivery import deliver, deliver_carried, deliver_halves, gathering_of
from binance_nb.environment import Environment
from binance_nb.errors import BinanceError, PartialReplaceError, ReplyError, SandboxError, TransportError
from binance_nb.history import Plan, Stage, check_range, plan, pull, stages
from binance_nb.keys import Credentials
from binance_nb.reading import Reading, split_options, wire_names
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.trading.accounts import account_of
from binance_nb.trading.arming.interlock import Interlock
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.preflight.preflight import Preflight
from binance_nb.trading.reconciling.leftovers import Resolved
from binance_nb.trading.trader import Trader

__all__ = ["Answer", "Calls"]


@dataclass(frozen=True)
class Answer:
    """What a call came to.

    Attributes:
        value: What `Calls.call` returns.
        body: The reply as it came; None where nothing was asked.
        verdict: Of a call that changes state, the order's state in the exchange's words, or ``DONE``; else empty.
        note: What else is to be said of it, such as that it is an earlier one.
        was_earlier: Whether an earlier run of the same cell had made the call, so that nothing was sent now.
    """

    value: Any  # see Calls.call
    body: bytes | None = None
    verdict: str = ""
    note: str = ""
    was_earlier: bool = False


class Calls:
    """A place on the exchange, and how calls are made there. Nothing is contacted before the first call.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
        trader: Carries out what changes state; one with the user's own journal when None.
    """

    def __init__(self, client: Client, sandbox: SandboxProcess | None = None, trader: Trader | None = None) -> None:
        self.client = client
        self.sandbox = sandbox
        self.interlock = Interlock(client.environment)
        client.gate = self.interlock
        self._trader = trader
        self._trades_with = client.credentials
        self._trades_under: bytes | None = None
        self._guards_trader = threading.Lock()
        self._told_of_end: list[Callable[[], None]] = []

    @property
    def environment(self) -> Environment:
        """Where calls go."""
        return self.client.environment

    @cached_property
    def order_journal(self) -> Journal:
        """The journal of this user's orders; nothing is opened before its first use."""
        return Journal()

    @cached_property
    def preflight(self) -> Preflight:
        """What holds orders against their rules before they are sent; nobody is asked before its first use."""
        return Preflight(self.client)

    @property
    def trader(self) -> Trader:
        """Carries out what changes state, for the account whose key is held.

        Raises:
            JournalError: The journal cannot be opened, so there is no trading; reads go on.
        """
        with self._guards_trader:
            # By the salt of a journal that was set aside, the next kernel would not know these orders for its own.
            is_another = self._trades_under is not None and self._trades_under != self.order_journal.salt
            if self._trader is None or is_another or self._trades_with is not self.client.credentials:
                held, journal = self.client.credentials, self.order_journal
                salt = journal.salt
                account = account_of(self.environment, held, self.sandbox, salt=salt)
                self._trader = Trader(self.client, account, journal, self.interlock, self.preflight)
                self._trades_with, self._trades_under = held, salt
            return self._trader

    def resolve(self) -> list[Resolved]:
        """Look up every call of this account that was left without an outcome: by a kernel that ended, or an interrupt.

        Returns:
            The calls, oldest first, and what became of each.

        Raises:
            JournalError: The journal cannot be read or written.
        """
        return self.trader.resolve()

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
        return self.answer(name, **words).value

    def answer(self, name: str, /, *, told: str | None = None, **words: Any) -> Answer:  # Any: see call
        """Make a call by its name, and keep what its answer came as.

        Args:
            name: Catalog name.
            told: The everyday words that it was made from, by which a cell that is run again is recognised.
            **words: Parameters and reading options.

        Returns:
            What `call` returns, and more.

        Raises:
            BinanceError: See `binance_nb.errors`.
        """
        endpoint = endpoint_of(name)
        parameters, reading = split_options(words)
        try:
            if endpoint.changes_state or reading.checks:
                return self._change(endpoint, parameters, reading, told)
            return self._read(endpoint, parameters, reading)
        except TransportError as error:
            raise self.explained(error) from None

    def recalled(self, told: str) -> Answer | None:
        """Return what an earlier run of this cell has ordered in the same everyday words; nothing is ordered.

        Args:
            told: The words in normal form.

        Returns:
            As of `answer`; None where this cell has not, or nobody knows of cells.

        Raises:
            BinanceError: The journal cannot be read, or what became of the earlier one is unknown.
        """
        done = self.trader.recall(told)
        if done is None:
            return None
        value = deliver_carried(self.client, done, done.reply.sent, Reading(part="placed"))
        return Answer(value, done.reply.body, done.verdict, done.note, was_earlier=True)

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
        self.client.check_key(endpoint)
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
        gather = gathering_of(endpoint, reading)
        pulled = yield from stages(self._client(reading), endpoint, sent, max_rows=reading.max_rows, gather=gather)
        return deliver(self.client, endpoint, pulled, sent, reading)

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
            The request, stamped, and signed where a key is held; its repr shows no secret.
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
            Facts by name: environment, URL, masked key, clock, weight and orders with their limits, what is armed.
        """
        client, now_ms = self.client, self.client.clock.estimate_ms()
        held, arming = client.credentials, self.interlock.standing
        return {
            "environment": self.environment.name,
            "label": self.environment.label,
            "url": self.environment.url,
            "is_gone": self.sandbox is not None and not self.sandbox.is_running,
            "key": held.masked if held else None,
            "key_kind": held.key_kind if held else None,
            "key_source": held.source if held else None,
            "is_live": self.environment.is_live,
            "arming": arming,
            # By a clock that stands or runs fast nobody can tell when it ends.
            "armed_until_ms": now_ms + int(arming.seconds_left * 1000) if arming and client.clock.rate == 1 else None,
            "is_synchronised": client.clock.is_synchronised,
            "server_ms": now_ms if client.clock.is_synchronised else None,
            "clock_rate": client.clock.rate,
            "clock_offset_ms": client.clock.offset_ms,
            "clock_error_ms": client.clock.error_ms,
            "weight_used": client.budget.used(now_ms),
            "weight_limit": client.budget.limit,
            "order_counts": dict(client.budget.order_counts),
            "order_limits": client.budget.order_limits,
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
        former = self.client.credentials
        if former is not None and (held is None or held.api_key != former.api_key):
            self.interlock.disarm()  # what was allowed was allowed for that account
        self.client.credentials = held

    def on_close(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Have somebody told when this closes, before anything of it ends.

        Args:
            tell: Called once; it raises nothing.

        Returns:
            Takes it back.
        """
        self._told_of_end.append(tell)
        return lambda: self._told_of_end.remove(tell) if tell in self._told_of_end else None

    def _tell_end(self) -> None:
        while self._told_of_end:
            self._told_of_end.pop()()

    def close(self) -> None:
        """Let go of connections, allow no orders any more, and stop the sandbox if this session started it."""
        self.interlock.disarm()
        self.client.close()
        for name in ("preflight", "order_journal"):
            if name in vars(self):  # what was never used was never made
                getattr(self, name).close()
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
        words = reading.bound(endpoint, parameters, clock.estimate_ms if is_dry else clock.moment_ms)
        return self.client.bind(endpoint, words, tz=reading.zone, is_dry=is_dry, awaited=awaited, may_walk=True)

    def _read(self, endpoint: Endpoint, parameters: dict[str, object], reading: Reading) -> Answer:
        return self._answered(endpoint, self._bind(endpoint, parameters, reading), reading)

    def _answered(self, endpoint: Endpoint, sent: dict[str, str], reading: Reading) -> Answer:
        """Answer a read that is bound."""
        progress, gather = False if reading.quiet else None, gathering_of(endpoint, reading)
        try:
            pulled = pull(
                self._client(reading), endpoint, sent, max_rows=reading.max_rows, progress=progress, gather=gather
            )
            return Answer(deliver(self.client, endpoint, pulled, sent, reading), pulled.body)
        except ReplyError as error:
            raise unread(endpoint, sent, error) from None

    def _change(self, endpoint: Endpoint, parameters: dict[str, object], reading: Reading, told: str | None) -> Answer:
        """Make a call that changes state, or only check it."""
        sent = self._bind(endpoint, parameters, reading)
        if reading.checks:
            return Answer(self.preflight.report(endpoint, sent))
        try:
            done = self.trader.carry_out(endpoint, sent, again=reading.again, in_us=reading.is_in_us, told=told)
            try:
                value = deliver_carried(self.client, done, sent, reading)
            except KeyboardInterrupt as interrupt:
                interrupt.add_note(not_awaited(endpoint, sent))
                raise
        except PartialReplaceError as error:
            if not reading.raw:
                error.parts = deliver_halves(self.client, endpoint, error.details.get("data"), sent, reading)
            raise
        except ReplyError as error:
            # Of an order that stands, "it failed" would be the wrong news.
            raise unread(endpoint, sent, error) from None
        return Answer(value, done.reply.body, done.verdict, done.note, done.earlier is not None)
