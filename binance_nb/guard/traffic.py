"""Requests and replies as they may be stored: without who asked, and without the proof of it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from binance_nb.keys import encode, redact

__all__ = ["storable_body", "storable_headers", "storable_url"]

# Everything else is dropped: a header that nobody thought of must not carry a key into a file.
_HEADERS = frozenset(
    {
        "content-type",
        "date",
        "retry-after",
        "x-mbx-time-unit",
        "x-sandbox",
        "x-sandbox-clock",
        "x-sandbox-source",
    }
)
_HEADER_FAMILIES = ("x-mbx-used-weight", "x-mbx-order-count")
# Who signed, and when: two recordings of the same call are the same.
_VOLATILE = frozenset({"apikey", "recvwindow", "signature", "timestamp"})


def storable_url(url: str) -> str:
    """Return an address without signature and time stamp.

    Args:
        url: As it was sent.

    Returns:
        The address; its parameters keep their order.
    """
    parts = urlsplit(url)
    return redact(urlunsplit(parts._replace(query=_storable_form(parts.query), netloc=parts.netloc.rpartition("@")[2])))


def storable_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that may be stored: a short list, in lower case.

    Args:
        headers: As they were sent or received.

    Returns:
        Those on the list.
    """
    named = {name.lower(): text for name, text in headers.items()}
    return {name: redact(text) for name, text in named.items() if name in _HEADERS or name.startswith(_HEADER_FAMILIES)}


def storable_body(body: bytes, content_type: str = "application/json") -> bytes:
    """Return the body of a request or a reply as it may be stored.

    Args:
        body: As it was sent or received.
        content_type: What it is; of a form the signature and the time stamp go.

    Returns:
        The body; one in which there is nothing to hide comes back byte for byte.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    if content_type.startswith("application/x-www-form-urlencoded"):
        text = _storable_form(text)
    clean = redact(text)
    return body if clean == body.decode("utf-8") else clean.encode()


def _storable_form(form: str) -> str:
    pairs = parse_qsl(form, keep_blank_values=True)
    return encode((name, text) for name, text in pairs if name.lower() not in _VOLATILE)
