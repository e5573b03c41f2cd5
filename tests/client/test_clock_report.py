"""The clock doctor: what looks at two clocks say, how surely, and when the client looks again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.client import ClockReading, ClockReport, ServerClock
from binance_nb.client.clock import waking_seconds
from binance_nb.client.clock_report import Look, drift_of


class Desk:
    """Two clocks that a test turns: the wall clock and the steady one here, and the server's."""

    def __init__(
        self, *, offset_ms: float = 0.0, rate: float = 1.0, ppm: float = 0.0, trips_ms: Iterator[tuple[float, float]]
    ) -> None:
        self.steady = 1_000.0
        self.wall = 1_700_000_000.0
        self.server_ms = self.wall * 1000 + offset_ms
        self.rate = rate * (1 + ppm / 1_000_000)
        self.stated_rate = rate
        self.trips_ms = trips_ms
        self.looks = 0
        self.clock = ServerClock(self._look, ticks=lambda: self.steady, wall=lambda: self.wall)

    def _look(self) -> ClockReading:
        self.looks += 1
        there_ms, back_ms = next(self.trips_ms)
        self.wait(there_ms / 1000)
        seen = int(self.server_ms)
        self.wait(back_ms / 1000)
        return ClockReading(seen, rate=self.stated_rate)

    def wait(self, seconds: float) -> None:
        """Let time pass everywhere."""
        self.steady += seconds
        self.wall += seconds
        self.server_ms += seconds * 1000 * self.rate

    def examine(self, samples: int = 8) -> ClockReport:
        """Look as the doctor does, without waiting."""
        return self.clock.examine(samples, sleep=self.wait)


def evenly(ms: float) -> Iterator[tuple[float, float]]:
    """Journeys that are as long there as back."""
    return repeat((ms / 2, ms / 2))


TRIPS = st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)), min_size=8, max_size=8)


@given(offset_ms=st.floats(-600_000, 600_000), trips=TRIPS)
def test_the_true_offset_lies_within_the_error_bar(offset_ms: float, trips: list[tuple[float, float]]) -> None:
    """However uneven the journeys, half of the shortest one bounds the error; server milliseconds are whole."""
    desk = Desk(offset_ms=offset_ms, trips_ms=iter(trips))

    report = desk.examine()

    assert report.offset_ms is not None
    assert abs(report.offset_ms - offset_ms) <= report.error_ms + 1.01
    assert min(there + back for there, back in trips) == pytest.approx(report.round_trips_ms[0], abs=1e-3)


def test_the_shortest_of_eight_looks_is_gone_by() -> None:
    """One quick look among slow ones is enough."""
    desk = Desk(offset_ms=35_000, trips_ms=iter([(180.0, 20.0)] * 5 + [(2.0, 2.0)] + [(180.0, 20.0)] * 2))

    report = desk.examine()

    assert 8 == desk.looks
    assert 35_000 == pytest.approx(report.offset_ms, abs=1)
    assert 2.0 == pytest.approx(report.error_ms)
    assert abs(desk.server_ms - desk.clock.now_ms()) <= 3


def test_drift_is_told_once_it_was_watched_for_long_enough() -> None:
    """After a second it is too early; after ten minutes 40 ppm are seen, with an error bar that holds them."""
    desk = Desk(ppm=40.0, trips_ms=evenly(20.0))
    first, second = desk.examine().drift, desk.examine().drift
    desk.wait(600)
    later = desk.examine().drift

    assert first is None
    assert second is not None
    assert not second.is_telling
    assert later is not None
    assert later.is_telling
    assert abs(later.ppm - 40) <= later.error_ppm
    assert 600 <= later.over_seconds < 603


@given(
    ppm=st.floats(-300, 300), trips=st.lists(st.tuples(st.floats(1, 300), st.floats(1, 300)), min_size=16, max_size=16)
)
def test_the_true_drift_lies_within_its_error_bar(ppm: float, trips: list[tuple[float, float]]) -> None:
    """Of looks that took unevenly long too."""
    desk = Desk(ppm=ppm, trips_ms=iter(trips))
    desk.examine()
    desk.wait(1_800)

    drift = desk.examine().drift

    assert drift is not None
    assert abs(drift.ppm - ppm) <= drift.error_ppm + 0.1


