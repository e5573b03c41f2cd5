"""A request that was not sent: what it would carry, with masks where secrets stand."""

from __future__ import annotations

from collections.abc import Iterator

from binance_nb.client import Credentials, Prepared, redact
from binance_nb.rendering.sheet import Block, Code, Facts, Sheet

__all__ = ["dry_run_sheet"]


def dry_run_sheet(prepared: Prepared, holder: Credentials | None = None) -> Sheet:
    """Return what a call would send.

    Args:
        prepared: The request.
        holder: Whose keys must not appear.

    Returns:
        The sheet: method, URL, headers, body, weight and the very text that was signed.
    """
    return Sheet("Dry run: nothing was sent", tuple(_blocks(prepared, holder)))


def _blocks(prepared: Prepared, holder: Credentials | None) -> Iterator[Block]:
    key = (("key", f"{holder.masked} from {holder.source}"),) if prepared.signed_payload and holder else ()
    weight = ("weight", str(prepared.weight))
    yield Facts((("call", prepared.operation), weight, *key))
    yield Code(redact(f"{prepared.method} {prepared.url}", holder), "Request")
    if prepared.body:
        yield Code(redact(prepared.body.decode("ascii"), holder), "Body")
    if prepared.signed_payload:
        yield Code(redact(prepared.signed_payload, holder), "Signed text")
