"""What a person asks for with ``buy`` and ``sell``, word by word."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from binance_nb.catalog.orders import TIMES_IN_FORCE
from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, nearest, plain_decimal, quote
from binance_nb.trading.everyday.slips import number_hint

__all__ = ["AMOUNT_WORDS", "FLAGS", "ORDER_WORDS", "Wish", "dashed", "number_text", "refusal", "word_text"]

ORDER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "quantity": "how much, in the base asset, or a share of the free balance: 50%",
        "price": "limit price: LIMIT, which stays until it is filled",
        "stop": "price that sets it off: STOP_LOSS or TAKE_PROFIT, by where it lies from the last price",
        "trail": "distance at which the stop follows the price, as 1%",
        "take_profit": "price at which to sell with a profit: above the market, or above the --price of a buy",
        "stop_loss": "price at which to sell before it gets worse: below the market, or below the --price of a buy",
        "stop_limit": "limit price of --stop-loss; without it the loss is stopped at the market",
        "time_in_force": "how long a limit order stays: GTC (until filled), IOC or FOK",
        "post_only": "LIMIT_MAKER: refused rather than filled at once",
        "iceberg": "how much of the quantity the book shows",
    }
)
"""The words of an order, and what each of them does."""

AMOUNT_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "BUY": {"spend": "how much of the quote asset to spend, at the market"},
        "SELL": {"receive": "how much of the quote asset to earn, at the market"},
    }
)
"""What names the amount in the quote asset, by the side."""

_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,12})?)\s?%")
_WHOLE = Decimal(100)
FLAGS = ("post_only",)
"""Words that need no value."""


@dataclass(frozen=True)
class Wish:
    """An order in everyday words that fit together.

    Attributes:
        side: BUY or SELL.
        symbol: The symbol.
        said: What was given, by word: numbers with the digits they came with; ``true`` for a flag.
        asides: Options of the line that say nothing of the order, such as ``--check``.
    """

    side: str
    symbol: str
    said: Mapping[str, str]
    asides: tuple[str, ...] = ()

    @property
    def verb(self) -> str:
        """The side as the verb that it is."""
        return self.side.lower()

    @property
    def percent(self) -> Decimal | None:
        """The share of the balance, when the quantity is one."""
        return _percent(self.said.get("quantity", ""))

    @property
    def trail(self) -> int | None:
        """The distance of a trailing stop, in basis points."""
        share = _percent(self.said.get("trail", ""))
        return None if share is None else int(share * 100)

    @property
    def is_closing_pair(self) -> bool:
        """Whether it sells what is held, at one of two prices."""
        return self.side == "SELL" and {"take_profit", "stop_loss"} <= set(self.said)

    @property
    def is_followed(self) -> bool:
        """Whether it buys, and something sells what was bought."""
        return self.side == "BUY" and bool({"take_profit", "stop_loss"} & set(self.said))

    def number(self, word: str) -> Decimal | None:
        """Return a number that was given.

        Args:
            word: The word.

        Returns:
            The number; None where there is none.
        """
        return Decimal(self.said[word]) if word in self.said else None

    def line(self, without: Collection[str] = (), more: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the order as a line.

        Args:
            without: Words to leave out.
            more: Words to put in.

        Returns:
            Such as ``%binance buy BTCUSDT 0.01 --price 60000``.
        """
        said = {word: text for word, text in {**self.said, **more}.items() if word not in without or word in more}
        placed = [self.symbol, *([quote(said.pop("quantity"))] if "quantity" in said else [])]
        named = (dashed(word) if word in FLAGS else f"{dashed(word)} {quote(text)}" for word, text in said.items())
        return " ".join(["%binance", self.verb, *placed, *named, *self.asides])


