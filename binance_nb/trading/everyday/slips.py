"""Numbers as people write them who mean another: what would be right."""

from __future__ import annotations

import re
from decimal import Decimal

from binance_nb.grammar import quote

__all__ = ["number_hint"]

_EXAMPLE = "Such as 0.01 or 60000."
_SHARES = {"all": "100%", "max": "100%", "everything": "100%", "half": "50%"}
_EXPONENT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?[eE][+-]?[0-9]{1,2}")
_THOUSANDS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)[kK]")
_WITH_ASSET = re.compile(r"\$?([0-9]{1,20}(?:\.[0-9]{1,20})?)([A-Za-z]{2,6}|\$)?")


def number_hint(verb: str, word: str, text: str) -> tuple[str, str | None]:
    """Say what would be right where a number was expected.

    Args:
        verb: The verb it is for.
        word: What it is.
        text: What was written.

    Returns:
        The hint, and what to write instead; None where it may have been meant in several ways.
    """
    if "," in text:
        return "Digits and a point, no commas: they mean one thing here and another there.", None
    if word == "quantity" and text.lower() in _SHARES:
        share = _SHARES[text.lower()]
        return f"A share of the free balance is written {share}.", share
    if (plain := _plain(text)) is not None:
        return f"In plain digits: {plain}.", plain
    if text.endswith("%"):
        return "Only a quantity is written as a share, and --trail as a distance; a price is given in digits.", None
    if text.startswith("-"):
        return "It has no sign: buy and sell say which way it goes.", None
    if word == "price" and text.lower() == "market":
        return "An order without --price goes at the market.", None
    if word == "quantity" and (found := _WITH_ASSET.fullmatch(text)):
        amount = f"{'--spend' if verb == 'buy' else '--receive'} {quote(found[1])}"
        return f"A quantity is in the base asset and has no unit; an amount of the quote asset is {amount}.", None
    return _EXAMPLE, None


def _plain(text: str) -> str | None:
    """Return ``1e-3`` and ``60k``, which can be read in one way only, in plain digits."""
    if _EXPONENT.fullmatch(text):
        number = Decimal(text)
    elif found := _THOUSANDS.fullmatch(text):
        number = Decimal(found[1]) * 1000
    else:
        return None
    digits = format(number, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return digits if number > 0 else None
