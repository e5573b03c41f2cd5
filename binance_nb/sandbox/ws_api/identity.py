"""Who sends a request: whoever signed it, or else whoever is logged on."""

from __future__ import annotations

from binance_nb.catalog import Endpoint
from binance_nb.catalog.checks import problems
from binance_nb.sandbox.door.gate import Gate, check_timing
from binance_nb.sandbox.door.keys import ApiKey
from binance_nb.sandbox.refusals import Refusal, refusal_of
from binance_nb.sandbox.ws_api.requests import Request

__all__ = ["identified"]

_STAMP = ("timestamp", "recvWindow")
_DEFAULT_WINDOW_MS = "5000"


def identified(
    gate: Gate, endpoint: Endpoint, request: Request, logged_on: ApiKey | None, now_us: int
) -> ApiKey | None:
    """Find out who sends a request.

    Args:
        gate: Who knows the keys.
        endpoint: What is asked for.
        request: The request.
        logged_on: Whose connection it is; None for nobody's.
        now_us: The present.

    Returns:
        The key; None where none is needed.

    Raises:
        Refusal: -1102 for what is missing, -2014 or -2015 for the key, -1021 for the time, -1022 for the signature.
    """
    if not endpoint.is_signed:
        return None
    params = request.params
    signs_itself = logged_on is None or "apiKey" in params or "signature" in params
    key = _named(gate, params.get("apiKey")) if signs_itself or logged_on is None else logged_on
    for problem in problems(endpoint, params):
        refusal = refusal_of(problem, endpoint, params) if problem.parameter in _STAMP else None
        if refusal is not None:
            raise refusal
    if signs_itself and not params.get("signature"):
        raise Refusal(-1102, "Mandatory parameter", "signature")
    check_timing(int(params["timestamp"]), params.get("recvWindow", _DEFAULT_WINDOW_MS), now_us)
    if signs_itself:
        gate.check_signature(key, request.payload, params["signature"])
    gate.check_permission(key, endpoint.security)
    return key


def _named(gate: Gate, api_key: str | None) -> ApiKey:
    if not api_key:
        raise Refusal(-1102, "Mandatory parameter", "apiKey")
    return gate.key(api_key)
