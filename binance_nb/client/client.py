"""One call: bound, checked, charged, signed, sent, judged."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import replace
from urllib.parse import quote

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.client.absence import NoAnswer
from binance_nb.client.budget import WeightBudget, budget_for
from binance_nb.client.clock import ClockReading, ServerClock
from binance_nb.client.gate import Gate, ShutGate
from binance_nb.client.order_ids import OrderIds
from binance_nb.client.stated_time import server_time, stated_clock, stated_date
from binance_nb.client.transport import Headers, Prepared, Reply, RequestsTransport, Transport, valid_ms
from binance_nb.client.verdicts import Circumstances, failure, silence
from binance_nb.client.waiting import Waiting
from binance_nb.environment import Environment
from binance_nb.errors import (
    BinanceError,
    CredentialsError,
    ExecutionUnknownError,
    IpBannedError,
    RateLimitError,
    TimestampError,
    TransportError,
    UsageError,
)
from binance_nb.grammar import check_call, did_you_mean, encode_parameters, format_time, nearest
from binance_nb.keys.credentials import Credentials
from binance_nb.keys.signing import encode
from binance_nb.rules.symbols import SymbolNames

__all__ = ["Client", "endpoint_of"]

# The exchange's own backend gives up after ten seconds; hearing its verdict needs a little longer.
_TIMEOUT_SECONDS = 12.0
_READ_TRIES = 3


def endpoint_of(name: str) -> Endpoint:
    """Return an endpoint by its name.

    Args:
        name: Catalog name, such as ``klines``.

    Returns:
        The endpoint.

    Raises:
        UsageError: There is none of that name.
    """
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        raise UsageError(
            f"There is no call {name!r}.",
            hint=did_you_mean(name, ENDPOINTS) or "%binance help lists them all.",
            suggestion=next(iter(nearest(name, ENDPOINTS)), None),
            culprit=name,
        )
    return endpoint


class Client:
    """Makes calls to one environment. Safe to use from several threads; contacts nobody until the first call.

    Args:
        environment: Where calls go.
        credentials: Key pair, for the calls that need one.
        transport: What carries requests; a tape or a test gives its own.
        max_wait_seconds: How long a read may wait for a rate limit by itself.
        timeout_seconds: How long to wait for an answer.
        recv_window_ms: How long a signed request stays valid; the exchange's 5000 when None.
        order_ids: Draws client order ids.
        sleep: Waits; a test gives its own.
        on_wait: Told the seconds left and the reason, each second of a wait; 0 when it is over.
        budget: The weight account; the one of the host when None.
        gate: What lets calls through that change state on a live host; None for nothing.
        make_clock: Makes the clock from what asks the server; a test gives one whose computer is off.

    Attributes:
        source: Where answers come from, as frames tell it: ``api``, or ``tape``.
    """

    def __init__(
        self,
        environment: Environment,
        credentials: Credentials | None = None,
        *,
        transport: Transport | None = None,
        max_wait_seconds: float = 10.0,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        recv_window_ms: float | None = None,
        order_ids: OrderIds | None = None,
        sleep: Callable[[float], None] = time.sleep,
        on_wait: Callable[[float, str], None] | None = None,
        budget: WeightBudget | None = None,
        gate: Gate | None = None,
        make_clock: Callable[[Callable[[], ClockReading]], ServerClock] = ServerClock,
    ) -> None:
        self.environment = environment
        self.source = "api"
        self.credentials = credentials
        self.max_wait_seconds = max_wait_seconds
        self.timeout_seconds = timeout_seconds
        self.recv_window_ms = recv_window_ms
        self.budget = budget or budget_for(environment.host)
        self.clock = make_clock(self._look_at_clock)
        self.gate: Gate = gate or ShutGate()
        self.symbols = SymbolNames()
        self._circumstances = Circumstances(self.clock, self.budget, self.symbols.rules)
        self.transport: Transport = transport or RequestsTransport()
        self._order_ids = order_ids or OrderIds()
        self._headers: Mapping[str, str] = {}
        self.waiting = Waiting(sleep, on_wait)

    def __repr__(self) -> str:
        key = self.credentials.masked if self.credentials else "no key"
        return f"Client({self.environment.name}, {self.environment.url}, {key})"

    def in_microseconds(self) -> Client:
        """Return this client, asking for times in microseconds; connections, clock and budget stay shared."""
        finer = copy(self)
        finer._headers = {"X-MBX-TIME-UNIT": "MICROSECOND"}
        return finer

    def call(self, name: str, /, *, tz: str = "UTC", **words: object) -> Reply:
        """Make a call.

        Args:
            name: Catalog name, such as ``klines``.
            tz: Time zone of times that name none.
            **words: Parameters, in our spelling (``start_time``) or the exchange's (``startTime``).

        Returns:
            The reply, with status 200.

        Raises:
            UsageError: A word does not fit; nothing was sent.
            CredentialsError: A key is needed and missing, or belongs elsewhere.
            NotArmedError: It would change state on a live host.
            ApiError: The exchange refused it, by cause; see `binance_nb.errors`.
            ExecutionUnknownError: It may have been executed.
            TransportError: No answer came to a read.
        """
        endpoint = endpoint_of(name)
        return self.send(endpoint, self.bind(endpoint, words, tz=tz))

    def bind(
        self,
        endpoint: Endpoint,
        words: Mapping[str, object],
        *,
        tz: str = "UTC",
        is_dry: bool = False,
        awaited: Collection[str] = (),
        may_walk: bool = False,
    ) -> dict[str, str]:
        """Return the texts a call would send, checked as far as can be without asking.

        Args:
            endpoint: The endpoint to be called.
            words: Parameters by name.
            tz: Time zone of times that name none.
            is_dry: Whether the call is only looked at: then not even the time is asked for.
            awaited: Parameters, by the exchange's names, whose values will be there when it is made.
            may_walk: Whether a range past what one answer may hold will be walked page by page.

        Returns:
            Wire texts by the exchange's names, without timestamp and signature.

        Raises:
            RequestError: The call cannot work; nothing was sent.
        """
        if self.recv_window_ms is not None and endpoint.is_signed and not {"recv_window", "recvWindow"} & set(words):
            words = {**words, "recvWindow": self.recv_window_ms}
        now_ms = self.clock.estimate_ms if is_dry else self.clock.moment_ms
        sent = encode_parameters(endpoint, words, now_ms=now_ms, tz=tz)
        check_call(endpoint, sent, awaited, may_walk=may_walk)
        self.symbols.check(endpoint, sent)
        self.environment.check_serves(endpoint)
        if not is_dry:  # what is only looked at may be looked at anywhere
            self.gate.check_open(self.environment, endpoint)
            self.check_key(endpoint)
        return self._order_ids.add_to(endpoint, sent, is_dry=is_dry)

    def check_key(self, endpoint: Endpoint) -> None:
        """Refuse a call that needs a key where there is none for it.

        Args:
            endpoint: The endpoint to be called.

        Raises:
            CredentialsError: A key is needed and missing, or belongs elsewhere.
        """
        if endpoint.is_signed:
            self._holder(endpoint)

    def prepare(self, endpoint: Endpoint, sent: Mapping[str, str], *, is_dry: bool = False) -> Prepared:
        """Return the request as it would travel, stamped and signed.

        Args:
            endpoint: The endpoint to be called.
            sent: Wire texts from `bind`.
            is_dry: Whether it is only looked at; its timestamp is then as good as is known without asking, and where no
                key is held there is none in it, and no signature.

        Returns:
            The request.

        Raises:
            CredentialsError: A key is needed and missing, or belongs elsewhere.
        """
        url, weight = self.environment.url + endpoint.path, endpoint.weight.price(sent)
        headers = Headers(self._headers)
        payload = encode(sent.items())
        signed = expires_at = None
        if endpoint.is_signed:
            stamp = self.clock.estimate_ms() if is_dry else self.clock.now_ms()
            expires_at = stamp + valid_ms(sent)
            signed = encode([*sent.items(), ("timestamp", str(stamp))])
            payload = signed
            if self.credentials is not None or not is_dry:
                holder = self._holder(endpoint)
                headers["X-MBX-APIKEY"] = holder.api_key.reveal()
                payload += f"&signature={quote(holder.signer.sign(signed), safe='')}"
        body = None
        if endpoint.method != "GET":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = payload.encode("ascii")
        elif payload:
            url = f"{url}?{payload}"
        return Prepared(endpoint.name, endpoint.method, url, headers, body, weight, dict(sent), signed, expires_at)

    def send(self, endpoint: Endpoint, sent: Mapping[str, str], *, is_patient: bool = True) -> Reply:
        """Send a bound call and judge the answer, trying again only where that is safe; see `call`.

        Args:
            endpoint: The endpoint.
            sent: Wire texts from `bind`.
            is_patient: Whether a read may wait for a rate limit and be tried again by itself.

        Returns:
            The reply, with status 200.
        """
        self.gate.check(self.environment, endpoint, sent)
        is_read = endpoint.method == "GET" and is_patient
        tries_left = _READ_TRIES if is_read else 1
        may_resync, may_wait = True, is_read
        while True:
            try:
                return self._once(endpoint, sent, may_wait=is_read)
            except TimestampError:
                # The exchange refuses a stale timestamp before it executes anything, so even an order may go again.
                if not may_resync:
                    raise
                may_resync = False
                self.clock.synchronise()
            except IpBannedError:
                raise
            except RateLimitError as error:
                if not (may_wait and error.retry_at):
                    raise
                may_wait = False
                self._wait_until(error.retry_at, error)
            except TransportError as error:
                tries_left -= 1
                if tries_left <= 0:
                    raise
                if error.retry_at:
                    self._wait_until(error.retry_at, error)
                else:
                    self.waiting.sleep(random.uniform(0.1, 0.5) * (_READ_TRIES - tries_left))

    def close(self) -> None:
        """Let go of connections."""
        self.transport.close()

    def _once(self, endpoint: Endpoint, sent: Mapping[str, str], *, may_wait: bool) -> Reply:
        weight = self._admit(endpoint, sent, may_wait=may_wait)
        try:
            prepared = self.prepare(endpoint, sent)
        except BaseException:  # an interrupt too: whatever it was, nothing has been sent
            self.budget.refund(weight)
            raise
        try:
            reply = self._judged(endpoint, sent, self._exchange(endpoint, prepared))
        except ExecutionUnknownError as error:
            error.expires_at = prepared.expires_at
            raise
        self.budget.learn(self.symbols.learn(endpoint, sent, reply.body))
        spent = 0 if endpoint.is_free_on_success else weight
        return replace(reply, server_ms=reply.server_ms or self.clock.estimate_ms(), weight=spent)

    def _judged(self, endpoint: Endpoint, sent: Mapping[str, str], reply: Reply) -> Reply:
        error = failure(endpoint, reply, self.clock)
        if error is not None:
            raise self._told(endpoint, sent, error)
        return reply

    def _exchange(self, endpoint: Endpoint, prepared: Prepared) -> Reply:
        headers: Mapping[str, str] = {}
        was_sent, sent_ms = True, self.clock.estimate_ms()
        try:
            reply = self.transport.send(prepared, timeout_seconds=self.timeout_seconds)
            headers = reply.headers
            self._follow(headers)
        except NoAnswer as absence:
            was_sent = absence.was_sent
            raise silence(endpoint, absence, self.environment, dict(prepared.sent)) from None
        finally:
            if was_sent:
                self.budget.settle(prepared.weight, self.clock.estimate_ms(), headers, sent_ms=sent_ms)
            else:
                self.budget.refund(prepared.weight)
        return reply

    def _admit(self, endpoint: Endpoint, sent: Mapping[str, str], *, may_wait: bool) -> int:
        weight = endpoint.weight.price(sent)
        while retry_at := self.budget.charge(weight, self.clock.estimate_ms(), binds=self.clock.rate > 0):
            is_banned = retry_at == self.budget.banned_until_ms
            kind, state = (
                (IpBannedError, "This address is banned") if is_banned else (RateLimitError, "The weight is used")
            )
            refusal = kind(
                f"{state} until {format_time(retry_at)}: nothing was sent.",
                hint="Wait until then; every call before prolongs a ban." if is_banned else "Wait, or ask for less.",
                operation=endpoint.name,
                retry_at=retry_at,
                details={"until": format_time(retry_at)},
            )
            self._circumstances.add_to(refusal, endpoint, sent, max_wait_seconds=self.max_wait_seconds)
            if is_banned or not may_wait:
                raise refusal
            self._wait_until(retry_at, refusal)
        return weight

    def _wait_until(self, retry_at: int, refusal: BinanceError) -> None:
        seconds = self.clock.seconds_until(retry_at)
        if seconds > self.max_wait_seconds:
            raise refusal
        # A clock that stands still ends no limit: then there are no seconds to wait, and nothing to count down.
        self.waiting.count_down(seconds, refusal.message)

    def _told(self, endpoint: Endpoint, sent: Mapping[str, str], error: BinanceError) -> BinanceError:
        """Add to an error what only the client knows, and remember what it means for the calls to come."""
        if isinstance(error, IpBannedError):
            self.budget.ban(error.retry_at or 0)
        elif isinstance(error, RateLimitError) and error.code != -1015:
            self.budget.pause(error.retry_at or 0)
        elif error.code == -1121:
            self._learn_symbols(endpoint)
            error = self.symbols.explain(endpoint, sent, error)
        self._circumstances.add_to(error, endpoint, sent, max_wait_seconds=self.max_wait_seconds)
        return error

    def _learn_symbols(self, endpoint: Endpoint) -> None:
        asked = endpoint_of("exchange_info")
        if self.symbols.is_known or endpoint is asked:
            return
        try:
            self._once(asked, {}, may_wait=False)
        except BinanceError:
            return  # without the list there is no suggestion, and the first error says what matters

    def _holder(self, endpoint: Endpoint) -> Credentials:
        if self.credentials is None:
            raise CredentialsError(
                f"{endpoint.name} needs an API key and {self.environment.name} has none: nothing was sent.",
                hint="Give one; it is asked for without being shown. A sandbox comes with one.",
                suggestion="%binance keys",
                culprit=self.environment.name,
                operation=endpoint.name,
            )
        self.credentials.check_host(self.environment)
        return self.credentials

    def _follow(self, headers: Mapping[str, str]) -> None:
        reading = stated_clock(headers)
        if reading is not None:
            if not self.clock.is_synchronised or reading.rate != self.clock.rate:
                self.clock.follow(reading)
        elif not self.clock.is_synchronised and (stated_ms := stated_date(headers)) is not None:
            self.clock.hear(stated_ms)

    def _look_at_clock(self) -> ClockReading:
        endpoint = endpoint_of("time")
        self._admit(endpoint, {}, may_wait=False)
        reply = self._judged(endpoint, {}, self._exchange(endpoint, self.prepare(endpoint, {})))
        rate = stated.rate if (stated := stated_clock(reply.headers)) else 1.0
        return ClockReading(server_time(reply), rate=rate)
