"""What the exchange says on a stream's own connection when it cannot carry out a control request.

These codes are small and not negative, and mean nothing outside a stream: they are no part of the table of errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from binance_nb.catalog.error_code import Explanation, ServerMessage

__all__ = ["STREAM_ERRORS", "StreamRefusal", "explain_stream"]


@dataclass(frozen=True)
class StreamRefusal:
    """One refusal.

    Attributes:
        code: Its number, which several share.
        said: The literal text, and what it means.
        carries_id: Whether the answer repeats the request's id.
    """

    code: int
    said: ServerMessage
    carries_id: bool = False


def _refusal(code: int, template: str, cause: str, remedy: str, *, carries_id: bool = False) -> StreamRefusal:
    return StreamRefusal(code, ServerMessage(template, cause, remedy), carries_id)


STREAM_ERRORS = (
    _refusal(
        0,
        "Unknown property",
        "SET_PROPERTY or GET_PROPERTY named a property that a connection does not have.",
        "Use combined, the one there is.",
        carries_id=True,
    ),
    _refusal(
        1,
        "Invalid value type: expected Boolean",
        "The property was to be set to something that is neither true nor false.",
        "Send true or false, without quotes.",
    ),
    _refusal(
        2,
        "Invalid request: property name must be a string",
        "The request names no property, or names it with something that is no text.",
        'Put the name first in params: ["combined", true].',
    ),
    _refusal(
        2,
        "Invalid request: request ID must be an unsigned integer",
        "The request came without an id, or with one that is no whole number of 0 or more.",
        "Count the requests of a connection, and send the count as id.",
    ),
    _refusal(
        2,
        "Invalid request: unknown variant %s, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, "
        "`SET_PROPERTY`, `GET_PROPERTY` at line 1 column 28",
        "A stream's connection has no method {0}.",
        "Use SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY or GET_PROPERTY, in capitals.",
    ),
    _refusal(
        2,
        "Invalid request: too many parameters",
        "The request came with more params than its method takes.",
        "Leave params out for LIST_SUBSCRIPTIONS; GET_PROPERTY takes one, SET_PROPERTY two.",
    ),
    _refusal(
        2,
        "Invalid request: missing field `method` at line 1 column 73",
        "The request does not say what it wants.",
        "Send method, params and id.",
    ),
    _refusal(
        3,
        "Invalid JSON: expected value at line %s column %s",
        "What was sent cannot be read as JSON; it stops making sense at line {0}, column {1}.",
        "Send one JSON object a message, with double quotes.",
    ),
)
"""Every refusal, in the documentation's order."""

_PLACE = re.compile(r" at line \d+ column \d+$")
_UNKNOWN = Explanation(
    "The exchange did not carry out a request on this stream's connection.",
    "Go by its message; subscriptions that were there before go on.",
)


def explain_stream(code: int, message: str = "") -> Explanation:
    """Explain a refusal on a stream's connection.

    Args:
        code: The ``code`` of the answer.
        message: Its ``msg``; the places in it where the exchange stopped reading may be others than documented.

    Returns:
        Cause and remedy in plain words; general ones for what is not known.
    """
    for known in STREAM_ERRORS:
        if known.code != code:
            continue
        values = known.said.read(message)
        if values is None:
            # Where in the request it stopped reading depends on the request.
            values = ServerMessage(_PLACE.sub("", known.said.template)).read(_PLACE.sub("", message))
        if values is not None:
            return known.said.explain(tuple(value.strip("`") for value in values)) or _UNKNOWN
    return _UNKNOWN
