"""How a request proves who sent it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import quote

from binance_nb.keys.secrets import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["Ed25519Signer", "HmacSigner", "KeyKind", "RsaSigner", "Signer", "encode"]

KeyKind = Literal["HMAC", "RSA", "ED25519"]


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    """Return parameters as they travel: percent-encoded UTF-8, in the order given.

    What is signed is exactly this text (rest-api.md, since 2026-01-15), so it is made once and never touched again.

    Args:
        pairs: Names and wire texts.

    Returns:
        ``name=value`` joined by ``&``.
    """
    return "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs)


class Signer(Protocol):
    """Signs with one key; made once, used for every call."""

    @property
    def kind(self) -> KeyKind:
        """How it signs."""

    def sign(self, payload: str) -> str:
        """Return the signature of a payload, still to be percent-encoded where it travels in a URL.

        Args:
            payload: Query string and body, without anything between them.

        Returns:
            Hexadecimal digits for HMAC, base64 for the others.
        """


class HmacSigner:
    """HMAC-SHA-256 with a shared secret.

    Args:
        secret_key: The secret.
    """

    kind: KeyKind = "HMAC"

    def __init__(self, secret_key: Secret) -> None:
        # The key is worked in here once; each signature continues a copy.
        self._keyed = hmac.new(secret_key.reveal().encode("ascii"), digestmod=hashlib.sha256)

    def sign(self, payload: str) -> str:
        """Return the signature of a payload; see `Signer.sign`."""
        signing = self._keyed.copy()
        signing.update(payload.encode())
        return signing.hexdigest()


class RsaSigner:
    """RSASSA-PKCS1-v1_5 with SHA-256.

    Args:
        private_key: The key.
    """

    kind: KeyKind = "RSA"

    def __init__(self, private_key: RSAPrivateKey) -> None:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        self._private_key = private_key
        self._padding, self._hash = PKCS1v15(), SHA256()

    def sign(self, payload: str) -> str:
        """Return the signature of a payload; see `Signer.sign`."""
        return b64encode(self._private_key.sign(payload.encode(), self._padding, self._hash)).decode("ascii")


class Ed25519Signer:
    """Ed25519 over the payload itself, which is not hashed before.

    Args:
        private_key: The key.
    """

    kind: KeyKind = "ED25519"

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key

    def sign(self, payload: str) -> str:
        """Return the signature of a payload; see `Signer.sign`."""
        return b64encode(self._private_key.sign(payload.encode())).decode("ascii")
