"""What is known of which time, against a model that looks at every moment."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.store import Span, laid_over, missing, within
from binance_nb.store.spans import State

END = 40
starts = st.integers(0, END - 1)
spans = st.builds(
    lambda start, length, state, source: Span(start, min(start + length, END), state, source),
    starts,
    st.integers(1, END),
    st.sampled_from(get_args(State)),
    st.sampled_from(["api", "archive"]),
)


def painted(news: list[Span]) -> list[tuple[str, str] | None]:
    """What is known of every moment, when each span is painted over those before."""
    moments: list[tuple[str, str] | None] = [None] * END
    for span in news:
        moments[span.start_ms : span.end_ms] = [(span.state, span.source)] * (span.end_ms - span.start_ms)
    return moments


@given(st.lists(spans, max_size=8))
def test_later_news_replace_what_was_known_of_the_same_time(news: list[Span]) -> None:
    """Laying spans over each other tells of every moment what painting it would."""
    known = laid_over((), news)

    assert painted(news) == painted(list(known))


@given(st.lists(spans, max_size=8))
def test_what_is_known_is_in_order_and_as_short_as_can_be(news: list[Span]) -> None:
    """No two spans overlap, and no two neighbours say the same."""
    known = laid_over((), news)

    for left, right in itertools.pairwise(known):
        assert left.end_ms <= right.start_ms
        assert left.end_ms < right.start_ms or (left.state, left.source) != (right.state, right.source)


@given(st.lists(spans, max_size=8), starts, starts)
def test_what_is_missing_is_neither_there_nor_empty(news: list[Span], start: int, end: int) -> None:
    """Exactly the moments of a range count that were never finished."""
    gaps = missing(laid_over((), news), start, end)

    is_finished = [moment is not None and moment[0] != "unfinished" for moment in painted(news)]
    wanted = {moment for moment in range(start, end) if not is_finished[moment]}
    assert wanted == {moment for gap in gaps for moment in range(gap.start_ms, gap.end_ms)}


@given(st.lists(spans, max_size=8), starts, starts)
def test_a_part_of_what_is_known_says_the_same(news: list[Span], start: int, end: int) -> None:
    """Cut to a range, nothing is said of the time outside, and nothing else of the time inside."""
    part = within(laid_over((), news), start, end)

    inside = [moment if start <= at < end else None for at, moment in enumerate(painted(news))]
    assert inside == painted(list(part))


def test_a_span_of_no_time_is_refused() -> None:
    """An end that does not lie after the start is a slip of the caller's."""
    with pytest.raises(ValueError, match="holds nothing"):
        Span(5, 5)
