"""An Ed25519 key that the sandbox drew itself: its owner gets the private half, and the door checks with the public.

A sandbox that nobody signs with such a key never loads cryptography, which takes a while.
"""

from __future__ import annotations

import base64
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from binance_nb.sandbox.door.public_keys import PublicKey

__all__ = ["SeededKey"]

# RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8.
_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


class SeededKey:
    """An Ed25519 key pair.

    Args:
        private: The private half, 32 bytes.
    """

    kind = "ED25519"

    def __init__(self, private: bytes) -> None:
        self._private = private

    def __repr__(self) -> str:
        return "SeededKey(ED25519)"

    @property
    def private_pem(self) -> str:
        """The private half as PEM text, for its owner."""
        encoded = base64.b64encode(_PKCS8 + self._private).decode("ascii")
        return f"-----BEGIN PRIVATE KEY-----\n{encoded}\n-----END PRIVATE KEY-----\n"

    def has_signed(self, payload: bytes, signature: str) -> bool:
        """Tell whether a signature is the key owner's; see `PublicKey.has_signed`."""
        return self._public.has_signed(payload, signature)

    @cached_property
    def _public(self) -> PublicKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from binance_nb.sandbox.door.public_keys import PublicKey

        return PublicKey(Ed25519PrivateKey.from_private_bytes(self._private).public_key())
