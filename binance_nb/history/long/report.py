"""What a long range took and what it found, gathered while it is fetched."""

from __future__ import annotations

from dataclasses import dataclass, field

from binance_nb.client import Reply

__all__ = ["Report"]


@dataclass
class Report:
    """Counts and remarks of one long range.

    Attributes:
        requests: Requests to the API.
        weight: Weight they took.
        files: Bulk files read.
        sources: Where rows came from: ``store``, ``archive``, ``api``.
        conflicts: Rows of which two sources say different things.
        remarks: What a person should know, a sentence each.
    """

    requests: int = 0
    weight: int = 0
    files: int = 0
    sources: set[str] = field(default_factory=set)
    conflicts: int = 0
    remarks: list[str] = field(default_factory=list)

    def count(self, reply: Reply) -> None:
        """Count a request.

        Args:
            reply: Its answer.
        """
        self.requests += 1
        self.weight += reply.weight

    def remark(self, sentence: str) -> None:
        """Note something, once.

        Args:
            sentence: What.
        """
        if sentence not in self.remarks:
            self.remarks.append(sentence)
