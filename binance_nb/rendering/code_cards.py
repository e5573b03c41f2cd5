"""What an error means before it happens: the card of a code, a filter or a failure on the way, and the list of all."""

from __future__ import annotations

from collections.abc import Iterator

from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES, ErrorCode, ServerMessage
from binance_nb.catalog.filters import FILTERS
from binance_nb.catalog.stream_errors import STREAM_ERRORS
from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES
from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, nearest
from binance_nb.rendering.cards import code_link
from binance_nb.rendering.sheet import Block, Entries, Facts, Paragraph, Sheet

__all__ = ["code_card", "code_list"]

_ELSEWHERE = frozenset({"fix", "sbe"})
_PLACES = {"rest": "REST", "ws_api": "the WebSocket API", "legacy": "streams of the past", "fix": "FIX", "sbe": "SBE"}


def code_card(what: int | str) -> Sheet:
    """Return what the cards of an error say.

    Args:
        what: A code such as -1021, an HTTP status such as 418, a filter such as ``LOT_SIZE``, or a failure on the way
            such as ``certificate``.

    Returns:
        The card without the facts of a case.

    Raises:
        UsageError: There is no such thing.
    """
    known = _code(what)
    if known is not None:
        return _code_card(known)
    if what in FILTERS:
        broken = FILTERS[str(what)]
        bounds = (("code", str(broken.code)), ("bounds", ", ".join(broken.fields)), ("scope", broken.scope))
        return Sheet(f"✕ {broken.message}", (Facts(bounds), *_advice(broken.cause, broken.remedy)))
    if what in TRANSPORT_FAILURES:
        lost = TRANSPORT_FAILURES[str(what)]
        return Sheet(f"✕ No answer: {lost.reason}.", _advice(lost.cause, lost.remedy))
    names = [*map(str, ERROR_CODES), *(entry.name for entry in ERROR_CODES.values()), *FILTERS, *TRANSPORT_FAILURES]
    raise UsageError(
        f"No error is called {what}.",
        hint=did_you_mean(str(what), names) or "Give a code such as -1021, or a filter such as LOT_SIZE.",
        suggestion=next(iter(nearest(str(what), names)), None),
        culprit=str(what),
    )


def _code(what: int | str) -> ErrorCode | int | None:
    text = str(what)
    if text.removeprefix("-").isdecimal():
        number = int(text)
        return ERROR_CODES.get(number) or (number if number in HTTP_STATUSES else None)
    return next((entry for entry in ERROR_CODES.values() if entry.name == text), None)


def _code_card(known: ErrorCode | int) -> Sheet:
    if isinstance(known, int):
        status = HTTP_STATUSES[known]
        return Sheet(f"✕ HTTP {status.status}: {status.name}", _advice(status.cause, status.remedy))
    facts = (
        ("code", f"{known.code} {known.name}"),
        ("given by", " and ".join(_PLACES[each] for each in known.surfaces)),
    )
    mark = "? UNKNOWN: " if known.is_execution_unknown else "✕ "
    own = tuple((_template(message), _whole(message)) for message in known.said if message.cause)
    texts: tuple[Block, ...] = (Entries(own, "It may say"),) if own else ()
    title = known.messages[0] if len(known.said) == 1 and not known.said[0].slots else f"{known.code} {known.name}"
    return Sheet(f"{mark}{title}", (Facts(facts), *_advice(known.cause, known.remedy), *texts, code_link(known)))


def _advice(cause: str, remedy: str) -> tuple[Block, ...]:
    return Paragraph(cause, "Why"), Paragraph(remedy, "What to do")


def code_list() -> Sheet:
    """Return every error there can be, and what its card says happened.

    Returns:
        The list: codes, filters, failures on the way, and refusals on a stream's connection.
    """
    own = [entry for entry in ERROR_CODES.values() if not _ELSEWHERE & set(entry.surfaces)]
    others = [entry for entry in ERROR_CODES.values() if _ELSEWHERE & set(entry.surfaces)]
    blocks: list[Block] = [
        Entries(tuple(_rows(own)), f"{len(own)} codes with a card of their own"),
        Paragraph(
            f"{others[0].cause} They are {', '.join(str(entry.code) for entry in others)}.",
            f"{len(others)} codes share one card",
        ),
        Entries(
            tuple((name, broken.cause) for name, broken in FILTERS.items()),
            f"{len(FILTERS)} filters",
        ),
        Entries(
            tuple((f"{'5XX' if number == 500 else number}", status.cause) for number, status in HTTP_STATUSES.items()),
            f"{len(HTTP_STATUSES)} HTTP statuses",
        ),
        Entries(
            tuple((name.replace("_", " "), lost.cause) for name, lost in TRANSPORT_FAILURES.items()),
            f"{len(TRANSPORT_FAILURES)} ways to get no answer",
        ),
        Entries(
            tuple((f"{each.code} {_short(each.said)}", _filled(each.said.cause)) for each in STREAM_ERRORS),
            f"{len(STREAM_ERRORS)} refusals on a stream's connection",
        ),
    ]
    return Sheet("Every error there is", tuple(blocks))


def _rows(entries: list[ErrorCode]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        more = sum(bool(message.cause) for message in entry.said)
        shares = f" {more} of its texts have a card of their own." if more > 1 else ""
        yield f"{entry.code} {entry.name}", f"{entry.cause}{shares}"


def _whole(said: ServerMessage) -> str:
    return _filled(f"{said.cause} {said.remedy}")


def _filled(text: str) -> str:
    return text.format("…", "…")


def _template(said: ServerMessage) -> str:
    return said.fill(*["…"] * said.slots).rstrip(".")


def _short(said: ServerMessage) -> str:
    return _template(said).partition(",")[0].partition(" at line")[0]
