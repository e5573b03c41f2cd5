"""Opening a WebSocket: the way through proxies and certificates that requests would take, and what a failure means."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from binance_nb.__about__ import __version__
from binance_nb.environment import is_loopback
from binance_nb.errors import StreamError
from binance_nb.streams.dials import dials_of
from binance_nb.streams.link import Policy, TryLater

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Way", "dial", "new_session", "way_to"]

# Larger than any message of the exchange: an all-market ticker array comes to one or two MB.
_LONGEST_MESSAGE = 16 * 2**20
_REFUSED_FOR_GOOD = range(400, 500)
_MEND_THEMSELVES = (408, 418, 425, 429)
# A ban that does not say how long it lasts takes two minutes at least.
_SHORTEST_BAN_SECONDS = 120.0
_SHORTEST_REFUSAL_SECONDS = 10.0
_FIREWALL, _BANNED, _TOO_MANY, _REGION = 403, 418, 429, 451
_HINTS = {
    _FIREWALL: "Its firewall may have seen too many connections from this address. Wait some minutes, then try again.",
    _REGION: "The keyless market data is served more widely: %binance use market. A sandbox works anywhere.",
}


@dataclass(frozen=True)
class Way:
    """How to get to a host.

    Attributes:
        proxy: URL of the proxy; None for the straight way.
        tls: What certificates are held against; None where the line is not encrypted.
    """

    proxy: str | None
    tls: ssl.SSLContext | None

    def __repr__(self) -> str:
        # The proxy's address may hold a password.
        return f"Way({'by a proxy' if self.proxy else 'straight'}, {'encrypted' if self.tls else 'in the clear'})"


def way_to(url: str) -> Way:
    """Look up the proxy and the CA bundle that the environment names, as requests does.

    Args:
        url: A ``ws`` or ``wss`` URL.

    Returns:
        The way.

    Raises:
        StreamError: The CA bundle or the proxy named there is of no use.
    """
    import requests

    parts = urlsplit(url)
    is_encrypted = parts.scheme == "wss"
    asked = f"{'https' if is_encrypted else 'http'}://{parts.netloc}/"
    with requests.Session() as session:
        settings = session.merge_environment_settings(asked, {}, False, None, None)
    # This very computer is never behind a proxy.
    proxy = None if is_loopback(url) else requests.utils.select_proxy(asked, settings["proxies"])
    if proxy and urlsplit(proxy).scheme not in ("http", "https"):
        proxy_kind = urlsplit(proxy).scheme or "that"
        raise StreamError(
            f"Streams cannot go through a {proxy_kind} proxy.",
            hint="Name an http:// proxy in HTTPS_PROXY, or the exchange's host in NO_PROXY.",
            culprit="HTTPS_PROXY",
        )
    bundle = settings["verify"]
    path = bundle if isinstance(bundle, str) else _bundled()
    return Way(proxy, _tls(path) if is_encrypted else None)


def _bundled() -> str:
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    return str(DEFAULT_CA_BUNDLE_PATH)


@functools.cache
def _tls(path: str) -> ssl.SSLContext:
    try:
        if Path(path).is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:  # an SSLError is one too
        raise StreamError(
            "The CA bundle cannot be read.",
            hint="REQUESTS_CA_BUNDLE has to name a file of PEM certificates, or a folder of them.",
            culprit="REQUESTS_CA_BUNDLE",
        ) from error


async def dial(
    session: aiohttp.ClientSession, url: str, policy: Policy, rate: Callable[[], float]
) -> aiohttp.ClientWebSocketResponse:
    """Shake hands.

    Args:
        session: What connections are made with.
        url: Where.
        policy: How long it may take.
        rate: Seconds of the exchange per second here; it counts Retry-After by its own clock.

    Returns:
        The open WebSocket.

    Raises:
        TryLater: It failed in a way that may mend itself.
        StreamError: It would fail again.
    """
    import aiohttp

    host = urlsplit(url).netloc
    way = way_to(url)
    try:
        async with asyncio.timeout(policy.connect_seconds):
            # A silent half of a proxied line, pings and closing are ours to see.
            return await session.ws_connect(
                url,
                autoclose=False,
                autoping=False,
                max_msg_size=_LONGEST_MESSAGE,
                proxy=way.proxy,
                ssl=way.tls or True,
            )
    except aiohttp.WSServerHandshakeError as error:
        raise _refused(error, host, rate() or 1.0) from None
    except aiohttp.ClientHttpProxyError as error:
        raise _refused_by_proxy(error.status) from None
    except aiohttp.ClientProxyConnectionError:
        raise TryLater("The proxy that HTTPS_PROXY names cannot be reached.") from None
    except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError) as error:
        raise _mistrusted(host, error) from None
    except aiohttp.ClientSSLError:
        raise TryLater(f"No encrypted line to {host} came about.") from None
    except TimeoutError:
        raise TryLater(f"{host} did not answer within {policy.connect_seconds:g} s.") from None
    except (aiohttp.InvalidURL, ValueError):
        raise StreamError(f"{host or 'This'} is no address of a stream.", culprit=host) from None
    except (aiohttp.ClientError, OSError):
        # Their texts may name a proxy with its password.
        raise TryLater(f"{host} cannot be reached.") from None


def new_session() -> aiohttp.ClientSession:
    """Make what connections are made with; on the loop's thread."""
    import aiohttp

    from binance_nb.streams.resolving import Resolver

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=Resolver()),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"binance-nb/{__version__}"},
        timeout=aiohttp.ClientTimeout(total=None),
        # No .netrc file adds a password of its own.
        trust_env=False,
    )


def _refused(error: aiohttp.WSServerHandshakeError, host: str, rate: float) -> Exception:
    status = error.status
    if status in _MEND_THEMSELVES or status not in _REFUSED_FOR_GOOD:
        wait = None
        if status in (_BANNED, _TOO_MANY):
            wait = _retry_after(error.headers, status) / rate
            dials_of(host).shut(wait)
        return TryLater(_words_of(status, host), wait)
    return StreamError(_words_of(status, host), hint=_HINTS.get(status), http_status=status)


def _retry_after(headers: Mapping[str, str] | None, status: int) -> float:
    with contextlib.suppress(ValueError):
        return max(0.0, float((headers or {}).get("Retry-After", "")))
    return _SHORTEST_BAN_SECONDS if status == _BANNED else _SHORTEST_REFUSAL_SECONDS


def _words_of(status: int, host: str) -> str:
    match status:
        case 429:
            return f"{host} takes no more connections for now (429)."
        case 418:
            return f"{host} has banned this address for now (418)."
        case 403:
            return f"The firewall of {host} refused the connection (403)."
        case 451:
            return f"{host} does not serve streams to this place (451)."
    return f"{host} refused the connection ({status})."


def _refused_by_proxy(status: int) -> Exception:
    if status == 407:
        return StreamError(
            "The proxy wants a password (407).",
            hint="Put user and password into HTTPS_PROXY: http://user:password@host:port",
            culprit="HTTPS_PROXY",
        )
    return TryLater(f"The proxy that HTTPS_PROXY names did not let the connection through ({status}).")


def _mistrusted(host: str, error: Exception) -> StreamError:
    verification = getattr(error, "certificate_error", error)
    return StreamError(
        f"The certificate of {host} is not to be trusted.",
        hint="Behind a company's proxy, let REQUESTS_CA_BUNDLE name the file with its certificate.",
        details={"cause": getattr(verification, "verify_message", "") or type(verification).__name__},
    )
