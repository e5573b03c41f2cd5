"""How long to wait between tries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.streams.backoff import Backoff


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (8, 30.0), (10_000, 30.0)]
)
def test_the_bound_doubles_up_to_the_longest_wait(failures: int, seconds: float) -> None:
    """Half a second, one, two, ... thirty, and never an overflow."""
    assert Backoff().bound_seconds(failures) == seconds


@given(st.integers(1, 5000), st.floats(0, 1, exclude_max=True))
def test_the_jitter_is_full(failures: int, drawn: float) -> None:
    """Any wait from nothing to the bound may be drawn, in proportion to the die."""
    backoff = Backoff(draw=lambda: drawn)

    waited = backoff.wait_seconds(failures)

    assert waited == drawn * backoff.bound_seconds(failures)
    assert 0 <= waited <= backoff.longest_seconds


@given(st.integers(1, 100))
def test_more_failures_never_mean_a_shorter_bound(failures: int) -> None:
    """The bound grows or stays."""
    backoff = Backoff()

    assert backoff.bound_seconds(failures) <= backoff.bound_seconds(failures + 1)
