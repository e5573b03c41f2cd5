"""The reads that a preflight can make: which numbers each would tell, and what its answer says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from binance_nb.rules import OpenCounts, OrderFacts
from binance_nb.rules.held import Held
from binance_nb.rules.legs import PEGGED

__all__ = ["READS", "Read", "reads_for", "told"]

_Words = Mapping[str, str]
_LEVELS = "100"
_NEVER_HAD_ONE = -2043
_EXCHANGE_WIDE = "EXCHANGE_"


@dataclass(frozen=True)
class Read:
    """One read.

    Attributes:
        endpoint: Its catalog name.
        words: Its parameters, given the order's wire texts and what is known.
        codes_that_tell: Errors that are an answer.
    """

    endpoint: str
    words: Callable[[_Words, OrderFacts], dict[str, str]]
    codes_that_tell: tuple[int, ...] = ()


def _symbol(sent: _Words, _: OrderFacts) -> dict[str, str]:
    return {"symbol": sent["symbol"]}


def _nothing(_: _Words, __: OrderFacts) -> dict[str, str]:
    return {}


def _levels(sent: _Words, _: OrderFacts) -> dict[str, str]:
    return {"symbol": sent["symbol"], "limit": _LEVELS}


def _order(sent: _Words, facts: OrderFacts) -> dict[str, str]:
    order = facts.order_named(sent, id_name="orderId", client_id_name="origClientOrderId")
    return {"symbol": sent["symbol"], "orderId": str(order["orderId"]) if order else sent.get("orderId", "")}


READS: Mapping[str, Read] = {
    "account": Read("account", lambda _, __: {"omitZeroBalances": "true"}),
    "all_open_orders": Read("open_orders", _nothing),
    "avg_price": Read("avg_price", _symbol),
    "depth": Read("depth", _levels),
    "exchange_info": Read("exchange_info", _symbol),
    "execution_rules": Read("execution_rules", _symbol),
    "my_filters": Read("my_filters", _symbol),
    "open_order_list": Read("open_order_list", _nothing),
    "open_orders": Read("open_orders", _symbol),
    "order_amendments": Read("order_amendments", _order),
    "reference_price": Read("reference_price", _symbol, (_NEVER_HAD_ONE,)),
    "ticker_price": Read("ticker_price", _symbol),
}
"""Every read by its name here: one endpoint can be asked in two ways."""

_COUNTS = ("openOrders", "openAlgoOrders", "openIcebergOrders")


def reads_for(held: Iterable[Held], facts: OrderFacts) -> set[str]:
    """Return the reads that would tell what rules lack.

    Args:
        held: The rules, held against an order.
        facts: What is known.

    Returns:
        Names in `READS`; those that have been made may be among them.
    """
    return {read for each in held if each.check is None for read in _reads_of(each, facts)}


def _reads_of(held: Held, facts: OrderFacts) -> Iterable[str]:
    rule = f"{held.rule.sent} {held.rule.bound}"
    lacking = {name for name in rule.replace("*", " ").replace("+", " ").split() if name not in held.facts}
    if lacking & {*_COUNTS, "openBuyQty", "most"}:
        yield "all_open_orders" if held.name.startswith(_EXCHANGE_WIDE) else "open_orders"
    if held.words.get("price") == PEGGED and "price" in lacking:
        yield "depth"
        return
    if "cost" in lacking:
        yield from ("depth", "execution_rules", "open_orders")
        if facts.execution_rules:
            yield "reference_price"
    if "free" in lacking or "locked" in lacking:
        yield "account"
    if "openOrderLists" in lacking:
        yield "open_order_list"
    if "amendsSoFar" in lacking:
        yield "order_amendments" if facts.open_here is not None else "open_orders"
    if "ref" in lacking:
        yield from ("reference_price", "avg_price" if int(held.facts.get("avgPriceMins", 0)) else "ticker_price")
    elif held.name in ("MAX_POSITION", "MAX_ASSET") and lacking & {"price", "quantity"}:
        yield from ("reference_price", "ticker_price")
    elif held.name == "BALANCE" and "price" in lacking:
        yield "ticker_price"


def told(sent: _Words, answers: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON, and facts of several types
    """Return what answers say.

    Args:
        sent: The order's wire texts.
        answers: Decoded answers by the names in `READS`.

    Returns:
        ``facts`` for `OrderFacts`, ``open_here`` and ``counts_by_symbol`` for the memory, and under ``unread`` why an
        answer says nothing.
    """
    facts: dict[str, Any] = {}
    unread: dict[str, str] = {}
    found: dict[str, Any] = {"facts": facts, "unread": unread}
    for name, said in answers.items():
        take = _TAKES.get(name)
        if take is None:
            continue
        try:
            facts |= take(sent, said)
        except (KeyError, TypeError, ValueError, ArithmeticError, IndexError, AttributeError):
            unread[READS[name].endpoint] = "its answer cannot be read"
    averages = {**facts.pop("last", {}), **facts.pop("average", {})}
    if averages:
        facts["averages"] = averages
    if "counts_by_symbol" in facts:
        found["counts_by_symbol"] = facts.pop("counts_by_symbol")
    if "open_here" in facts:
        found["open_here"] = facts["open_here"]
    return found


def _take_all_open(sent: _Words, rows: Any) -> dict[str, Any]:  # Any: JSON
    symbol = sent.get("symbol")
    symbols = dict.fromkeys(row["symbol"] for row in rows)
    counts = {each: OpenCounts.of([row for row in rows if row["symbol"] == each]) for each in symbols}
    return {"counts_by_symbol": counts, "open_here": [row for row in rows if row["symbol"] == symbol]}


def _take_open(_: _Words, rows: Any) -> dict[str, Any]:  # Any: JSON
    OpenCounts.of(rows)  # whether they can be counted
    return {"open_here": rows}


def _take_account(_: _Words, said: Any) -> dict[str, Any]:  # Any: JSON
    for row in said["balances"]:
        Decimal(row["free"]) + Decimal(row["locked"])
    return {"account": said}


def _take_reference(_: _Words, said: Any) -> dict[str, Any]:  # Any: JSON
    price = said.get("referencePrice")
    return {"reference": None if price is None else Decimal(price)}


def _take_book(_: _Words, said: Any) -> dict[str, Any]:  # Any: JSON
    sides = {side: [(Decimal(price), Decimal(size)) for price, size in said[side]] for side in ("bids", "asks")}
    return {"book": sides}


def _take_execution_rules(_: _Words, said: Any) -> dict[str, Any]:  # Any: JSON
    return {"execution_rules": [rule for row in said["symbolRules"] for rule in row["rules"]]}


_TAKES: Mapping[str, Callable[[_Words, Any], dict[str, Any]]] = {
    "account": _take_account,
    "all_open_orders": _take_all_open,
    "avg_price": lambda _, said: {"average": {int(said["mins"]): Decimal(said["price"])}},
    "depth": _take_book,
    "execution_rules": lambda _, said: {
        "execution_rules": [rule for row in said["symbolRules"] for rule in row["rules"]]
    },
    "open_order_list": lambda _, said: {"open_lists": [row["symbol"] for row in said]},
    "open_orders": _take_open,
    "order_amendments": lambda _, said: {"amendments": len(said)},
    "reference_price": _take_reference,
    "ticker_price": lambda _, said: {"last": {0: Decimal(said["price"])}},
}
