"""The one seam to the network: a prepared request goes in, a reply comes out."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.__about__ import __version__
from binance_nb.client.absence import no_answer
from binance_nb.environment import is_loopback
from binance_nb.keys.secrets import redact

if TYPE_CHECKING:
    import requests

__all__ = ["Prepared", "Reply", "RequestsTransport", "Transport"]

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
        logging.getLogger("urllib3.connectionpool").addFilter(_redact_record)
        # requests.Session is not thread-safe, so each thread has its own.
        self._local = threading.local()
        # The sessions of threads that have ended are let go, and their connections with them.
        self._opened: weakref.WeakSet[requests.Session] = weakref.WeakSet()
        self._guard = threading.Lock()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            import requests

            session = requests.Session()
            self._local.session, self._local.settings = session, {}
            with self._guard:
                self._opened.add(session)
        return session

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Send a request over the network; see `Transport.send`."""
        import requests

        session = self._session()
        limits = (_CONNECT_WITHIN_SECONDS, timeout_seconds)
        try:
            # Past the session, straight to its adapter, which is a third faster: no redirect is followed, or the key
            # would go with it; no cookie is kept; no .netrc file adds a password of its own.
            answer = session.get_adapter(prepared.url).send(
                _ready(prepared), timeout=limits, **self._settings(session, prepared.url)
            )
            body = answer.content
        except requests.RequestException as error:
            # Their texts hold the whole URL, signature included: keep the kind, drop the text.
            raise no_answer(error) from None
        said = {name.lower(): text for name, text in answer.headers.items()}
        return Reply(prepared.operation, prepared.sent, answer.status_code, said, body)

    def _settings(self, session: requests.Session, url: str) -> Mapping[str, Any]:  # Any: proxies, CA bundle, ...
        """Return the proxies and the CA bundle that the environment names for a host, looked up once a thread."""
        host = url.split("/", 3)[2]
        known: dict[str, Mapping[str, Any]] = self._local.settings
        if host not in known:
            settings = session.merge_environment_settings(url, {}, False, None, None)
            # This very computer is never behind a proxy, and a sandbox's key is no proxy's business.
            known[host] = {**settings, "proxies": {}} if is_loopback(url) else settings
        return known[host]

    def close(self) -> None:
        """Close every thread's session."""
        with self._guard:
            while self._opened:
                self._opened.pop().close()
        self._local = threading.local()


def _redact_record(record: logging.LogRecord) -> bool:
    # urllib3 writes the whole path at debug level, and the query with the signature is part of it.
    text = record.getMessage()
    if "signature=" in text:
        record.msg, record.args = redact(text), ()
    return True


def _ready(prepared: Prepared) -> requests.PreparedRequest:
    """Return a request as adapters take it. It is encoded already: Request.prepare() would only read it all again."""
    import requests

    ready = requests.PreparedRequest()
    ready.method, ready.url, ready.body = prepared.method, prepared.url, prepared.body
    ready.headers = requests.structures.CaseInsensitiveDict({**_HEADERS, **prepared.headers})
    if prepared.method != "GET":
        ready.headers["Content-Length"] = str(len(prepared.body or b""))
    return ready
