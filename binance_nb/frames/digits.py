"""Digits -> numbers, a whole reply at a time: each step is one numpy operation over all cells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = [
    "MOST_DIGITS",
    "MOST_PLACES",
    "WORD",
    "Floats",
    "Integers",
    "Places",
    "Text",
    "decimals",
    "integers",
    "masks",
]

Places = npt.NDArray[np.intp]
Integers = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

WORD = 8
"""As many letters are read at once, as one number."""

MOST_DIGITS = 2 * WORD
"""As many digits fit into the two words that are read for a whole number."""

MOST_PLACES = WORD
"""As many digits fit into the one word that is read for what stands behind a point."""


class Text:
    """A text as numbers, with room around it: whatever ends or begins inside is surrounded by words.

    Args:
        *parts: The text, in parts that become one.

    Attributes:
        bytes: The text and its room.
        begins: Where the text begins there.
        letters: One number for each letter.
        words: One number for each eight letters, from any place on: they overlap.
    """

    def __init__(self, *parts: bytes | memoryview) -> None:
        room = bytes(MOST_DIGITS + 1 + MOST_PLACES)
        self.begins = len(room)
        self.bytes = b"".join((room, *parts, room))
        self.letters: npt.NDArray[np.uint8] = np.frombuffer(self.bytes, np.uint8)
        self.words: Integers = np.ndarray(len(self.bytes) - WORD + 1, "<u8", self.bytes, strides=(1,))


def masks(skipped: int) -> Integers:
    """Return masks, by a value's length, that keep of a word what belongs to the value.

    Args:
        skipped: How far before the value's end the word ends.
    """
    kept = (min(max(length - skipped, 0), WORD) for length in range(MOST_DIGITS + 1))
    # The first letter is the lowest byte of a little-endian word, so what stands before the value is low.
    return np.array([2**64 - 2 ** (64 - 8 * count) for count in kept], np.uint64)


# Of each digit's code, the lower half is its number.
_DIGITS = np.uint64(0x0F0F0F0F0F0F0F0F)
_LAST_EIGHT = masks(0) & _DIGITS
_EIGHT_BEFORE = masks(WORD) & _DIGITS

# Doubles hold every whole number up to here.
_EXACT = 2**53


def integers(text: Text, ends: Places, lengths: Places) -> Integers:
    """Read digits as whole numbers.

    Args:
        text: Where they stand.
        ends: The place behind each number.
        lengths: How many digits it has, ``MOST_DIGITS`` at most.

    Returns:
        The numbers, in the shape of ``ends``.
    """
    words = text.words[ends - WORD]
    words &= _LAST_EIGHT.take(lengths)
    values = _added_up(words)
    if lengths.max() > WORD:
        words = text.words[ends - 2 * WORD]
        words &= _EIGHT_BEFORE.take(lengths)
        before = _added_up(words)
        before *= np.uint64(10**WORD)
        values += before
    return values


def _added_up(words: Integers) -> Integers:
    """Add up digits in pairs, then the pairs, then the fours: each multiplication does all of a word at once."""
    words *= np.uint64(10 * 2**8 + 1)
    words >>= np.uint64(8)
    words &= np.uint64(0x00FF00FF00FF00FF)
    words *= np.uint64(100 * 2**16 + 1)
    words >>= np.uint64(16)
    words &= np.uint64(0x0000FFFF0000FFFF)
    words *= np.uint64(10000 * 2**32 + 1)
    words >>= np.uint64(32)
    return words


def decimals(text: Text, ends: Places, lengths: Places, places: int) -> Floats | None:
    """Read decimals as the doubles nearest to them, which is what ``float(text)`` gives.

    Args:
        text: Where they stand.
        ends: The place behind each decimal.
        lengths: How many digits stand before its point, ``MOST_DIGITS`` at most.
        places: How many digits stand behind every point, ``MOST_PLACES`` at most.

    Returns:
        The doubles, in the shape of ``ends``; None if a number is too large for this.
    """
    before_points = ends - (places + 1)
    wholes, fractions = integers(
        text, np.array([before_points, ends]), np.array([lengths, np.full_like(lengths, places)])
    )
    largest = int(wholes.max())
    if largest >= _EXACT:
        return None
    scale = 10**places
    # All digits as one number: where that is an exact double, as the power of ten is, only the quotient is rounded.
    digits = wholes * np.uint64(scale)
    digits += fractions
    values: Floats = digits.view(np.int64) / np.float64(scale)
    if largest < _EXACT // scale:
        return values
    # Rounded twice, the second time at 2**-27 or coarser, because these numbers are larger than 2**26. That is right,
    # too: a fraction k/10**8 which is not itself on the border between two doubles (a multiple of 2**-27) is 2**-46 or
    # more away from it, and its own rounding has moved it by 2**-54 at most.
    is_large = wholes >= _EXACT // scale
    values[is_large] = wholes[is_large].astype(np.float64) + fractions[is_large].astype(np.float64) / scale
    return values
