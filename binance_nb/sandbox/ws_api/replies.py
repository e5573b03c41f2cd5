"""What goes back for a request: its id, a status, a result or an error, and what has been used of the limits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from binance_nb.sandbox.refusals import Refusal

__all__ = ["compact", "failed", "succeeded"]

_OK = 200


def compact(value: Any) -> str:  # Any: JSON leaves here
    """Print JSON the way the exchange does: without spaces, symbols of every script as they are.

    Args:
        value: What to print.

    Returns:
        The text.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def succeeded(
    request_id: int | str | None, result: Any, limits: Sequence[Mapping[str, Any]] | None
) -> str:  # Any: JSON leaves here
    """Print the answer to a request that worked.

    Args:
        request_id: The request's id.
        result: The result, printed already where it is bytes.
        limits: What has been used of the limits; None where the client wants none of it.

    Returns:
        The text of the frame.
    """
    printed = result.decode() if isinstance(result, bytes) else compact(result)
    return f'{{"id":{compact(request_id)},"status":{_OK},"result":{printed}{_limits(limits)}}}'


def failed(
    request_id: int | str | None, refusal: Refusal, limits: Sequence[Mapping[str, Any]] | None, now_ms: int
) -> str:
    """Print the answer to a request that was refused.

    Args:
        request_id: The request's id; None where it could not be read.
        refusal: Why.
        limits: As for `succeeded`.
        now_ms: The present.

    Returns:
        The text of the frame.
    """
    error = refusal.body()
    if refusal.retry_at_ms is not None:
        error["data"] = {"serverTime": now_ms, "retryAfter": refusal.retry_at_ms}
    return f'{{"id":{compact(request_id)},"status":{refusal.status},"error":{compact(error)}{_limits(limits)}}}'


def _limits(limits: Sequence[Mapping[str, Any]] | None) -> str:
    return "" if limits is None else f',"rateLimits":{compact(limits)}'
