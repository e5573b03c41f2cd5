"""Numbers of a bulk file: text columns as exact integers, times in one unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from binance_nb.errors import StoreError

__all__ = ["TimeUnit", "scaled_ints", "time_unit", "times_ms"]

TimeUnit = Literal["ms", "us"]

# Spot files count microseconds since 2025 and regenerated older ones may too, so digits decide, never the date.
_UNIT_OF_DIGITS: dict[int, TimeUnit] = {13: "ms", 16: "us"}


def time_unit(text: str, *, source: str) -> TimeUnit:
    """Tell milliseconds from microseconds by the number of digits.

    Args:
        text: A time as the file writes it.
        source: The file's name, for the error.

    Returns:
        ``ms`` for 13 digits, ``us`` for 16.

    Raises:
        StoreError: It is neither.
    """
    if text.isascii() and text.isdigit() and len(text) in _UNIT_OF_DIGITS:
        return _UNIT_OF_DIGITS[len(text)]
    raise StoreError(
        f"{source} holds {text!r} where a time in ms (13 digits) or µs (16 digits) belongs.",
        hint="Download the file again.",
        culprit=source,
    )


def times_ms(texts: Sequence[str], unit: TimeUnit, *, source: str) -> list[int]:
    """Turn a column of times into milliseconds.

    Args:
        texts: Times as the file writes them.
        unit: The file's unit.
        source: The file's name, for the error.

    Returns:
        Milliseconds since the epoch; microseconds within one are dropped.

    Raises:
        StoreError: A time is not a whole number.
    """
    divisor = 1 if unit == "ms" else 1000
    return [value // divisor for value in scaled_ints(texts, 0, source=source)]


def scaled_ints(texts: Sequence[str], decimals: int, *, source: str) -> list[int]:
    """Turn a column of decimal text into exact integers.

    Args:
        texts: Plain decimal numbers, such as ``7195.24000000``.
        decimals: How many decimals one integer step stands for: 2 makes ``1.25`` 125.
        source: The file's name, for the error.

    Returns:
        One integer a row.

    Raises:
        StoreError: A text is no plain decimal number, or has more decimals than the integers can hold.
    """
    return [_scaled_int(text, decimals, source) for text in texts]


def _scaled_int(text: str, decimals: int, source: str) -> int:
    whole, _, fraction = text.partition(".")
    digits = whole + fraction
    # Checked in this order because str.isdigit alone would let other scripts' digits through.
    if not (digits.isascii() and digits.isdigit()):
        raise _odd_number(text, source, "is no plain decimal number")
    kept = fraction[:decimals]
    if fraction[decimals:].strip("0"):
        raise _odd_number(text, source, f"has more than {decimals} decimals")
    return int(whole + kept) * 10 ** (decimals - len(kept)) if whole + kept else 0


def _odd_number(text: str, source: str, complaint: str) -> StoreError:
    return StoreError(f"{source} holds {text!r}, which {complaint}.", hint="Download the file again.", culprit=source)
