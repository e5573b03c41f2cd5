"""What became of calls that were made together: a line each, and no frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from binance_nb.errors import ExecutionUnknownError
from binance_nb.rendering.sheet import Markup, Sheet, Table, tag
from binance_nb.rendering.status import where
from binance_nb.together import Answers, Report

__all__ = ["summary_sheet"]

_SIGNS = {"done": "✓ done", "failed": "✕ failed", "skipped": "– skipped", "interrupted": "✕ interrupted"}
_LONGEST = 40  # what it says in full stands in the cell above
_NUMBERS = ("rows", "weight", "took")
_FOLDING = {"note": "8em", "call": "10em"}
_CELL = "vertical-align:top; padding:0.15em 1.2em 0.15em 0; overflow-wrap:normal; "


@dataclass(frozen=True)
class _Lines(Table):
    """A table whose figures keep to one line, and whose texts fold; a page too narrow for that moves it sideways."""

    def html(self) -> Markup:
        """Return the block as HTML."""
        styles = [_CELL + _style(name) for name in self.head]
        head = tag("tr", *_cells("th", self.head, styles))
        rows = (tag("tr", *_cells("td", row, styles)) for row in self.rows)
        table = tag("table", tag("thead", head), tag("tbody", *rows), style="border-collapse:collapse; margin:0")
        return tag("div", table, style="margin:0.5em 0; overflow-x:auto")


def _style(name: str) -> str:
    if name in _FOLDING:
        return f"text-align:left; min-width:{_FOLDING[name]}"
    return f"text-align:{'right' if name in _NUMBERS else 'left'}; white-space:nowrap"


def _cells(name: str, texts: Iterable[str], styles: Iterable[str]) -> list[Markup]:
    return [tag(name, text, style=style) for text, style in zip(texts, styles, strict=True)]


def summary_sheet(answers: Answers) -> Sheet:
    """Return what became of calls that were made together.

    Args:
        answers: The answers, with a report on each call.

    Returns:
        The sheet: name, outcome, rows, the time they span, weight and seconds of each, and the call.
    """
    places = list(dict.fromkeys(_place(report) for report in answers.reports))
    is_one = len(places) == 1
    head, rows = _columns([_row(report, is_told=not is_one) for report in answers.reports])
    at = where(answers.reports[0].session.status()) if is_one else ", ".join(places)
    return Sheet(f"{_counted(answers)} · {at}", (_Lines(head, rows),), is_wide=True)


def _counted(answers: Answers) -> str:
    total = len(answers.reports)
    calls = "1 call" if total == 1 else f"{total} calls"
    states: Counter[str] = Counter(report.state for report in answers.reports)
    if states["done"] == total:
        outcome = "done"
    else:
        outcome = ", ".join(f"{states[state]} {state}" for state in _SIGNS if states[state])
    weight = sum(_weight(report) or 0 for report in answers.reports)
    return f"{calls}: {outcome} · weight {weight:,}"


def _place(report: Report) -> str:
    # Without where a sandbox's clock stands: beside others only its name is needed.
    return where(report.session.status()).partition(",")[0]


def _columns(rows: list[dict[str, str]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return head and rows, without the columns that are empty."""
    head = tuple(name for name in rows[0] if any(row[name] for row in rows))
    return head, tuple(tuple(row[name] for name in head) for row in rows)


def _row(report: Report, *, is_told: bool) -> dict[str, str]:
    weight = _weight(report)
    # Of an order without a verdict nobody knows whether it failed.
    is_unknown = isinstance(report.error, ExecutionUnknownError) and report.error.may_stand
    return {
        "name": report.name,
        "state": "? unknown" if is_unknown else _SIGNS.get(report.state, report.state),
        "note": report.reason,
        "rows": _rows(report.answer),
        "span": _span(report.answer),
        "weight": "" if weight is None else f"{weight:,}",
        "took": "" if report.seconds is None else _seconds(report.seconds),
        "place": _place(report) if is_told else "",
        "call": _shortened(report.text),
    }


def _weight(report: Report) -> int | None:
    facts = getattr(report.answer, "attrs", {}).get("binance", {})
    weight = facts.get("weight") if isinstance(facts, dict) else None
    return weight if isinstance(weight, int) else None


def _rows(answer: Any) -> str:  # Any: a frame, or raw JSON
    if answer is None:
        return ""
    is_many = isinstance(answer, list) or hasattr(answer, "columns")
    return f"{len(answer):,}" if is_many else "1"


def _span(answer: Any) -> str:  # Any: as above
    times = _times(answer)
    if times is None or not len(times):
        return ""
    first, last = times[0], times[len(times) - 1]
    if first == last:
        return f"{first:%Y-%m-%d %H:%M}"
    # Over days nobody counts minutes.
    is_a_day = first.date() == last.date()
    return f"{first:%Y-%m-%d %H:%M} – {last:%H:%M}" if is_a_day else f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"


def _times(answer: Any) -> Any:  # Any: an index or a column, which the stubs know by many names
    """Return the times that a frame's rows lie at, oldest first."""
    if not hasattr(answer, "columns"):
        return None
    if hasattr(answer.index, "tz"):
        return answer.index
    if "time" not in answer.columns or not hasattr(answer["time"].dtype, "tz"):
        return None
    return answer["time"].dropna().reset_index(drop=True)


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
