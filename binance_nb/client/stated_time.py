"""What time it is at the exchange, as its replies state it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from binance_nb.catalog import in_ms
from binance_nb.client.clock import ClockReading
from binance_nb.client.transport import Reply
from binance_nb.errors import ReplyError

__all__ = ["server_time", "stated_clock", "stated_date"]


def server_time(reply: Reply) -> int:
    """Read the answer to the question what time it is.

    Args:
        reply: The reply.

    Returns:
        Milliseconds since 1970 UTC.

    Raises:
        ReplyError: It states none.
    """
    try:
        stated = json.loads(reply.body)["serverTime"]
    except (ValueError, KeyError, TypeError):
        stated = None
    if not isinstance(stated, int):
        raise ReplyError("The server's time cannot be read.", operation=reply.operation, http_status=reply.status)
    # In microseconds it has sixteen digits.
    return in_ms(stated)


def stated_date(headers: Mapping[str, str]) -> int | None:
    """Read the header that every server sends.

    Args:
        headers: Headers with lower-case names.

    Returns:
        Milliseconds since 1970 UTC, to the second; None where it cannot be read.
    """
    try:
        return int(parsedate_to_datetime(headers["date"]).timestamp() * 1000)
    except (KeyError, ValueError, TypeError):
        return None


def stated_clock(headers: Mapping[str, str]) -> ClockReading | None:
    """Read the header in which a sandbox states its clock: its time, and its rate.

    Args:
        headers: Headers with lower-case names.

    Returns:
        The reading; None where there is no such header.
    """
    now, _, rate = headers.get("x-sandbox-clock", "").partition(";")
    return ClockReading(int(now), rate=float(rate)) if now.isdecimal() and rate else None
