"""Where calls go: the named environments, and what each of them may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from binance_nb.catalog import Endpoint
from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, format_time, nearest

__all__ = ["CLOCK_STANDS", "ENVIRONMENT_NAMES", "Environment", "is_loopback", "resolve"]

CLOCK_STANDS = ", clock stands at "
"""What comes between what a sandbox is called and where its clock stands."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LIVE_URL = "https://api.binance.com"
_DATA_HOST = "data-api.binance.vision"


@dataclass(frozen=True)
class Environment:
    """One place that speaks the Spot REST protocol.

    Attributes:
        name: ``market``, ``live``, ``testnet``, ``demo``, ``sandbox``, or the host of a URL.
        url: Base URL without a trailing slash.
        is_live: Whether real money can move there; any host that is not known to be harmless counts as live.
        has_market_data_only: Whether it serves the keyless market data endpoints alone.
        is_sandbox: Whether its data is made up.
        label: What to print beside data, such as ``SANDBOX seed 1``.
        archives_url: Base URL of its bulk files; empty where it has none.
        listing_url: Where those are listed.
        stream_url: Base URL of its market streams, without a path; empty where none is known.
        ws_api_url: URL of its WebSocket API, which brings the events of an account; empty where there is none.
    """

    name: str
    url: str
    is_live: bool = False
    has_market_data_only: bool = False
    is_sandbox: bool = False
    label: str = ""
    archives_url: str = ""
    listing_url: str = ""
    stream_url: str = ""
    ws_api_url: str = ""

    @property
    def host(self) -> str:
        """Host and port, which key the weight budget and the credentials."""
        return urlsplit(self.url).netloc

    def standing_at(self, now_ms: int) -> Environment:
        """Return this place with a label that says where its clock stands.

        Args:
            now_ms: Where, in ms.
        """
        return replace(self, label=f"{self.label.partition(CLOCK_STANDS)[0]}{CLOCK_STANDS}{format_time(now_ms)}")

    def check_serves(self, endpoint: Endpoint) -> None:
        """Refuse an endpoint that is not served here.

        Args:
            endpoint: The endpoint to be called.

        Raises:
            UsageError: It is served elsewhere; the hint says where.
        """
        if not self.has_market_data_only or endpoint.is_on_data_host:
            return
        elsewhere = "live, testnet, demo and sandbox"
        raise UsageError(
            f"{endpoint.name} is not served by the keyless market data host.",
            hint=f"It is served by {elsewhere}.",
            suggestion="%binance use sandbox",
            culprit=endpoint.name,
            operation=endpoint.name,
        )


_FILES_HOST = "data.binance.vision"
_FILES = f"https://{_FILES_HOST}", f"https://s3-ap-northeast-1.amazonaws.com/{_FILES_HOST}"
_WS_API = "/ws-api/v3"
_NAMED = {
    "market": Environment(
        "market", f"https://{_DATA_HOST}", False, True, False, "", *_FILES, "wss://data-stream.binance.vision"
    ),
    "live": Environment(
        "live",
        _LIVE_URL,
        True,
        False,
        False,
        "",
        *_FILES,
        "wss://stream.binance.com:9443",
        f"wss://ws-api.binance.com:443{_WS_API}",
    ),
    "testnet": Environment(
        "testnet",
        "https://testnet.binance.vision",
        stream_url="wss://stream.testnet.binance.vision",
        ws_api_url=f"wss://ws-api.testnet.binance.vision{_WS_API}",
    ),
    "demo": Environment(
        "demo",
        "https://demo-api.binance.com",
        stream_url="wss://demo-stream.binance.com",
        ws_api_url=f"wss://demo-ws-api.binance.com{_WS_API}",
    ),
}
ENVIRONMENT_NAMES = (*_NAMED, "sandbox")
"""Names to choose from; ``sandbox`` gets its URL when its process is up."""


def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this very computer.

    Args:
        url: Any URL.

    Returns:
        True for 127.0.0.1, localhost and ::1.
    """
    return urlsplit(url).hostname in _LOOPBACK


def resolve(name_or_url: str) -> Environment:
    """Return the environment of a name or a base URL.

    Args:
        name_or_url: ``market``, ``live``, ``testnet``, ``demo`` or an http(s) URL.

    Returns:
        The environment.

    Raises:
        UsageError: Neither a known name nor a URL.
    """
    if name_or_url in _NAMED:
        return _NAMED[name_or_url]
    parts = urlsplit(name_or_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"There is no environment {name_or_url!r}.",
            hint=did_you_mean(name_or_url, ENVIRONMENT_NAMES) or f"Choose one of {', '.join(ENVIRONMENT_NAMES)}.",
            suggestion=next(iter(nearest(name_or_url, ENVIRONMENT_NAMES)), None),
            culprit=name_or_url,
        )
    if parts.username or parts.password or parts.query:
        raise UsageError(
            "A base URL carries neither a user name nor a query.",
            hint="Give host and port alone; keys have their own place: %binance keys",
            culprit=parts.hostname,
        )
    return _of_host(parts.scheme, parts.netloc, parts.hostname)


def _of_host(scheme: str, netloc: str, hostname: str) -> Environment:
    for known in _NAMED.values():
        if known.host == netloc:
            return known
    is_here = hostname in _LOOPBACK
    if scheme == "http" and not is_here:
        raise UsageError(
            f"http://{netloc} would send keys in the clear.", hint=f"Use https://{netloc} instead.", culprit=netloc
        )
    sockets = f"{'wss' if scheme == 'https' else 'ws'}://{netloc}" if is_here else ""
    return Environment(
        netloc,
        f"{scheme}://{netloc}",
        is_live=not is_here,
        stream_url=sockets,
        ws_api_url=f"{sockets}{_WS_API}" if is_here else "",
    )
