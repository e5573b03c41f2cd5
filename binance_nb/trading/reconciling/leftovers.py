"""Calls that nobody wrote an outcome of: their kernel was killed, or the wait for their answer interrupted."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client
from binance_nb.client.transport import valid_ms
from binance_nb.errors import BinanceError, TransportError
from binance_nb.trading.collaborators import Concluding
from binance_nb.trading.journal.entries import Entry, Outcome
from binance_nb.trading.journal.origins import this_kernel
from binance_nb.trading.reconciling.reconcile import NOT_PLACED, STILL_UNKNOWN, Patience, Verdict, look

__all__ = ["Leftovers", "Resolved", "outcome_of", "under_way"]

_HOUR_MS = 3_600_000
# A call waits for its answer, at most twice, and for a look at the clock in between.
_LONGEST_CALL_MS = 120_000
_PAUSES_SECONDS = (0.1, 0.3, 0.9)

_guards_under_way = threading.Lock()
_under_way: set[tuple[Path, int]] = set()


class Resolved(NamedTuple):
    """A call that had been left without an outcome, and what became of it."""

    entry: Entry
    verdict: Verdict

    def __str__(self) -> str:
        named = self.entry.client_order_id or " ".join(self.entry.sent.values())
        return f"{self.entry.operation} {named}: {self.verdict.state}"


@contextmanager
def under_way(journal: Path, number: int) -> Iterator[None]:
    """Keep a call from being taken for a leftover while it is made.

    Args:
        journal: The journal's file.
        number: The call's number there.
    """
    with _guards_under_way:
        _under_way.add((journal, number))
    try:
        yield
    finally:
        with _guards_under_way:
            _under_way.discard((journal, number))


class Leftovers:
    """Looks up what was left without an outcome.

    Args:
        client: Asks, and belongs to the account.
        account: The account's identity.
        journal: Where the calls stand.
        patience: How long to look for each.
    """

    def __init__(self, client: Client, account: str, journal: Concluding, patience: Patience) -> None:
        self._client = client
        self._account = account
        self._journal = journal
        self._patience = patience

    def resolve(self) -> list[Resolved]:
        """Look up every call that is not under way any more.

        Returns:
            The calls, oldest first, and what became of each.

        Raises:
            JournalError: The journal cannot be read or written.
        """
        left = [entry for entry in self._journal.unresolved(self._account) if self.is_left(entry)]
        now_ms = self._now_ms_if_told() if left else None
        resolved: list[Resolved] = []
        for entry in left:
            # Where look-ups have failed to the end once, the next order does not wait as long for each of the others.
            is_in_vain = any(each.verdict.state == STILL_UNKNOWN for each in resolved)
            patience = Patience(0, 0) if is_in_vain else self._patience
            resolved.append(self.resolved(entry, now_ms, patience))
        return resolved

    def resolved(self, entry: Entry, sent_no_more_ms: int | None = None, patience: Patience | None = None) -> Resolved:
        """Look one call up, and write down what became of it.

        Args:
            entry: The call.
            sent_no_more_ms: Server time from which it is certain that nobody sends it; now when None.
            patience: How long to look.

        Returns:
            The call, and what became of it.

        Raises:
            JournalError: That cannot be written.
        """
        try:
            stamped_ms, expires_at_ms = self._times(entry, sent_no_more_ms)
        except BinanceError as error:
            words = f"the exchange's time could not be asked for: {error.message.rstrip('.')}"
            return Resolved(entry, Verdict(STILL_UNKNOWN, words, retry_at=error.retry_at))
        was_left = self.is_left(entry)
        verdict = look(
            self._client,
            ENDPOINTS[entry.operation],
            entry.sent,
            stamped_ms=stamped_ms,
            expires_at_ms=expires_at_ms,
            patience=patience or self._patience,
        )
        if verdict.state == NOT_PLACED and not was_left:
            # It may be about to be sent with a later time stamp.
            words = f"{verdict.words}, but another kernel or thread is still at it"
            return Resolved(entry, Verdict(STILL_UNKNOWN, words))
        self._journal.conclude(entry.number, outcome_of(verdict, self._client.clock.estimate_ms()))
        return Resolved(entry, verdict)

    def is_left(self, entry: Entry) -> bool:
        """Return whether nobody is making a call any more.

        Args:
            entry: The call, without outcome.
        """
        if entry.kernel == this_kernel():
            with _guards_under_way:
                return (self._journal.path, entry.number) not in _under_way
        # Another kernel that still lives may be waiting for the answer.
        return entry.verdict is not None or not _lives(entry.kernel) or _age_ms(entry) > _LONGEST_CALL_MS

    def _times(self, entry: Entry, sent_no_more_ms: int | None) -> tuple[int, int]:
        """Return when a call was stamped at last, and when its last copy expires."""
        window_ms = valid_ms(entry.sent)
        if entry.verdict == STILL_UNKNOWN:
            # Whoever wrote this knew.
            return entry.valid_until_ms - window_ms, entry.valid_until_ms
        now_ms = sent_no_more_ms or self._now_ms()
        # The clock may have been off when it was written down, and put right before it was sent. It is sent no more.
        is_old = _age_ms(entry) > _HOUR_MS
        return entry.stamped_ms, entry.valid_until_ms if is_old else now_ms + window_ms

    def _now_ms_if_told(self) -> int | None:
        with suppress(BinanceError):  # each call then says why it could not be looked up
            return self._now_ms()
        return None

    def _now_ms(self) -> int:
        for pause_seconds in _PAUSES_SECONDS:
            try:
                return self._client.clock.now_ms()
            except TransportError:
                self._client.waiting.sleep(pause_seconds)
        return self._client.clock.now_ms()


def outcome_of(verdict: Verdict, server_ms: int, valid_until_ms: int | None = None) -> Outcome:
    """Return a verdict as the journal holds it.

    Args:
        verdict: The verdict.
        server_ms: When it was reached.
        valid_until_ms: When the last copy of the request expires, if that is known.

    Returns:
        The outcome.
    """
    body = None if verdict.reply is None else verdict.reply.body.decode("utf-8", "replace")
    return Outcome(verdict.state, body, message=verdict.words, server_ms=server_ms, valid_until_ms=valid_until_ms)


def _age_ms(entry: Entry) -> int:
    return time.time_ns() // 1_000_000 - entry.written_ms


def _lives(kernel: str) -> bool:
    """Whether a process may still be there."""
    pid = kernel.partition("-")[0]
    if sys.platform == "win32" or not pid.isdecimal():
        return True  # nobody can be asked without being harmed
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
