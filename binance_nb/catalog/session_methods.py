"""The WebSocket API's methods that are about a connection itself: who is logged on, and whose events it follows."""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.catalog.endpoint import Endpoint, Security
from binance_nb.catalog.parameters import Kind, Parameter
from binance_nb.catalog.shared import RECV_WINDOW, TIMESTAMP
from binance_nb.catalog.tables import NOTHING
from binance_nb.catalog.weights import Fixed

__all__ = [
    "CONNECT_WEIGHT",
    "LOG_ON",
    "SESSION_METHODS",
    "SUBSCRIBE",
    "SUBSCRIBE_SIGNED",
]

CONNECT_WEIGHT = 2
"""What opening a connection of the WebSocket API costs."""

_WEIGHT = 2
_API_KEY = Parameter("apiKey", Kind.STRING, "the key", required=True)
_SIGNATURE = Parameter("signature", Kind.STRING, "the key owner's signature", required=True)
_SUBSCRIPTION_ID = Parameter("subscriptionId", Kind.INT, "which one; all without it", minimum=0)
_SIGNED = (_API_KEY, RECV_WINDOW, _SIGNATURE, TIMESTAMP)


def _declared(name: str, about: str, *parameters: Parameter, security: Security = Security.NONE) -> Endpoint:
    """Declare a method in the terms of endpoints, so that weights, checks and errors are those of every other call."""
    return Endpoint(
        name=name,
        title=name,
        about=about,
        method="",
        path="/ws-api/v3",
        group="session",
        weight=Fixed(_WEIGHT),
        rows=NOTHING,
        security=security,
        parameters=parameters,
        ws_method=name,
    )


LOG_ON = _declared(
    "session.logon", "Lets later requests go unsigned; Ed25519 keys only.", *_SIGNED, security=Security.USER_STREAM
)
SUBSCRIBE = _declared("userDataStream.subscribe", "Follows the events of the account that is logged on.")
SUBSCRIBE_SIGNED = _declared(
    "userDataStream.subscribe.signature",
    "Follows the events of the account whose key signs.",
    *_SIGNED,
    security=Security.USER_STREAM,
)

SESSION_METHODS: Mapping[str, Endpoint] = {
    endpoint.name: endpoint
    for endpoint in (
        LOG_ON,
        _declared("session.status", "Tells who is logged on."),
        _declared("session.logout", "Forgets who is logged on."),
        SUBSCRIBE,
        SUBSCRIBE_SIGNED,
        _declared("userDataStream.unsubscribe", "Ends a subscription, or all.", _SUBSCRIPTION_ID),
        _declared("session.subscriptions", "Lists the subscriptions of the connection."),
    )
}
"""Every such method, by its name."""
