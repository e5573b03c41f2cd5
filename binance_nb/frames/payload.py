"""Bytes -> JSON values with their digits kept, and the error for bytes that are something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from binance_nb.catalog import Endpoint
from binance_nb.errors import ReplyError

__all__ = ["Misfit", "json_words", "parse", "unreadable"]

_SHOWN = 80

# Keys and signatures are 64 characters or more in a row. Replies hold none, but what answered may not be the exchange.
_SECRET_LIKE = re.compile(r"[0-9A-Za-z+/=_%-]{40,}")


_WORDS: Mapping[type, str] = {
    dict: "object",
    list: "array",
    str: "text",
    int: "number",
    Decimal: "number",
    bool: "true or false",
    type(None): "null",
}


class Misfit(Exception):
    """The reply is not what the catalog promises; the message says in which way."""


def parse(body: bytes) -> Any:  # Any: this is where JSON enters
    """Read JSON and keep the digits of its numbers.

    Args:
        body: The reply's bytes.

    Returns:
        The value; a number with a point or an exponent is a Decimal.

    Raises:
        Misfit: The bytes are not JSON.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError as error:
        raise Misfit("it is nested too deeply") from error
    except ValueError as error:  # bad UTF-8 and bad JSON both
        raise Misfit("it is empty" if not body.strip() else "it is not JSON") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def json_words(types: Iterable[type]) -> str:
    """Return what JSON calls the values of these Python types."""
    return ", ".join(sorted({_WORDS[kind] for kind in types}))


def unreadable(endpoint: Endpoint, body: bytes, reason: str) -> ReplyError:
    """Return the error for a reply that cannot become a frame.

    Args:
        endpoint: What was called.
        body: What came.
        reason: What is wrong with it, as a clause.

    Returns:
        The error, with the beginning of the body.
    """
    # Masked before it is cut, or a key cut short would look harmless. The cut body may end inside a letter.
    text = _SECRET_LIKE.sub("…", body[: 8 * _SHOWN].decode("utf-8", errors="replace"))
    start = " ".join(text.split())[:_SHOWN]
    is_page = start.startswith("<")
    return ReplyError(
        f"The reply to {endpoint.name} cannot be read: {reason}." + (f" It begins: {start}" if start else ""),
        hint=(
            "This is a web page: a proxy or a login page answered instead of the exchange."
            if is_page
            else "Either the exchange has changed this reply, or something on the way has; --raw shows it as it came."
        ),
        operation=endpoint.name,
        details={"reason": reason, "body_start": start, "body_bytes": len(body)},
    )
