"""What a pull would take, before it is pulled."""

from __future__ import annotations

from collections.abc import Iterator

from binance_nb.history import Plan
from binance_nb.rendering.sheet import Facts, Sheet

__all__ = ["plan_sheet"]


def plan_sheet(plan: Plan) -> Sheet:
    """Return what a call would take.

    Args:
        plan: The plan.

    Returns:
        The sheet: rows, requests, weight and time, and how to allow what is past the ceiling.
    """
    return Sheet(f"Plan of {plan.operation}", (Facts(tuple(_facts(plan))),))


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "rows", "one answer" if plan.rows is None else f"about {plan.rows:,}"
    yield "requests", f"{plan.requests:,}"
    more = f" ({plan.share})" if plan.weight > plan.weight_per_minute else ""
    yield "weight", f"{plan.weight:,}, of {plan.weight_per_minute:,} a minute{more}"
    if plan.requests > 1:
        yield "time", plan.duration
    if not plan.is_within_ceiling:
        yield "ceiling", f"passed; --max-rows {plan.rows} allows it"
