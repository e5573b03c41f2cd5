"""What became of calls that were made together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from binance_nb.calls import Calls
from binance_nb.errors import BinanceError

__all__ = ["Answers", "Report"]


@dataclass
class Report:
    """What became of a call.

    Attributes:
        name: The name of its answer.
        label: What an error calls it.
        text: The call, as it was written.
        session: Where it went.
        state: ``waiting``, ``under way``, ``done``, ``failed``, ``skipped`` or ``interrupted``.
        answer: What came.
        error: Why it failed.
        reason: Why it was skipped, or what to know of an interrupted one.
        seconds: How long it took; None before its end, and on a sandbox whose clock stands.
    """

    name: str
    label: str
    text: str
    session: Calls
    state: Literal["waiting", "under way", "done", "failed", "skipped", "interrupted"] = "waiting"
    answer: Any = None  # Any: see Calls.call
    error: BinanceError | None = None
    reason: str = ""
    seconds: float | None = None


class Answers(Mapping[str, Any]):
    """The answers of calls that were made together, by name; those that failed are missing.

    Args:
        reports: What became of each call.

    Attributes:
        reports: As given, in the order of the calls.
    """

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = tuple(reports)

    def __getitem__(self, name: str) -> Any:  # Any: see Calls.call
        for report in self.reports:
            if report.name == name and report.state == "done":
                return report.answer
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (report.name for report in self.reports if report.state == "done")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Answers({', '.join(f'{report.name}: {report.state}' for report in self.reports)})"
