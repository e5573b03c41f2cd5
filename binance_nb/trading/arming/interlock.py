"""The interlock: opens the live gate for a while, and for orders up to a worth; afterwards it is shut again.

Nothing of it is kept anywhere: a kernel that starts is never armed.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Context, Decimal

from binance_nb.catalog import Endpoint
from binance_nb.client.clock import waking_seconds
from binance_nb.client.gate import armed_line, guards, not_armed
from binance_nb.environment import Environment
from binance_nb.errors import (
    ApiError,
    BinanceError,
    ExecutionUnknownError,
    NotArmedError,
    PartialReplaceError,
    RequestError,
    TransportError,
)
from binance_nb.trading.arming.arming import DEFAULT_ASSET, Arming, Limits, span_words
from binance_nb.verifying import verified_manifest

__all__ = ["Clearance", "Interlock"]

# Nothing is rounded, however many digits it has.
_EXACT = Context(prec=100)
_Key = tuple[str, tuple[tuple[str, str], ...]]
_HOW_COUNTED = (
    "Worth is price times quantity; what may be filled at another price counts at the market's average and a margin."
)


@dataclass
class _Period:
    """One arming: its limits, its end, and what was ordered since."""

    limits: Limits
    ends_at: float
    spent: Decimal = Decimal(0)
    process: int = field(default_factory=os.getpid)


class Clearance:
    """Leave for one call, which it has while the block of `Interlock.clear` runs.

    Args:
        worth: What it counts for; None for what counts nothing.
        give_back: Takes the worth off the account.
    """

    def __init__(self, worth: Decimal | None = None, give_back: Callable[[Decimal], None] | None = None) -> None:
        self.worth = worth
        self._give_back = give_back

    def give_back(self) -> None:
        """Say that nothing was placed, so that its worth is free for other orders; once is enough."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None and self.worth is not None:
            give_back(self.worth)


