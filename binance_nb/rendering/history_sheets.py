"""What a long range would take, and what the store holds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from binance_nb.grammar import format_time
from binance_nb.history.long import LongPlan
from binance_nb.rendering.sheet import Facts, Paragraph, Sheet, Table
from binance_nb.store import Holding, Problem, Span

__all__ = ["long_plan_sheet", "problems_sheet", "store_sheet"]


def long_plan_sheet(plans: Sequence[LongPlan]) -> Sheet:
    """Return what long ranges would take.

    Args:
        plans: A plan for each symbol.

    Returns:
        The sheet: rows, what the store has, files, requests, weight and time.
    """
    if len(plans) == 1:
        return Sheet(f"Plan of history {plans[0].dataset}", (Facts(tuple(_facts(plans[0]))),))
    rows = [[plan.dataset.symbol, *(text for _, text in _facts(plan)[1:])] for plan in plans]
    names = ["symbol", *(name for name, _ in _facts(plans[0])[1:])]
    seconds = sum(plan.seconds for plan in plans)
    return Sheet(
        f"Plan of history {plans[0].dataset.operation}",
        (Table(tuple(names), tuple(map(tuple, rows))), Paragraph(f"In all about {_duration(seconds)}.")),
    )


def _facts(plan: LongPlan) -> list[tuple[str, str]]:
    length = max(1, plan.end_ms - plan.start_ms)
    stored = sum(span.end_ms - span.start_ms for span in plan.stored) / length
    files = f"{len(plan.files):,}, some {plan.size / 1e6:,.1f} MB" if plan.files else "none"
    calls = "one per thousand rows" if plan.requests is None and plan.by_api else f"{plan.requests or 0:,}"
    return [
        ("range", f"{format_time(plan.start_ms)} to {plan.ends}"),
        ("rows", "as many as were traded" if plan.rows is None else f"about {plan.rows:,}"),
        ("in the store", f"{stored:.0%}"),
        ("bulk files", files),
        ("requests", calls),
        ("weight", "4 or more a request" if plan.weight is None else f"{plan.weight:,}"),
        ("time", f"about {_duration(plan.seconds)}"),
    ]


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60):,} min"


def store_sheet(holdings: Sequence[Holding], folder: str) -> Sheet:
    """Return what the store holds.

    Args:
        holdings: What it has of each data set.
        folder: Where it is.

    Returns:
        The sheet: a row a data set, with its time, gaps, rows and size.
    """
    if not holdings:
        return Sheet(f"The store is empty. It is at {folder}.", is_framed=False)
    names = ("data", "time", "gaps", "rows", "size", "market")
    rows = tuple(_row(each) for each in holdings)
    size = sum(each.size for each in holdings)
    total = f"{sum(each.rows for each in holdings):,} rows, {_size(size)} in {folder}"
    return Sheet("The store", (Table(names, rows), Paragraph(total)))


def _row(each: Holding) -> tuple[str, ...]:
    have = [span for span in each.spans if span.state == "have"]
    time = f"{_moment(have[0].start_ms)} to {_moment(have[-1].end_ms)}" if have and each.rows else "–"
    gaps = str(_gaps(have, each.spans))
    return (str(each.dataset), time, gaps, f"{each.rows:,}", _size(each.size), each.dataset.market)


def _moment(stamp_ms: int) -> str:
    """Return a time without what is nought in it: a column of them is to be narrow."""
    return format_time(stamp_ms).removesuffix(" UTC").removesuffix(" 00:00:00").removesuffix(":00")


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count / 1e3:,.0f} kB"


def _gaps(have: Sequence[Span], spans: Sequence[Span]) -> int:
    """Count the stretches between the first and the last rows of which nothing is known."""
    finished = [span for span in spans if span.state != "unfinished"]
    inner = [span for span in finished if have and have[0].start_ms <= span.start_ms <= have[-1].start_ms]
    return sum(left.end_ms < right.start_ms for left, right in pairwise(inner))


def problems_sheet(problems: Sequence[Problem], checked: int, folder: str, removed: int = 0) -> Sheet:
    """Return what is wrong in the store.

    Args:
        problems: What was found, and is still there.
        checked: How many data sets were looked at.
        folder: Where the store is.
        removed: How many damaged files were removed.

    Returns:
        The sheet, with the line that mends.
    """
    held = "what it held" if removed == 1 else "what they held"
    mended = f"{_counted(removed, 'file was', 'files were')} removed; {held} is fetched again."
    if not problems:
        sound = f"Every file of {_counted(checked, 'data set', 'data sets')} is as it was written."
        return Sheet(mended if removed else sound, is_framed=False)
    rows = tuple((str(problem.path).removeprefix(folder).lstrip("/\\"), problem.what) for problem in problems)
    parts: list[Table | Paragraph] = [Table(("file", "what is wrong"), rows), Paragraph(f"The store is at {folder}.")]
    if removed:
        parts.append(Paragraph(mended))
    if any(problem.is_damage for problem in problems):
        parts.append(Paragraph("%binance store verify --mend removes what is damaged", lead="To mend"))
    is_are = _counted(len(problems), "file of the store is", "files of the store are")
    return Sheet(f"{is_are} not as it should be", tuple(parts))


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
