"""The one seam to the network: a prepared request goes in, a reply comes out."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from binance_nb.__about__ import __version__
from binance_nb.client.absence import no_answer
from binance_nb.environment import is_loopback
from binance_nb.keys.secrets import redact

if TYPE_CHECKING:
    import requests

__all__ = ["Headers", "Prepared", "Reply", "RequestsTransport", "Transport", "valid_ms"]

_CONNECT_WITHIN_SECONDS = 5.0
# Connections to a host that are kept open: more than ever are in use together.
_MOST_KEPT = 64
_PIECE_BYTES = 2**20
_RECV_WINDOW_MS = "5000"
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"binance-nb/{__version__}",
}


class Headers(dict[str, str]):
    """Headers that do not show the key: many a tool prints the variables of a traceback, and what objects hold."""

    def __repr__(self) -> str:
        return redact(super().__repr__())


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
        expires_at: Server time in ms after which it cannot be executed any more; None where it is not signed.
    """

    operation: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    weight: int
    sent: Mapping[str, str]
    signed_payload: str | None = None
    expires_at: int | None = None

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
        server_ms: The server's time when it came, as well as it is known; 0 from a transport that does not know it.
        weight: What the call was charged.
    """

    operation: str
    sent: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    server_ms: int = 0
    weight: int = 0


def valid_ms(sent: Mapping[str, str]) -> int:
    """Return how long after its time stamp a signed request may be executed.

    Args:
        sent: Its wire texts.

    Returns:
        Whole milliseconds, rounded up.
    """
    return math.ceil(Decimal(sent.get("recvWindow", _RECV_WINDOW_MS)))


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
    """The transport over `requests`: connections are kept and shared by all threads, proxies and CA bundles honoured.

    It stands on an adapter, which threads may share, and not on a session, which they may not: that way the threads of
    one pull leave their connections to those of the next. It is also a third faster: no redirect is followed, or the
    key would go with it; no cookie is kept; no .netrc file adds a password of its own.
    """

    def __init__(self) -> None:
        logging.getLogger("urllib3.connectionpool").addFilter(_redact_record)
        self._guard = threading.Lock()
        self._made: requests.adapters.HTTPAdapter | None = None
        self._known: dict[str, Mapping[str, Any]] = {}  # Any: proxies, CA bundle, ...

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Send a request over the network; see `Transport.send`."""
        import requests

        limits = (_CONNECT_WITHIN_SECONDS, timeout_seconds)
        try:
            answer = self._adapter().send(_ready(prepared), timeout=limits, **self._settings(prepared.url))
            # In one piece, where requests itself would put a long answer together from many small ones.
            body = b"".join(answer.iter_content(_PIECE_BYTES))
        except requests.RequestException as error:
            # Their texts hold the whole URL, signature included: keep the kind, drop the text.
            raise no_answer(error) from None
        except BaseException as error:  # noqa: BLE001  # it goes on, without its trace
            # An interrupt, for one: the frames below hold URL and headers, and a traceback may show variables.
            raise error.with_traceback(None) from None
        said = {name.lower(): text for name, text in answer.headers.items()}
        return Reply(prepared.operation, prepared.sent, answer.status_code, said, body)

    def close(self) -> None:
        """Let go of connections; those under way end with their requests."""
        with self._guard:
            if self._made is not None:
                self._made.close()

    def _adapter(self) -> requests.adapters.HTTPAdapter:
        with self._guard:
            if self._made is None:
                from binance_nb.client.wire import DiscreetAdapter

                self._made = DiscreetAdapter(pool_maxsize=_MOST_KEPT)
            return self._made

    def _settings(self, url: str) -> Mapping[str, Any]:  # Any: proxies, CA bundle, ...
        """Return the proxies and the CA bundle that the environment names for a host, looked up once."""
        host = url.split("/", 3)[2]
        if host not in self._known:
            import requests

            with requests.Session() as session:
                settings = session.merge_environment_settings(url, {}, False, None, None)
            # This very computer is never behind a proxy, and a sandbox's key is no proxy's business.
            self._known[host] = {**settings, "proxies": {}} if is_loopback(url) else settings
        return self._known[host]


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
