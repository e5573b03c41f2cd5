from __future__ import annotations

import gc
import threading

import pytest

from binance_nb.widgets.painter import Frames, Painter


class Canvas:
    """Says what was done to it, and when it was done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.is_painted = threading.Event()

    def paint_now(self) -> None:
        self.done.append("paint")
        self.is_painted.set()

    def beat_now(self) -> None:
        self.done.append("beat")
        self.is_painted.set()


@pytest.fixture
def canvas() -> Canvas:
    return Canvas()


@pytest.fixture
def frames() -> Frames:
    return Frames(0.1)


def test_what_is_asked_for_is_due_at_once(frames: Frames, canvas: Canvas) -> None:
    """Nobody waits for the first picture."""
    frames.ask(canvas, 5.0)

    assert ([(canvas, "paint")], None) == frames.take(5.0)


def test_asked_for_many_times_it_is_one_picture(frames: Frames, canvas: Canvas) -> None:
    """A thousand events are no thousand pictures."""
    for _ in range(1000):
        frames.ask(canvas, 5.0)

    assert [(canvas, "paint")] == frames.take(5.0)[0]
    assert ([], None) == frames.take(99.0)


def test_pictures_of_a_widget_are_a_tenth_of_a_second_apart(frames: Frames, canvas: Canvas) -> None:
    """However fast data comes; another widget does not wait for it."""
    frames.ask(canvas, 5.0)
    frames.take(5.0)
    frames.ask(canvas, 5.01)
    frames.ask(other := Canvas(), 5.01)

    ready, wait_seconds = frames.take(5.02)

    assert [(other, "paint")] == ready
    assert wait_seconds == pytest.approx(0.08)
    assert [(canvas, "paint")] == frames.take(5.1)[0]


def test_a_minute_of_events_makes_ten_pictures_a_second(frames: Frames, canvas: Canvas) -> None:
    """An event each millisecond, counted over a minute."""
    count = 0
    for ms in range(60_000):
        frames.ask(canvas, ms / 1000)
        count += len(frames.take(ms / 1000)[0])

    assert 590 <= count <= 600


def test_a_beat_comes_again_until_it_is_ended(frames: Frames, canvas: Canvas) -> None:
    """From when it was done, so that a late machine does not hurry afterwards."""
    frames.beat(canvas, 0.5, 1.0)
    early = frames.take(1.4)
    late = frames.take(3.0)
    soon = frames.take(3.4)
    again = frames.take(3.5)
    frames.beat(canvas, None, 3.5)

    assert ([], 0.1) == (early[0], round(early[1] or 0, 6))
    assert ([(canvas, "beat")], [], [(canvas, "beat")]) == (late[0], soon[0], again[0])
    assert ([], None) == frames.take(99.0)


def test_a_widget_that_is_gone_is_not_due(frames: Frames) -> None:
    """It is held weakly, and its place in the table goes with it."""
    canvas = Canvas()
    frames.ask(canvas, 1.0)
    frames.beat(canvas, 0.5, 1.0)
    del canvas
    gc.collect()

    assert ([], None) == frames.take(9.0)


def test_the_thread_ends_when_nothing_is_left_to_paint(canvas: Canvas) -> None:
    """A widget that is not followed costs a thread only while it is painted."""
    painter = Painter()
    painter.ask(canvas)
    assert canvas.is_painted.wait(30)
    painter.join(30)

    assert (["paint"], False) == (canvas.done, painter.is_running)


def test_the_thread_stays_asleep_for_a_followed_widget_until_it_leaves(canvas: Canvas) -> None:
    """One thread for all, which is gone with the last of them."""
    painter = Painter()
    painter.follow(canvas)
    painter.follow(other := Canvas())
    painter.leave(canvas)
    during = painter.is_running
    painter.leave(other)
    painter.join(30)

    assert (True, False, []) == (during, painter.is_running, canvas.done)


def test_after_its_end_the_thread_begins_anew(canvas: Canvas) -> None:
    """Closing the last widget is not the end of widgets."""
    painter = Painter()
    for _ in range(3):
        canvas.is_painted.clear()
        painter.ask(canvas)
        assert canvas.is_painted.wait(30)
        painter.leave(canvas)
        painter.join(30)

    assert ["paint"] * 3 == canvas.done
