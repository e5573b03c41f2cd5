"""When a connection is too silent, or too old."""

from __future__ import annotations

import pytest

from binance_nb.streams.link import Policy
from binance_nb.streams.vigil import Vigil

HOUR = 3600.0


def vigil_after(seconds: float, rate: float = 1.0, drawn: float = 0.0) -> Vigil:
    vigil = Vigil(Policy(draw=lambda: drawn), lambda: rate, 100.0)
    vigil.look(100.0 + seconds)
    return vigil


@pytest.mark.parametrize(
    ("seconds", "rate", "drawn", "is_old"),
    [
        (22.9 * HOUR, 1, 0.0, False),
        (23 * HOUR, 1, 0.0, True),
        (23 * HOUR, 1, 0.999, False),
        (23.84 * HOUR, 1, 0.999, True),
        (23 * HOUR / 60, 60, 0.0, True),
        (22.9 * HOUR / 60, 60, 0.0, False),
        (400 * HOUR, 0, 0.0, False),
    ],
)
def test_a_connection_is_old_before_its_day_is_over(seconds: float, rate: float, drawn: float, is_old: bool) -> None:
    """Between 23 h and 23 h 50 by the exchange's clock, which may be fast, or stand."""
    assert vigil_after(seconds, rate, drawn).is_old is is_old


def test_the_rate_may_become_known_while_it_is_open() -> None:
    """What passed before counts as it was taken then."""
    rate = 1.0
    vigil = Vigil(Policy(draw=lambda: 0.0), lambda: rate, 0.0)
    vigil.look(10.0)
    rate = 3600.0
    vigil.look(33.0)

    assert vigil.is_old


@pytest.mark.parametrize(("rate", "seconds", "is_silent"), [(1, 59.9, False), (1, 60, True), (3600, 59, False)])
def test_silence_is_counted_in_real_seconds(rate: float, seconds: float, is_silent: bool) -> None:
    """The line has to be alive, however fast the market goes."""
    assert vigil_after(seconds, rate).is_silent(100.0) is is_silent


@pytest.mark.parametrize(
    ("rate", "seconds", "is_steady"), [(1, 29, False), (1, 30, True), (60, 0.5, True), (0, 30, True)]
)
def test_a_connection_that_lasted_is_steady(rate: float, seconds: float, is_steady: bool) -> None:
    """Half a minute, by the faster of both clocks."""
    assert vigil_after(seconds, rate).is_steady is is_steady


@pytest.mark.parametrize(
    ("seconds", "rate", "heard_ago", "expected"),
    [(0, 1, 0, 5.0), (58, 1, 58, 2.0), (200, 1, 200, 0.01), (22.9 * HOUR, 3600, 0, 0.01), (20, 3600, 0, 3.0)],
)
def test_the_next_look_comes_in_time(seconds: float, rate: float, heard_ago: float, expected: float) -> None:
    """When it may be silent or old, but never without a pause, and every five seconds at least."""
    vigil = vigil_after(seconds, rate)

    assert vigil.next_look_seconds(100.0 + seconds - heard_ago) == pytest.approx(expected)
