"""What was really received and executed, for tests to compare with what a client believed.

Facts are kept as they are and printed when somebody asks, so that a call pays next to nothing for its line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any, NamedTuple

from binance_nb.sandbox.amounts import text_of
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.listening import ExecutionType
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Fill, Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch

__all__ = ["LOG_LENGTH", "MARKET", "Change", "Entry", "Log"]

MARKET = "market"
"""What stands for the method where no call but the passing of time changed orders."""

LOG_LENGTH = 10_000
"""How many calls are kept."""

_LONGEST = 4_096
_MOST = 64
_CUT, _CUT_COUNT = 100, 20
_SECRETS = frozenset({"signature", "apiKey"})


class Change(NamedTuple):
    """One thing that happened to an order.

    Attributes:
        account: Whose it is.
        symbol: What it trades.
        order_id: The exchange's number for it.
        client_order_id: Its owner's name for it.
        execution: What happened, in the words of the user stream.
        status: Where it stands after that.
        executed_e8: How much of it has traded by then.
    """

    account: str
    symbol: str
    order_id: int
    client_order_id: str
    execution: ExecutionType
    status: str
    executed_e8: int

    def as_json(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Return it as the log prints it, in the exchange's words."""
        return {
            "account": self.account,
            "symbol": self.symbol,
            "orderId": self.order_id,
            "clientOrderId": self.client_order_id,
            "executionType": self.execution,
            "status": self.status,
            "executedQty": text_of(self.executed_e8),
        }


@dataclass(eq=False, slots=True)
class Entry:
    """One call.

    Attributes:
        number: Which line of the log it is; they are never used twice.
        time_us: When it came, by the sandbox's clock.
        address: Where it came from.
        method: HTTP method; ``WS`` over the WebSocket API, `MARKET` where nobody called.
        path: Path.
        endpoint: The endpoint's name; empty where there is none.
        sent: Parameters; None where they could not be read.
        account: Who called; empty while nobody knows.
        verdict: HTTP status and code of what the exchange decided; None as long as it has not seen the call.
        told: HTTP status and code of what the caller was told; None where nothing was said.
        fault: The kind of fault it met; empty for none.
        reason: Why key or signature were refused.
        signed: What should have been signed.
        executed_us: When it was executed, which may be after it was answered; None if it was not.
        changes: What it did to orders.
    """

    number: int
    time_us: int
    address: str
    method: str
    path: str
    endpoint: str = ""
    sent: Mapping[str, str] | None = field(default=None, repr=False)  # the signature is in it
    account: str = ""
    verdict: tuple[int, int | None] | None = None
    told: tuple[int, int | None] | None = None
    fault: str = ""
    reason: str = ""
    signed: str | None = None
    executed_us: int | None = None
    changes: tuple[Change, ...] = ()

    def read(self, endpoint: str, sent: Mapping[str, str]) -> None:
        """Note what is called, with which parameters.

        Args:
            endpoint: The endpoint's name.
            sent: Parameters; of very long ones the beginnings are kept.
        """
        self.endpoint = endpoint
        if len(sent) > _MOST or sum(map(len, sent.values())) > _LONGEST or sum(map(len, sent)) > _LONGEST:
            sent = {name[:_CUT]: text[:_CUT] for name, text in islice(sent.items(), _CUT_COUNT)}
        self.sent = sent

    def tell(self, status: int, code: int | None = None) -> None:
        """Note what the caller was told.

        Args:
            status: HTTP status.
            code: The exchange's code; None if it worked.
        """
        self.told = status, code

    def as_json(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Return it as the control desk prints it: without keys and signatures."""
        status, code = self.told or (None, None)
        return {
            "id": self.number,
            "time": self.time_us // 1000,
            "address": self.address,
            "method": self.method,
            "path": self.path,
            "endpoint": self.endpoint or None,
            "parameters": self._parameters(),
            "account": self.account or None,
            "answered": self.told is not None,
            "status": status,
            "code": code,
            "executed": self.executed_us is not None,
            "executed_time": None if self.executed_us is None else self.executed_us // 1000,
            "verdict": None if self.verdict is None else {"status": self.verdict[0], "code": self.verdict[1]},
            "fault": self.fault or None,
            "reason": self.reason or None,
            "expected_signed": self.signed,
            "orders": [change.as_json() for change in self.changes],
        }

    def _parameters(self) -> dict[str, str] | None:
        if self.sent is None:
            return None
        return {name: text for name, text in self.sent.items() if name not in _SECRETS}


class Log:
    """The last calls, and as an engine's listener what each did to orders.

    Args:
        length: How many are kept.
    """

    def __init__(self, length: int = LOG_LENGTH) -> None:
        self._entries = deque[Entry](maxlen=length)
        self._numbers = count(1)
        self._changes: list[Change] = []

    def begin(self, address: str, method: str, path: str, time_us: int) -> Entry:
        """Begin a line.

        Args:
            address: Where a call comes from.
            method: HTTP method, or ``WS``.
            path: Path; a long one is cut.
            time_us: The present.

        Returns:
            The line, to be filled in.
        """
        entry = Entry(next(self._numbers), time_us, address, method[:_LONGEST], path[:_LONGEST])
        self._entries.append(entry)
        return entry

    def settled(self, now_us: int) -> None:
        """Note what the passing of time did to orders.

        Args:
            now_us: The present.
        """
        if self._changes:
            entry = self.begin("", MARKET, "", now_us)
            entry.executed_us, entry.changes = now_us, self.taken()

    def taken(self) -> tuple[Change, ...]:
        """Return what happened to orders since the last time, once."""
        if not self._changes:
            return ()
        changes, self._changes = tuple(self._changes), []
        return changes

    def entries(
        self, *, since: int = 0, endpoint: str | None = None, account: str | None = None, limit: int = LOG_LENGTH
    ) -> Iterator[dict[str, Any]]:  # Any: JSON leaves here
        """Print the log, oldest first.

        Args:
            since: Number of the last line that is known already.
            endpoint: Name of the only endpoint wanted.
            account: Name of the only account wanted.
            limit: How many at most, of the newest.

        Yields:
            The lines.
        """
        wanted = [
            entry
            for entry in self._entries
            if entry.number > since and endpoint in (None, entry.endpoint) and account in (None, entry.account)
        ]
        yield from (entry.as_json() for entry in wanted[max(0, len(wanted) - limit) :])

    def order_changed(
        self,
        order: Order,
        execution_type: ExecutionType,
        now_ms: int,
        *,
        fill: Fill | None = None,
        prevented: PreventedMatch | None = None,
        request_id: str = "",
    ) -> None:
        """Hear of an order; see `Listener`."""
        self._changes.append(
            Change(
                order.account.name,
                order.symbol,
                order.order_id,
                order.client_order_id,
                execution_type,
                order.status,
                order.executed_e8,
            )
        )

    def list_changed(self, order_list: OrderList, now_ms: int) -> None:
        """Hear of a list, whose orders speak for themselves; see `Listener`."""

    def balances_changed(self, account: Account, assets: Collection[str], now_ms: int) -> None:
        """Hear of balances, which follow from the orders; see `Listener`."""

    def deposited(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Hear of a deposit, which its own call stands for; see `Listener`."""

    def externally_locked(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Hear of an amount locked from outside, which its own call stands for; see `Listener`."""
