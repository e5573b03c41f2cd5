"""The door: who is asking, is the request fresh, did the key's owner sign these bytes, may the key do this.

This is the second implementation of signing; it shares nothing with client/, and so keeps it honest.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from decimal import Decimal

from binance_nb.catalog import FIRST_MICROSECONDS, Endpoint
from binance_nb.catalog.checks import problems
from binance_nb.sandbox.door.keys import ApiKey, is_well_formed
from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.refusals import Refusal, refusal_of

__all__ = ["Gate", "check_timing", "is_signed_by"]

_AHEAD_US = 1_000_000
_DEFAULT_WINDOW_MS = "5000"
_UNAUTHORIZED = 401
_STAMP = ("timestamp", "recvWindow")


class Gate:
    """Lets signed calls in, or refuses them.

    Args:
        keys: The keys that exist.
    """

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._keys = {key.api_key: key for key in keys}

    def check(self, received: Received, endpoint: Endpoint, sent: Mapping[str, str], now_us: int) -> ApiKey | None:
        """Check a signed call; an endpoint that needs no key lets everybody in.

        Args:
            received: The request.
            endpoint: What it calls.
            sent: Its parameters.
            now_us: The present in microseconds.

        Returns:
            The caller's key; None where none is needed.

        Raises:
            Refusal: -2014 or -2015 for the key, -1102 for what is missing, -1021 for the time, -1022 for the
                signature.
        """
        if not endpoint.is_signed:
            return None
        key = self._key(received)
        for problem in problems(endpoint, sent):
            refusal = refusal_of(problem, endpoint, sent) if problem.parameter in _STAMP else None
            if refusal is not None:
                raise refusal
        if not sent.get("signature"):
            raise Refusal(-1102, "Mandatory parameter", "signature")
        check_timing(int(sent["timestamp"]), sent.get("recvWindow", _DEFAULT_WINDOW_MS), now_us)
        if not _is_owners(key, received.signed_payload(), sent["signature"]):
            raise Refusal(-1022)
        if endpoint.security not in key.permissions:
            raise Refusal(-2015)
        return key

    def _key(self, received: Received) -> ApiKey:
        api_key = received.header("x-mbx-apikey")
        if api_key is None or not is_well_formed(api_key):
            raise Refusal(-2014, status=_UNAUTHORIZED)
        key = self._keys.get(api_key)
        if key is None:
            raise Refusal(-2015)
        return key


def check_timing(timestamp: int, recv_window_ms: str, now_us: int) -> None:
    """Check that a request is neither from the future nor stale.

    Args:
        timestamp: When it was made, in ms or us.
        recv_window_ms: How long it stays valid, with up to three decimals.
        now_us: The present in microseconds.

    Raises:
        Refusal: -1021.
    """
    made_us, present_us = timestamp, now_us
    if timestamp < FIRST_MICROSECONDS:
        # In milliseconds the exchange's clock has no finer digits either.
        made_us, present_us = timestamp * 1000, now_us // 1000 * 1000
    if made_us >= present_us + _AHEAD_US:
        raise Refusal(-1021, "ahead")
    if present_us - made_us > int(Decimal(recv_window_ms) * 1000):
        raise Refusal(-1021, "recvWindow")


def _is_owners(key: ApiKey, payload: bytes, signature: str) -> bool:
    if key.public_key is not None:
        return key.public_key.has_signed(payload, signature)
    return is_signed_by(key.secret_key, payload, signature)


def is_signed_by(secret_key: str, payload: bytes, signature: str) -> bool:
    """Tell whether a signature is the key owner's.

    Args:
        secret_key: The secret.
        payload: The bytes it covers.
        signature: What was sent, in hex of either case.

    Returns:
        True if it is.
    """
    expected = hmac.new(secret_key.encode(), payload, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.lower().encode())
