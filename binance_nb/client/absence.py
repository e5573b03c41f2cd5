"""No reply came: why not, and whether the request may have arrived all the same."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES, TransportFailure

if TYPE_CHECKING:
    import requests

__all__ = ["NoAnswer", "no_answer"]

_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EACCES, errno.EPERM)
# While the two sides still agree on how to speak, nothing of the request has been sent; later alerts look alike.
_HANDSHAKE = re.compile(r"WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|PROTOCOL_VERSION|HTTP_REQUEST")


class NoAnswer(Exception):
    """No reply came.

    Args:
        reason: What happened, in a few words.
        was_sent: False only where it is certain that no byte of the request reached the server.
        is_timeout: Whether the time ran out.
        kind: Its name among `TRANSPORT_FAILURES`.
    """

    def __init__(self, reason: str, *, was_sent: bool, is_timeout: bool = False, kind: str = "dropped") -> None:
        super().__init__(reason)
        self.reason = reason
        self.was_sent = was_sent
        self.is_timeout = is_timeout
        self.kind = kind

    @property
    def failure(self) -> TransportFailure:
        """What is known about this kind."""
        return TRANSPORT_FAILURES[self.kind]


def no_answer(error: requests.RequestException) -> NoAnswer:
    """Tell what an exception of requests means.

    Args:
        error: The exception; its text holds the whole URL, signature included, and is not passed on.

    Returns:
        The error to raise.
    """
    import requests

    failure = TRANSPORT_FAILURES[_kind(error)]
    return NoAnswer(
        failure.reason,
        was_sent=failure.was_sent,
        is_timeout=isinstance(error, requests.Timeout),
        kind=failure.name,
    )


def _kind(error: requests.RequestException) -> str:
    import requests

    if _is_shut_proxy(error):
        return "proxy"
    if isinstance(error, requests.ConnectTimeout):
        return "no_connection"
    if isinstance(error, requests.exceptions.SSLError):
        return _kind_of_tls(error)
    if isinstance(error, requests.Timeout):
        return "silence"
    return _kind_of_refusal(error) if _is_refusal(error) else "dropped"


def _kind_of_tls(error: requests.RequestException) -> str:
    said = " ".join(f"{each} {getattr(each, 'reason', '')}" for each in _chain(error) if isinstance(each, ssl.SSLError))
    if "CERTIFICATE_VERIFY_FAILED" in said or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "certificate"
    return "tls" if _HANDSHAKE.search(said) else "dropped"


def _kind_of_refusal(error: requests.RequestException) -> str:
    for each in _chain(error):
        if isinstance(each, socket.gaierror):
            return "unknown_host"
        if isinstance(each, OSError) and each.errno in _NO_ROUTE:
            return "no_route"
    return "refused"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that led to it, as requests, urllib3 and Python wrap them."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, BaseException) or each in seen:
            continue
        seen.append(each)
        yield each
        waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]


def _is_shut_proxy(error: requests.RequestException) -> bool:
    """Whether a proxy let nothing through; a line that broke behind it also counts as the proxy's error."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

    cause = error.args[0] if isinstance(error, requests.exceptions.ProxyError) and error.args else None
    reason = getattr(cause.reason, "original_error", None) if isinstance(cause, MaxRetryError) else None
    is_tunnel = isinstance(reason, OSError) and str(reason).startswith("Tunnel connection failed")
    return is_tunnel or isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _is_refusal(error: requests.RequestException) -> bool:
    import requests
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
