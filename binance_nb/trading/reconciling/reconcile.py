"""What became of a call that got no verdict: looked up by its id, with patience, until the exchange can tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from binance_nb.catalog import Endpoint
from binance_nb.client import Client, Reply
from binance_nb.errors import ApiError, AuthenticationError, BinanceError, IpBannedError, RateLimitError, RequestError
from binance_nb.grammar import format_time
from binance_nb.trading.reconciling.inquiries import Finding, Inquiry, inquiry_of

__all__ = ["NOT_PLACED", "STILL_UNKNOWN", "Patience", "Verdict", "look"]

NOT_PLACED = "NOT PLACED"
"""The verdict of a call that was not executed and never will be."""

STILL_UNKNOWN = "STILL UNKNOWN"
"""The verdict of a call of which nobody can say yet what became of it."""

_NO_SUCH_ORDER = -2013
# The exchange lets a time stamp be a second ahead of its clock, so that a look-up it accepts proves the time to within
# that; and what its engine has just done takes a moment to reach what look-ups read.
_SETTLED_MS = 2_000
_FIRST_PAUSE_MS = 250
_LONGEST_PAUSE_MS = 4_000
# However fast a sandbox's clock runs, and even if it stands, this computer needs a moment.
_LEAST_PAUSE_SECONDS = 0.02
_WORTH_TELLING_SECONDS = 0.5
_TRIES_ON_A_STANDING_CLOCK = 4


@dataclass(frozen=True)
class Patience:
    """How long to go on looking.

    Attributes:
        beyond_ms: Server time past the moment at which the request can no longer be executed.
        limited_ms: Server time that may pass, in all, waiting for rate limits to end.
    """

    beyond_ms: int = 30_000
    limited_ms: int = 120_000


@dataclass(frozen=True)
class Verdict:
    """What became of a call.

    Attributes:
        state: The order's state in the exchange's words, ``DONE`` for what is no single order, ``NOT PLACED``, or
            ``STILL UNKNOWN``.
        words: Why, as half a sentence.
        reply: What tells it; None where nothing was found.
        endpoint: The endpoint that was asked for it, whose declaration decodes the reply.
        facts: What else there is to know, for the card.
        retry_at: Server time from which another look makes sense.
    """

    state: str
    words: str = ""
    reply: Reply | None = field(default=None, repr=False)
    endpoint: Endpoint | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    retry_at: int | None = None


def look(
    client: Client,
    endpoint: Endpoint,
    sent: Mapping[str, str],
    *,
    stamped_ms: int,
    expires_at_ms: int,
    patience: Patience,
) -> Verdict:
    """Look up what became of a call.

    What is there is told at once. That nothing is there counts only when it is said after the last moment at which the
    exchange would still have executed the request.

    Args:
        client: Asks.
        endpoint: What was called.
        sent: Its wire texts.
        stamped_ms: Server time of its time stamp.
        expires_at_ms: Server time after which no copy of it can be executed.
        patience: How long to go on.

    Returns:
        The verdict.
    """
    inquiry = inquiry_of(endpoint, sent, stamped_ms)
    if inquiry is None:
        return Verdict(STILL_UNKNOWN, "it carries no id to look it up by")
    return _Look(client, endpoint.name, inquiry, expires_at_ms, patience).verdict()


class _Look:
    """One look at what became of a call, with all its tries."""

    def __init__(
        self, client: Client, operation: str, inquiry: Inquiry, expires_at_ms: int, patience: Patience
    ) -> None:
        self._client = client
        self._operation = operation
        self._inquiry = inquiry
        self._settled_ms = expires_at_ms + _SETTLED_MS
        self._give_up_ms: int | None = None
        self._beyond_ms = patience.beyond_ms
        self._limited_ms = patience.limited_ms
        self._pause_ms = _FIRST_PAUSE_MS
        self._tries = 0
        self._has_asked_for_time = False

    def verdict(self) -> Verdict:
        try:
            return self._looked()
        finally:
            self._client.waiting.tell(0.0, "")

    def _looked(self) -> Verdict:
        while True:
            self._tries += 1
            started_ms = self._client.clock.estimate_ms()
            try:
                replies = [self._ask(asked, words) for asked, words in self._inquiry.asks]
                told = [None if reply is None else json.loads(reply.body) for reply in replies]
            except BinanceError as error:
                given_up = self._after_failure(error)
            except ValueError:
                given_up = self._pause("the look-up's answer is not JSON")
            else:
                finding = self._inquiry.read(told)
                if finding.state is not None:
                    return self._found(finding, replies)
                given_up = self._after_nothing(finding, started_ms)
            if given_up is not None:
                return given_up

    def _ask(self, asked: Endpoint, words: Mapping[str, str]) -> Reply | None:
        try:
            return self._client.send(asked, words, is_patient=False)
        except ApiError as error:
            if error.code == _NO_SUCH_ORDER:
                return None
            raise

    def _found(self, finding: Finding, replies: list[Reply | None]) -> Verdict:
        shown = finding.shown
        reply = replies[shown] if shown is not None else None
        asked = self._inquiry.asks[shown][0] if shown is not None else None
        return Verdict(str(finding.state), finding.words, reply, asked, finding.facts)

    def _after_nothing(self, finding: Finding, started_ms: int) -> Verdict | None:
        clock = self._client.clock
        # Of both readings the earlier counts: the clock may have been put right in between.
        if min(started_ms, clock.estimate_ms()) >= self._settled_ms:
            state = STILL_UNKNOWN if finding.is_open else NOT_PLACED
            return Verdict(state, finding.words, facts=finding.facts)
        if clock.rate == 0:
            return self._on_a_standing_clock(finding)
        return self._pause(finding.words, until_ms=self._settled_ms, facts=finding.facts)

    def _on_a_standing_clock(self, finding: Finding) -> Verdict | None:
        """Look once whether it was turned forward; if not, time will not tell."""
        if not self._has_asked_for_time:
            self._has_asked_for_time = True
            try:
                self._client.clock.synchronise()
            except BinanceError as error:
                return self._after_failure(error)
            return None
        words = f"{finding.words}, and the sandbox's clock stands: as long as it does, the request may still arrive"
        return Verdict(STILL_UNKNOWN, words, facts=finding.facts)

    def _after_failure(self, error: BinanceError) -> Verdict | None:
        words = f"looking it up failed: {error.message.rstrip('.')}"
        if isinstance(error, IpBannedError | AuthenticationError | RequestError) or self._is_gone(error):
            return Verdict(STILL_UNKNOWN, words, retry_at=error.retry_at)
        if isinstance(error, RateLimitError) and error.retry_at:
            return self._wait_for_limit(error.retry_at, words)
        return self._pause(words)

    def _is_gone(self, error: BinanceError) -> bool:
        # A sandbox that takes no connection has ended; an exchange elsewhere may come back.
        return self._client.environment.is_sandbox and error.details.get("failure") == "refused"

    def _wait_for_limit(self, retry_at: int, words: str) -> Verdict | None:
        clock = self._client.clock
        if clock.rate == 0:
            return self._pause(words)
        left_ms = max(0, retry_at - clock.estimate_ms())
        if left_ms > self._limited_ms:
            return Verdict(STILL_UNKNOWN, f"{words} ({format_time(retry_at)})", retry_at=retry_at)
        self._limited_ms -= left_ms
        if self._give_up_ms is not None:
            self._give_up_ms += left_ms
        self._wait(left_ms)
        return None

    def _pause(self, words: str, until_ms: int | None = None, facts: Mapping[str, str] | None = None) -> Verdict | None:
        clock = self._client.clock
        now_ms, pause_ms = clock.estimate_ms(), self._pause_ms
        if self._give_up_ms is None:
            # Not before the first look-up: it may have put the clock right.
            self._give_up_ms = max(self._settled_ms, now_ms) + self._beyond_ms
        is_over = self._tries >= _TRIES_ON_A_STANDING_CLOCK if clock.rate == 0 else now_ms + pause_ms > self._give_up_ms
        if is_over:
            return Verdict(STILL_UNKNOWN, words, facts=facts or {})
        self._pause_ms = min(2 * pause_ms, _LONGEST_PAUSE_MS)
        if until_ms is not None and now_ms < until_ms:
            # Not a moment later than the answer can be final.
            pause_ms = min(pause_ms, until_ms - now_ms + 1)
        self._wait(pause_ms)
        return None

    def _wait(self, server_ms: int) -> None:
        clock, waiting = self._client.clock, self._client.waiting
        left = max(_LEAST_PAUSE_SECONDS, server_ms / 1000 / clock.rate if clock.rate else 0.0)
        while left > 0:
            until_settled = clock.seconds_until(self._settled_ms)
            if until_settled > _WORTH_TELLING_SECONDS:
                waiting.tell(until_settled, f"{self._operation} got no verdict, so it is looked up by its id")
            waiting.sleep(min(left, 1.0))
            left -= 1.0
