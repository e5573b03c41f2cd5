"""What a long range will take, and where each part of it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from binance_nb.archive import ArchiveName
from binance_nb.client import Client
from binance_nb.grammar import format_time
from binance_nb.history.plan import PAGES_AT_ONCE
from binance_nb.store import Dataset, Span

__all__ = ["SOURCES", "LongPlan", "Source", "api_seconds", "file_seconds"]

Source = Literal["auto", "api", "archive", "store"]
SOURCES: tuple[Source, ...] = ("auto", "api", "archive", "store")
"""Where rows may come from; ``auto`` is the store first, then whatever is quicker."""

# A round trip and a transfer, as far as they can be guessed before the first.
_LATENCY_SECONDS = 0.2
_BYTES_PER_SECOND = 4_000_000
_FILES_AT_ONCE = 4
# Bytes of a day in a file; a day of 1m candles is 69 kB, a busy one of trades some ten MB.
_DAY_BYTES = {"klines": 69_000, "agg_trades": 12_000_000, "historical_trades": 25_000_000}


@dataclass(frozen=True)
class LongPlan:
    """What a long range takes.

    Attributes:
        dataset: Which data.
        start_ms: Where it begins.
        end_ms: Where it ends, exclusive.
        rows: About how many rows it has; None where only the exchange knows.
        stored: What the store has of it, or knows to be empty.
        files: Bulk files to be fetched.
        by_api: What is asked of the API.
        requests: How many requests that takes, as far as it can be told.
        weight: Their weight.
        size: About how many bytes the files have.
        seconds: About how long all of it takes.
    """

    dataset: Dataset
    start_ms: int
    end_ms: int
    rows: int | None
    stored: tuple[Span, ...]
    files: tuple[ArchiveName, ...]
    by_api: tuple[Span, ...]
    requests: int | None
    weight: int | None
    size: int
    seconds: float

    @property
    def ends(self) -> str:
        """Where it ends, as a person reads it: without the millisecond that lets the present in."""
        return format_time(self.end_ms - self.end_ms % 1000)

    def __str__(self) -> str:
        parts = [f"{self.dataset} from {format_time(self.start_ms)} to {self.ends}"]
        if self.rows is not None:
            parts.append(f"about {self.rows:,} rows")
        have = sum(span.end_ms - span.start_ms for span in self.stored) / max(1, self.end_ms - self.start_ms)
        parts.append(f"{have:.0%} in the store")
        if self.files:
            parts.append(f"{len(self.files):,} bulk files, about {self.size / 1e6:,.0f} MB")
        if self.requests is not None and self.requests:
            parts.append(f"{self.requests:,} requests, {self.weight:,} of weight")
        elif self.by_api:
            parts.append("as many requests as it has thousands of rows")
        parts.append(f"about {max(1, round(self.seconds)):,} s")
        return "; ".join(parts)


def api_seconds(client: Client, requests: int, weight: int) -> float:
    """Estimate how long requests take.

    Args:
        client: Knows the weight that is left, and the clock.
        requests: How many.
        weight: Their weight.
    """
    flying = requests * _LATENCY_SECONDS / PAGES_AT_ONCE
    if client.clock.rate == 0:
        return flying
    left = max(0, client.budget.limit - client.budget.used(client.clock.estimate_ms()))
    return max(flying, max(0, weight - left) / client.budget.limit * 60 / client.clock.rate)


def file_seconds(dataset: Dataset, names: Sequence[ArchiveName]) -> tuple[int, float]:
    """Estimate how large files are, and how long they take.

    Args:
        dataset: What they hold.
        names: Which.

    Returns:
        Bytes and seconds.
    """
    days = sum((name.end_ms - name.start_ms) / 86_400_000 for name in names)
    density = 60_000 / dataset.step_ms if dataset.step_ms else 1.0
    size = int(days * _DAY_BYTES[dataset.operation] * density)
    return size, len(names) * 2 * _LATENCY_SECONDS / _FILES_AT_ONCE + size / _BYTES_PER_SECOND
