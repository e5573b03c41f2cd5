"""How much may be asked: request weight and raw requests per address, unfilled orders per account.

Windows lie on the sandbox's clock. On a clock that stands still they would never end, so there everything is counted
and nothing is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from binance_nb.catalog.limits import DEFAULT_LIMITS, RateLimit
from binance_nb.sandbox.refusals import Refusal

__all__ = ["CALLS_BEFORE_BAN", "AddressLimits", "OrderLimits", "banned", "rate_limit_entry", "too_much_weight"]


_REQUEST_WEIGHT, _RAW_REQUESTS = (
    next(limit for limit in DEFAULT_LIMITS if limit.kind == kind) for kind in ("REQUEST_WEIGHT", "RAW_REQUESTS")
)
_ORDERS = tuple(limit for limit in DEFAULT_LIMITS if limit.kind == "ORDERS")

CALLS_BEFORE_BAN = 10
"""How many calls in one window may ignore a 429; the next one brings the ban."""

_FIRST_BAN_MS = 120_000
_LONGEST_BAN_MS = 259_200_000
# What the first fill of an order gives back: as a taker, and as a maker.
_TAKER_RETURNS, _MAKER_RETURNS = 1, 5


class _Window:
    """A count that starts again at every boundary of its limit's interval."""

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self._number = -1
        self._used = 0

    def used(self, now_ms: int) -> int:
        number = now_ms // self.limit.window_ms
        # A fill that is noticed late counts in the present window.
        if number > self._number:
            self._number, self._used = number, 0
        return self._used

    def add(self, amount: int, now_ms: int) -> int:
        self._used = max(0, self.used(now_ms) + amount)
        return self._used


class AddressLimits:
    """What one address has used, and whether it is banned.

    Args:
        binds: False on a clock that stands still.
    """

    def __init__(self, binds: bool) -> None:
        self._binds = binds
        self._weight = _Window(_REQUEST_WEIGHT)
        self._requests = _Window(_RAW_REQUESTS)
        self._ignored = _Window(_REQUEST_WEIGHT)
        self._banned_until_ms = 0
        self._next_ban_ms = _FIRST_BAN_MS

    def charge(self, weight: int, now_ms: int) -> None:
        """Count a call before it is looked at.

        Args:
            weight: Its request weight.
            now_ms: The present.

        Raises:
            Refusal: -1003, with 429 over a limit and with 418 during a ban; Retry-After counts sandbox seconds.
        """
        if now_ms < self._banned_until_ms:
            raise banned(self._banned_until_ms, now_ms)
        requests = self._requests.add(1, now_ms)
        used = self._weight.add(weight, now_ms)
        if not self._binds or (used <= _REQUEST_WEIGHT.limit and requests <= _RAW_REQUESTS.limit):
            return
        if self._ignored.add(1, now_ms) > CALLS_BEFORE_BAN:
            self._banned_until_ms = now_ms + self._next_ban_ms
            self._next_ban_ms = min(2 * self._next_ban_ms, _LONGEST_BAN_MS)
            raise banned(self._banned_until_ms, now_ms)
        if used > _REQUEST_WEIGHT.limit:
            raise too_much_weight(_REQUEST_WEIGHT.resets_at(now_ms), now_ms)
        raise _too_many(-1003, _RAW_REQUESTS.resets_at(now_ms), now_ms, "requests queued")

    def refund(self, weight: int, now_ms: int) -> None:
        """Give the weight of a call back that costs nothing when it works.

        Args:
            weight: What it was charged.
            now_ms: The present.
        """
        self._weight.add(-weight, now_ms)

    def headers(self, now_ms: int) -> Iterator[tuple[str, str]]:
        """Yield the headers that tell the weight used.

        Args:
            now_ms: The present.

        Yields:
            Names and values.
        """
        used = str(self._weight.used(now_ms))
        yield "X-MBX-USED-WEIGHT", used
        yield f"X-MBX-USED-WEIGHT-{_REQUEST_WEIGHT.header_suffix}", used

    def entries(self, now_ms: int) -> list[dict[str, Any]]:  # Any: JSON leaves here
        """Return the weight limit with its count, as answers of the WebSocket API carry it.

        Args:
            now_ms: The present.

        Returns:
            One object.
        """
        return [{**rate_limit_entry(_REQUEST_WEIGHT), "count": self._weight.used(now_ms)}]


