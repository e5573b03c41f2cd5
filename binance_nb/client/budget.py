"""The request weight an address may use, one account of it per host and process."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping

from binance_nb.catalog.limits import DEFAULT_LIMITS, RateLimit

__all__ = ["WeightBudget", "budget_for", "forget_budget"]

_MINUTE_MS = 60_000
_USED = re.compile(r"x-mbx-used-weight-(\d+[smhd])", re.IGNORECASE)
_COUNTED = re.compile(r"x-mbx-order-count-(\d+[smhd])", re.IGNORECASE)


class WeightBudget:
    """What has been used of the weight of the server's current minute, and until when nothing may be sent.

    A call is charged before it is sent and settled by the header of its reply. Replies may come out of order, so within
    a server minute the highest figure holds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._minute = -1
        self._used = 0
        self._under_way = 0
        self.limits: tuple[RateLimit, ...] = DEFAULT_LIMITS
        self.order_counts: dict[str, int] = {}
        self.banned_until_ms = 0
        self.paused_until_ms = 0

    @property
    def limit(self) -> int:
        """Weight allowed per minute."""
        minute = (
            limit.limit for limit in self.limits if limit.kind == "REQUEST_WEIGHT" and limit.window_ms == _MINUTE_MS
        )
        return next(minute, 6000)

    @property
    def order_limits(self) -> dict[str, int]:
        """Orders allowed in each window, by the name that headers give it."""
        return {limit.header_suffix: limit.limit for limit in self.limits if limit.kind == "ORDERS"}

    def used(self, now_ms: int) -> int:
        """Return the weight used in the current server minute, calls under way included.

        Args:
            now_ms: Server time.

        Returns:
            Request weight.
        """
        with self._guard:
            self._turn(now_ms)
            return self._used + self._under_way

    def charge(self, weight: int, now_ms: int, *, binds: bool = True) -> int:
        """Charge a call, if there is room for it.

        Args:
            weight: What the call costs.
            now_ms: Server time.
            binds: False where the server's clock stands and so its windows never end.

        Returns:
            0 when the call may go, else the server time in ms at which to try again.
        """
        with self._guard:
            self._turn(now_ms)
            wait_until = max(self.banned_until_ms, self.paused_until_ms)
            if binds and wait_until > now_ms:
                return wait_until
            if binds and self._used + self._under_way + weight > self.limit:
                return (self._minute + 1) * _MINUTE_MS
            self._under_way += weight
            return 0

    def settle(self, weight: int, now_ms: int, headers: Mapping[str, str], *, sent_ms: int | None = None) -> None:
        """Replace the charge of one call by what the server says has been used.

        Args:
            weight: What was charged.
            now_ms: Server time when the reply came.
            headers: The reply's headers; empty when none came.
            sent_ms: Server time when the request left, if it may have been another minute than now.
        """
        with self._guard:
            self._turn(now_ms)
            self._under_way = max(0, self._under_way - weight)
            reported = _figures(_USED, headers)
            # What was sent in one minute and answered in the next may report the full account of the old one.
            is_this_minutes = sent_ms is None or sent_ms // _MINUTE_MS >= self._minute
            if "1M" in reported and is_this_minutes:
                self._used = max(self._used, reported["1M"])
            else:
                # Nobody knows whether it was counted, or in which minute: hold it against us.
                self._used += weight
            self.order_counts |= _figures(_COUNTED, headers)

    def refund(self, weight: int) -> None:
        """Take back the charge of a call that was never sent.

        Args:
            weight: What was charged.
        """
        with self._guard:
            self._under_way = max(0, self._under_way - weight)

    def pause(self, until_ms: int) -> None:
        """Send nothing before a time; an earlier word that says later holds.

        Args:
            until_ms: Server time.
        """
        with self._guard:
            self.paused_until_ms = max(self.paused_until_ms, until_ms)

    def ban(self, until_ms: int) -> None:
        """Send nothing while this address is banned; see `pause`.

        Args:
            until_ms: Server time at which the ban ends.
        """
        with self._guard:
            self.banned_until_ms = max(self.banned_until_ms, until_ms)

    def learn(self, limits: Iterable[RateLimit]) -> None:
        """Take over the limits that exchange_info states.

        Args:
            limits: The exchange's limits.
        """
        stated = tuple(limits)
        if stated:
            self.limits = stated

    def _turn(self, now_ms: int) -> None:
        minute = now_ms // _MINUTE_MS
        # Forwards only: a clock that was just corrected does not give used weight back.
        if minute > self._minute:
            self._minute, self._used = minute, 0


def _figures(pattern: re.Pattern[str], headers: Mapping[str, str]) -> dict[str, int]:
    found = ((pattern.fullmatch(name), text) for name, text in headers.items())
    return {match[1].upper(): int(text) for match, text in found if match and text.isdecimal()}


_BUDGETS: dict[str, WeightBudget] = {}
_BUDGETS_GUARD = threading.Lock()


def budget_for(host: str) -> WeightBudget:
    """Return the budget that all clients of this process share for a host.

    Args:
        host: Host and port.

    Returns:
        The budget; limits count per address, so two clients must not think they have one each.
    """
    with _BUDGETS_GUARD:
        return _BUDGETS.setdefault(host, WeightBudget())


def forget_budget(host: str) -> None:
    """Begin a new account for a host: a sandbox that starts may get the port that another one had.

    Args:
        host: Host and port.
    """
    with _BUDGETS_GUARD:
        _BUDGETS.pop(host, None)
