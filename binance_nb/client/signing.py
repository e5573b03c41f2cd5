"""How a request proves who sent it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import quote

from binance_nb.client.secrets import Secret

__all__ = ["HmacSigner", "encode"]


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    """Return parameters as they travel: percent-encoded UTF-8, in the order given.

    What is signed is exactly this text (rest-api.md, since 2026-01-15), so it is made once and never touched again.

    Args:
        pairs: Names and wire texts.

    Returns:
        ``name=value`` joined by ``&``.
    """
    return "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs)


class HmacSigner:
    """HMAC-SHA-256 with a shared secret.

    Args:
        secret_key: The secret.
    """

    def __init__(self, secret_key: Secret) -> None:
        self._secret_key = secret_key

    def sign(self, payload: str) -> str:
        """Return the signature of a payload, ready to travel.

        Args:
            payload: Query string and body, without anything between them.

        Returns:
            The signature in hexadecimal digits.
        """
        key = self._secret_key.reveal().encode("ascii")
        return hmac.new(key, payload.encode("ascii"), hashlib.sha256).hexdigest()
