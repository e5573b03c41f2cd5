"""The accounts' keys: drawn from the seed, so that a notebook finds the same ones every time; and registered ones."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from binance_nb.catalog import Security
from binance_nb.sandbox.door.seeded_keys import SeededKey

if TYPE_CHECKING:
    from binance_nb.sandbox.door.public_keys import PublicKey

__all__ = ["PERMISSIONS", "ApiKey", "account_keys", "is_well_formed", "keys_of", "registered", "text_from_seed"]

PERMISSIONS = frozenset({Security.TRADE, Security.USER_DATA, Security.USER_STREAM})
"""What a key can be allowed."""

_MAIN = "main"
_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 64
_FORMAT = re.compile(rf"[A-Za-z0-9]{{{_LENGTH}}}")


@dataclass(frozen=True)
class ApiKey:
    """A key, how its owner signs, and what it may do.

    Attributes:
        api_key: What travels in the header.
        secret_key: What signs; empty where a private key does.
        permissions: The security types it opens.
        account: Name of the account it opens.
        public_key: What tells whether its owner signed, where no secret is shared.
    """

    api_key: str
    secret_key: str
    permissions: frozenset[Security]
    account: str = _MAIN
    public_key: PublicKey | SeededKey | None = None

    @property
    def kind(self) -> str:
        """How its owner signs: ``HMAC``, ``RSA`` or ``ED25519``."""
        return self.public_key.kind if self.public_key else "HMAC"

    def __repr__(self) -> str:
        # A traceback on the terminal shows no secret.
        return f"ApiKey({self.api_key[:4]}…)"

    def as_json(self) -> dict[str, str | list[str]]:
        """Return it as its owner may see it: with the secret, where the sandbox drew one."""
        told: dict[str, str | list[str]] = {
            "kind": self.kind,
            "permissions": sorted(self.permissions),
            "api_key": self.api_key,
        }
        if isinstance(self.public_key, SeededKey):
            return {**told, "private_key": self.public_key.private_pem}
        return {**told, "secret_key": self.secret_key} if self.secret_key else told


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
    """Draw the HMAC keys of the first account.

    Args:
        seed: The sandbox's seed.

    Returns:
        The key that may trade, and one that may only read.
    """
    trading, reading, _ = account_keys(seed, _MAIN)
    return trading, reading


def account_keys(seed: int, account: str) -> tuple[ApiKey, ApiKey, ApiKey]:
    """Draw the keys of an account.

    Args:
        seed: The sandbox's seed.
        account: The account's name.

    Returns:
        An HMAC key that may trade, one that may only read, and an Ed25519 key that may trade.
    """
    of = "" if account == _MAIN else f"{account} "
    private = hashlib.sha256(f"binance_nb sandbox {seed} {of}ed25519 secret".encode()).digest()
    signing = text_from_seed(seed, f"{of}ed25519 key", _LENGTH)
    return (
        _key(seed, f"{of}trading", PERMISSIONS, account),
        _key(seed, f"{of}reading", PERMISSIONS - {Security.TRADE}, account),
        ApiKey(signing, "", PERMISSIONS, account, SeededKey(private)),
    )


def registered(
    seed: int, public_key: PublicKey, account: str = _MAIN, permissions: Iterable[Security] = PERMISSIONS
) -> ApiKey:
    """Give a registered public key its API key.

    Args:
        seed: The sandbox's seed.
        public_key: The key.
        account: Name of the account it opens.
        permissions: What it may do.

    Returns:
        The same for the same seed, account and public key, whatever else is registered.
    """
    of = "" if account == _MAIN else f"{account} "
    api_key = text_from_seed(seed, f"{of}registered {public_key.fingerprint}", _LENGTH)
    return ApiKey(api_key, "", frozenset(permissions), account, public_key)


def _key(seed: int, name: str, permissions: frozenset[Security], account: str) -> ApiKey:
    api_key, secret_key = (text_from_seed(seed, f"{name} {half}", _LENGTH) for half in ("key", "secret"))
    return ApiKey(api_key, secret_key, permissions, account)
