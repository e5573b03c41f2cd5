"""What to ask when a call got no verdict, and what the answers say about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.client.order_ids import is_drawn

__all__ = ["DONE", "Finding", "Inquiry", "inquiry_of"]

DONE = "DONE"
"""The verdict of a call that worked and placed no single order."""

_Json: TypeAlias = Any  # what the exchange answers; None where it says that there is nothing of that name
_Reader: TypeAlias = Callable[[Sequence[_Json]], "Finding"]

_OPEN = ("NEW", "PARTIALLY_FILLED", "PENDING_NEW", "PENDING_CANCEL")
_CANCELED = "CANCELED"
_LIST_OPEN = "EXECUTING"
# An order's terms, which tell it from an older one of the same name.
_TEXTS = ("side", "type", "timeInForce")
_AMOUNTS = {"quantity": "origQty", "price": "price", "stopPrice": "stopPrice", "quoteOrderQty": "origQuoteOrderQty"}
# How far ahead of the exchange's clock a time stamp may be.
_AHEAD_MS = 1_000


@dataclass(frozen=True)
class Finding:
    """What answers say.

    Attributes:
        state: What became of the call; None as long as nothing shows that it was executed.
        shown: Which of the answers tells it; None for none.
        words: What stands instead, in a few words.
        is_open: Whether even in the end nobody could tell from such answers.
        facts: What else there is to know, for the card.
    """

    state: str | None
    shown: int | None = None
    words: str = ""
    is_open: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inquiry:
    """Questions, and how their answers are read.

    Attributes:
        asks: What to call, with which wire texts.
        read: Makes a finding of the answers, in the order of the questions.
    """

    asks: Sequence[tuple[Endpoint, Mapping[str, str]]]
    read: _Reader


def inquiry_of(endpoint: Endpoint, sent: Mapping[str, str], stamped_ms: int) -> Inquiry | None:
    """Return how to learn what became of a call.

    Args:
        endpoint: What was called.
        sent: Its wire texts.
        stamped_ms: Its time stamp; what is older is not its doing.

    Returns:
        The questions; None where nothing can tell.
    """
    if endpoint.outcomes:
        return _of_both_halves(sent, stamped_ms)
    if endpoint.unfilled_orders:
        carrier = next((name for name in ("listClientOrderId", "newClientOrderId") if name in sent), None)
        if carrier is None:
            return None
        return _of_placed_list(sent, stamped_ms) if carrier == "listClientOrderId" else _of_placement(sent, stamped_ms)
    if "newQty" in endpoint.by_name:
        return _of_amendment(sent)
    if "listClientOrderId" in endpoint.by_name:
        return _of_cancelled_list(sent)
    if "orderId" in endpoint.by_name:
        return _of_cancel(sent)
    return _of_cancelling_all(sent, stamped_ms)


def _order(symbol: str, *, order_id: str | None = None, name: str | None = None) -> tuple[Endpoint, dict[str, str]]:
    named = {"orderId": order_id} if order_id is not None else {"origClientOrderId": name}
    return ENDPOINTS["get_order"], {"symbol": symbol, **{key: text for key, text in named.items() if text is not None}}


def _of_placement(sent: Mapping[str, str], stamped_ms: int) -> Inquiry:
    name = sent["newClientOrderId"]

    def read(answers: Sequence[_Json]) -> Finding:
        return _placed(answers[0], sent, name, stamped_ms)

    return Inquiry([_order(sent["symbol"], name=name)], read)


def _placed(order: _Json, sent: Mapping[str, str], name: str, stamped_ms: int) -> Finding:
    if order is None:
        return Finding(None, words="the exchange has no order of that id")
    # A name of the person's own may be given again once its order is done; the exchange shows the newest of that name.
    is_older = _time(order, "time") < stamped_ms - _AHEAD_MS
    if not is_drawn(name) and not _has_terms(order, sent):
        # A newer one may be this one, amended since.
        words = "the exchange has another order of that id, with other terms"
        return Finding(None, is_open=not is_older, words=words)
    if not is_drawn(name) and is_older:
        return Finding(None, is_open=True, words="the exchange has an older order of that id and these terms")
    return Finding(_state(order), shown=0)


def _of_placed_list(sent: Mapping[str, str], stamped_ms: int) -> Inquiry:
    name = sent["listClientOrderId"]

    def read(answers: Sequence[_Json]) -> Finding:
        [found] = answers
        if found is None:
            return Finding(None, words="the exchange has no order list of that id")
        if not is_drawn(name) and _time(found, "transactionTime") < stamped_ms - _AHEAD_MS:
            # The clock may have been off, so that it might be this one after all.
            return Finding(None, is_open=True, words="the exchange has only an older order list of that id")
        return Finding(DONE, shown=0)

    return Inquiry([(ENDPOINTS["get_order_list"], {"origClientOrderId": name})], read)


def _of_cancel(sent: Mapping[str, str]) -> Inquiry:
    ask = _order(sent["symbol"], order_id=sent.get("orderId"), name=sent.get("origClientOrderId"))

    def read(answers: Sequence[_Json]) -> Finding:
        [order] = answers
        if order is None:
            return Finding(None, words="the exchange has no order of that id")
        state = _state(order)
        if state in _OPEN:
            return Finding(None, words=f"the order is {state}")
        return Finding(DONE if state == _CANCELED else state, shown=0, words=f"the order is {state}")

    return Inquiry([ask], read)


def _of_cancelling_all(sent: Mapping[str, str], stamped_ms: int) -> Inquiry:
    def read(answers: Sequence[_Json]) -> Finding:
        [orders] = answers
        if not orders:
            return Finding(DONE, shown=0)
        older = [order for order in orders if _time(order, "time") <= stamped_ms]
        if older:
            return Finding(None, words=f"{len(older)} orders from before are open")
        # Placed while the cancel was under way: it may have come before them, or not at all.
        return Finding(None, is_open=True, words=f"{len(orders)} orders are open, all of them newer than the call")

    return Inquiry([(ENDPOINTS["open_orders"], {"symbol": sent["symbol"]})], read)


def _of_cancelled_list(sent: Mapping[str, str]) -> Inquiry:
    own = {"origClientOrderId": sent["listClientOrderId"]} if "listClientOrderId" in sent else {}
    named = {"orderListId": sent["orderListId"]} if "orderListId" in sent else own

    def read(answers: Sequence[_Json]) -> Finding:
        [found] = answers
        if found is None:
            return Finding(None, words="the exchange has no order list of that id")
        state = str(found.get("listOrderStatus"))
        return Finding(None, words=f"the list is {state}") if state == _LIST_OPEN else Finding(DONE, shown=0)

    return Inquiry([(ENDPOINTS["get_order_list"], named)], read)


def _of_amendment(sent: Mapping[str, str]) -> Inquiry:
    symbol = sent["symbol"]
    if "orderId" in sent:
        asks = [_order(symbol, order_id=sent["orderId"])]
    else:
        # It renames the order, so that either name may be the one that is found.
        names = [sent[name] for name in ("newClientOrderId", "origClientOrderId") if name in sent]
        asks = [_order(symbol, name=name) for name in names]

    def read(answers: Sequence[_Json]) -> Finding:
        for number, order in enumerate(answers):
            if order is not None and _is_same(order.get("origQty"), sent["newQty"]):
                return Finding(DONE, shown=number)
        order = next((each for each in answers if each is not None), None)
        if order is None:
            return Finding(None, words="the exchange has no order of that id")
        return Finding(None, words=f"the order is {_state(order)} with a quantity of {order.get('origQty')}")

    return Inquiry(asks, read)


def _of_both_halves(sent: Mapping[str, str], stamped_ms: int) -> Inquiry:
    symbol, name = sent["symbol"], sent["newClientOrderId"]
    old = _order(symbol, order_id=sent.get("cancelOrderId"), name=sent.get("cancelOrigClientOrderId"))

    def read(answers: Sequence[_Json]) -> Finding:
        new, former = answers
        finding = _placed(new, sent, name, stamped_ms)
        stands = "not there" if former is None else _state(former)
        facts = {"old_order": stands, "new_order": finding.state or "not placed"}
        words = f"{finding.words}; the old order is {stands}" if finding.words else ""
        return Finding(finding.state, finding.shown, words, finding.is_open, facts)

    return Inquiry([_order(symbol, name=name), old], read)


def _state(order: Mapping[str, _Json]) -> str:
    return str(order.get("status"))


def _time(row: Mapping[str, _Json], name: str) -> int:
    told = row.get(name)
    # In microseconds it has sixteen digits. What tells no time is not taken for old.
    return 2**63 if not isinstance(told, int) else told if told < 10**15 else told // 1000


def _has_terms(order: Mapping[str, _Json], sent: Mapping[str, str]) -> bool:
    if any(name in sent and name in order and order[name] != sent[name] for name in _TEXTS):
        return False
    return all(_is_same(order.get(theirs), sent[ours]) for ours, theirs in _AMOUNTS.items() if ours in sent)


def _is_same(told: object, sent: str) -> bool:
    try:
        return Decimal(str(told)) == Decimal(sent)
    except InvalidOperation:
        return False
