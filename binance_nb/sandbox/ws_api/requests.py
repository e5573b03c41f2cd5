"""One frame of a client, read as a request: its id, its method, and its parameters as texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from binance_nb.sandbox.refusals import Refusal

__all__ = ["Request", "RequestId", "frame_of", "id_of", "request_of", "signed_payload"]

RequestId: TypeAlias = int | str | None
_Frame: TypeAlias = Mapping[str, Any]  # Any: JSON enters here

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_VERSION = "v3/"
_SHOWS_LIMITS = "returnRateLimits"
_HALF_CHARACTER = "\\ud"


class _Number(str):
    """A number as it was spelled: a signature covers the spelling, and money must not pass through a float."""

    __slots__ = ()


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        method: What is asked for, without a version.
        params: Texts by name, ``apiKey`` and ``signature`` among them.
        payload: The bytes that a signature covers.
        shows_limits: Whether the answer tells the limits; None where the connection decides.
    """

    method: str
    params: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""
    shows_limits: bool | None = None


def frame_of(text: str) -> _Frame:
    """Read a frame.

    Args:
        text: What came.

    Returns:
        The object in it; numbers keep their spelling.

    Raises:
        Refusal: -1135 for anything but one JSON object, -1101 for a name twice in an object.
    """
    try:
        frame = json.loads(
            text, parse_int=_Number, parse_float=_Number, parse_constant=_no_number, object_pairs_hook=_object
        )
        if _HALF_CHARACTER in text.lower():
            # JSON can spell half a character, UTF-8 cannot: such a text could never be sent back.
            json.dumps(frame, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(-1135, "Request") from None
    if not isinstance(frame, dict):
        raise Refusal(-1135, "Request")
    return frame


def id_of(frame: _Frame) -> RequestId:
    """Return the id that the answer repeats.

    Args:
        frame: What came.

    Returns:
        The id; None where there was none.

    Raises:
        Refusal: -1130 for what is neither a whole number nor a text nor null; the message is a guess.
    """
    given = frame.get("id")
    if isinstance(given, _Number) and _WHOLE.fullmatch(given):
        return int(given)
    if given is None or (isinstance(given, str) and not isinstance(given, _Number)):
        return given
    raise Refusal(-1130, "'%s'", "id")


def request_of(frame: _Frame) -> Request:
    """Read the request in a frame.

    Args:
        frame: What came.

    Returns:
        The request.

    Raises:
        Refusal: -1102 without a method, -1135 for parameters that are no object, -1130 for a value of a wrong kind.
    """
    method = frame.get("method")
    if not method or not isinstance(method, str) or isinstance(method, _Number):
        raise Refusal(-1102, "Mandatory parameter", "method")
    given = frame.get("params")
    if not isinstance(given, dict | None):
        raise Refusal(-1135, "'%s'", "params")
    params = {name: _text(name, value) for name, value in (given or {}).items()}
    payload = signed_payload(params)
    shown = params.pop(_SHOWS_LIMITS, None)
    if shown not in (None, "true", "false"):
        raise Refusal(-1130, "'%s'", _SHOWS_LIMITS)
    return Request(method.removeprefix(_VERSION), params, payload, None if shown is None else shown == "true")


def signed_payload(params: Mapping[str, str]) -> bytes:
    """Return the bytes that a signature covers: everything but itself, sorted by name, nothing percent-encoded.

    Args:
        params: Texts by name.

    Returns:
        Pairs joined by ``&``, in UTF-8.
    """
    pairs = (f"{name}={text}" for name, text in sorted(params.items()) if name != "signature")
    return "&".join(pairs).encode()


def _text(name: str, value: Any) -> str:  # Any: JSON enters here
    """Write a value as it would stand in a query: REST and WebSocket API keep the same rules."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, list):
        if any(isinstance(item, list | dict) for item in value):
            raise Refusal(-1135, "'%s'", name)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    raise Refusal(-1130, "'%s'", name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refusal(-1101, "Duplicate")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
