"""The card of an error: what happened, the facts, why, what to do, and the line to paste."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES, ErrorCode
from binance_nb.errors import BinanceError, ExecutionUnknownError, PartialReplaceError, PreflightError, TogetherError
from binance_nb.grammar import format_time
from binance_nb.keys import Credentials, redact
from binance_nb.rendering.rule_report import broken_blocks
from binance_nb.rendering.sheet import Block, Code, Facts, Inset, Link, Paragraph, Sheet
from binance_nb.rules import RuleReport

__all__ = ["Place", "code_link", "endpoint_link", "error_card"]

_DOCUMENTATION = "https://github.com/binance/binance-spot-api-docs/blob/master"
# These have a place of their own on the card, or say in code what its words say.
_NOT_FACTS = frozenset({"cause", "column", "data", "failure", "parameter", "pointer", "problem", "span", "until"})
# What decides comes first; the rest follows in the order in which it was found out.
_FIRST_FACTS = ("outcome", "client_order_id", "old_order", "new_order", "broken", "nearest")
_DATA_SHOWN = 2000
_TIME_IN_TEXT = re.compile(r"\b(1\d{12})\b")


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


@dataclass(frozen=True)
class _Reader:
    """For whom a card is drawn: whose keys must not appear, and by which clock waits are told."""

    holder: Credentials | None
    seconds_until: Callable[[int], float] | None
    zone: tzinfo | None

    def clean(self, text: str) -> str:
        return redact(text, self.holder)


def error_card(
    error: BinanceError,
    *,
    place: Place | None = None,
    holder: Credentials | None = None,
    seconds_until: Callable[[int], float] | None = None,
    zone: tzinfo | None = None,
) -> Sheet:
    """Return the card of an error; of several that came together, all of them in one.

    Args:
        error: The error.
        place: Where in the notebook it came up.
        holder: Whose keys must not appear, whatever the texts say.
        seconds_until: Tells how long it takes until the server's clock shows a time in ms.
        zone: The person's own time zone, where the server's clock shows the world's time.

    Returns:
        The card, as HTML and as text.
    """
    reader = _Reader(holder, seconds_until, zone)
    if isinstance(error, TogetherError):
        cards = (_card(failure, Place(label), reader) for label, failure in error.failures)
        return Sheet(f"✕ {reader.clean(error.message)}", tuple(map(Inset, cards)))
    return _card(error, place, reader)


def _card(error: BinanceError, place: Place | None, reader: _Reader) -> Sheet:
    facts = tuple((name, reader.clean(text)) for name, text in _facts(error, place, reader))
    return Sheet(reader.clean(_title(error)), (Facts(facts), *_advice(error, reader.clean)))


def _title(error: BinanceError) -> str:
    # The exchange writes the end of a ban as milliseconds since 1970.
    said = _TIME_IN_TEXT.sub(lambda found: format_time(int(found[1])), error.message)
    # Whoever takes an unknown order for a failed one places it twice.
    return f"? UNKNOWN: {said}" if _may_stand(error) else f"✕ {said}"


def _may_stand(error: BinanceError) -> bool:
    return isinstance(error, ExecutionUnknownError) and error.may_stand


def _facts(error: BinanceError, place: Place | None, reader: _Reader) -> Iterator[tuple[str, str]]:
    if place is not None:
        yield "in the cell", str(place)
    endpoint = ENDPOINTS.get(error.operation or "")
    if endpoint is not None:
        yield "call", f"{endpoint.name} ({endpoint.method} {endpoint.path})"
    yield "kind", _kind(error)
    if error.http_status is not None:
        yield "HTTP status", _status(error.http_status)
    if error.retry_at is not None:
        yield "until", _until(error.retry_at, reader)
    found = {name: error.details[name] for name in _FIRST_FACTS if name in error.details} | error.details
    for name, value in found.items():
        if name not in _NOT_FACTS:
            yield name.replace("_", " "), _plain(value)


def _until(ms: int, reader: _Reader) -> str:
    left = reader.seconds_until(ms) if reader.seconds_until is not None else 0
    ms = -(-ms // 1000) * 1000
    return f"{format_time(ms)}{_here(ms, reader.zone)}{f' (in {_span(left)})' if left else ''}"


def _here(ms: int, zone: tzinfo | None) -> str:
    """The same moment by the clock on the wall, where that shows another time than UTC."""
    there = datetime.fromtimestamp(ms / 1000, UTC)
    here = there.astimezone(zone) if zone is not None else there
    if here.utcoffset() == there.utcoffset():
        return ""
    return f", {here:%H:%M:%S} here" if here.date() == there.date() else f", {here:%Y-%m-%d %H:%M:%S} here"


def _kind(error: BinanceError) -> str:
    name = type(error).__name__
    if error.code is None:
        return name
    known = ERROR_CODES.get(error.code)
    return f"{name}, code {error.code}{f' {known.name}' if known else ''}"


def _status(status: int) -> str:
    # 500 stands for every fault of the exchange.
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
    if isinstance(error, PreflightError) and isinstance(error.report, RuleReport):
        yield from broken_blocks(error.report)
    if "pointer" in error.details:
        yield Code(clean(str(error.details["pointer"])))
    if cause := error.details.get("cause"):
        yield Paragraph(clean(str(cause)), "Why")
    if error.hint:
        yield Paragraph(clean(error.hint), "What to do")
    # Of a cancel-replace the rows have told both halves in words.
    if error.details.get("data") and not isinstance(error, PartialReplaceError):
        yield Code(clean(_plain(error.details["data"]))[:_DATA_SHOWN], "The exchange added")
    if error.suggestion:
        yield Code(clean(error.suggestion), "Look it up" if _may_stand(error) else "Try")
    link = _link(error)
    if link is not None:
        yield link


def _link(error: BinanceError) -> Link | None:
    known = ERROR_CODES.get(error.code) if error.code is not None else None
    if known is not None:
        return code_link(known)
    endpoint = ENDPOINTS.get(error.operation or "")
    return endpoint_link(endpoint) if endpoint is not None else None


def code_link(known: ErrorCode) -> Link:
    """Return where an error code is documented.

    Args:
        known: The code.

    Returns:
        Its place on the errors page.
    """
    anchor = f"{known.code}-{known.name}".lower()
    return Link(f"Documentation: {known.code} {known.name}", f"{_DOCUMENTATION}/errors.md#{anchor}")


def endpoint_link(endpoint: Endpoint) -> Link:
    """Return where an endpoint is documented.

    Args:
        endpoint: The endpoint.

    Returns:
        The page; the words name the section.
    """
    return Link(f"Documentation: {endpoint.title}", f"{_DOCUMENTATION}/rest-api.md")
