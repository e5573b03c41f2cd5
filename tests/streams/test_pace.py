"""How fast messages are sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from binance_nb.streams.pace import Pace


@given(st.lists(st.floats(0, 2), max_size=40))
def test_no_second_sees_more_than_allowed(pauses: list[float]) -> None:
    """However messages are asked for, each and the third after it lie more than a second apart."""
    now = 50.0
    pace = Pace(3, lambda: now)
    sent = []
    for pause in pauses:
        now += pause
        now += pace.wait_seconds()
        pace.count()
        sent.append(now)

    assert all(later - earlier > 1 for earlier, later in zip(sent, sent[3:], strict=False))


def test_a_pong_delays_what_comes_after_it() -> None:
    """A pong never waits, but it counts."""
    now = 50.0
    pace = Pace(3, lambda: now)
    for _ in range(4):
        pace.count()

    assert pace.wait_seconds() > 1
