"""A request that was not sent: what it would carry, with masks where secrets stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Prepared
from binance_nb.grammar import as_python
from binance_nb.keys import Credentials, redact
from binance_nb.rendering.sheet import Block, Code, Facts, Sheet

__all__ = ["dry_run_sheet"]

_SIGNED_BY = {
    "HMAC": "HMAC-SHA-256 of the text below with the secret key, in hexadecimal digits",
    "RSA": "RSASSA-PKCS1-v1_5 with SHA-256 over the text below, in base64, percent-encoded",
    "ED25519": "Ed25519 over the text below, in base64, percent-encoded",
}
_KEY_HEADER = "x-mbx-apikey"
_HIDDEN = "••••"


def dry_run_sheet(
    prepared: Prepared, holder: Credentials | None = None, words: Mapping[str, object] | None = None
) -> Sheet:
    """Return what a call would send.

    Args:
        prepared: The request.
        holder: Whose keys must not appear.
        words: Parameters and reading options as they were given; those that are sent when left out.

    Returns:
        The sheet: method, URL, headers, body, weight, the very text that was signed and how, and the Python call.
    """
    said = prepared.sent if words is None else words
    call = redact(as_python(prepared.operation, said), holder)
    blocks = (*_blocks(prepared, holder), Code(call, "The same in Python"))
    return Sheet("Dry run: nothing was sent", blocks)


def _blocks(prepared: Prepared, holder: Credentials | None) -> Iterator[Block]:
    signed = prepared.signed_payload
    yield Facts(tuple(_facts(prepared, holder)))
    yield Code(redact(f"{prepared.method} {prepared.url}", holder), "Request")
    if prepared.headers:
        headers = (f"{name}: {_header(name, text, holder)}" for name, text in prepared.headers.items())
        yield Code("\n".join(headers), "Headers")
    if prepared.body:
        yield Code(redact(prepared.body.decode("ascii"), holder), "Body")
    if signed:
        yield Code(redact(signed, holder), "Signed text" if _is_signed(prepared) else "Text to sign")


def _facts(prepared: Prepared, holder: Credentials | None) -> Iterator[tuple[str, str]]:
    yield "call", prepared.operation
    yield "weight", _weight(prepared)
    if prepared.signed_payload and holder:
        yield "key", f"{holder.masked} from {holder.source}"
        yield "signature", _SIGNED_BY[holder.key_kind]
    elif prepared.signed_payload and not _is_signed(prepared):
        yield "key", "none is held for that place: it and the signature are left out"


def _is_signed(prepared: Prepared) -> bool:
    return _KEY_HEADER in map(str.lower, prepared.headers)


def _weight(prepared: Prepared) -> str:
    is_free = ENDPOINTS[prepared.operation].is_free_on_success
    return f"{prepared.weight}, which the exchange gives back when the call works" if is_free else str(prepared.weight)


def _header(name: str, text: str, holder: Credentials | None) -> str:
    if name.lower() == _KEY_HEADER:
        return holder.masked if holder else _HIDDEN
    return redact(text, holder)
