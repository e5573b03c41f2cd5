"""Hashed noise: random-looking numbers that are functions of a key and a place, never of a question's order.

All of it is 64-bit integer arithmetic (the finaliser of SplitMix64), so every machine draws the same.
"""

from __future__ import annotations

import hashlib
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from binance_nb.sandbox.candles import Ints

__all__ = ["SPREAD", "Bits", "bits", "centred", "field", "key_of"]

Bits: TypeAlias = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)

SPREAD = 37837
"""Standard deviation of `centred`: four uniform numbers of 16 bits."""


def key_of(seed: int, symbol: str, purpose: str) -> np.uint64:
    """Derive a key that nothing else shares.

    Args:
        seed: The market's seed.
        symbol: The symbol.
        purpose: What the noise is for.

    Returns:
        64 bits.
    """
    digest = hashlib.sha256(f"{seed}/{symbol}/{purpose}".encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little"))


def bits(key: np.uint64, places: Ints) -> Bits:
    """Draw 64 random bits for each place.

    Args:
        key: From `key_of`.
        places: Whole numbers; negative ones are fine.

    Returns:
        The bits.
    """
    mixed = places.astype(np.uint64)
    mixed *= _GOLDEN
    mixed += key
    mixed ^= mixed >> np.uint64(30)
    mixed *= _MIX_1
    mixed ^= mixed >> np.uint64(27)
    mixed *= _MIX_2
    mixed ^= mixed >> np.uint64(31)
    return mixed


def field(drawn: Bits, shift: int, width: int) -> Ints:
    """Cut a small whole number out of drawn bits.

    Args:
        drawn: From `bits`.
        shift: Lowest bit of the field.
        width: Its number of bits, at most 63.

    Returns:
        Numbers from 0 to ``2**width - 1``.
    """
    return ((drawn >> np.uint64(shift)) & np.uint64((1 << width) - 1)).view(np.int64)


def centred(drawn: Bits) -> Ints:
    """Turn bits into a bell curve around zero.

    Args:
        drawn: From `bits`.

    Returns:
        Whole numbers from -131070 to 131070 with the standard deviation `SPREAD`.
    """
    return field(drawn, 0, 16) + field(drawn, 16, 16) + field(drawn, 32, 16) + field(drawn, 48, 16) - 131070
