"""Public keys that somebody registered: read once, then asked whether their owner signed.

Only a sandbox with such keys imports this file, and with it cryptography.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

__all__ = ["PublicKey", "read_public_key"]

_RSA_BITS = range(2048, 4096 + 1)


class PublicKey:
    """A public key.

    Args:
        key: The key.

    Attributes:
        kind: ``RSA`` or ``ED25519``.
        fingerprint: What tells it from every other key.

    Raises:
        ValueError: The exchange does not take such a key; the message says why.
    """

    def __init__(self, key: object) -> None:
        self._verify: Callable[[bytes, bytes], None]
        if isinstance(key, Ed25519PublicKey):
            self.kind, self._verify = "ED25519", key.verify
        elif isinstance(key, RSAPublicKey):
            if key.key_size not in _RSA_BITS:
                raise ValueError(f"the RSA key has {key.key_size} bits; {_RSA_BITS[0]} to {_RSA_BITS[-1]} are taken")
            self.kind = "RSA"
            self._verify = lambda signature, payload: key.verify(signature, payload, PKCS1v15(), SHA256())
        else:
            raise ValueError("a public key is ED25519 or RSA, and this one is neither")
        encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = hashlib.sha256(encoded).hexdigest()

    def __repr__(self) -> str:
        return f"PublicKey({self.kind}, {self.fingerprint[:8]}…)"

    def has_signed(self, payload: bytes, signature: str) -> bool:
        """Tell whether a signature is the key owner's.

        Args:
            payload: The bytes it covers.
            signature: What was sent, in base64; case matters, and nothing may be missing or left over.

        Returns:
            True if it is.
        """
        try:
            signed = base64.b64decode(signature)
            self._verify(signed, payload)
        except (binascii.Error, ValueError, InvalidSignature):
            return False
        # One signature has one spelling: no stray characters, and the unused bits of the last digit are zero.
        return base64.b64encode(signed).decode("ascii") == signature


def read_public_key(given: str) -> PublicKey:
    """Read a public key.

    Args:
        given: The name of a PEM file, or PEM text.

    Returns:
        The key.

    Raises:
        ValueError: It cannot be read, is no public key, or of a kind that the exchange does not take.
    """
    try:
        pem = given.encode() if "-----" in given else Path(given).read_bytes()
    except OSError as error:
        raise ValueError(f"{given} cannot be read: {error.strerror}") from None
    if b"PRIVATE KEY-----" in pem:
        raise ValueError("this is a private key, which nobody else should have; register the public one")
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("a public key is PEM text with a first line -----BEGIN PUBLIC KEY-----") from None
    return PublicKey(key)
