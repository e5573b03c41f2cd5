"""The card of an error: what happened, the facts, why, what to do, and the line to paste."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES
from binance_nb.client import Credentials, redact
from binance_nb.errors import BinanceError
from binance_nb.grammar import format_time
from binance_nb.rendering.sheet import Block, Code, Facts, Link, Paragraph, Sheet

__all__ = ["Place", "endpoint_link", "error_card"]

_DOCUMENTATION = "https://github.com/binance/binance-spot-api-docs/blob/master"
# These have a place of their own on the card, or say in code what its words say.
_NOT_FACTS = frozenset({"cause", "column", "data", "parameter", "pointer", "problem", "until"})
_DATA_SHOWN = 2000


@dataclass(frozen=True)
class Place:
    """Where in a notebook an error came up.

    Attributes:
        code: The line of the cell.
        number: Its number, counted from 1; None where it is not certain.
    """

    code: str
    number: int | None = None

    def __str__(self) -> str:
        return self.code if self.number is None else f"line {self.number}: {self.code}"


def error_card(
    error: BinanceError,
    *,
    place: Place | None = None,
    seconds_left: float | None = None,
    holder: Credentials | None = None,
) -> Sheet:
    """Return the card of an error.

    Args:
        error: The error.
        place: Where in the notebook it came up.
        seconds_left: How long it takes until ``retry_at``.
        holder: Whose keys must not appear, whatever the texts say.

    Returns:
        The card, as HTML and as text.
    """

    def clean(text: str) -> str:
        return redact(text, holder)

    facts = tuple((name, clean(text)) for name, text in _facts(error, place, seconds_left))
    blocks = [Facts(facts), *_advice(error, clean)]
    return Sheet(f"✕ {clean(error.message)}", tuple(blocks))


def _facts(error: BinanceError, place: Place | None, seconds_left: float | None) -> Iterator[tuple[str, str]]:
    if place is not None:
        yield "in the cell", str(place)
    endpoint = ENDPOINTS.get(error.operation or "")
    if endpoint is not None:
        yield "call", f"{endpoint.name} ({endpoint.method} {endpoint.path})"
    yield "kind", _kind(error)
    if error.http_status is not None:
        yield "HTTP status", _status(error.http_status)
    if error.retry_at is not None:
        left = f" (in {_span(seconds_left)})" if seconds_left else ""
        yield "until", f"{format_time(error.retry_at)}{left}"
    for name, value in error.details.items():
        if name not in _NOT_FACTS:
            yield name.replace("_", " "), _plain(value)


def _kind(error: BinanceError) -> str:
    name = type(error).__name__
    if error.code is None:
        return name
    known = ERROR_CODES.get(error.code)
    return f"{name}, code {error.code}{f' {known.name}' if known else ''}"


def _status(status: int) -> str:
    known = HTTP_STATUSES.get(min(status, 500))
    return f"{status}, {known.name}" if known else str(status)


def _span(seconds: float) -> str:
    whole = max(1, round(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    parts = (("d", days), ("h", hours), ("min", rest // 60), ("s", rest % 60))
    # Beside hours nobody counts seconds.
    return " ".join([f"{count} {unit}" for unit, count in parts if count][:2])


def _plain(value: Any) -> str:  # Any: an error's details are free-form
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _advice(error: BinanceError, clean: Callable[[str], str]) -> Iterator[Block]:
    if "pointer" in error.details:
        yield Code(clean(str(error.details["pointer"])))
    if cause := error.details.get("cause"):
        yield Paragraph(clean(str(cause)), "Why")
    if error.hint:
        yield Paragraph(clean(error.hint), "What to do")
    if error.details.get("data"):
        yield Code(clean(_plain(error.details["data"]))[:_DATA_SHOWN], "The exchange added")
    if error.suggestion:
        yield Code(clean(error.suggestion), "Try")
    link = _link(error)
    if link is not None:
        yield link


def _link(error: BinanceError) -> Link | None:
    known = ERROR_CODES.get(error.code) if error.code is not None else None
    if known is not None:
        anchor = f"{known.code}-{known.name}".lower()
        return Link(f"Documentation: {known.code} {known.name}", f"{_DOCUMENTATION}/errors.md#{anchor}")
    endpoint = ENDPOINTS.get(error.operation or "")
    return endpoint_link(endpoint) if endpoint is not None else None


def endpoint_link(endpoint: Endpoint) -> Link:
    """Return where an endpoint is documented.

    Args:
        endpoint: The endpoint.

    Returns:
        The page; the words name the section.
    """
    return Link(f"Documentation: {endpoint.title}", f"{_DOCUMENTATION}/rest-api.md")
