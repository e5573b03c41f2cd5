"""One line of a tape: a JSON object with sorted keys, and a checksum over all of it.

The body of a reply stands in its line as the exchange sent it, letter for letter: that way a difference between two
tapes shows what is different, and reading it back gives the same bytes without writing JSON anew.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

__all__ = ["RAW", "DamagedLineError", "read_line", "write_line"]

RAW = "body"
"""The field whose value is bytes."""

_CHECK = "check"
_DIGEST_BYTES = 8
_DECODER = json.JSONDecoder()


class DamagedLineError(ValueError):
    """A line is not what was written. Its text says why, for a person."""


def write_line(fields: Mapping[str, Any]) -> str:  # Any: JSON, and bytes for the body
    """Write a line.

    Args:
        fields: What stands in it, by name; ``body`` is bytes.

    Returns:
        The line, with its end.
    """
    inner = ", ".join(f"{json.dumps(name)}: {_text(name, fields[name])}" for name in sorted(fields))
    return f'{{"{_CHECK}": "{_check(inner)}", {inner}}}\n'


def read_line(line: str) -> dict[str, Any]:  # Any: as of `write_line`
    """Read a line.

    Args:
        line: The line; its end may be missing.

    Returns:
        What was written.

    Raises:
        DamagedLineError: It was changed, or breaks off.
    """
    text = line.rstrip("\r\n")
    try:
        fields = json.loads(text)
    except ValueError:
        raise DamagedLineError("it is no JSON, or breaks off in the middle") from None
    if not isinstance(fields, dict) or _CHECK not in fields:
        raise DamagedLineError("it is no line of a tape")
    head = f'{{"{_CHECK}": "{fields.pop(_CHECK)}", '
    if not text.startswith(head) or _check(text[len(head) : -1]) != head[len(_CHECK) + 6 : -3]:
        raise DamagedLineError("it was changed after it was written: its checksum does not fit")
    if RAW in fields:
        fields[RAW] = _bytes(text, fields[RAW])
    return fields


def _text(name: str, value: Any) -> str:
    if name != RAW:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    assert isinstance(value, bytes)
    return _body_text(value)


def _body_text(body: bytes) -> str:
    """Return a body as JSON: itself where it is JSON on one line, else a text, else letters that stand for bytes."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return json.dumps({"base64": b64encode(body).decode("ascii")})
    is_verbatim = "\n" not in text and "\r" not in text and text[:1] in ("{", "[")
    try:
        is_verbatim = is_verbatim and not _is_wrapper(json.loads(text))
    except ValueError:
        is_verbatim = False
    return text if is_verbatim else json.dumps({"text": text}, ensure_ascii=False)


def _is_wrapper(value: object) -> bool:
    return isinstance(value, dict) and len(value) == 1 and bool(value.keys() & {"text", "base64"})


def _bytes(line: str, value: object) -> bytes:
    if _is_wrapper(value):
        assert isinstance(value, dict)
        return value["text"].encode() if "text" in value else b64decode(value["base64"])
    return _verbatim(line).encode()


def _verbatim(line: str) -> str:
    """Return the letters of the body in a line whose keys are sorted and whose checksum fits."""
    place = line.index(", ") + 2
    while True:
        name, place = _DECODER.raw_decode(line, place)
        place += 2
        end = _DECODER.raw_decode(line, place)[1]
        if name == RAW:
            return line[place:end]
        place = end + 2


def _check(inner: str) -> str:
    return blake2b(inner.encode(), digest_size=_DIGEST_BYTES).hexdigest()
