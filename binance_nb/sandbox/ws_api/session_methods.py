"""The methods that are about the connection itself: logging on and off, and following the events of accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.session_methods import SESSION_METHODS as DECLARED
from binance_nb.sandbox.door.keys import ApiKey
from binance_nb.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from binance_nb.sandbox.ws_api.session import Session

__all__ = ["SESSION_METHODS", "Asked", "declared"]


class Asked:
    """One request to the connection itself that has passed the door.

    Args:
        session: The connection.
        params: Texts by name.
        key: Whose signature it bears; None where it needs none.
        now_ms: The present.
    """

    def __init__(self, session: Session, params: Mapping[str, str], key: ApiKey | None, now_ms: int) -> None:
        self.session = session
        self.params = params
        self.key = key
        self.now_ms = now_ms


_Answer: TypeAlias = Callable[[Asked], Any]  # Any: JSON leaves here


def _log_on(asked: Asked) -> Any:
    assert asked.key is not None  # a signed method
    if asked.key.kind != "ED25519":
        # Which code says so is not documented.
        raise Refusal(-2015)
    asked.session.log_on(asked.key, asked.now_ms)
    return asked.session.status(asked.now_ms)


def _log_out(asked: Asked) -> Any:
    asked.session.log_out()
    return asked.session.status(asked.now_ms)


def _status(asked: Asked) -> Any:
    return asked.session.status(asked.now_ms)


def _subscribe(asked: Asked) -> Any:
    key = asked.session.key
    if key is None:
        # Which code asks for a log-on first is not documented.
        raise Refusal(-1002)
    return asked.session.follow(key, is_of_session=True)


def _subscribe_signed(asked: Asked) -> Any:
    assert asked.key is not None  # a signed method
    return asked.session.follow(asked.key, is_of_session=False)


def _unsubscribe(asked: Asked) -> Any:
    number = asked.params.get("subscriptionId")
    asked.session.unfollow(None if number is None else int(number))
    return {}


def _subscriptions(asked: Asked) -> Any:
    return [{"subscriptionId": one.number} for one in asked.session.subscriptions.active]


_ANSWERS: Mapping[str, _Answer] = {
    "session.logon": _log_on,
    "session.status": _status,
    "session.logout": _log_out,
    "userDataStream.subscribe": _subscribe,
    "userDataStream.subscribe.signature": _subscribe_signed,
    "userDataStream.unsubscribe": _unsubscribe,
    "session.subscriptions": _subscriptions,
}

SESSION_METHODS: Mapping[str, tuple[Endpoint, _Answer]] = {
    name: (endpoint, _ANSWERS[name]) for name, endpoint in DECLARED.items()
}
"""How each method is declared and answered, by its name."""

_DECLARED: Mapping[str, Endpoint] = {
    **{endpoint.ws_method: endpoint for endpoint in ENDPOINTS.values() if endpoint.ws_method},
    **{name: endpoint for name, (endpoint, _) in SESSION_METHODS.items()},
}


def declared(method: str) -> Endpoint | None:
    """Find the declaration of a method: an endpoint of the catalog, or one that is about the connection.

    Args:
        method: Its name.

    Returns:
        The declaration; None for a name that nothing bears.
    """
    return _DECLARED.get(method)
