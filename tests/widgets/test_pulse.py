from __future__ import annotations

import gc
import threading

from binance_nb.widgets.pulse import PULSE_NAME, Pulse


class Heart:
    """Counts beats, and tells after the third; its pauses take no time but wait for whoever watches."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.beats = 0
        self.paused: list[float] = []
        self.fails_at = fails_at
        self.has_beaten_thrice = threading.Event()
        self.may_end = threading.Event()

    def beat(self) -> None:
        self.beats += 1
        if self.beats == self.fails_at:
            raise RuntimeError("the facts are gone")
        if self.beats == 3:
            self.has_beaten_thrice.set()

    def pause(self, seconds: float) -> bool:
        self.paused.append(seconds)
        return self.beats >= 3 and self.may_end.wait(5)


def threads() -> int:
    return sum(thread.name == PULSE_NAME for thread in threading.enumerate())


def test_it_beats_until_it_is_stopped() -> None:
    """With the pause that was asked for before each beat, in one thread that is then gone."""
    heart = Heart()
    pulse = Pulse(heart.beat, 0.5, heart.pause)
    pulse.start()
    pulse.start()
    assert heart.has_beaten_thrice.wait(5)
    during = threads()
    heart.may_end.set()
    pulse.stop()

    assert (during, threads(), pulse.is_beating) == (1, 0, False)
    assert (heart.beats, heart.paused) == (3, [0.5] * 4)


def test_once_stopped_it_does_not_start_again() -> None:
    """What was taken off the screen stays off."""
    pulse = Pulse(Heart().beat, 0.5)
    pulse.stop()
    pulse.start()

    assert not pulse.is_beating


def test_a_beat_that_fails_ends_it_and_is_remembered() -> None:
    """Nothing is printed into anybody's cell."""
    heart = Heart(fails_at=2)
    pulse = Pulse(heart.beat, 0.5, heart.pause)
    pulse.start()
    pulse.stop()

    assert (heart.beats, str(pulse.last_error)) == (2, "the facts are gone")


def test_it_ends_with_the_object_it_beats_for() -> None:
    """Nobody has to stop a pulse whose heart was thrown away."""
    heart = Heart()
    paused, may_go_on = threading.Event(), threading.Event()

    def pause(seconds: float) -> bool:
        paused.set()
        return not may_go_on.wait(5)

    pulse = Pulse(heart.beat, 0.5, pause)
    pulse.start()
    assert paused.wait(5)
    del heart
    gc.collect()
    may_go_on.set()
    pulse.stop()

    assert (threads(), pulse.last_error) == (0, None)
