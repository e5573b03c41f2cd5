"""One HTTP request as its bytes came in, and the parameters read out of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from binance_nb.sandbox.refusals import Refusal

__all__ = ["Received", "refuse_illegal_characters"]

_FORM = "application/x-www-form-urlencoded"

# What the exchange's own messages print. \w takes letters of every script: symbols need not be ASCII.
_SYMBOL_RANGE = r"^[\w\-._&&[^a-z]]{1,50}$"
_CLIENT_ID_RANGE = "^[a-zA-Z0-9-_]{1,36}$"
_LEGAL = {
    "symbol": (re.compile(r"(?:[^\Wa-z]|[-.]){1,50}"), _SYMBOL_RANGE),
    # Every name that its owner gives: of orders, of the legs of a list, of a list, of a cancel.
    "ClientOrderId": (re.compile(r"[a-zA-Z0-9_-]{1,36}"), _CLIENT_ID_RANGE),
}


@dataclass(frozen=True)
class Received:
    """One request.

    Attributes:
        method: HTTP method.
        path: Path without the query.
        query: Query string as it travelled, still percent-encoded.
        body: Body as it travelled.
        headers: Headers by lower-case name.
        address: Where it came from.
    """

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    address: str = "127.0.0.1"

    def header(self, name: str) -> str | None:
        """Return a header, or None.

        Args:
            name: Its name in lower case.

        Returns:
            The value.
        """
        return (self.headers or {}).get(name)

    def parameters(self) -> dict[str, str]:
        """Read the parameters: of the query, and of the form body where the method has one; the query wins.

        Returns:
            Decoded texts by name.

        Raises:
            Refusal: -1101 for a name twice in one place, -1100 for bytes that are not UTF-8.
        """
        query = _pairs(self.query.encode("utf-8", "surrogateescape"))
        return query if self.method == "GET" else {**_pairs(self.form), **query}

    @property
    def form(self) -> bytes:
        """The body, where it is a form or does not say; other kinds of content are not read."""
        kind = self.header("content-type")
        return self.body if kind is None or kind.partition(";")[0].strip().lower() == _FORM else b""

    def signed_payload(self) -> bytes:
        """Return the bytes that a signature covers: query and body, without the signature, nothing between."""
        query = self.query.encode("utf-8", "surrogateescape")
        return _without_signature(query) + _without_signature(self.form)


def refuse_illegal_characters(sent: Mapping[str, str]) -> None:
    """Look at texts that end up in the exchange's own names.

    Args:
        sent: Texts by parameter name.

    Raises:
        Refusal: -1100, with the range that is legal.
    """
    for ending, (legal, legal_range) in _LEGAL.items():
        for name, text in sent.items():
            if text and name.endswith(ending) and not legal.fullmatch(text):
                raise Refusal(-1100, "legal range", name, legal_range)


def _pairs(encoded: bytes) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in filter(None, encoded.split(b"&")):
        name, _, value = part.partition(b"=")
        key = _decoded(name)
        if key in pairs:
            raise Refusal(-1101, "Duplicate")
        pairs[key] = _decoded(value)
    return pairs


def _decoded(encoded: bytes) -> str:
    try:
        return unquote_to_bytes(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise Refusal(-1100) from None


def _without_signature(encoded: bytes) -> bytes:
    return b"&".join(part for part in encoded.split(b"&") if not part.startswith(b"signature="))