def refusal(
    wish: Wish,
    message: str,
    *,
    hint: str,
    culprit: str,
    without: Collection[str] = (),
    more: Mapping[str, str] | None = None,
) -> UsageError:
    """Return the error for words that do not fit.

    A line is suggested only where it means the same order: nobody else decides what is bought or sold.

    Args:
        wish: The words.
        message: What is wrong.
        hint: What would be right.
        culprit: Which word it was.
        without: Words that the suggested line leaves out.
        more: Words that the suggested line puts in; None for no line.

    Returns:
        The error.
    """
    suggestion = wish.line(without, more) if more is not None else None
    return UsageError(message, hint=hint, suggestion=suggestion, culprit=culprit, operation=wish.verb)


def number_text(verb: str, word: str, value: object) -> str:
    """Return a number above 0 with the digits it came with.

    Args:
        verb: The verb it is for.
        word: What it is.
        value: A text, an int, a Decimal, or a float, which is taken as the Decimal of its shortest text.

    Returns:
        Plain decimal digits.

    Raises:
        UsageError: It is no such number.
    """
    text = value.strip().replace("_", "") if isinstance(value, str) else _written(verb, word, value)
    if _NUMBER.fullmatch(text) and Decimal(text) > 0:
        return text
    hint, meant = number_hint(verb, word, text)
    raise UsageError(
        f"{dashed(word)} is a number above 0, not {text!r}.",
        hint=hint,
        suggestion=meant,
        culprit=text,
        operation=verb,
    )


def _written(verb: str, word: str, value: object) -> str:
    if isinstance(value, bool):
        raise UsageError(f"{dashed(word)} needs a number.", hint="Such as 0.01.", culprit=word, operation=verb)
    try:
        return plain_decimal(value)
    except UsageError as error:
        error.operation = verb
        error.message = f"{dashed(word)}: {error.message}"
        error.args = (error.message,)
        raise


def word_text(verb: str, word: str, value: object) -> str:
    """Return what was given for a word of an order, as text.

    Args:
        verb: The verb.
        word: The word.
        value: What was given.

    Returns:
        A number with its digits, a share, a choice; ``true`` for a flag.

    Raises:
        UsageError: It is nothing of the kind that the word takes.
    """
    if word in FLAGS:
        return "true"
    if word == "time_in_force":
        return _choice(verb, str(value))
    text = value.strip() if isinstance(value, str) else ""
    if word == "trail":
        return _trail(verb, text or str(value))
    if word == "quantity" and text.endswith("%"):
        return _share(verb, text)
    return number_text(verb, word, value)


def _choice(verb: str, text: str) -> str:
    if text in TIMES_IN_FORCE:
        return text
    raise UsageError(
        f"{text!r} is no time in force.",
        hint=did_you_mean(text, TIMES_IN_FORCE) or f"It is one of {', '.join(TIMES_IN_FORCE)}.",
        suggestion=next(iter(nearest(text, TIMES_IN_FORCE)), None),
        culprit=text,
        operation=verb,
    )


def _share(verb: str, text: str) -> str:
    share = _percent(text)
    if share is not None and 0 < share <= _WHOLE:
        return text
    raise UsageError(
        f"{text} is no share of a balance.", hint="It is above 0% and at most 100%.", culprit=text, operation=verb
    )


def _trail(verb: str, text: str) -> str:
    share = _percent(text)
    if share is not None and share > 0 and share * 100 == int(share * 100):
        return text
    is_number = share is None and _NUMBER.fullmatch(text) is not None
    raise UsageError(
        f"--trail is a distance in percent, not {text!r}.",
        hint="Such as 1% or 0.5%; the exchange counts in hundredths of a percent.",
        suggestion=f"{text}%" if is_number and Decimal(text) <= _WHOLE else None,
        culprit=text,
        operation=verb,
    )


def _percent(text: str) -> Decimal | None:
    found = _PERCENT.fullmatch(text)
    return Decimal(found[1]) if found else None


def dashed(word: str) -> str:
    """Return a word as the option that it is on a line.

    Args:
        word: Such as ``take_profit``.
    """
    return f"--{word.replace('_', '-')}"
