"""Digits -> numbers, a whole reply at a time: each step is one numpy operation over all cells.

The text is padded in front, so that the words which end with any number are inside it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_DIGITS", "MOST_PLACES", "Floats", "Integers", "Places", "decimals", "edges", "integers", "padded"]

Places = npt.NDArray[np.intp]
Integers = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_WORD = 8

MOST_DIGITS = 2 * _WORD
"""As many digits fit into the two words that are read for a whole number."""

MOST_PLACES = _WORD
"""As many digits fit into the one word that is read for what stands behind a point."""

_PADDING = bytes(MOST_DIGITS + 1 + MOST_PLACES)


def _masks(skipped: int) -> Integers:
    """Masks, by a number's length, that keep its digits in the word which ends ``skipped`` digits before its end."""
    kept = (min(max(length - skipped, 0), _WORD) for length in range(MOST_DIGITS + 1))
    # The first character is the lowest byte of a little-endian word, so what stands before the number is low.
    return np.array([2**64 - 2 ** (64 - 8 * count) for count in kept], np.uint64)


_LAST_EIGHT = _masks(0)
_EIGHT_BEFORE = _masks(_WORD)

# Doubles hold every whole number up to here.
_EXACT = 2**53


def padded(text: bytes) -> bytes:
    """Return text with room in front of it."""
    return _PADDING + text


def edges(text: bytes) -> Places:
    """Return where digits, points and slashes begin and end.

    Args:
        text: Padded text that ends with something else.

    Returns:
        The first character of each run, and the place behind its last, by turns.
    """
    # "./0123456789" stand next to each other. Unsigned, so that what comes before them wraps to something large.
    is_inside = np.frombuffer(text, np.uint8) - np.uint8(ord(".")) < 12
    return np.flatnonzero(is_inside[1:] != is_inside[:-1]) + 1


def integers(text: bytes, ends: Places, lengths: Places) -> Integers:
    """Read digits as whole numbers.

    Args:
        text: Padded text.
        ends: The place behind each number.
        lengths: How many digits it has, ``MOST_DIGITS`` at most.

    Returns:
        The numbers, in the shape of ``ends``.
    """
    # Eight characters as one number, from any place on: the words overlap.
    words = np.ndarray(len(text) - _WORD + 1, "<u8", text, strides=(1,))
    values = _eight_digits(words[ends - _WORD] & _LAST_EIGHT[lengths])
    if lengths.max() > _WORD:
        before = words[ends - 2 * _WORD] & _EIGHT_BEFORE[lengths]
        values += _eight_digits(before) * np.uint64(10**_WORD)
    return values


def _eight_digits(words: Integers) -> Integers:
    """Add up digits in pairs, then the pairs, then the fours: each multiplication does all of a word at once."""
    words &= np.uint64(0x0F0F0F0F0F0F0F0F)
    for factor, shift, mask in (
        (10 * 2**8 + 1, 8, 0x00FF00FF00FF00FF),
        (100 * 2**16 + 1, 16, 0x0000FFFF0000FFFF),
        (10000 * 2**32 + 1, 32, 0x00000000FFFFFFFF),
    ):
        words *= np.uint64(factor)
        words >>= np.uint64(shift)
        words &= np.uint64(mask)
    return words


def decimals(text: bytes, ends: Places, lengths: Places, places: int) -> Floats | None:
    """Read decimals as the doubles nearest to them, which is what ``float(text)`` gives.

    Args:
        text: Padded text.
        ends: The place behind each decimal.
        lengths: How many digits stand before its point, ``MOST_DIGITS`` at most.
        places: How many digits stand behind every point, ``MOST_PLACES`` at most.

    Returns:
        The doubles, in the shape of ``ends``; None if a number is too large for this.
    """
    wholes = integers(text, ends - (places + 1), lengths)
    largest = int(wholes.max())
    if largest >= _EXACT:
        return None
    fractions = integers(text, ends, np.full((1,) * ends.ndim, places))
    scale = 10**places
    # All digits as one number: where that is an exact double, as the power of ten is, only the quotient is rounded.
    values: Floats = (wholes * np.uint64(scale) + fractions).astype(np.float64) / scale
    if largest < _EXACT // scale:
        return values
    # Rounded twice, the second time at 2**-27 or coarser, because these numbers are larger than 2**26. That is right,
    # too: a fraction k/10**8 which is not itself on the border between two doubles (a multiple of 2**-27) is 2**-46 or
    # more away from it, and its own rounding has moved it by 2**-54 at most.
    is_large = wholes >= _EXACT // scale
    values[is_large] = wholes[is_large].astype(np.float64) + fractions[is_large].astype(np.float64) / scale
    return values
