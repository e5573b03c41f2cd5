"""The body of a request on the socket: read whole, or refused for its size, its encoding or its slowness."""

from __future__ import annotations

import asyncio

from aiohttp import ClientPayloadError, web
from aiohttp.http import HttpProcessingError

__all__ = ["UnreadableError", "body_of"]

_WITHIN_SECONDS = 10.0


class UnreadableError(Exception):
    """A body that does not come, or not as it was announced.

    Args:
        status: HTTP status to answer with: 400, 408 or 413.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


async def body_of(request: web.BaseRequest) -> bytes:
    """Read a body.

    Args:
        request: The request.

    Returns:
        Its bytes; empty where it has none.

    Raises:
        UnreadableError: It is too large, too slow, or not encoded as it says.
    """
    if not request.can_read_body:
        return b""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        if request.content.is_eof():
            return await request.read()
        async with asyncio.timeout(_WITHIN_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise UnreadableError(413) from None
    except TimeoutError:
        raise UnreadableError(408) from None
    except (web.RequestPayloadError, ClientPayloadError, HttpProcessingError):
        raise UnreadableError(400) from None
