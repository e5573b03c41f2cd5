"""How a call without a verdict ends for the person who made it, when looking it up brought nothing to show."""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.catalog import Endpoint
from binance_nb.client.verdicts.next_line import line_again, look_up
from binance_nb.errors import ExecutionUnknownError
from binance_nb.grammar import format_time
from binance_nb.trading.reconciling.reconcile import NOT_PLACED, Verdict

__all__ = ["after_looking"]


def after_looking(
    error: ExecutionUnknownError, endpoint: Endpoint, sent: Mapping[str, str], verdict: Verdict
) -> ExecutionUnknownError:
    """Return the error to raise for a call that was looked up and not found.

    Args:
        error: What the call itself ended with.
        endpoint: What was called.
        sent: Its wire texts.
        verdict: ``NOT PLACED`` or ``STILL UNKNOWN``.

    Returns:
        An error that says so, why, and what to do.
    """
    is_settled = verdict.state == NOT_PLACED
    known = {name: fact for name, fact in error.details.items() if name != "outcome"}
    ended = ExecutionUnknownError(
        f"{error.message.rstrip('.')}. {_said(endpoint, verdict)}",
        hint=_hint(verdict),
        suggestion=line_again(endpoint, sent) if is_settled else look_up(endpoint, sent)[1],
        operation=error.operation,
        code=error.code,
        http_status=error.http_status,
        retry_at=verdict.retry_at,
        details={"outcome": _outcome(endpoint, verdict), **known, **verdict.facts},
    )
    ended.expires_at, ended.verdict = error.expires_at, verdict.state
    return ended


def _said(endpoint: Endpoint, verdict: Verdict) -> str:
    if verdict.state == NOT_PLACED:
        done = "placed" if endpoint.unfilled_orders else "executed"
        return f"It was not {done}: its time is over, and {verdict.words}."
    return f"What became of it is still unknown: {verdict.words}."


def _hint(verdict: Verdict) -> str:
    if verdict.state == NOT_PLACED:
        return "It can no longer arrive, so it may be sent again."
    if verdict.retry_at is not None:
        until = format_time(verdict.retry_at)
        return f"It may have been executed. Look when the limit is over, {until}; do not send it again before."
    return "It may have been executed. Do not send it again before you have looked."


def _outcome(endpoint: Endpoint, verdict: Verdict) -> str:
    return "NOT EXECUTED" if verdict.state == NOT_PLACED and not endpoint.unfilled_orders else verdict.state
