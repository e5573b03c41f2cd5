"""What a reply means: nothing wrong, or which error of the tree."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from binance_nb.catalog import Endpoint
from binance_nb.catalog.error_code import AS_TOLD
from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES, Explanation, explain
from binance_nb.catalog.half_done import HALF_DONE
from binance_nb.catalog.stream_errors import explain_stream
from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES
from binance_nb.client.absence import NoAnswer
from binance_nb.client.clock import ServerClock
from binance_nb.client.order_ids import is_drawn
from binance_nb.client.transport import Reply
from binance_nb.client.verdicts.next_line import line_again, line_named, look_up
from binance_nb.environment import Environment
from binance_nb.errors import (
    ApiError,
    AuthenticationError,
    BinanceError,
    ExecutionUnknownError,
    FilterViolation,
    FirewallError,
    IpBannedError,
    OrderRejected,
    PartialReplaceError,
    RateLimitError,
    RegionBlockedError,
    ReplyError,
    StreamError,
    TimestampError,
    TransportError,
)
from binance_nb.grammar import format_time

__all__ = ["failure", "not_awaited", "silence", "stream_refusal", "unread"]

_UNKNOWN_CODES = (-1006, -1007)
# "An unknown error occurred while processing", "Internal error": nothing is said of how far it had come.
_DOUBTFUL_CODES = (-1000, -1001)
_TIMED_OUT = 408
_RESULTS = ("SUCCESS", "FAILURE", "NOT_ATTEMPTED")
_BY_CODE: dict[int, type[ApiError]] = {
    **dict.fromkeys((-1002, -1022, -2008, -2014, -2015), AuthenticationError),
    **dict.fromkeys((-1003, -1015), RateLimitError),
    **dict.fromkeys((-1010, -1013, -2010, -2011, -2022, -2038), OrderRejected),
    -1021: TimestampError,
    -2021: PartialReplaceError,
}
_BY_STATUS: dict[int, type[ApiError]] = {
    403: FirewallError,
    409: PartialReplaceError,
    418: IpBannedError,
    429: RateLimitError,
    451: RegionBlockedError,
}
_STALE = -1021
_PATIENT_MS = "20000"
_FAULT = 500
_LINES = {"auth": "%binance keys", "rate_limit": "%binance status", "place": "%binance use sandbox"}
_TOPICS = {401: "auth", 403: "rate_limit", 404: "rate_limit", 418: "rate_limit", 429: "rate_limit", 451: "place"}
_BODY_SHOWN = 80
_SENT_SHOWN = 400
_UNTIL = re.compile(r"until (\d{13})")
_MINUTE_MS = 60_000
# The documentation's bans last from two minutes to three days.
_SHORTEST_BAN_MS = 120_000


def failure(endpoint: Endpoint, reply: Reply, clock: ServerClock) -> BinanceError | None:
    """Return the error that a reply stands for.

    Args:
        endpoint: The endpoint called.
        reply: What came back.
        clock: The server's clock, to say when a limit ends.

    Returns:
        The error to raise, or None when the call worked.
    """
    code, message, data = _refusal(reply)
    if reply.status == 200 and code is None:
        return None if _is_readable(endpoint, reply.body) else _unreadable(endpoint, reply)
    kind = _kind(reply.status, code, message)
    if reply.status >= 500 or code in _UNKNOWN_CODES or (endpoint.changes_state and _is_open(kind, reply, code, data)):
        return _no_verdict(endpoint, reply, code, message, clock)
    explained = _half_done(data) or _explanation(reply.status, code, message)
    retry_at = _retry_at(reply, message, clock) if issubclass(kind, RateLimitError) else None
    return kind(
        message or _status_words(reply),
        hint=_timed(explained.remedy, retry_at),
        suggestion=_next_line(endpoint, reply, code, explained),
        operation=endpoint.name,
        code=code or None,
        http_status=reply.status,
        retry_at=retry_at,
        details={
            "cause": explained.cause,
            **({"until": _until(retry_at)} if retry_at else {}),
            **({"sent": _in_words(reply.sent)} if reply.sent else {}),
            **_halves(data),
            **({"data": data} if data else {}),
        },
    )


def silence(endpoint: Endpoint, absence: NoAnswer, place: Environment, sent: dict[str, str]) -> BinanceError:
    """Return the error for a call that was not answered.

    Args:
        endpoint: The endpoint called.
        absence: Why no reply came.
        place: The environment asked.
        sent: What was sent, for the order id to look up.

    Returns:
        The error to raise: for a state-changing call that may have arrived, that its outcome is unknown.
    """
    failure = absence.failure
    if absence.was_sent and endpoint.changes_state:
        return _unknown(endpoint, f"{endpoint.name} was sent, but {absence.reason}.", sent, cause=failure.cause)
    happened = "nothing was sent" if not absence.was_sent else "the call changes nothing, so trying again is safe"
    # A sandbox takes another port each time; a stored notebook must not show it.
    asked = "The sandbox exchange" if place.is_sandbox else place.url
    return TransportError(
        f"{asked} did not answer: {absence.reason}; {happened}.",
        hint=failure.remedy,
        suggestion=line_again(endpoint, sent) if absence.was_sent else failure.look,
        operation=endpoint.name,
        details={"cause": failure.cause, "failure": failure.name.replace("_", " ")},
    )


def not_awaited(endpoint: Endpoint, sent: Mapping[str, str]) -> str:
    """Return what is to be known of a state-changing call whose answer an interrupt cut off.

    Args:
        endpoint: The endpoint called.
        sent: What was sent.

    Returns:
        A sentence or two, with the line that looks.
    """
    _, look = look_up(endpoint, sent)
    return f"{endpoint.name} may have been executed. Do not send it again before you have looked: {look}"


def unread(endpoint: Endpoint, sent: Mapping[str, str], error: ReplyError) -> BinanceError:
    """Return the error for a call whose answer, with status 200, holds something else than it should.

    Args:
        endpoint: The endpoint called.
        sent: What was sent.
        error: What is wrong with the answer.

    Returns:
        The error to raise: for a state-changing call, that it is to be looked up.
    """
    if not endpoint.changes_state:
        return error
    cause = TRANSPORT_FAILURES["unreadable"].cause
    return _unknown(endpoint, f"{endpoint.name} was answered, but: {error.message}", sent, status=200, cause=cause)


def stream_refusal(code: int, message: str) -> StreamError:
    """Return the error for a control request that a stream's connection did not carry out.

    Args:
        code: The ``code`` of the answer.
        message: Its ``msg``.

    Returns:
        The error to raise.
    """
    explained = explain_stream(code, message)
    return StreamError(message, hint=explained.remedy, code=code, details={"cause": explained.cause})


def _explanation(status: int, code: int | None, message: str) -> Explanation:
    # Statuses that speak for themselves may come with a code that is none, such as 0.
    known = code if code is not None and (code in ERROR_CODES or min(status, _FAULT) not in HTTP_STATUSES) else status
    return explain(known, message)


def _half_done(data: Any) -> Explanation | None:  # Any: error data is free-form JSON
    """Return what it means that this half of a cancel-replace worked, and how the other could; else None."""
    results = data if isinstance(data, dict) else {}
    half = HALF_DONE.get((str(results.get("cancelResult")), str(results.get("newOrderResult"))))
    refused = results.get("newOrderResponse")
    if half is None or not isinstance(refused, dict) or not isinstance(refused.get("code"), int):
        return half
    why = explain(refused["code"], str(refused.get("msg", "")))
    return Explanation(f"{half.cause} {why.cause}", f"{half.remedy} {why.remedy}", half.look)


def _timed(remedy: str, until_ms: int | None) -> str:
    """Say until when to wait, in place of how long."""
    return remedy if until_ms is None else remedy.replace(AS_TOLD, f"until {_until(until_ms)}")


def _until(ms: int) -> str:
    return format_time(-(-ms // 1000) * 1000)  # nobody is sent too early for the sake of a second


def _next_line(endpoint: Endpoint, reply: Reply, code: int | None, explained: Explanation) -> str:
    known = ERROR_CODES.get(code or 0)
    topic = known.topic if known else _TOPICS.get(reply.status)
    if code == _STALE:
        is_late = "recvWindow" in endpoint.by_name and "raise recvWindow" in explained.remedy
        return line_again(endpoint, reply.sent, {"recvWindow": _PATIENT_MS} if is_late else {})
    named = line_named(endpoint, reply.sent, explained.remedy, explained.look)
    if named is not None:
        return named
    if topic == "availability" and endpoint.method == "GET":
        return line_again(endpoint, reply.sent)
    return _LINES.get(topic or "", f"%binance help {endpoint.name}")


def _in_words(sent: Mapping[str, str]) -> str:
    shown = {name: text for name, text in sent.items() if not is_drawn(text)}
    words = ", ".join(f"{name} {text}" for name, text in shown.items())
    return words if len(words) <= _SENT_SHOWN else f"{words[:_SENT_SHOWN]}…"


def _is_open(kind: type[ApiError], reply: Reply, code: int | None, data: Any) -> bool:  # Any: free-form JSON
    """Whether a refusal leaves open what became of an order, as far as neither status 5XX nor the code says so."""
    if reply.status < 300 or reply.status == _TIMED_OUT or code in _DOUBTFUL_CODES:
        return True
    halves = data if isinstance(data, dict) else {}
    answers = [halves.get(f"{step}Response") for step in ("cancel", "newOrder")]
    if any(isinstance(each, dict) and each.get("code") in (*_UNKNOWN_CODES, *_DOUBTFUL_CODES) for each in answers):
        return True
    return kind is PartialReplaceError and halves.get("newOrderResult") not in _RESULTS


def _refusal(reply: Reply) -> tuple[int | None, str, Any]:  # Any: error data is free-form JSON
    # A long answer that worked is not read twice.
    if reply.status == 200 and not reply.body.lstrip().startswith(b'{"code"'):
        return None, "", None
    said = _read(reply.body)
    if isinstance(said, dict) and isinstance(said.get("code"), int) and "msg" in said:
        return said["code"], str(said["msg"]), said.get("data")
    return None, "", None


def _read(body: bytes) -> Any:  # Any: JSON
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _halves(data: Any) -> dict[str, str]:  # Any: error data is free-form JSON
    """What became of the two orders of a cancel-replace, as facts for the card."""
    facts: dict[str, str] = {}
    for order, step, done in (("old_order", "cancel", "cancelled"), ("new_order", "newOrder", "placed")):
        result = data.get(f"{step}Result") if isinstance(data, dict) else None
        if result is None:
            continue
        reply = data.get(f"{step}Response")
        refused = isinstance(reply, dict) and "code" in reply
        why = f" [{reply['code']}] {reply.get('msg', '')}" if refused else ""
        facts[order] = done if result == "SUCCESS" else f"{str(result).lower().replace('_', ' ')}{why}"
    return facts


def _is_readable(endpoint: Endpoint, body: bytes) -> bool:
    if endpoint.changes_state:
        # Short, and worth more than a guess: without a verdict the order counts as unknown.
        return isinstance(_read(body), list if endpoint.answers == "array" else dict)
    # Only the ends are looked at: the decoder reads the whole anyway, and says where it fails.
    text = body.strip()
    return text[:1] + text[-1:] in (b"{}", b"[]")


def _unreadable(endpoint: Endpoint, reply: Reply) -> BinanceError:
    began = reply.body[:_BODY_SHOWN].decode("utf-8", "replace")
    known = TRANSPORT_FAILURES["unreadable"]
    if endpoint.changes_state:
        return _unknown(
            endpoint,
            f"{endpoint.name} was answered with something that is not JSON.",
            reply.sent,
            status=reply.status,
            cause=known.cause,
        )
    return ReplyError(
        f"{endpoint.name} was answered with something that is not JSON: {began!r}.",
        hint=known.remedy,
        suggestion=line_again(endpoint, reply.sent),
        operation=endpoint.name,
        http_status=reply.status,
        details={"cause": known.cause, "length": f"{len(reply.body):,} bytes"},
    )


def _kind(status: int, code: int | None, message: str) -> type[ApiError]:
    if status == 418:
        return IpBannedError
    if message.startswith("Filter failure"):
        return FilterViolation
    # A cancel-replace may answer 429 while one half worked: its code says so, its status does not.
    by_code = _BY_CODE.get(code) if code is not None else None
    if by_code is PartialReplaceError or status not in _BY_STATUS:
        return by_code or ApiError
    return _BY_STATUS[status] if by_code is None or status != 403 else by_code


def _status_words(reply: Reply) -> str:
    known = {
        403: "The web firewall refused the request.",
        418: "This address is banned.",
        429: "Too many requests.",
        451: "The exchange does not serve this place.",
    }
    return known.get(reply.status, f"HTTP {reply.status} without an error code.")


def _retry_at(reply: Reply, message: str, clock: ServerClock) -> int:
    """Return when to try again: as the header says, else as the message does, else the least it can be."""
    now_ms = clock.estimate_ms()
    text = reply.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return now_ms + int(text) * 1000
    if found := _UNTIL.search(message):
        return int(found[1])
    return now_ms + _SHORTEST_BAN_MS if reply.status == 418 else (now_ms // _MINUTE_MS + 1) * _MINUTE_MS


def _no_verdict(endpoint: Endpoint, reply: Reply, code: int | None, message: str, clock: ServerClock) -> BinanceError:
    said = message or f"HTTP {reply.status}"
    explained = _explanation(reply.status, code, message)
    if endpoint.changes_state:
        told = f"{endpoint.name} got no verdict: {said}"
        return _unknown(endpoint, told, reply.sent, code=code or None, status=reply.status, cause=explained.cause)
    return TransportError(
        f"The exchange could not answer: {said}",
        hint="The call changes nothing, so trying again is safe.",
        suggestion=line_again(endpoint, reply.sent),
        operation=endpoint.name,
        code=code or None,
        http_status=reply.status,
        retry_at=_retry_at(reply, message, clock) if "retry-after" in reply.headers else None,
        details={"cause": explained.cause},
    )


def _unknown(
    endpoint: Endpoint,
    message: str,
    sent: Mapping[str, str],
    *,
    cause: str,
    code: int | None = None,
    status: int | None = None,
) -> ExecutionUnknownError:
    order_id, look = look_up(endpoint, sent)
    return ExecutionUnknownError(
        message,
        hint="It may have been executed. Do not send it again before you have looked.",
        suggestion=look,
        operation=endpoint.name,
        code=code,
        http_status=status,
        details={
            "outcome": "UNKNOWN until it is looked up",
            "cause": cause,
            **({"client_order_id": order_id} if order_id else {}),
            **({"sent": _in_words(sent)} if sent else {}),
        },
    )