def test_a_step_of_the_server_is_no_drift() -> None:
    """What was seen before a clock was set tells nothing about how fast it runs now."""
    desk = Desk(trips_ms=evenly(2.0))
    desk.examine()
    desk.wait(60)
    desk.server_ms += 5_000

    report = desk.examine()

    assert report.drift is None
    assert 1 == report.jumps
    assert 5_000 == pytest.approx(report.offset_ms, abs=2)


@pytest.mark.parametrize("step", [-3_600.0, -1.0, 1.0, 3_600.0])
def test_after_a_step_of_the_wall_clock_the_server_is_asked_again(step: float) -> None:
    """The time that requests carry was right all along; the offset that is shown becomes right again."""
    desk = Desk(trips_ms=evenly(2.0))
    desk.clock.now_ms()
    looked_before = desk.looks
    desk.wait(60)
    desk.wall += step
    shown = [desk.clock.now_ms() for _ in range(3)]

    assert looked_before + 1 == desk.looks
    assert abs(desk.server_ms - shown[-1]) <= 2
    assert desk.clock.offset_ms == pytest.approx(-step * 1000, abs=2)


def test_after_a_sleep_in_which_the_steady_clock_stood_the_server_is_asked_again() -> None:
    """A laptop that was shut for eight hours does not stamp its next order eight hours late."""
    desk = Desk(trips_ms=evenly(2.0))
    desk.clock.now_ms()
    desk.wall += 28_800
    desk.server_ms += 28_800_000

    assert abs(desk.server_ms - desk.clock.now_ms()) <= 2
    assert 2 == desk.looks


def test_time_that_only_passes_asks_nobody() -> None:
    """A quiet day is one look, also where the system trims the wall clock a little."""
    desk = Desk(trips_ms=evenly(2.0))
    for _ in range(24):
        desk.clock.now_ms()
        desk.wait(3_600)
        desk.wall += 0.01

    assert 1 == desk.looks


def test_a_standing_clock_is_looked_at_once_and_has_no_offset() -> None:
    """A frozen sandbox shows the same each time."""
    desk = Desk(rate=0.0, trips_ms=evenly(2.0))

    report = desk.examine()

    assert (1, 0.0, None, None) == (desk.looks, report.rate, report.offset_ms, report.drift)


def test_a_fast_clock_has_its_rate_and_bounds_by_its_own_seconds() -> None:
    """At sixty times the speed a journey of 10 ms is 600 of its milliseconds."""
    desk = Desk(rate=60.0, trips_ms=evenly(10.0))

    report = desk.examine()

    assert (60.0, None) == (report.rate, report.offset_ms)
    assert 300 == pytest.approx(report.error_ms, rel=0.01)
    assert 5_000 - 300 - 600 == pytest.approx(report.spare_behind_ms, rel=0.01)


@pytest.mark.parametrize(
    ("offset_ms", "is_refused"),
    [(0, False), (-990, False), (-1_010, True), (-600_000, True), (4_990, False), (5_020, True), (600_000, True)],
)
def test_it_is_told_whether_other_programs_would_be_refused(offset_ms: float, is_refused: bool) -> None:
    """A computer 1000 ms ahead, or more than recvWindow behind, gets -1021 when nothing corrects it."""
    report = Desk(offset_ms=offset_ms, trips_ms=evenly(2.0)).examine()

    assert is_refused is report.is_refused_uncorrected
    assert 999 == pytest.approx(report.spare_ahead_ms)


def test_looks_of_one_moment_tell_no_drift() -> None:
    """Nothing is divided by no time."""
    look = Look(5.0, 1_000, 1.0)

    assert drift_of((look, look)) is None
    assert drift_of((look,)) is None
    assert drift_of(()) is None


def test_the_steady_clock_goes_on() -> None:
    """It never goes back, whichever clock of the system it is."""
    shown = [waking_seconds() for _ in range(100)]

    assert sorted(shown) == shown


def test_an_examination_that_fails_changes_nothing() -> None:
    """When the line breaks in the middle, the client goes by what it knew."""
    desk = Desk(trips_ms=iter([(1.0, 1.0)] * 3))
    desk.clock.now_ms()
    before = desk.clock.estimate_ms()

    with pytest.raises(StopIteration):
        desk.examine()

    assert 0 <= desk.clock.estimate_ms() - before <= 1_000