class Interlock:
    """The gate of a session. Safe to use from several threads.

    On a live host, what changes state passes only while armed, one cleared call at a time. Elsewhere everything passes,
    unless it was armed to rehearse: then the limits hold until that is over.

    Args:
        environment: Where calls go.
        ticks: Seconds of a clock that never goes back and does not stop while the computer sleeps.
    """

    def __init__(self, environment: Environment, *, ticks: Callable[[], float] = waking_seconds) -> None:
        self._environment = environment
        self._ticks = ticks
        self._guard = threading.Lock()
        self._period: _Period | None = None
        self._cleared: Counter[tuple[int, _Key]] = Counter()

    @property
    def standing(self) -> Arming | None:
        """What is allowed now; None when nothing is, or when the time is over."""
        with self._guard:
            period = self._current()
            if period is None:
                return None
            left = period.ends_at - self._ticks()
            return Arming(period.limits, period.spent, max(0.0, left), not self._environment.is_live)

    @property
    def asset(self) -> str:
        """What worth is counted in."""
        with self._guard:
            period = self._current()
            return DEFAULT_ASSET if period is None else period.limits.asset

    def arm(self, limits: Limits) -> Arming:
        """Allow orders within limits from now on; what an earlier arming allowed is void.

        Args:
            limits: What is allowed.

        Returns:
            What is allowed now.

        Raises:
            NotArmedError: It is a live host, and a notebook is being verified: that must not cost anybody anything.
        """
        if self._environment.is_live and verified_manifest() is not None:
            raise NotArmedError(
                "This notebook is being verified, so no order leaves for a live host, and nothing is armed.",
                hint="Record it once, %binance record: while it is verified its orders are answered from the tape.",
                operation="arm",
            )
        with self._guard:
            self._period = _Period(limits, self._ticks() + limits.seconds)
            return Arming(limits, Decimal(0), limits.seconds, not self._environment.is_live)

    def disarm(self) -> bool:
        """Allow nothing any more.

        Returns:
            Whether anything was allowed until now.
        """
        with self._guard:
            was_armed = self._current() is not None
            self._period = None
            return was_armed

    def check_open(self, environment: Environment, endpoint: Endpoint) -> None:
        """Let calls be bound: whether they may go is decided when they are to be sent; see `Gate.check_open`."""

    def check(self, environment: Environment, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        """Refuse what was not cleared, or whose arming has ended since; see `Gate.check`."""
        with self._guard:
            period = self._current()
            if not (guards(environment, endpoint) or (period is not None and endpoint.changes_state)):
                return
            if period is not None and self._cleared[id(period), _key(endpoint, sent)]:
                return
        raise not_armed(environment, endpoint, sent)

    @contextmanager
    def clear(self, endpoint: Endpoint, sent: Mapping[str, str], worth: Callable[[], Decimal]) -> Iterator[Clearance]:
        """Let one call pass for the length of a block, and count what it is worth.

        When the block raises what tells that nothing was placed, the worth is free again.

        Args:
            endpoint: What is called.
            sent: Its wire texts, as they will be sent.
            worth: Finds out what it is worth, in `asset`; asked only where that matters.

        Yields:
            The leave.

        Raises:
            NotArmedError: It is not allowed; nothing was sent.
            BinanceError: What it is worth cannot be told.
        """
        with self._guard:
            period = self._current()
        if not endpoint.changes_state or (period is None and not self._environment.is_live):
            yield Clearance()
            return
        if period is None:
            raise self._unarmed(endpoint, sent, worth)
        self._check_symbol(period.limits, endpoint, sent)
        clearance = self._reserved(period, endpoint, sent, worth() if endpoint.unfilled_orders else None)
        key = id(period), _key(endpoint, sent)
        with self._guard:
            self._cleared[key] += 1
        try:
            yield clearance
        except BaseException as error:
            if _placed_nothing(error):
                clearance.give_back()
            raise
        finally:
            with self._guard:
                self._cleared -= Counter([key])

    def _current(self) -> _Period | None:
        """Return the arming that holds; whoever calls it holds the guard."""
        period = self._period
        # A fork would count its own orders only, and so double the total.
        if period is not None and (self._ticks() >= period.ends_at or period.process != os.getpid()):
            self._period = None
        return self._period

    def _reserved(
        self, period: _Period, endpoint: Endpoint, sent: Mapping[str, str], worth: Decimal | None
    ) -> Clearance:
        with self._guard:
            if self._current() is not period:
                raise not_armed(self._environment, endpoint, sent)
            if worth is None:
                return Clearance()
            limits = period.limits
            if worth > limits.max_notional:
                bound = f"more than the {_digits(limits.max_notional)} of one order"
                raise _over(limits, endpoint, worth, bound)
            left = _EXACT.subtract(limits.total, period.spent)
            if worth > left:
                bound = f"more than what is left: {_digits(left)} of {_digits(limits.total)}"
                raise _over(limits, endpoint, worth, bound)
            period.spent = _EXACT.add(period.spent, worth)

        def give_back(amount: Decimal) -> None:
            with self._guard:
                period.spent = _EXACT.subtract(period.spent, amount)

        return Clearance(worth, give_back)

    def _check_symbol(self, limits: Limits, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        symbol = sent.get("symbol", "")
        if limits.symbols and symbol not in limits.symbols:
            raise NotArmedError(
                f"This session is armed for {', '.join(limits.symbols)} and not for {symbol}: nothing was sent.",
                hint="Arm for all of them together; the former arming is void then.",
                suggestion=_line(limits, limits.max_notional, (*limits.symbols, symbol)),
                culprit=symbol,
                operation=endpoint.name,
            )

    def _unarmed(self, endpoint: Endpoint, sent: Mapping[str, str], worth: Callable[[], Decimal]) -> NotArmedError:
        if not endpoint.unfilled_orders:
            return not_armed(self._environment, endpoint, sent)
        try:
            amount = worth()
        except BinanceError as error:  # the refusal is the news; what it is worth would only have been good to know
            return not_armed(self._environment, endpoint, sent, worth=f"not known: {error.message}")
        line = armed_line(format(_rounded_up(amount), "f"), sent)
        return not_armed(self._environment, endpoint, sent, worth=f"{_digits(amount)} {DEFAULT_ASSET}", arm_with=line)


def _over(limits: Limits, endpoint: Endpoint, worth: Decimal, bound: str) -> NotArmedError:
    most, total = _digits(limits.max_notional), _digits(limits.total)
    return NotArmedError(
        f"{endpoint.name} is worth {_digits(worth)} {limits.asset}, {bound}: nothing was sent.",
        hint=f"Send less, or arm anew. {_HOW_COUNTED}",
        suggestion=_line(limits, max(limits.max_notional, _rounded_up(worth)), limits.symbols),
        operation=endpoint.name,
        details={"allowed": f"{most} {limits.asset} an order, {total} in all"},
    )


def _key(endpoint: Endpoint, sent: Mapping[str, str]) -> _Key:
    return endpoint.name, tuple(sorted(sent.items()))


def _digits(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded_up(amount: Decimal) -> Decimal:
    """Return an amount that covers another and is short to write: two digits."""
    step = Decimal(1).scaleb(amount.adjusted() - 1)
    return (amount / step).to_integral_value(ROUND_CEILING) * step


def _line(limits: Limits, most: Decimal, symbols: tuple[str, ...]) -> str:
    only = f" --symbols {','.join(symbols)}" if symbols else ""
    asset = f" --asset {limits.asset}" if limits.asset != DEFAULT_ASSET else ""
    return f"%binance arm --max-notional {_digits(most)} --for {_for_words(limits.seconds)}{only}{asset}"


def _for_words(seconds: float) -> str:
    return span_words(seconds) if seconds % 60 == 0 else f"{seconds:g}s"


def _placed_nothing(error: BaseException) -> bool:
    """Whether an error tells for certain that no order came of the call; where it does not, the worth stays counted."""
    if isinstance(error, PartialReplaceError):
        data = error.details.get("data")
        return isinstance(data, dict) and data.get("newOrderResult") in ("FAILURE", "NOT_ATTEMPTED")
    if isinstance(error, ExecutionUnknownError):
        return getattr(error, "verdict", None) == "NOT PLACED"
    return isinstance(error, RequestError | ApiError | TransportError)
