"""The one seam to the network: a prepared request goes in, a reply comes out."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.__about__ import __version__
from binance_nb.client.secrets import redact

if TYPE_CHECKING:
    import requests

__all__ = ["NoAnswer", "Prepared", "Reply", "RequestsTransport", "Transport"]

_CONNECT_WITHIN_SECONDS = 5.0
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"binance-nb/{__version__}",
}


@dataclass(frozen=True)
class Prepared:
    """A request as it will travel.

    Attributes:
        operation: Catalog name of the call.
        method: HTTP method.
        url: Full URL with the query.
        headers: Headers; the key among them.
        body: Form body, or None.
        weight: What the call costs.
        sent: Wire texts by parameter name, without timestamp and signature.
        signed_payload: The exact text that was signed, or None.
    """

    operation: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    weight: int
    sent: Mapping[str, str]
    signed_payload: str | None = None

    def __repr__(self) -> str:
        return f"Prepared({self.method} {redact(self.url)})"


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        operation: Catalog name of the call.
        sent: Wire texts by parameter name, without timestamp and signature.
        status: HTTP status.
        headers: Headers with lower-case names.
        body: The bytes, decompressed and otherwise untouched.
        server_ms: The server's time when it came, as well as it is known.
        weight: What the call was charged.
    """

    operation: str
    sent: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    server_ms: int = 0
    weight: int = 0


class NoAnswer(Exception):
    """No reply came.

    Args:
        reason: What happened, in a few words.
        was_sent: False only where it is certain that no byte of the request reached the server.
        is_timeout: Whether the time ran out.
    """

    def __init__(self, reason: str, *, was_sent: bool, is_timeout: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.was_sent = was_sent
        self.is_timeout = is_timeout


class Transport(Protocol):
    """Whatever can carry a request; a tape and a fault plug in here."""

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Send a request and return the reply, whatever its status.

        Args:
            prepared: The request.
            timeout_seconds: How long to wait for an answer.

        Returns:
            The reply.

        Raises:
            NoAnswer: None came.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class RequestsTransport:
    """The transport over `requests`: pooled connections, one session a thread, proxies and CA bundles honoured."""

    def __init__(self) -> None:
        # requests.Session is not thread-safe, so each thread has its own.
        self._local = threading.local()
        self._opened: list[requests.Session] = []
        self._guard = threading.Lock()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            import requests

            session = requests.Session()
            self._local.session, self._local.settings = session, {}
            with self._guard:
                self._opened.append(session)
        return session

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Send a request over the network; see `Transport.send`."""
        import requests

        session = self._session()
        headers = {**_HEADERS, **prepared.headers}
        # Prepared apart from the session, so that no .netrc file adds a password of its own.
        ready = requests.Request(prepared.method, prepared.url, headers=headers, data=prepared.body).prepare()
        limits = (_CONNECT_WITHIN_SECONDS, timeout_seconds)
        try:
            # A redirect is not followed: the key would go with it.
            answer = session.send(ready, timeout=limits, allow_redirects=False, **self._settings(session, prepared.url))
        except requests.RequestException as error:
            # Their texts hold the whole URL, signature included: keep the kind, drop the text.
            raise _no_answer(error) from None
        said = {name.lower(): text for name, text in answer.headers.items()}
        return Reply(prepared.operation, prepared.sent, answer.status_code, said, answer.content)

    def _settings(self, session: requests.Session, url: str) -> Mapping[str, Any]:  # Any: proxies, CA bundle, ...
        """Return the proxies and the CA bundle that the environment names for a host, looked up once a thread."""
        host = url.split("/", 3)[2]
        known: dict[str, Mapping[str, Any]] = self._local.settings
        if host not in known:
            known[host] = session.merge_environment_settings(url, {}, None, None, None)
        return known[host]

    def close(self) -> None:
        """Close every thread's session."""
        with self._guard:
            while self._opened:
                self._opened.pop().close()
        self._local = threading.local()


def _no_answer(error: requests.RequestException) -> NoAnswer:
    import requests

    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return NoAnswer("no connection could be made", was_sent=False, is_timeout=isinstance(error, requests.Timeout))
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return NoAnswer("the server's certificate is not trusted here", was_sent=False)
    if isinstance(error, requests.Timeout):
        return NoAnswer("no answer came in time", was_sent=True, is_timeout=True)
    if isinstance(error, requests.ConnectionError) and _is_refusal(error):
        return NoAnswer("nobody listens there, or the name is unknown", was_sent=False)
    return NoAnswer("the connection was lost", was_sent=True)


def _is_refusal(error: requests.ConnectionError) -> bool:
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
