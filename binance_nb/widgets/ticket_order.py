"""What stands in an order form, as the everyday words that it means: texts in, texts out, nothing rounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean
from binance_nb.trading.everyday.wishes import AMOUNT_WORDS, ORDER_WORDS, word_text

__all__ = ["KINDS", "OrderForm", "OrderKind", "fields_of", "kinds_allowed", "python_line", "stepped"]


@dataclass(frozen=True)
class OrderKind:
    """A kind of order as a person names it.

    Attributes:
        label: How the form calls it.
        needs: The fields without which it is none.
        may: The fields that it may have.
        types: What the exchange may call it; where the stop lies decides between two.
        flag: The symbol's switch that must be on.
        is_post_only: Whether it is refused rather than filled at once.
    """

    label: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    types: tuple[str, ...]
    flag: str = ""
    is_post_only: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """All its fields."""
        return (*self.needs, *self.may)


# Orders that come in lists have more prices than a form of one order has room for.
_NOT_HERE = ("take_profit", "stop_loss", "stop_limit")
_STOPS, _STOP_LIMITS = ("STOP_LOSS", "TAKE_PROFIT"), ("STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
KINDS: Mapping[str, OrderKind] = {
    "market": OrderKind("Market", (), (), ("MARKET",)),
    "limit": OrderKind("Limit", ("price",), ("time_in_force", "iceberg"), ("LIMIT",)),
    "post_only": OrderKind("Limit, post-only", ("price",), ("iceberg",), ("LIMIT_MAKER",), is_post_only=True),
    "stop": OrderKind("Stop, then market", ("stop",), (), _STOPS),
    "stop_limit": OrderKind("Stop, then limit", ("stop", "price"), ("time_in_force",), _STOP_LIMITS),
    "trail": OrderKind("Trailing stop", ("trail",), ("stop",), _STOPS, flag="allowTrailingStop"),
}
"""The kinds of order that a form offers, by a name of our own."""


def kinds_allowed(order_types: Iterable[str], flags: Mapping[str, bool]) -> list[str]:
    """Return the kinds that a symbol takes.

    Args:
        order_types: The types that it lists; none where they are not known, which forbids nothing.
        flags: Its switches.

    Returns:
        Names of `KINDS`.
    """
    listed = set(order_types)
    return [
        name for name, kind in KINDS.items() if (not listed or listed >= set(kind.types)) and flags.get(kind.flag, True)
    ]


@dataclass(frozen=True)
class OrderForm:
    """What stands in the form.

    Attributes:
        symbol: The symbol.
        side: BUY or SELL.
        kind: A name of `KINDS`.
        amount: How much, as it was typed.
        unit: What that counts: ``base``, ``quote``, or ``share`` for a percentage of the free balance.
        texts: The other fields, as they were typed.
    """

    symbol: str
    side: str
    kind: str = "market"
    amount: str = ""
    unit: str = "base"
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """The everyday word."""
        return self.side.lower()

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be filled in before it is an order."""
        needs = [name for name in KINDS[self.kind].needs if not self._text(name)]
        return (*(["symbol"] if not self.symbol else []), *(["amount"] if not self.amount.strip() else []), *needs)

    @property
    def words(self) -> dict[str, Any]:  # Any: words of any call
        """The words of `Session.buy` and `Session.sell`, without the symbol."""
        words: dict[str, Any] = dict([self._amount()])
        words |= {name: text for name in KINDS[self.kind].fields if (text := self._text(name))}
        return words | ({"post_only": True} if KINDS[self.kind].is_post_only else {})

    def _amount(self) -> tuple[str, str]:
        text = self.amount.strip()
        if self.unit == "quote":
            return ("spend" if self.side == "BUY" else "receive"), text
        is_share = self.unit == "share" and not text.endswith("%")
        return "quantity", f"{text}%" if is_share else text

    def _text(self, name: str) -> str:
        text = self.texts.get(name, "").strip()
        # What people mean by a distance of 1 is one percent; without the sign it would be refused.
        return f"{text}%" if name == "trail" and text and not text.endswith("%") else text