class OrderLimits:
    """How many orders of the account wait to be filled, counted in the windows they were placed in.

    Args:
        binds: False on a clock that stands still.
    """

    def __init__(self, binds: bool) -> None:
        self._binds = binds
        self._windows = tuple(map(_Window, _ORDERS))

    def check(self, added: int, now_ms: int) -> None:
        """Check that there is room.

        Args:
            added: How many orders a call places.
            now_ms: The present.

        Raises:
            Refusal: -1015.
        """
        for window in self._windows if self._binds else ():
            if window.used(now_ms) + added > window.limit.limit:
                said = ("current limit is", window.limit.limit, _length(window.limit))
                raise _too_many(-1015, window.limit.resets_at(now_ms), now_ms, *said)

    def placed(self, added: int, now_ms: int) -> None:
        """Count orders that were accepted; see `check`."""
        for window in self._windows:
            window.add(added, now_ms)

    def filled(self, *, is_maker: bool, now_ms: int) -> None:
        """Give back for an order's first fill.

        Args:
            is_maker: Whether the order waited in the book.
            now_ms: The present.
        """
        for window in self._windows:
            window.add(-_MAKER_RETURNS if is_maker else -_TAKER_RETURNS, now_ms)

    def headers(self, now_ms: int) -> Iterator[tuple[str, str]]:
        """Yield the headers that tell the order counts; see `AddressLimits.headers`."""
        for window in self._windows:
            yield f"X-MBX-ORDER-COUNT-{window.limit.header_suffix}", str(window.used(now_ms))

    def entries(self, now_ms: int) -> list[dict[str, Any]]:  # Any: JSON leaves here
        """Return the limits with their counts.

        Args:
            now_ms: The present.

        Returns:
            The reply of rate_limit_order.
        """
        return [{**rate_limit_entry(window.limit), "count": window.used(now_ms)} for window in self._windows]


def too_much_weight(until_ms: int, now_ms: int) -> Refusal:
    """Refuse a call because the weight is used up.

    Args:
        until_ms: When there is room again.
        now_ms: The present.

    Returns:
        The refusal: -1003 with 429.
    """
    said = ("current limit is", _REQUEST_WEIGHT.limit, _length(_REQUEST_WEIGHT))
    return _too_many(-1003, until_ms, now_ms, *said)


def banned(until_ms: int, now_ms: int) -> Refusal:
    """Refuse a call because its address is banned; see `too_much_weight`. The refusal is -1003 with 418."""
    return _too_many(-1003, until_ms, now_ms, "IP banned until", until_ms, status=418)


def _too_many(code: int, until_ms: int, now_ms: int, which: str, *values: object, status: int = 429) -> Refusal:
    headers = {"Retry-After": str(math.ceil((until_ms - now_ms) / 1000))}
    return Refusal(code, which, *values, status=status, headers=headers, retry_at_ms=until_ms)


def _length(limit: RateLimit) -> str:
    """How a message names a window: ``1 MINUTE``."""
    return f"{limit.interval_num} {limit.interval}"


def rate_limit_entry(limit: RateLimit) -> dict[str, Any]:  # Any: JSON leaves here
    """Print a limit as exchange_info lists it.

    Args:
        limit: The limit.

    Returns:
        One object of ``rateLimits``.
    """
    return {
        "rateLimitType": limit.kind,
        "interval": limit.interval,
        "intervalNum": limit.interval_num,
        "limit": limit.limit,
    }
