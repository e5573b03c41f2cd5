"""The account's keys: drawn from the seed, so that a notebook finds the same ones every time; and registered ones."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from binance_nb.catalog import Security

if TYPE_CHECKING:
    from binance_nb.sandbox.door.public_keys import PublicKey

__all__ = ["ApiKey", "is_well_formed", "keys_of", "registered", "text_from_seed"]

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 64
_FORMAT = re.compile(rf"[A-Za-z0-9]{{{_LENGTH}}}")


@dataclass(frozen=True)
class ApiKey:
    """A key, how its owner signs, and what it may do.

    Attributes:
        api_key: What travels in the header.
        secret_key: What signs; empty where a public key was registered.
        permissions: The security types it opens.
        account: Name of the account it opens.
        public_key: What tells whether its owner signed, where no secret is shared.
    """

    api_key: str
    secret_key: str
    permissions: frozenset[Security]
    account: str = "main"
    public_key: PublicKey | None = None

    @property
    def kind(self) -> str:
        """How its owner signs: ``HMAC``, ``RSA`` or ``ED25519``."""
        return self.public_key.kind if self.public_key else "HMAC"

    def __repr__(self) -> str:
        # A traceback on the terminal shows no secret.
        return f"ApiKey({self.api_key[:4]}…)"


def is_well_formed(api_key: str) -> bool:
    """Tell whether a text could be a key at all.

    Args:
        api_key: What came in the header.

    Returns:
        True for 64 letters and digits.
    """
    return _FORMAT.fullmatch(api_key) is not None


def text_from_seed(seed: int, purpose: str, length: int) -> str:
    """Draw letters and digits from a seed.

    Args:
        seed: The sandbox's seed.
        purpose: What they are for; each purpose has its own.
        length: How many.

    Returns:
        The same text for the same seed and purpose, on every machine.
    """
    drawn = _bytes(f"binance_nb sandbox {seed} {purpose}")
    return "".join(_ALPHABET[next(drawn) % len(_ALPHABET)] for _ in range(length))


def _bytes(purpose: str) -> Iterator[int]:
    for block in count():
        yield from hashlib.sha256(f"{purpose} {block}".encode()).digest()


def keys_of(seed: int) -> tuple[ApiKey, ApiKey]:
    """Draw the account's keys.

    Args:
        seed: The sandbox's seed.

    Returns:
        The key that may trade, and one that may only read.
    """
    trading = frozenset({Security.TRADE, Security.USER_DATA, Security.USER_STREAM})
    return _key(seed, "trading", trading), _key(seed, "reading", trading - {Security.TRADE})


def registered(seed: int, public_key: PublicKey) -> ApiKey:
    """Give a registered public key its API key; it may trade and read.

    Args:
        seed: The sandbox's seed.
        public_key: The key.

    Returns:
        The same for the same seed and public key, whatever else is registered.
    """
    api_key = text_from_seed(seed, f"registered {public_key.fingerprint}", _LENGTH)
    return ApiKey(api_key, "", frozenset({Security.TRADE, Security.USER_DATA}), public_key=public_key)


def _key(seed: int, name: str, permissions: frozenset[Security]) -> ApiKey:
    api_key, secret_key = (text_from_seed(seed, f"{name} {half}", _LENGTH) for half in ("key", "secret"))
    return ApiKey(api_key, secret_key, permissions)
