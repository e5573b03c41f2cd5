"""The way of every call that changes state: recognised, cleared, checked, written down, sent, looked up if need be."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.client import Client, Reply, not_awaited
from binance_nb.client.transport import valid_ms
from binance_nb.client.verdicts.next_line import look_up
from binance_nb.errors import (
    ApiError,
    BinanceError,
    ExecutionUnknownError,
    JournalError,
    PartialReplaceError,
    RequestError,
    TransportError,
)
from binance_nb.grammar import format_time
from binance_nb.trading.accounts import Account
from binance_nb.trading.arming.worth import worth_of
from binance_nb.trading.collaborators import Clearing, Preflighting, Writing
from binance_nb.trading.journal.entries import STILL_UNKNOWN, Entry, Intent, Outcome
from binance_nb.trading.journal.origins import (
    Origin,
    current_origin,
    fingerprint,
    give_back_turn,
    take_turn,
    this_kernel,
)
from binance_nb.trading.reconciling.errors import after_looking
from binance_nb.trading.reconciling.inquiries import DONE
from binance_nb.trading.reconciling.leftovers import Leftovers, Resolved, outcome_of, under_way
from binance_nb.trading.reconciling.reconcile import NOT_PLACED, Patience, Verdict, look

__all__ = ["Carried", "Trader"]

_REFUSED = "REFUSED"
_NAMED = 5
_OK = 200


@dataclass(frozen=True)
class Carried:
    """What a call that changes state came to, now or in an earlier run.

    Attributes:
        reply: What tells it.
        endpoint: The endpoint whose declaration decodes the reply.
        verdict: The order's state in the exchange's words, or ``DONE`` for what is no single order.
        outcome: How the reply was come by where it is not the call's own, such as ``looked up after HTTP 503``.
        earlier: What an earlier run of the same cell had ordered; then nothing was sent.
        note: What to know beside the answer; empty for nothing.
        facts: What became of both halves of a cancel-replace that was looked up.
    """

    reply: Reply
    endpoint: Endpoint
    verdict: str
    outcome: str = ""
    earlier: Entry | None = None
    note: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Turn:
    """Which call this is, so that a cell that runs again is told from one that orders more; and whether it has left."""

    account: str
    origin: Origin | None
    kind: str
    ordinal: int
    places: bool
    told: str | None
    was_sent: bool = False

    def give_back(self) -> None:
        if self.places and self.origin is not None:
            give_back_turn(self.account, self.origin, self.kind, self.ordinal)


class Trader:
    """Carries out calls that change state, for one account. Safe to use from several threads.

    Args:
        client: Sends.
        account: For whom.
        journal: Where they are written down.
        interlock: Lets them pass.
        preflight: Checks orders before they are sent; None for no check.
        patience: How long to look for one that got no verdict.
    """

    def __init__(
        self,
        client: Client,
        account: Account,
        journal: Writing,
        interlock: Clearing,
        preflight: Preflighting | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.client = client
        self.account = account
        self.journal = journal
        self._interlock = interlock
        self._preflight = preflight
        self._patience = patience or Patience()
        self._leftovers = Leftovers(client, account.identity, journal, self._patience)
        self._guards_leftovers = threading.Lock()
        self._has_leftovers = True
        self._untold: list[Resolved] = []

    def carry_out(
        self,
        endpoint: Endpoint,
        sent: Mapping[str, str],
        *,
        again: bool = False,
        in_us: bool = False,
        told: str | None = None,
    ) -> Carried:
        """Make a call that changes state, and make it once.

        Args:
            endpoint: What to call.
            sent: Its bound wire texts.
            again: Whether to order although an earlier run of the same cell has ordered the same.
            in_us: Whether times are wanted to the microsecond.
            told: The everyday words that the call was made of, if it was; they tell that a cell was run again.

        Returns:
            What came of it: its own answer, or the order that was found when none came.

        Raises:
            JournalError: It could not be written down, so nothing was sent.
            NotArmedError: The host counts as live, and this is not allowed; nothing was sent.
            PreflightError: It breaks a rule; nothing was sent.
            ApiError: The exchange refused it.
            ExecutionUnknownError: There is no order to show; ``verdict`` says ``NOT PLACED`` or ``STILL UNKNOWN``.
        """
        if self._has_leftovers and endpoint.unfilled_orders:  # what takes orders back must not wait for look-ups
            self._clean_up()
        turn = self._take_turn(endpoint, sent, told)
        try:
            earlier = None if again else self._earlier(turn)
            if earlier is not None:
                return earlier
            return self._cleared(endpoint, sent, turn, in_us=in_us)
        except BaseException as error:
            if not turn.was_sent or _placed_nothing(error):
                turn.give_back()
            if not isinstance(error, BinanceError):
                # Interrupted, or worse: what was written down and has no outcome is looked up by the next order.
                self._has_leftovers = True
                error.add_note(not_awaited(endpoint, sent) if turn.was_sent else f"{endpoint.name} was not sent.")
            raise

    def recall(self, told: str) -> Carried | None:
        """Return what an earlier run of the same cell has ordered in the same words; nothing is ordered.

        Args:
            told: The words, before anybody works out which call they are now.

        Returns:
            What it came to; None where there was none, and `carry_out` is to follow.

        Raises:
            JournalError: The journal cannot be read.
            ExecutionUnknownError: There was one, and what became of it is still unknown.
        """
        if self._has_leftovers:
            self._clean_up()
        order, earlier = ENDPOINTS["new_order"], None
        turn = self._take_turn(order, {}, told)  # by the words alone, so any call that places will do
        try:
            earlier = self._earlier(turn)
        finally:
            if earlier is None:
                turn.give_back()
        return earlier

    def resolve(self) -> list[Resolved]:
        """Look up every call of this account that was left without an outcome.

        Returns:
            The calls, oldest first, and what became of each.

        Raises:
            JournalError: The journal cannot be read or written.
        """
        with self._guards_leftovers:
            resolved = self._leftovers.resolve()
            self._has_leftovers = False
        return resolved

    def _clean_up(self) -> None:
        with self._guards_leftovers:
            if self._has_leftovers:
                self._untold += self._leftovers.resolve()
                self._has_leftovers = False

    def _take_turn(self, endpoint: Endpoint, sent: Mapping[str, str], told: str | None) -> _Turn:
        identity, origin = self.account.identity, current_origin()
        kind, places = fingerprint(endpoint, sent, told), bool(endpoint.unfilled_orders)
        ordinal = take_turn(identity, origin, kind) if places and origin is not None else 0
        return _Turn(identity, origin, kind, ordinal, places, told)

    def _earlier(self, turn: _Turn) -> Carried | None:
        """Return what this cell has ordered already. What only cancels is always sent."""
        if turn.origin is None or not turn.places:
            return None
        while (entry := self.journal.earlier(turn.account, turn.origin, turn.kind, turn.ordinal)) is not None:
            at = format_time(entry.server_ms or entry.stamped_ms)
            note = f"An earlier run of this cell ordered it, {at}: nothing was sent now."
            note += " It is shown as it stood then; --again (again=True) orders once more."
            if entry.reply_body is not None and not entry.is_unresolved:
                return Carried(_reply_of(entry), _told_by(entry), str(entry.verdict), "earlier run", entry, note)
            verdict = self._leftovers.resolved(entry).verdict
            if verdict.reply is not None and verdict.endpoint is not None:
                reply, asked = verdict.reply, verdict.endpoint
                return Carried(reply, asked, verdict.state, "earlier run", entry, note, verdict.facts)
            if verdict.state != NOT_PLACED or not entry.is_unresolved:
                raise _undecided(ENDPOINTS[entry.operation], entry, verdict)
        return None

    def _cleared(self, endpoint: Endpoint, sent: Mapping[str, str], turn: _Turn, *, in_us: bool) -> Carried:
        def worth() -> Decimal:
            return worth_of(self.client, endpoint, sent, self._interlock.asset)

        with self._interlock.clear(endpoint, sent, worth) as leave:
            try:
                if self._preflight is not None and endpoint.unfilled_orders is not None:
                    self._preflight.check(endpoint, sent)
                number = self._written(endpoint, sent, turn)
                return self._sent(number, endpoint, sent, turn, in_us=in_us)
            finally:
                if not turn.was_sent:
                    leave.give_back()

    def _written(self, endpoint: Endpoint, sent: Mapping[str, str], turn: _Turn) -> int:
        now_ms = self.client.clock.now_ms()
        return self.journal.intend(
            Intent(
                account=self.account,
                operation=endpoint.name,
                sent=sent,
                client_order_id=look_up(endpoint, sent)[0],
                origin=turn.origin,
                fingerprint=turn.kind,
                ordinal=turn.ordinal,
                stamped_ms=now_ms,
                valid_until_ms=now_ms + valid_ms(sent),
                kernel=this_kernel(),
                told=turn.told,
            )
        )

    def _sent(self, number: int, endpoint: Endpoint, sent: Mapping[str, str], turn: _Turn, *, in_us: bool) -> Carried:
        client = self.client.in_microseconds() if in_us else self.client
        with under_way(self.journal.path, number):
            turn.was_sent = True
            return self._answered(client, number, endpoint, sent)

    def _answered(self, client: Client, number: int, endpoint: Endpoint, sent: Mapping[str, str]) -> Carried:
        try:
            reply = client.send(endpoint, sent)
        except ExecutionUnknownError as error:
            return self._looked_up(client, number, endpoint, sent, error)
        except BinanceError as error:
            self._conclude(number, _refusal(error, client.clock.estimate_ms()))
            raise
        verdict = _state_of(endpoint, reply)
        body = reply.body.decode("utf-8", "replace")
        trouble = self._conclude(number, Outcome(verdict, body, server_ms=reply.server_ms))
        return Carried(reply, endpoint, verdict, note=self._note(trouble))

    def _looked_up(
        self,
        client: Client,
        number: int,
        endpoint: Endpoint,
        sent: Mapping[str, str],
        error: ExecutionUnknownError,
    ) -> Carried:
        window_ms = valid_ms(sent)
        expires_at_ms = error.expires_at or client.clock.estimate_ms() + window_ms
        times = {"stamped_ms": expires_at_ms - window_ms, "expires_at_ms": expires_at_ms}
        verdict = look(client, endpoint, sent, **times, patience=self._patience)
        trouble = self._conclude(number, outcome_of(verdict, client.clock.estimate_ms(), expires_at_ms))
        if verdict.reply is None or verdict.endpoint is None:
            raise after_looking(error, endpoint, sent, verdict) from None
        why = _why(error)
        note = f"{endpoint.name} got no verdict ({why}) and was looked up: {verdict.words or verdict.state}."
        return Carried(
            verdict.reply,
            verdict.endpoint,
            verdict.state,
            outcome=f"looked up after {why}",
            note=self._note(note, trouble),
            facts=verdict.facts,
        )

    def _conclude(self, number: int, outcome: Outcome) -> str:
        """Write down what became of a call; that this fails takes nothing back, so it is only told."""
        try:
            self.journal.conclude(number, outcome)
        except JournalError as error:
            return f"The journal could not take it down: {error.message}"
        return ""

    def _note(self, *said: str) -> str:
        with self._guards_leftovers:
            left, self._untold = self._untold, []
        named = "; ".join(map(str, left[:_NAMED])) + (f" and {len(left) - _NAMED} more" if len(left) > _NAMED else "")
        before = f"Left without an outcome before, and looked up now: {named}." if left else ""
        return " ".join(filter(None, [*said, before]))


def _placed_nothing(error: BaseException) -> bool:
    """Whether an error tells for certain that no order came of the call."""
    if isinstance(error, PartialReplaceError):
        data = error.details.get("data")
        return isinstance(data, dict) and data.get("newOrderResult") != "SUCCESS"
    if isinstance(error, ExecutionUnknownError):
        return error.verdict == NOT_PLACED
    return isinstance(error, RequestError | ApiError | TransportError | JournalError)


def _refusal(error: BinanceError, server_ms: int) -> Outcome:
    if isinstance(error, PartialReplaceError) and not _placed_nothing(error):
        # Half of a cancel-replace worked, and this is the half that must not be doubled.
        data = error.details.get("data")
        placed = data.get("newOrderResponse") if isinstance(data, dict) else None
        if isinstance(placed, dict):
            return Outcome(str(placed.get("status", DONE)), json.dumps(data), error.code, error.message, server_ms)
        return Outcome(STILL_UNKNOWN, None, error.code, error.message, server_ms)
    verdict = _REFUSED if isinstance(error, ApiError) else NOT_PLACED
    return Outcome(verdict, None, error.code, error.message, server_ms)


def _state_of(endpoint: Endpoint, reply: Reply) -> str:
    """Return where an order stands by the answer to its placement; the shortest answer does not tell."""
    if not endpoint.unfilled_orders:
        return DONE
    told = json.loads(reply.body)
    order = told.get("newOrderResponse") if endpoint.outcomes else told
    return str(order.get("status", DONE)) if isinstance(order, dict) else DONE


def _why(error: ExecutionUnknownError) -> str:
    if error.http_status is None:
        return "no answer"
    return "an unreadable answer" if error.http_status == _OK else f"HTTP {error.http_status}"


def _told_by(entry: Entry) -> Endpoint:
    """Return the endpoint that gave an entry's reply: its own, or the one that looked it up."""
    told = json.loads(entry.reply_body or "{}")
    endpoint = ENDPOINTS[entry.operation]
    if isinstance(told, dict) and "updateTime" in told:
        return ENDPOINTS["get_order"]
    if isinstance(told, dict) and "listOrderStatus" in told and str(endpoint.rows.at) not in told:
        return ENDPOINTS["get_order_list"]
    return endpoint


def _reply_of(entry: Entry) -> Reply:
    body = (entry.reply_body or "").encode()
    return Reply(entry.operation, entry.sent, _OK, {}, body, entry.server_ms or entry.stamped_ms)


def _undecided(endpoint: Endpoint, entry: Entry, verdict: Verdict) -> ExecutionUnknownError:
    at = format_time(entry.stamped_ms)
    order_id, line = look_up(endpoint, entry.sent)
    return ExecutionUnknownError(
        f"An earlier run of this cell sent {endpoint.name}, {at}; what became of it is still unknown: {verdict.words}.",
        hint="Nothing was sent now. Look first; with again it is ordered whatever became of that.",
        suggestion=line,
        operation=endpoint.name,
        retry_at=verdict.retry_at,
        details={"outcome": verdict.state, **({"client_order_id": order_id} if order_id else {})},
    )
