"""The door: who is asking, is the request fresh, did the key's owner sign these bytes, may the key do this.

This is the second implementation of signing; it shares nothing with client/, and so keeps it honest.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from decimal import Decimal

from binance_nb.catalog import FIRST_MICROSECONDS, Endpoint, Security
from binance_nb.catalog.checks import problems
from binance_nb.sandbox.door.keys import ApiKey, is_well_formed
from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.refusals import Refusal, refusal_of

__all__ = ["Denied", "Gate", "check_timing", "is_signed_by"]

_AHEAD_US = 1_000_000
_DEFAULT_WINDOW_MS = "5000"
_UNAUTHORIZED = 401
_LONGEST = 4_096
_STAMP = ("timestamp", "recvWindow")


class Denied(Refusal):
    """A refusal at the door, of which the log tells more than the caller hears.

    Args:
        code: The exchange's error code.
        reason: Why, for the owner of the sandbox.
        signed: What should have been signed.
        status: HTTP status where it is not the code's usual one.
    """

    def __init__(self, code: int, reason: str, signed: bytes | None = None, status: int | None = None) -> None:
        super().__init__(code, status=status)
        self.reason = reason
        self.signed = None if signed is None else signed[:_LONGEST].decode("utf-8", "backslashreplace")


class Gate:
    """Lets signed calls in, or refuses them.

    Args:
        keys: The keys that exist.
    """

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._keys = {key.api_key: key for key in keys}

    def register(self, key: ApiKey) -> None:
        """Let a key in from now on; one that is known gets what is new about it.

        Args:
            key: The key.
        """
        self._keys[key.api_key] = key

    def revoke(self, api_key: str) -> bool:
        """Let a key in no more.

        Args:
            api_key: What travels in the header.

        Returns:
            Whether it was known.
        """
        return self._keys.pop(api_key, None) is not None

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
        key = self.key(received.header("x-mbx-apikey"))
        for problem in problems(endpoint, sent):
            refusal = refusal_of(problem, endpoint, sent) if problem.parameter in _STAMP else None
            if refusal is not None:
                raise refusal
        if not sent.get("signature"):
            raise Refusal(-1102, "Mandatory parameter", "signature")
        check_timing(int(sent["timestamp"]), sent.get("recvWindow", _DEFAULT_WINDOW_MS), now_us)
        self.check_signature(key, received.signed_payload(), sent["signature"])
        self.check_permission(key, endpoint.security)
        return key

    def key(self, api_key: str | None) -> ApiKey:
        """Find a key.

        Args:
            api_key: What came in the header; None where there was none.

        Returns:
            The key.

        Raises:
            Denied: -2014 for what can be no key, -2015 for one that nobody has.
        """
        if api_key is None:
            raise Denied(-2014, "no key was sent", status=_UNAUTHORIZED)
        if not is_well_formed(api_key):
            raise Denied(-2014, "malformed key: it is not 64 letters and digits", status=_UNAUTHORIZED)
        key = self._keys.get(api_key)
        if key is None:
            raise Denied(-2015, "unknown key")
        return key

    def check_signature(self, key: ApiKey, payload: bytes, signature: str) -> None:
        """Check that a key's owner signed.

        Args:
            key: The key.
            payload: The bytes that should be signed.
            signature: What was sent.

        Raises:
            Denied: -1022.
        """
        if not _is_owners(key, payload, signature):
            raise Denied(-1022, f"wrong signature: the key is {key.kind}", payload)

    def check_permission(self, key: ApiKey, security: Security) -> None:
        """Check that a key opens something.

        Args:
            key: The key.
            security: What is to be opened.

        Raises:
            Denied: -2015.
        """
        if security not in key.permissions:
            allowed = ", ".join(sorted(key.permissions)) or "nothing"
            raise Denied(-2015, f"wrong permission: {security} is needed, the key has {allowed}")


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
