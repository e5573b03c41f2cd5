"""The client's clock follows the server's, never goes back, and takes a sandbox's rate."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from binance_nb.client import ClockReading, ServerClock


class Bench:
    """A clock on a bench: time passes when the test says so."""

    def __init__(self, server_ms: int = 1_000_000, rate: float = 1.0, takes_seconds: float = 0.0) -> None:
        self.here = 50.0
        self.server_ms = server_ms
        self.rate = rate
        self.looks = 0
        self.takes_seconds = takes_seconds
        self.clock = ServerClock(self._look, ticks=lambda: self.here, wall=lambda: self.here)

    def _look(self) -> ClockReading:
        self.looks += 1
        self.pass_time(self.takes_seconds / 2)
        seen = self.server_ms
        self.pass_time(self.takes_seconds / 2)
        return ClockReading(seen, rate=self.rate)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, here and on the server."""
        self.here += seconds
        self.server_ms += int(seconds * 1000 * self.rate)


def test_the_server_is_asked_once_and_not_at_construction() -> None:
    """Making a clock asks nobody; using it asks once."""
    bench = Bench()
    looked_before = bench.looks

    times = [bench.clock.now_ms() for _ in range(5)]

    assert 0 == looked_before
    assert 1 == bench.looks
    assert [1_000_000] * 5 == times


def test_the_journey_of_the_question_is_taken_off() -> None:
    """An answer that took 200 ms was 100 ms old, and the clock says how far off it may be."""
    bench = Bench(takes_seconds=0.2)

    assert bench.server_ms + 200 == bench.clock.now_ms()
    assert 99 < (bench.clock.error_ms or 0) < 101


@given(
    rate=st.sampled_from([0.0, 0.5, 1.0, 60.0, 3600.0]),
    steps=st.lists(st.floats(0, 1000, allow_nan=False), max_size=20),
)
def test_the_clock_takes_the_server_rate(rate: float, steps: list[float]) -> None:
    """Slow, fast or standing: what the clock shows is what the server shows, and it never goes back."""
    bench = Bench(rate=rate)
    shown = [bench.clock.now_ms()]
    for step in steps:
        bench.here += step
        shown.append(bench.clock.now_ms())

    assert sorted(shown) == shown
    assert abs(1_000_000 + sum(steps) * 1000 * rate - shown[-1]) <= 1 + rate


def test_a_standing_clock_is_never_waited_for() -> None:
    """Nothing on a frozen server ends by waiting, so nobody waits."""
    bench = Bench(rate=0.0)
    bench.clock.synchronise()

    assert 0.0 == bench.clock.seconds_until(9_999_999)


def test_a_fast_clock_is_waited_for_in_seconds_here() -> None:
    """A minute on a server that runs sixty times as fast is a second here."""
    bench = Bench(rate=60.0)
    bench.clock.synchronise()

    assert 1.0 == bench.clock.seconds_until(1_060_000)


def test_a_new_look_corrects_a_step_of_the_server() -> None:
    """After the server's clock was set back, the next look follows it at once."""
    bench = Bench()
    bench.clock.now_ms()
    bench.server_ms -= 600_000
    bench.clock.synchronise()

    assert 400_000 == bench.clock.now_ms()


def test_the_offset_is_told_only_where_it_means_something() -> None:
    """A made-up clock has no offset from the one on the wall."""
    real, made_up = Bench(server_ms=51_000), Bench(rate=60.0)
    real.clock.synchronise()
    made_up.clock.synchronise()

    assert 1000.0 == real.clock.offset_ms
    assert made_up.clock.offset_ms is None


def test_threads_that_need_the_time_at_once_share_one_look() -> None:
    """The wait for another thread's look is not taken for the age of the answer."""
    bench = Bench()
    begun, go_on = threading.Event(), threading.Event()

    def look() -> ClockReading:
        begun.set()
        go_on.wait(30)
        return bench._look()

    clock = ServerClock(look, ticks=lambda: bench.here, wall=lambda: bench.here)
    shown: list[int] = []
    threads = [threading.Thread(target=lambda: shown.append(clock.now_ms())) for _ in range(8)]
    threads[0].start()
    begun.wait(30)
    for thread in threads[1:]:
        thread.start()
    bench.here += 0.3
    bench.server_ms += 300
    go_on.set()
    for thread in threads:
        thread.join(30)

    assert 1 <= bench.looks <= 2
    assert all(abs(time_ms - bench.server_ms) <= 151 for time_ms in shown)


def test_a_stated_date_corrects_a_clock_that_is_far_off() -> None:
    """Before the first look a reply's date is better than a wrong clock, and no better than a right one."""
    off, right = Bench(), Bench()
    off.clock.hear(1_000_000)
    right.clock.hear(50_000)

    assert 1_000_500 == off.clock.estimate_ms()
    assert 50_000 == right.clock.estimate_ms()
    assert not off.clock.is_synchronised
