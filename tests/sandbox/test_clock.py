"""The sandbox's own time."""

from __future__ import annotations

import time

import pytest

from binance_nb.sandbox.clock import Clock, moment_ms


class Stopwatch:
    """Real seconds, as a test gives them."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(("rate", "passed_ms"), [(0.0, 0), (1.0, 2500), (60.0, 150_000), (0.5, 1250)])
def test_time_passes_at_the_rate(rate: float, passed_ms: int) -> None:
    """Two and a half real seconds are as many sandbox seconds as the rate makes of them."""
    stopwatch = Stopwatch()
    clock = Clock(1_000_000, rate, monotonic=stopwatch)
    stopwatch.seconds += 2.5

    now_ms = clock.now_ms()

    assert 1_000_000 + passed_ms == now_ms


def test_without_an_origin_it_shows_the_present() -> None:
    """Left alone it starts with the machine's clock."""
    before_ms = time.time_ns() // 1_000_000

    now_ms = Clock().now_ms()

    assert before_ms <= now_ms <= before_ms + 5_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1717243200000", 1_717_243_200_000),
        ("2024-06-01T12:00:00Z", 1_717_243_200_000),
        ("2024-06-01T12:00:00", 1_717_243_200_000),
        ("2024-06-01 14:00:00.250+02:00", 1_717_243_200_250),
        ("2024-06-01", 1_717_200_000_000),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, expected: int) -> None:
    """ISO 8601 or milliseconds; without a zone it is UTC."""
    read_ms = moment_ms(text)

    assert expected == read_ms


@pytest.mark.parametrize("text", ["", "yesterday", "-5", "9" * 30, "1969-12-31", "9999-01-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """Neither words, nor times before 1970 or after 9998."""
    with pytest.raises(ValueError, match=r".*"):
        moment_ms(text)


@pytest.mark.parametrize(("rate", "stated"), [(0.0, "5;0"), (1.0, "5;1"), (60.0, "5;60"), (0.5, "5;0.5")])
def test_it_states_present_and_rate(rate: float, stated: str) -> None:
    """The header's text is the present in ms and the rate."""
    text = Clock(0, rate).stated(5)

    assert stated == text


def test_a_fast_clock_stops_at_its_last_moment() -> None:
    """What closes after the present can still be dated there."""
    stopwatch = Stopwatch()
    clock = Clock(moment_ms("9998-12-31T23:59:59"), 1e9, monotonic=stopwatch)
    stopwatch.seconds += 3600

    assert moment_ms("9998-12-31T23:59:59.999") == clock.now_ms()


@pytest.mark.parametrize("rate", [0.0, 1.0, 60.0])
def test_it_can_be_turned_forward(rate: float) -> None:
    """And goes on from there at its rate."""
    seconds = iter([0.0, 1.0, 1.0, 2.0])
    clock = Clock(1000, rate, monotonic=lambda: next(seconds))

    clock.advance(5000)

    assert 6000 + 1000 * rate == clock.now_ms()
    assert 6000 + 2000 * rate == clock.now_ms()


@pytest.mark.parametrize("by_ms", [-1, 10**15])
def test_it_is_not_turned_back_nor_past_its_end(by_ms: int) -> None:
    """Time goes one way."""
    clock = Clock(1000, 0.0)

    with pytest.raises(ValueError, match="turned forward"):
        clock.advance(by_ms)
    assert 1000 == clock.now_ms()
