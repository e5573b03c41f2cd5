"""Everyday words on an exchange: what they need is asked for, the call is made, a receipt goes with its frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.errors import ExecutionUnknownError, OrderRejected, PreflightError, UsageError
from binance_nb.trading.everyday.fitting import read_wish
from binance_nb.trading.everyday.receipt import receipt_facts
from binance_nb.trading.everyday.replacing import replacement
from binance_nb.trading.everyday.shares import plain
from binance_nb.trading.everyday.wishes import Wish
from binance_nb.trading.everyday.words import Built, MarketFacts, build, needed_facts

if TYPE_CHECKING:
    from binance_nb.client import Client

__all__ = ["Answer", "Errand", "Exchange", "carry_out", "to_cancel", "to_order", "to_replace"]

_NAMED_AT_MOST = 8
_CANCEL_ALL, _UNKNOWN_ORDER = "cancel_open_orders", -2011
# Ids that this package draws: they are no words of a line.
_DRAWN = ("newClientOrderId", "listClientOrderId")
# Which word a parameter of an order came from.
_WORDS = {
    "quantity": "quantity",
    "workingQuantity": "quantity",
    "pendingQuantity": "quantity",
    "quoteOrderQty": "amount",
    "price": "price",
    "workingPrice": "price",
    "stopPrice": "stop",
    "abovePrice": "take_profit",
    "pendingAbovePrice": "take_profit",
    "belowStopPrice": "stop_loss",
    "pendingBelowStopPrice": "stop_loss",
    "belowPrice": "stop_limit",
    "pendingBelowPrice": "stop_limit",
    "icebergQty": "iceberg",
    "workingIcebergQty": "iceberg",
}


class Answer(Protocol):
    """What a call came to."""

    @property
    def value(self) -> Any:  # Any: a frame, or a report
        """What `Calls.call` returns."""
        ...

    @property
    def body(self) -> bytes | None:
        """The reply as it came."""
        ...

    @property
    def note(self) -> str:
        """What else is to be said of it."""
        ...


class Exchange(Protocol):
    """A place where calls are made."""

    client: Client

    def call(self, name: str, /, **words: Any) -> Any:  # Any: see Calls.call
        """Make a call; see `Calls.call`."""
        ...

    def recalled(self, told: str) -> Answer | None:
        """Return what an earlier run of the cell has ordered; see `Calls.recalled`."""
        ...

    def taken_back(self, told: str) -> Answer | None:
        """Return what a ``cancel`` in the same words has taken back and is gone; see `Ordering.taken_back`."""
        ...

    def answer(self, name: str, /, *, told: str | None = None, **words: Any) -> Answer:  # Any: see Calls.call
        """Make a call; see `Calls.answer`."""
        ...


@dataclass(frozen=True)
class Errand:
    """What a person wants done.

    Attributes:
        verb: The everyday word.
        told: All of it in normal form: the same words tell that a cell was run again.
        build: Works out the call that it is; asks the exchange for what that takes.
        wish: The order that is wanted, of ``buy`` and ``sell``.
    """

    verb: str
    told: str
    build: Callable[[], Built]
    wish: Wish | None = None


def to_order(
    exchange: Exchange, side: str, symbol: object, given: Mapping[str, object], asides: Sequence[str] = ()
) -> Errand:
    """Understand ``buy`` and ``sell``.

    Args:
        exchange: Where; asked for the last price, the balance and the steps when they decide, and not before.
        side: BUY or SELL.
        symbol: The symbol.
        given: The words of the order; None for what was not given.
        asides: Options of the line that say nothing of the order.

    Returns:
        The errand.

    Raises:
        UsageError: The words do not fit together.
    """
    wish = read_wish(side, symbol, given, asides)
    told = Wish(wish.side, wish.symbol, wish.said).line()
    return Errand(wish.verb, told, lambda: build(wish, _facts(exchange, wish)), wish)


def to_cancel(
    exchange: Exchange, symbol: object, order: object, *, is_all: bool, order_list: object, told: str
) -> Errand:
    """Understand ``cancel``.

    Args:
        exchange: Where; asked for what is open when that has to be chosen from.
        symbol: The symbol.
        order: The exchange's order id or a client order id; None where none was given.
        is_all: Whether all of the symbol's orders are meant.
        order_list: The id of an order list, of either kind.
        told: The words in normal form.

    Returns:
        The errand.

    Raises:
        UsageError: It is not said which order.
    """
    if symbol is None:
        raise _which_symbol(exchange, is_all=is_all)
    if order is None and str(symbol).isdecimal():
        raise _symbol_of(exchange, int(str(symbol)))
    named: dict[str, str | int] = {"symbol": str(symbol)}
    if sum((order is not None, is_all, order_list is not None)) > 1:
        raise UsageError(
            "One of an order, --list and --all says what to cancel.", hint="Leave out the others.", operation="cancel"
        )
    if is_all:
        return Errand("cancel", told, lambda: Built(_CANCEL_ALL, named))
    if order_list is not None:
        by = _by_id(order_list, "order_list_id", "list_client_order_id")
        return Errand("cancel", told, lambda: Built("cancel_order_list", {**named, **by}))
    if order is None:
        raise _which_order(exchange, str(symbol))
    return Errand("cancel", told, lambda: Built("cancel_order", {**named, **_by_id(order)}))


def to_replace(exchange: Exchange, symbol: object, order: object, wanted: Mapping[str, object], told: str) -> Errand:
    """Understand ``replace``.

    Args:
        exchange: Where; asked for the order as it is.
        symbol: The symbol.
        order: The exchange's order id or the client order id.
        wanted: What changes: price, quantity, stop.
        told: The words in normal form.

    Returns:
        The errand.

    Raises:
        UsageError: It is not said which order.
    """
    if symbol is None or order is None:
        raise UsageError(
            "replace needs a symbol and an order.",
            hint="Such as: %binance replace BTCUSDT 12 --price 60000. %binance orders lists what is open.",
            operation="replace",
            culprit="replace",
        )

    def built() -> Built:
        return replacement(exchange.call("get_order", symbol=symbol, **_by_id(order), raw=True), wanted)

    return Errand("replace", told, built)


def carry_out(exchange: Exchange, errand: Errand, options: Mapping[str, Any]) -> Any:
    """Do what a person wants done, unless this cell has done it before.

    Args:
        exchange: Where.
        errand: The errand.
        options: Options of the call: ``check``, ``again``.

    Returns:
        The frame, whose attributes hold the facts of its receipt; with ``check`` the report.

    Raises:
        BinanceError: As of the call that it is.
    """
    # Before anything is asked: what share of a balance was meant cannot be worked out once it is spent.
    if errand.verb != "cancel" and not options and (earlier := exchange.recalled(errand.told)) is not None:
        return _with_receipt(exchange, errand, earlier, _built_before(earlier))
    built = errand.build()
    # The new order is what a person wants to go on with; that the old one is gone, its being there says.
    part = {"part": "placed"} if built.operation == "cancel_replace" and not options.get("check") else {}
    try:
        answer = exchange.answer(built.operation, told=errand.told, **built.parameters, **options, **part)
    except PreflightError as error:
        error.suggestion = _mended(errand, error.report) or error.suggestion
        raise
    except OrderRejected as error:
        # An order that is gone because this very line took it back is what the line wants.
        is_gone = errand.verb == "cancel" and error.code == _UNKNOWN_ORDER
        if is_gone and (before := exchange.taken_back(errand.told)) is not None:
            return _with_receipt(exchange, errand, before, built)
        _say_nothing_is_open(error, built)
        raise
    except ExecutionUnknownError as error:
        # In other words it would be another order to a cell that runs again, and that cell would order a second time.
        if errand.wish is not None and not error.may_stand:
            error.suggestion = errand.wish.line()
        raise
    if options.get("check"):
        line = _mended(errand, answer.value)
        return replace(answer.value, suggestion=line) if line else answer.value
    return _with_receipt(exchange, errand, answer, built)


def _with_receipt(exchange: Exchange, errand: Errand, answer: Answer, built: Built) -> Any:
    if answer.body is None:
        return answer.value
    from binance_nb import frames

    symbol = str(built.parameters["symbol"])
    quote = exchange.client.symbols.ranks.quotes.get(symbol)
    facts = receipt_facts(errand.verb, built, json.loads(answer.body), quote, answer.note)
    return frames.describe(answer.value, receipt=facts)


def _built_before(earlier: Answer) -> Built:
    """Return the call of an earlier run; why it was that, nobody knows any more."""
    facts = earlier.value.attrs["binance"]
    sent = {name: text for name, text in facts["parameters"].items() if name not in _DRAWN}
    return Built(str(facts["operation"]), sent)


def _say_nothing_is_open(error: OrderRejected, built: Built) -> None:
    """Say of all orders of a symbol what the exchange says as if one had been named."""
    if built.operation == _CANCEL_ALL and error.code == _UNKNOWN_ORDER:
        symbol = built.parameters["symbol"]
        error.message, error.hint = f"No order of {symbol} is open.", "There is nothing to cancel."
        error.args = (error.message,)
        error.suggestion = f"%binance orders {symbol} --all"


def _mended(errand: Errand, report: object) -> str | None:
    """Return the line with the values that pass, in the words that were used; None where they do not fit in."""
    mend = getattr(report, "mend", None)
    if not mend or errand.wish is None:
        return None
    words = {_WORDS.get(name, ""): str(value) for name, value in mend.items()}
    if "amount" in words:
        words["spend" if errand.wish.side == "BUY" else "receive"] = words.pop("amount")
    fits = all(word in errand.wish.said for word in words) and errand.wish.percent is None
    return errand.wish.line(more=words) if fits else None


# ---- what has to be asked


def _facts(exchange: Exchange, wish: Wish) -> MarketFacts:
    needed = needed_facts(wish)
    last = None
    if "last" in needed:
        last = Decimal(exchange.call("ticker_price", symbol=wish.symbol, raw=True)["price"])
    if "share" not in needed:
        return MarketFacts(last)
    entry = exchange.call("exchange_info", symbol=wish.symbol, raw=True)["symbols"][0]
    asset = entry["quoteAsset"] if wish.side == "BUY" else entry["baseAsset"]
    held = exchange.call("account", raw=True)["balances"]
    free = next((Decimal(each["free"]) for each in held if each["asset"] == asset), Decimal(0))
    quote_step = Decimal(1).scaleb(-int(entry.get("quoteAssetPrecision", 8)))
    return MarketFacts(last, free, asset, _step(entry, is_market="price" not in wish.said), quote_step)


def _step(entry: Mapping[str, Any], *, is_market: bool) -> Decimal:
    """Return the step of a quantity: the larger one where two filters have one, which the smaller one divides."""
    names = ("LOT_SIZE", "MARKET_LOT_SIZE") if is_market else ("LOT_SIZE",)
    steps = [Decimal(rule["stepSize"]) for rule in entry["filters"] if rule["filterType"] in names]
    return max(steps, default=Decimal(0)) or Decimal(1).scaleb(-int(entry.get("baseAssetPrecision", 8)))


def _by_id(said: object, number: str = "order_id", own: str = "orig_client_order_id") -> dict[str, str | int]:
    text = str(said)
    # Ids drawn by this package begin with a letter; for one of digits only there is cancel_order.
    return {number: int(text)} if text.isascii() and text.isdecimal() else {own: text}


# ---- which one


def _which_symbol(exchange: Exchange, *, is_all: bool) -> UsageError:
    open_now = exchange.call("open_orders", raw=True)
    symbols = list(dict.fromkeys(order["symbol"] for order in open_now))
    asked = "cancel --all needs a symbol." if is_all else "cancel needs a symbol."
    if not symbols:
        return UsageError(asked, hint="No order is open.", operation="cancel", culprit="cancel")
    of_each = (f"{name} ({sum(order['symbol'] == name for order in open_now)})" for name in symbols)
    return UsageError(
        asked,
        hint=f"Orders are open of {', '.join(of_each)}.",
        suggestion=f"%binance cancel {symbols[0]}{' --all' if is_all else ''}" if len(symbols) == 1 else None,
        operation="cancel",
        culprit="cancel",
    )


def _symbol_of(exchange: Exchange, number: int) -> UsageError:
    """Refuse a number alone: each symbol has order ids of its own."""
    open_now = exchange.call("open_orders", raw=True)
    symbols = [order["symbol"] for order in open_now if order["orderId"] == number]
    return UsageError(
        "cancel needs the symbol before the order.",
        hint=f"Open with this id: {', '.join(symbols)}." if symbols else f"No open order has the id {number}.",
        suggestion=f"%binance cancel {symbols[0]} {number}" if len(symbols) == 1 else None,
        operation="cancel",
        culprit=str(number),
    )


def _which_order(exchange: Exchange, symbol: str) -> UsageError:
    open_now = exchange.call("open_orders", symbol=symbol, raw=True)
    if not open_now:
        return UsageError(f"No order of {symbol} is open.", hint="There is nothing to cancel.", operation="cancel")
    told = [_told(order) for order in open_now[:_NAMED_AT_MOST]]
    if len(open_now) > len(told):
        told.append(f"and {len(open_now) - len(told)} more")
    return UsageError(
        f"cancel does not say which order of {symbol}.",
        hint=f"Open: {'; '.join(told)}. Give the number of one, or --all.",
        suggestion=f"%binance cancel {symbol} {open_now[0]['orderId']}" if len(open_now) == 1 else None,
        operation="cancel",
        culprit=symbol,
    )


def _told(order: Mapping[str, Any]) -> str:
    texts = [str(order["orderId"]), order["side"], plain(Decimal(order["origQty"])), order["type"]]
    for name, field in (("at", "price"), ("stop", "stopPrice")):
        if Decimal(order.get(field) or 0):
            texts += [name, plain(Decimal(order[field]))]
    return " ".join(texts)
