"""Why no answer came, or none that can be read: what happened on the way, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["TRANSPORT_FAILURES", "TransportFailure"]


@dataclass(frozen=True)
class TransportFailure:
    """One way in which a request or its answer gets lost.

    Attributes:
        name: What it is called.
        reason: What happened, as the end of a sentence.
        cause: Why that happens.
        remedy: What to do about it.
        look: The line that shows more, or leads on.
        was_sent: False where it is certain that the exchange got nothing.
    """

    name: str
    reason: str
    cause: str
    remedy: str
    look: str = "%binance status"
    was_sent: bool = False


_ALL = (
    TransportFailure(
        "unknown_host",
        "no name server knows it",
        cause="There is no network here, name look-ups are blocked, or the host's name is misspelt.",
        remedy="Check the network and the address. The sandbox needs neither.",
        look="%binance use sandbox",
    ),
    TransportFailure(
        "no_route",
        "no way leads there",
        cause="This computer is offline, or a firewall or VPN keeps it from reaching the host.",
        remedy="Check the network; if only this host is out of reach, whoever runs the firewall has to open it.",
        look="%binance use sandbox",
    ),
    TransportFailure(
        "refused",
        "nobody listens there",
        cause="The host is there, but nothing takes connections on this port.",
        remedy="Check host and port of the environment. A sandbox that has ended is started anew with use.",
    ),
    TransportFailure(
        "no_connection",
        "no connection came about in time",
        cause="The host did not react at all: a firewall swallows the packets, or the line is very slow.",
        remedy="Try again in a moment, then from another network.",
    ),
    TransportFailure(
        "silence",
        "no answer came in time",
        cause="The request went out and nothing came back: the exchange is slow, or the line went dead on the way.",
        remedy="Try again; connect(timeout_seconds=...) waits longer.",
        was_sent=True,
    ),
    TransportFailure(
        "certificate",
        "its certificate is not trusted here",
        cause="A proxy looks into the traffic and signs with a certificate of its own, or the clock or the "
        "certificates of this computer are old.",
        remedy="Name the network's own CA file in REQUESTS_CA_BUNDLE. Never switch the check off: keys travel on "
        "this line.",
    ),
    TransportFailure(
        "tls",
        "no secure line could be agreed on",
        cause="What answers at this address does not speak TLS the way the exchange does: a proxy, a login page, or "
        "a port for plain HTTP.",
        remedy="Check the address, and open a page in a browser in case the network asks for a login.",
    ),
    TransportFailure(
        "proxy",
        "the proxy let nothing through",
        cause="The proxy named in HTTPS_PROXY is not there, wants a password, or does not allow this host.",
        remedy="Check HTTPS_PROXY, or take the host out of it with NO_PROXY, and restart the kernel.",
    ),
    TransportFailure(
        "dropped",
        "the connection was lost",
        cause="The line broke after the request had gone out and before the answer was whole.",
        remedy="Try again; if it keeps happening, look at the network.",
        was_sent=True,
    ),
    TransportFailure(
        "unreadable",
        "the answer is not JSON",
        cause="The answer broke off in the middle, or something else answered in the exchange's place: a proxy, or a "
        "login page.",
        remedy="Try again, and open a page in a browser in case the network asks for a login.",
        was_sent=True,
    ),
)

TRANSPORT_FAILURES: Mapping[str, TransportFailure] = {item.name: item for item in _ALL}
"""Every way by its name."""