def fields_of(side: object, words: Mapping[str, object]) -> dict[str, str]:
    """Return what to write into a form for the words of an order.

    Args:
        side: BUY or SELL.
        words: Words of ``buy`` and ``sell``; None for what was not given.

    Returns:
        Texts by the name of the field.

    Raises:
        UsageError: There is no such side or word, or it is not of the kind that the word takes.
    """
    wanted = str(side).upper()
    if wanted not in AMOUNT_WORDS:
        raise UsageError(
            f"An order is a BUY or a SELL, not {side!r}.",
            hint="Give one of the two.",
            suggestion="BUY",
            culprit=str(side),
            operation="ticket",
        )
    known = (*ORDER_WORDS, *AMOUNT_WORDS[wanted])
    given = {word: value for word, value in words.items() if value is not None and value is not False}
    unknown = next((word for word in given if word not in known or word in _NOT_HERE), None)
    if unknown is not None:
        raise UsageError(
            f"An order form has no field {unknown}.",
            hint=did_you_mean(unknown, known)
            or f"It has {', '.join(word for word in known if word not in _NOT_HERE)}.",
            culprit=unknown,
            operation="ticket",
        )
    texts = {word: word_text(wanted.lower(), word, value) for word, value in given.items()}
    return {"side": wanted, "kind": _kind_of(texts), **_amount_of(texts), **_texts_of(texts)}


def _kind_of(texts: Mapping[str, str]) -> str:
    if "post_only" in texts:
        return "post_only"
    if "trail" in texts:
        return "trail"
    if "stop" in texts:
        return "stop_limit" if "price" in texts else "stop"
    return "limit" if "price" in texts else "market"


def _amount_of(texts: Mapping[str, str]) -> dict[str, str]:
    for word in ("spend", "receive"):
        if word in texts:
            return {"unit": "quote", "amount": texts[word]}
    text = texts.get("quantity", "")
    return {"unit": "share" if text.endswith("%") else "base", "amount": text.removesuffix("%").strip()}


def _texts_of(texts: Mapping[str, str]) -> dict[str, str]:
    named = ("price", "stop", "trail", "iceberg")
    stays = texts.get("time_in_force", "")
    found = {name: texts[name] for name in named if name in texts}
    return found | ({"time_in_force": stays} if stays not in ("", "GTC") else {})


def python_line(form: OrderForm) -> str:
    """Return a form as the Python call that it means.

    Args:
        form: The form.

    Returns:
        Such as ``session.buy("BTCUSDT", "0.01", price="60000")``.
    """
    words = form.words
    placed = [form.symbol, *([words.pop("quantity")] if "quantity" in words else [])]
    named = [f"{name}={value if value is True else json.dumps(value)}" for name, value in words.items()]
    return f"session.{form.verb}({', '.join([*map(json.dumps, placed), *named])})"


def stepped(text: str, tick: str, steps: int, start: str = "") -> str:
    """Return a price some ticks on; one between two ticks goes to the next.

    Args:
        text: The price as it stands there.
        tick: The tick; a text that is no number above 0 makes no steps.
        steps: How many, below 0 for downwards.
        start: The price to begin with where none stands there.

    Returns:
        The price with the tick's decimals; as it was where no step can be made, and never below one tick.
    """
    try:
        size, price = Decimal(tick), Decimal(text.strip() or start)
    except InvalidOperation:
        return text
    if not (size.is_finite() and size > 0 and price.is_finite()):
        return text
    if not text.strip():
        return format(price, "f")
    whole, rest = divmod(price, size)
    # Downwards from between two ticks the first step is the one to the tick below.
    count = whole + steps + (1 if rest and steps < 0 else 0)
    return format(max(count, Decimal(1)) * size.normalize(), "f")
