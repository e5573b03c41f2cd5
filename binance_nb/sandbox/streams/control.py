"""What a client says on a stream connection, and what it is answered.

The documents list the exchange's refusals without saying what comes of parameters that are no list of names; those
are worded as its parser words its others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from binance_nb.sandbox.streams.printing import printed

__all__ = ["ControlError", "Controlled", "answer"]

_METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_ID_TEXT = re.compile(r"[A-Za-z0-9_-]{1,36}")  # hyphens too: a UUID has 36 characters with them
_INT64 = 1 << 63
_COMBINED = "combined"


class ControlError(Exception):
    """A message that is refused.

    Args:
        code: The code.
        message: The words.
        **more: What the answer holds besides.
    """

    def __init__(self, code: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.reply = {"code": code, "msg": message, **more}


class Controlled(Protocol):
    """A connection, as its client commands it."""

    @property
    def is_combined(self) -> bool:
        """Whether events come in envelopes."""

    def combine(self, is_combined: bool) -> None:
        """Choose whether events come in envelopes.

        Args:
            is_combined: Whether they shall.
        """

    def subscribe(self, names: Sequence[str]) -> None:
        """Begin to send streams.

        Args:
            names: Their names.

        Raises:
            ControlError: They are too many.
        """

    def unsubscribe(self, names: Sequence[str]) -> None:
        """Stop sending streams.

        Args:
            names: Their names.
        """

    def subscriptions(self) -> list[str]:
        """Return the names of the streams it sends."""


@dataclass(frozen=True)
class _Command:
    method: str
    params: list[Any] | None  # Any: JSON enters here
    id: int | str | None


def answer(text: str, connection: Controlled) -> str:
    """Do what a message asks for.

    Args:
        text: The message.
        connection: Where it came from.

    Returns:
        The answer.
    """
    try:
        command = _read(text)
        result = _done(command, connection)
    except ControlError as error:
        return printed(error.reply)
    return printed({"result": result, "id": command.id})


def _done(command: _Command, connection: Controlled) -> bool | list[str] | None:
    params = command.params or []
    match command.method:
        case "SUBSCRIBE":
            connection.subscribe(params)
        case "UNSUBSCRIBE":
            connection.unsubscribe(params)
        case "LIST_SUBSCRIPTIONS":
            _refuse_more_than(0, params)
            return connection.subscriptions()
        case "GET_PROPERTY":
            _check_property(command, 1)
            return connection.is_combined
        case _:
            _check_property(command, 2)
            if len(params) < 2 or not isinstance(params[1], bool):
                raise ControlError(1, "Invalid value type: expected Boolean")
            connection.combine(params[1])
    return None


def _check_property(command: _Command, count: int) -> None:
    params = command.params or []
    _refuse_more_than(count, params)
    if not params or not isinstance(params[0], str):
        _refuse("property name must be a string")
    if params[0] != _COMBINED:
        raise ControlError(0, "Unknown property", id=command.id)


def _refuse_more_than(count: int, params: Sequence[object]) -> None:
    if len(params) > count:
        _refuse("too many parameters")


def _refuse(what: str) -> NoReturn:
    raise ControlError(2, f"Invalid request: {what}")


def _read(text: str) -> _Command:
    said = _parsed(text)
    members, ends = (said, _ends(text)) if isinstance(said, dict) else ({}, {})
    if "method" not in members:
        _refuse(f"missing field `method` at {_position(text, len(text.rstrip()))}")
    method = members["method"]
    if method not in _METHODS:
        shown = method if isinstance(method, str) else printed(method)
        expected = ", ".join(f"`{name}`" for name in _METHODS)
        _refuse(f"unknown variant `{shown}`, expected one of {expected} at {_position(text, ends['method'])}")
    if "id" not in members or not _is_id(members["id"]):
        _refuse("request ID must be an unsigned integer")
    where = _position(text, ends.get("params", len(text.rstrip())))
    return _Command(method, _params(method, members.get("params"), where), members["id"])


def _params(method: str, params: Any, where: str) -> list[Any] | None:  # Any: JSON enters here
    is_about_streams = method in ("SUBSCRIBE", "UNSUBSCRIBE")
    if params is None:
        if is_about_streams:
            _refuse(f"missing field `params` at {where}")
        return None
    if not isinstance(params, list):
        _refuse(f"invalid type: {_kind(params)}, expected a sequence at {where}")
    for name in params if is_about_streams else ():
        if not isinstance(name, str):
            _refuse(f"invalid type: {_kind(name)}, expected a string at {where}")
    return params


def _is_id(value: object) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return -_INT64 <= value < _INT64
    return value is None or (isinstance(value, str) and _ID_TEXT.fullmatch(value) is not None)


def _kind(value: object) -> str:
    """Return how the exchange's parser calls a value."""
    match value:
        case bool():
            return f"boolean `{printed(value)}`"
        case int():
            return f"integer `{value}`"
        case float():
            return f"floating point `{value}`"
        case str():
            return f"string {printed(value)}"
        case dict():
            return "map"
        case list():
            return "sequence"
        case _:
            return "null"


def _parsed(text: str) -> Any:  # Any: JSON enters here
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ControlError(3, f"Invalid JSON: expected value at {_position(text, error.pos + 1)}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets thousands deep
        raise ControlError(3, "Invalid JSON: expected value at line 1 column 1") from None


def _refuse_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity, which JSON does not have.
    raise ValueError(name)


def _ends(text: str) -> dict[str, int]:
    """Return where each member's value ends in an object that is known to be JSON."""
    decoder = json.JSONDecoder()
    ends: dict[str, int] = {}
    place = _skipped(text, text.index("{") + 1)
    while text[place] != "}":
        name, place = decoder.raw_decode(text, place)
        place = _skipped(text, _skipped(text, place) + 1)
        _, ends[name] = decoder.raw_decode(text, place)
        place = _skipped(text, ends[name])
        if text[place] == ",":
            place = _skipped(text, place + 1)
    return ends


def _skipped(text: str, place: int) -> int:
    while text[place] in " \t\r\n":
        place += 1
    return place


def _position(text: str, end: int) -> str:
    """Return a place as the exchange states it: lines and bytes from 1, the last one read."""
    before = text[:end]
    line_start = before.rfind("\n") + 1
    return f"line {before.count(chr(10)) + 1} column {len(before[line_start:].encode(errors='replace'))}"
