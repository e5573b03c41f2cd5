"""Stretches of time, and what is known of each: pure arithmetic on half-open intervals of milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["Span", "State", "laid_over", "missing", "within"]

State = Literal["have", "empty", "unfinished"]
"""``empty`` was asked for and the exchange had nothing; ``unfinished`` was begun and broken off."""


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time, from its start inclusive to its end exclusive.

    Attributes:
        start_ms: Where it begins, ms since 1970.
        end_ms: Where it ends, ms since 1970.
        state: What is known of it.
        source: Where that is known from: ``api`` or ``archive``.
    """

    start_ms: int
    end_ms: int
    state: State = "have"
    source: str = "api"

    def __post_init__(self) -> None:
        if self.start_ms >= self.end_ms:
            raise ValueError(f"a span from {self.start_ms} to {self.end_ms} holds nothing")


def laid_over(known: Iterable[Span], news: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is known after news, which replace what was known of the same time.

    Args:
        known: Spans that do not overlap.
        news: Spans, later ones over earlier ones.

    Returns:
        Spans in order of time, without overlaps; neighbours that say the same are one.
    """
    spans = list(known)
    for new in news:
        spans = [part for span in spans for part in _without(span, new)]
        spans.append(new)
    return tuple(_joined(sorted(spans)))


def missing(known: Iterable[Span], start_ms: int, end_ms: int) -> tuple[Span, ...]:
    """Return what of a range is neither there nor known to be empty.

    Args:
        known: Spans that do not overlap, in order.
        start_ms: Where the range begins.
        end_ms: Where it ends, exclusive.

    Returns:
        The gaps as unfinished spans, in order of time.
    """
    if start_ms >= end_ms:
        return ()
    gaps = [Span(start_ms, end_ms, "unfinished")]
    for span in known:
        if span.state != "unfinished":
            gaps = [part for gap in gaps for part in _without(gap, span)]
    return tuple(gaps)


def within(known: Iterable[Span], start_ms: int, end_ms: int) -> tuple[Span, ...]:
    """Return what is known of a range.

    Args:
        known: Spans.
        start_ms: Where the range begins.
        end_ms: Where it ends, exclusive.

    Returns:
        The spans that touch it, cut to it.
    """
    touching = [span for span in known if max(span.start_ms, start_ms) < min(span.end_ms, end_ms)]
    return tuple(
        replace(span, start_ms=max(span.start_ms, start_ms), end_ms=min(span.end_ms, end_ms)) for span in touching
    )


def _without(span: Span, other: Span) -> Sequence[Span]:
    if other.end_ms <= span.start_ms or other.start_ms >= span.end_ms:
        return [span]
    left = [replace(span, end_ms=other.start_ms)] if span.start_ms < other.start_ms else []
    right = [replace(span, start_ms=other.end_ms)] if other.end_ms < span.end_ms else []
    return [*left, *right]


def _joined(spans: Iterable[Span]) -> Iterable[Span]:
    last: Span | None = None
    for span in spans:
        if last and last.end_ms == span.start_ms and (last.state, last.source) == (span.state, span.source):
            last = replace(last, end_ms=span.end_ms)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last
