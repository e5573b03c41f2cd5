"""What the journal holds of a call: what was meant, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from binance_nb.trading.accounts import Account
from binance_nb.trading.journal.origins import Origin

__all__ = ["GONE", "NOTHING_STANDS", "STILL_UNKNOWN", "Entry", "Intent", "Outcome"]

STILL_UNKNOWN = "STILL UNKNOWN"
"""The verdict of a call of which nobody can say yet what became of it."""

GONE = "GONE"
"""The verdict of a call to a sandbox that ended before anybody could ask it."""

NOTHING_STANDS = ("REFUSED", "NOT PLACED", GONE)
"""Verdicts after which there is nothing that ordering again would double."""


@dataclass(frozen=True)
class Intent:
    """A call that changes state, as it is about to be sent.

    Attributes:
        account: For whom.
        operation: Its catalog name.
        sent: Wire texts, as `Client.bind` gives them.
        client_order_id: The id to look it up by, if it has one.
        origin: The cell it comes from, if it comes from one.
        fingerprint: Which kind, by `trading.origins.fingerprint`.
        ordinal: Its turn among its kind in this run.
        stamped_ms: Server time of its time stamp, as far as is known before it is signed.
        valid_until_ms: Server time from which the exchange refuses it for its age.
        kernel: The process, by `trading.origins.this_kernel`.
        told: The everyday words that it became of, if it was told in such.
    """

    account: Account
    operation: str
    sent: Mapping[str, str]
    client_order_id: str | None
    origin: Origin | None
    fingerprint: str
    ordinal: int
    stamped_ms: int
    valid_until_ms: int
    kernel: str
    told: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a call.

    Attributes:
        verdict: The order's state in the exchange's words, ``DONE`` for what is no order, ``REFUSED``, ``NOT PLACED``
            or ``STILL UNKNOWN``.
        reply_body: The reply, where there is one.
        code: The exchange's error code.
        message: What it said, or what is known.
        server_ms: Server time of the verdict.
        valid_until_ms: When it really ran out, where that turned out to be later than was meant.
    """

    verdict: str
    reply_body: str | None = None
    code: int | None = None
    message: str = ""
    server_ms: int | None = None
    valid_until_ms: int | None = None


@dataclass(frozen=True)
class Entry:
    """A call in the journal.

    Attributes:
        number: Its number, which grows from call to call.
        account: Identity of the account.
        place: How people call the place.
        is_sandbox: Whether it was one.
        url: Where it was sent.
        instance: Which sandbox; empty elsewhere.
        operation: Catalog name.
        sent: Wire texts, without time stamp and signature.
        client_order_id: The id to look it up by.
        cell: The cell it came from; None in a script.
        run: The execution of that cell.
        fingerprint: Which kind of call.
        ordinal: Its turn among its kind in that run.
        kernel: The process.
        told: The everyday words that it became of.
        written_ms: When it was written, by this computer's clock.
        stamped_ms: Server time of its time stamp.
        valid_until_ms: Server time from which the exchange refuses it for its age.
        verdict: What became of it; None when nobody wrote that down.
        code: The exchange's error code.
        message: What it said.
        reply_body: The reply.
        server_ms: Server time of the verdict.
        concluded_ms: When the verdict was written, by this computer's clock.
    """

    number: int
    account: str
    place: str
    is_sandbox: bool
    url: str
    instance: str
    operation: str
    sent: Mapping[str, str]
    client_order_id: str | None
    cell: str | None
    run: str | None
    fingerprint: str
    ordinal: int
    kernel: str
    told: str | None
    written_ms: int
    stamped_ms: int
    valid_until_ms: int
    verdict: str | None
    code: int | None
    message: str
    reply_body: str | None
    server_ms: int | None
    concluded_ms: int | None

    @property
    def is_unresolved(self) -> bool:
        """Whether nobody knows yet what became of it."""
        return self.verdict is None or self.verdict == STILL_UNKNOWN

    @property
    def may_stand(self) -> bool:
        """Whether ordering again might double it."""
        return self.verdict not in NOTHING_STANDS
