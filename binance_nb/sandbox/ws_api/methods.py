"""Which declaration stands behind the name of a method."""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.sandbox.ws_api.session_methods import SESSION_METHODS

__all__ = ["declared"]

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
