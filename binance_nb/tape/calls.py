"""What a call is on a tape, whoever made it and whenever."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from binance_nb.catalog import ENDPOINTS

__all__ = ["DESK_CALLS", "CallKey", "key_of", "storable_reply"]

DESK_CALLS = {
    "sandbox.advance": ("POST", "/sandbox/clock"),
    "sandbox.clear_faults": ("DELETE", "/sandbox/faults"),
    "sandbox.deposit": ("POST", "/sandbox/deposit"),
    "sandbox.faults": ("POST", "/sandbox/faults"),
}
"""What is asked of a sandbox beside the exchange's protocol, and changes what comes after it: method and path."""

# Who signed, and how long it was valid, makes no other call of it.
_VOLATILE = frozenset({"recvWindow", "signature", "timestamp"})
# What tells one person's account from another's in a reply; the account's own number is nobody's business.
_ACCOUNT = re.compile(rb'("(?:uid|accountId)"\s*:\s*)\d+')


@dataclass(frozen=True)
class CallKey:
    """A call, as it is looked for on a tape.

    Attributes:
        operation: Catalog name, or one of `DESK_CALLS`.
        parameters: Wire texts, sorted by name.
    """

    operation: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def is_of_desk(self) -> bool:
        """Whether it was asked of a sandbox's control desk."""
        return self.operation in DESK_CALLS

    @property
    def method(self) -> str:
        """HTTP method."""
        return DESK_CALLS[self.operation][0] if self.is_of_desk else ENDPOINTS[self.operation].method

    @property
    def path(self) -> str:
        """Path under the base URL."""
        return DESK_CALLS[self.operation][1] if self.is_of_desk else ENDPOINTS[self.operation].path

    def __str__(self) -> str:
        return " ".join([self.operation, *(f"{name}={text}" for name, text in self.parameters)])


def key_of(operation: str, sent: Mapping[str, str], headers: Mapping[str, str] | None = None) -> CallKey:
    """Return what a call is on a tape.

    Args:
        operation: Catalog name.
        sent: Wire texts.
        headers: Headers of the request; one that asks for microseconds asks for another answer.

    Returns:
        The key.
    """
    unit = {"timeUnit": headers["X-MBX-TIME-UNIT"]} if headers and "X-MBX-TIME-UNIT" in headers else {}
    kept = {name: text for name, text in sent.items() if name not in _VOLATILE}
    return CallKey(operation, tuple(sorted({**kept, **unit}.items())))


def storable_reply(body: bytes) -> bytes:
    """Return the body of a reply without what says whose account it is.

    Args:
        body: As it came.

    Returns:
        The body; the numbers of accounts in it are 0.
    """
    return _ACCOUNT.sub(rb"\g<1>0", body)
