"""What REST knows of an account that the stream may have missed, asked on a worker's thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from binance_nb.errors import ApiError, UsageError
from binance_nb.streams.user.known import Balance, Key, Known

__all__ = ["Ask", "Facts", "Question", "question_about", "read_baseline", "read_facts"]

_Row: TypeAlias = dict[str, Any]  # Any: JSON enters here
Ask: TypeAlias = Callable[..., Any]  # Any: JSON enters here
"""Makes a call by its name and parameters, and returns the decoded answer."""

_PAGE = 1000
_NO_SUCH_SYMBOL = -1121
_NO_SUCH_ORDER = (-2013, -2026)


@dataclass(frozen=True)
class Question:
    """What is to be found out; a copy, for what is known goes on changing.

    Attributes:
        symbols: Whose orders and fills to ask for.
        next_trade: From which trade id on, by symbol.
        next_order: From which order id on, by symbol.
        next_list: From which order list on.
        open_orders: Which orders were open, and for how much.
        open_lists: Which order lists were not done.
        balances: What was held.
        since_ms: Where no id is known: from when on.
    """

    symbols: tuple[str, ...]
    next_trade: Mapping[str, int]
    next_order: Mapping[str, int]
    next_list: int | None
    open_orders: Mapping[Key, Decimal]
    open_lists: frozenset[int]
    balances: Mapping[str, Balance]
    since_ms: int


@dataclass
class Facts:
    """What REST told.

    Attributes:
        orders: Rows of orders by key, each as it was told last.
        open_orders: Those of them that are open.
        trades: Rows of ``my_trades`` and ``my_allocations``, oldest first in each symbol.
        amendments: Rows of ``order_amendments`` by order, oldest first.
        lists: Rows of order lists by id.
        account: The reply of ``account``.
        symbols: Those of the hints that the exchange knows.
    """

    orders: dict[Key, _Row] = field(default_factory=dict)
    open_orders: frozenset[Key] = frozenset()
    trades: list[_Row] = field(default_factory=list)
    amendments: dict[Key, list[_Row]] = field(default_factory=dict)
    lists: dict[int, _Row] = field(default_factory=dict)
    account: _Row = field(default_factory=dict)
    symbols: list[str] = field(default_factory=list)

    def add(self, rows: Iterable[_Row]) -> None:
        """Take note of orders.

        Args:
            rows: As REST tells them.
        """
        self.orders |= {(row["symbol"], row["orderId"]): row for row in rows}

    def without_order(self, question: Question) -> list[Key]:
        """Return the orders that have new fills here and are not told themselves.

        Args:
            question: What was known.
        """
        news = (_key(each) for each in self.trades if not _is_old(question, each))
        return list(dict.fromkeys(key for key in news if key not in self.orders))


def question_about(known: Known, hints: Collection[str], since_ms: int) -> Question:
    """Return what is to be found out.

    Args:
        known: What was told.
        hints: Symbols that the account may have to do with besides.
        since_ms: When the events began.

    Returns:
        The question.
    """
    return Question(
        tuple(dict.fromkeys([*known.symbols, *hints])),
        dict(known.next_trade),
        dict(known.next_order),
        known.next_list,
        {key: known.orders[key].quantity for key in known.open_orders()},
        frozenset(known.open_lists()),
        dict(known.balances),
        since_ms,
    )


def read_baseline(ask: Ask, hints: Collection[str]) -> Facts:
    """Find out how an account stands, so that it is known later what was missed.

    Args:
        ask: Makes a call.
        hints: Symbols that it may have to do with.

    Returns:
        Its open orders and lists, its balances, and the newest order and fill of each symbol.
    """
    facts = Facts()
    facts.add(ask("open_orders"))
    facts.open_orders = frozenset(facts.orders)
    facts.lists = {row["orderListId"]: row for row in [*ask("all_order_list", limit=1), *ask("open_order_list")]}
    for symbol in dict.fromkeys([*(symbol for symbol, _ in facts.open_orders), *hints]):
        try:
            facts.trades += ask("my_trades", symbol=symbol, limit=1)
        except (UsageError, ApiError) as error:
            if isinstance(error, ApiError) and error.code != _NO_SUCH_SYMBOL:
                raise
            continue  # an old journal may name what is no longer listed
        newest: list[_Row] = ask("all_orders", symbol=symbol, limit=1)
        facts.orders = {_key(row): row for row in newest} | facts.orders
        facts.symbols.append(symbol)
    facts.account = ask("account", omit_zero_balances=True)
    return facts


def read_facts(ask: Ask, question: Question) -> Facts:
    """Find out what was missed.

    Orders are asked for before their fills, so that no order is told as filled whose fills are not there yet; balances
    come last, for they hold everything that was before.

    Args:
        ask: Makes a call.
        question: What is known.

    Returns:
        What REST knows besides.
    """
    facts = Facts()
    symbols = dict.fromkeys(question.symbols)
    open_now: list[_Row] = ask("open_orders")
    symbols |= dict.fromkeys(row["symbol"] for row in open_now)
    _read_symbols(ask, question, facts, symbols)
    facts.add(open_now)
    facts.open_orders = frozenset(_key(row) for row in open_now)
    _read_lists(ask, question, facts)
    for key in sorted(question.open_orders.keys() - facts.orders.keys()):
        facts.add(_looked_up(ask, key))
    _read_fills(ask, question, facts, symbols)
    facts.account = ask("account", omit_zero_balances=True)
    strangers = _strangers(ask, question, facts, symbols)
    if strangers:
        _read_symbols(ask, question, facts, strangers)
        _read_fills(ask, question, facts, strangers)
    for key in facts.without_order(question):
        facts.add(_looked_up(ask, key))
    for key, row in facts.orders.items():
        if _may_be_amended(row, question.open_orders.get(key), question.since_ms):
            facts.amendments[key] = ask("order_amendments", symbol=key[0], order_id=key[1], limit=_PAGE)
    return facts


def _read_symbols(ask: Ask, question: Question, facts: Facts, symbols: Iterable[str]) -> None:
    for symbol in symbols:
        begin = _from(question.next_order, symbol, "order_id", question.since_ms)
        facts.add(_pages(ask, "all_orders", "order_id", "orderId", {"symbol": symbol, **begin}))


def _read_fills(ask: Ask, question: Question, facts: Facts, symbols: Iterable[str]) -> None:
    for symbol in symbols:
        begin = _from(question.next_trade, symbol, "from_id", question.since_ms)
        facts.trades += _pages(ask, "my_trades", "from_id", "id", {"symbol": symbol, **begin})
    for symbol, number in [key for key, row in facts.orders.items() if row.get("usedSor") and key[0] in symbols]:
        facts.trades += ask("my_allocations", symbol=symbol, order_id=number, limit=_PAGE)


def _read_lists(ask: Ask, question: Question, facts: Facts) -> None:
    begin = {"start_time": question.since_ms} if question.next_list is None else {"from_id": question.next_list}
    rows = list(_pages(ask, "all_order_list", "from_id", "orderListId", begin))
    rows += ask("open_order_list") if question.open_lists else []
    facts.lists = {row["orderListId"]: row for row in rows}
    for number in sorted(question.open_lists - facts.lists.keys()):
        row = ask("get_order_list", order_list_id=number)
        facts.lists[number] = row


def _pages(ask: Ask, name: str, by: str, number: str, words: dict[str, Any]) -> Iterator[_Row]:  # Any: parameters
    while True:
        rows: list[_Row] = ask(name, **words, limit=_PAGE)
        yield from rows
        if len(rows) < _PAGE:
            return
        # Only symbol and id from here on: an id and a time exclude each other.
        words = {key: word for key, word in words.items() if key == "symbol"} | {by: rows[-1][number] + 1}


def _from(known: Mapping[str, int], symbol: str, by: str, since_ms: int) -> dict[str, int]:
    return {by: known[symbol]} if symbol in known else {"start_time": since_ms}


def _may_be_amended(row: _Row, quantity: Decimal | None, since_ms: int) -> bool:
    """Return whether an order was, or of one that nobody knew: whether anything happened to it after it was placed."""
    if row["type"] == "MARKET":
        return False  # its quantity is what came of it
    if quantity is not None:
        return Decimal(row["origQty"]) < quantity
    return bool(since_ms <= row["time"] < row["updateTime"])


def _looked_up(ask: Ask, key: Key) -> list[_Row]:
    try:
        return [ask("get_order", symbol=key[0], order_id=key[1])]
    except ApiError as error:
        if error.code in _NO_SUCH_ORDER:  # archived: long done, without a fill
            return []
        raise


def _strangers(ask: Ask, question: Question, facts: Facts, symbols: Collection[str]) -> list[str]:
    """Return symbols nobody thought of, that were traded all the same: balances have changed that no fill explains."""
    pairs = None
    expected = {asset: held.total for asset, held in question.balances.items()}
    told = {row["asset"]: Decimal(row["free"]) + Decimal(row["locked"]) for row in facts.account["balances"]}
    if {asset for asset in {*expected, *told} if expected.get(asset, 0) != told.get(asset, 0)}:
        pairs = {row["symbol"]: (row["baseAsset"], row["quoteAsset"]) for row in ask("exchange_info")["symbols"]}
        _book(expected, (each for each in facts.trades if not _is_old(question, each)), pairs)
    changed = {asset for asset in {*expected, *told} if expected.get(asset, Decimal(0)) != told.get(asset, Decimal(0))}
    return [name for name, pair in (pairs or {}).items() if set(pair) <= changed and name not in symbols]


def _is_old(question: Question, trade: _Row) -> bool:
    return "id" in trade and trade["id"] <= question.next_trade.get(trade["symbol"], -1)


def _book(expected: dict[str, Decimal], trades: Iterable[_Row], pairs: Mapping[str, tuple[str, str]]) -> None:
    for each in trades:
        base, quote = pairs.get(each["symbol"], ("", ""))
        sign = 1 if each["isBuyer"] else -1
        for asset, amount in (
            (base, sign * Decimal(each["qty"])),
            (quote, -sign * Decimal(each["quoteQty"])),
            (each["commissionAsset"], -Decimal(each["commission"])),
        ):
            expected[asset] = expected.get(asset, Decimal(0)) + amount


def _key(row: Mapping[str, Any]) -> Key:  # Any: JSON
    return row["symbol"], row["orderId"]
