"""What has been told of an account so far, so that what comes a second time is known, and what is missing too."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

__all__ = ["Balance", "Key", "Known", "ListState", "OrderState", "fill_of", "is_final", "rank"]

Key: TypeAlias = tuple[str, int]
"""Symbol and order id."""

_Event: TypeAlias = Mapping[str, Any]  # Any: JSON enters here

_RANKS = {"PENDING_NEW": 0, "NEW": 1, "PARTIALLY_FILLED": 2, "PENDING_CANCEL": 2}
_FINAL = 3
_NONE = -1
# Enough for what two connections can tell twice, and for orders whose last words are still on their way.
_REMEMBERED = 50_000


def rank(status: str) -> int:
    """Return how far an order has come: no status is followed by one of a lower rank.

    Args:
        status: In the exchange's words; one that nobody knows yet counts as final.

    Returns:
        0 to 3.
    """
    return _RANKS.get(status, _FINAL)


def is_final(status: str) -> bool:
    """Return whether nothing more will happen to an order.

    Args:
        status: In the exchange's words.

    Returns:
        True for ``FILLED``, ``CANCELED``, ``EXPIRED`` and their like.
    """
    return rank(status) == _FINAL


@dataclass(frozen=True)
class OrderState:
    """An order, as it was last told.

    Attributes:
        status: In the exchange's words.
        filled: How much was executed.
        quote: What that was worth.
        quantity: How much was wanted.
        is_working: Whether it is on the book, or was.
        list_id: The order list it belongs to; -1 for none.
        as_of_ms: Until when a reply of REST has told everything about it; 0 where the stream told it.
    """

    status: str
    filled: Decimal = Decimal(0)
    quote: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    is_working: bool = True
    list_id: int = _NONE
    as_of_ms: int = 0


@dataclass(frozen=True)
class ListState:
    """An order list, as it was last told."""

    status_type: str
    order_status: str

    @property
    def is_done(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status_type == "ALL_DONE" or self.order_status in ("ALL_DONE", "REJECT")


@dataclass(frozen=True)
class Balance:
    """What is held of an asset."""

    free: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.free + self.locked


class _Seen:
    """Things met before; of very many, the oldest are forgotten."""

    def __init__(self) -> None:
        self._met: OrderedDict[Hashable, None] = OrderedDict()

    def __contains__(self, thing: Hashable) -> bool:
        return thing in self._met

    def add(self, thing: Hashable) -> bool:
        """Remember a thing, and tell whether it is new."""
        if thing in self._met:
            return False
        self._met[thing] = None
        if len(self._met) > _REMEMBERED:
            self._met.popitem(last=False)
        return True


def fill_of(event: _Event) -> tuple[str, int, int, bool] | None:
    """Return what tells a fill from every other: symbol, order, number, and whether it is an allocation.

    Args:
        event: An ``executionReport``.

    Returns:
        The fill; None where none was made.
    """
    if event.get("x") != "TRADE":
        return None
    number = event.get("t", _NONE)
    if number != _NONE:
        # Both sides of a trade may be the account's own: then the order tells them apart.
        return event["s"], event["i"], number, False
    allocation = event.get("a")
    return None if allocation is None else (event["s"], event["i"], allocation, True)


@dataclass
class Known:
    """What has been told of an account.

    Attributes:
        orders: Orders by symbol and id; of those that are done, the latest.
        lists: Order lists by id.
        balances: What is held of each asset.
        next_trade: From which trade id on a symbol may hold fills that were not told.
        next_order: From which order id on a symbol may hold orders that were not told.
        next_list: The same of order lists; None where nothing is known.
        symbols: Those that the account has to do with.
        first_trade: Up to which trade id a symbol's fills were made before the first event.
        balances_ms: Until when balances have been told.
    """

    orders: OrderedDict[Key, OrderState] = field(default_factory=OrderedDict)
    lists: dict[int, ListState] = field(default_factory=dict)
    balances: dict[str, Balance] = field(default_factory=dict)
    next_trade: dict[str, int] = field(default_factory=dict)
    next_order: dict[str, int] = field(default_factory=dict)
    next_list: int | None = None
    symbols: dict[str, None] = field(default_factory=dict)
    first_trade: dict[str, int] = field(default_factory=dict)
    balances_ms: int = 0
    _fills: _Seen = field(default_factory=_Seen, repr=False)
    _executions: _Seen = field(default_factory=_Seen, repr=False)
    _words: _Seen = field(default_factory=_Seen, repr=False)
    _rest_balances_ms: int = 0

    def open_orders(self) -> Iterator[Key]:
        """Return the orders that were open when last heard of."""
        return (key for key, state in self.orders.items() if not is_final(state.status))

    def open_lists(self) -> Iterator[int]:
        """Return the order lists that were not done when last heard of."""
        return (number for number, state in self.lists.items() if not state.is_done)

    def was_before(self, fill: tuple[str, int, int, bool]) -> None:
        """Take note of a fill that was made before the first event, with all before it.

        Args:
            fill: As of `fill_of`.
        """
        # Not among those told: of what came between subscription and baseline the stream tells itself.
        symbol, _, number, is_allocation = fill
        if not is_allocation:
            self.first_trade[symbol] = max(self.first_trade.get(symbol, _NONE), number)
            self.saw_trades(symbol, number)

    def has_told(self, fill: tuple[str, int, int, bool] | None) -> bool:
        """Return whether a fill was told.

        Args:
            fill: As of `fill_of`.

        Returns:
            True if it was.
        """
        if fill is None:
            return False
        symbol, _, number, is_allocation = fill
        return fill in self._fills or (not is_allocation and number <= self.first_trade.get(symbol, _NONE))

    def take(self, event: _Event, *, is_rest: bool = False, is_earlier: bool = False) -> bool:
        """Take note of an event that is about to be told.

        Args:
            event: As it came.
            is_rest: Whether it was made of replies.
            is_earlier: Whether it had come before REST was asked, so that of one millisecond REST has the last word.

        Returns:
            False when all that it says was told already: it is not to be told again.
        """
        match event.get("e"):
            case "executionReport":
                return self._take_execution(event, is_rest=is_rest, is_earlier=is_earlier)
            case "listStatus":
                return self._take_list(event, is_rest=is_rest)
            case "outboundAccountPosition":
                return self._take_position(event, is_rest=is_rest, is_earlier=is_earlier)
            case _:
                return True

    def put(self, key: Key, state: OrderState) -> None:
        """Set what is known of an order.

        Args:
            key: Which.
            state: As it was told.
        """
        self.orders[key] = state
        if is_final(state.status):
            self.orders.move_to_end(key)
        self.symbols.setdefault(key[0])
        self.next_order[key[0]] = max(self.next_order.get(key[0], 0), key[1] + 1)
        self._forget()

    def saw_trades(self, symbol: str, last: int) -> None:
        """Take note of how far a symbol's fills are told.

        Args:
            symbol: Which.
            last: The newest trade id. It is asked for again, for both its sides may be the account's own.
        """
        self.symbols.setdefault(symbol)
        self.next_trade[symbol] = max(self.next_trade.get(symbol, 0), last)

    def saw_lists(self, last: int) -> None:
        """Take note of how far order lists are told.

        Args:
            last: The newest id.
        """
        self.next_list = max(self.next_list or 0, last + 1)

    def _take_execution(self, event: _Event, *, is_rest: bool, is_earlier: bool) -> bool:
        key, fill, number = (event["s"], event["i"]), fill_of(event), event.get("I")
        if number is not None and not self._executions.add((event["s"], number)):
            return False
        if fill is not None:
            if not self._fills.add(fill):
                return False
        elif not is_rest and self._covers(self.orders.get(key), event, is_earlier=is_earlier):
            return False
        if fill is not None and not fill[-1]:
            self.saw_trades(event["s"], fill[2])
        self._advance(key, event, is_rest=is_rest)
        return True

    def _covers(self, state: OrderState | None, event: _Event, *, is_earlier: bool) -> bool:
        """Return whether a reply of REST has told what the stream now says of an order."""
        if state is None or not state.as_of_ms or event["T"] > state.as_of_ms:
            return False
        if is_earlier or event["T"] < state.as_of_ms:
            return True
        said = _state_in(event, 0)
        return (rank(said.status), said.filled) < (rank(state.status), state.filled) or (
            (said.status, said.filled, said.quantity) == (state.status, state.filled, state.quantity)
            and (said.is_working or not state.is_working)
        )

    def _advance(self, key: Key, event: _Event, *, is_rest: bool) -> None:
        said, state = _state_in(event, event["T"] if is_rest else 0), self.orders.get(key)
        if state is None or (rank(said.status), said.filled) >= (rank(state.status), state.filled):
            self.put(key, said)

    def _take_list(self, event: _Event, *, is_rest: bool) -> bool:
        number, said = event["g"], ListState(event["l"], event["L"])
        known = self.lists.get(number)
        if not is_rest and not self._words.add(("list", number, said, event["T"])):
            return False
        if known is not None and (known.is_done or known == said):
            return False
        self.lists[number] = said
        self.symbols.setdefault(event["s"])
        self.saw_lists(number)
        return True

    def _take_position(self, event: _Event, *, is_rest: bool, is_earlier: bool) -> bool:
        when, said = event["u"], {row["a"]: Balance(Decimal(row["f"]), Decimal(row["l"])) for row in event["B"]}
        if is_rest:
            self._rest_balances_ms = when
        else:
            is_of_that_moment = when == self._rest_balances_ms
            is_covered = is_of_that_moment and (is_earlier or said.items() <= self.balances.items())
            is_news = self._words.add(("position", when, tuple(said.items())))
            if not is_news or is_covered or when < self._rest_balances_ms:
                return False
        if when >= self.balances_ms:
            self.balances_ms = when
            self.balances |= said
        return True

    def _forget(self) -> None:
        if len(self.orders) <= _REMEMBERED:
            return
        done = (key for key, state in self.orders.items() if is_final(state.status))
        for key in list(_first(done, len(self.orders) - _REMEMBERED)):
            del self.orders[key]


def _first(keys: Iterable[Key], count: int) -> Iterator[Key]:
    return (key for key, _ in zip(keys, range(count), strict=False))


def _state_in(event: _Event, as_of_ms: int) -> OrderState:
    return OrderState(
        event["X"],
        Decimal(event["z"]),
        Decimal(event["Z"]),
        Decimal(event["q"]),
        bool(event.get("w")) or event.get("W") is not None,
        event.get("g", _NONE),
        as_of_ms,
    )
