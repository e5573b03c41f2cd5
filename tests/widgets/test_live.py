from __future__ import annotations

import base64
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest

from binance_nb import connect
from binance_nb.errors import StreamError
from binance_nb.widgets.live import Live
from binance_nb.widgets.models import models_of
from tests.streams.events import wait_for
from tests.widgets.sample import Sample, following, in_thread, our_threads

VIEW = "application/vnd.jupyter.widget-view+json"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def sample() -> Iterator[Sample]:
    made = Sample()
    yield made
    made.close()


def shown_problem(live: Live) -> str:
    """What the line above the content says."""
    return str(live.box.children[0].problem)


def test_data_of_any_thread_becomes_a_picture(sample: Sample) -> None:
    """Whoever has news only says so."""
    in_thread(sample.invalidate)

    assert sample.painted.wait(30)


def test_hidden_it_is_not_painted_and_once_when_it_is_seen_again(sample: Sample) -> None:
    """What came meanwhile is one picture."""
    sight = sample.box.children[0]
    sight.seen = False
    for _ in range(10):
        sample.invalidate()
        sample.paint_now()
    hidden = sample.pictures
    sight.seen = True

    assert sample.painted.wait(30)
    assert (0, 1) == (hidden, sample.pictures)


def test_a_front_end_that_tells_it_is_hidden_stops_the_painting(sample: Sample) -> None:
    """As its message arrives, on a thread of the kernel."""
    sight = sample.box.children[0]
    in_thread(lambda: sight.set_state({"seen": False}))
    sample.invalidate()
    sample.paint_now()

    assert (False, 0) == (sample.is_seen, sample.pictures)


def test_an_error_while_painting_is_stated_inside_the_widget(sample: Sample) -> None:
    """And taken back with the next picture that works."""
    sample.error = StreamError("The line is cut.", hint="It is tried again.")
    sample.paint_now()
    during = shown_problem(sample)
    sample.error = None
    sample.paint_now()

    assert ("The line is cut. It is tried again.", "") == (during, shown_problem(sample))


def test_a_problem_is_said_until_it_is_taken_back(sample: Sample) -> None:
    """Two about different things stand side by side."""
    sample.say("The feed is lost.")
    sample.say("A symbol is unknown.", "symbol")
    sample.paint_now()
    both = shown_problem(sample)
    sample.say("")
    sample.paint_now()

    assert ("The feed is lost. A symbol is unknown.", "A symbol is unknown.") == (both, shown_problem(sample))


def test_a_job_hands_its_result_over_under_the_lock(sample: Sample) -> None:
    """So that whoever takes it may set traits."""
    owners = []
    done = threading.Event()

    def take(result: object) -> None:
        owners.append((result, sample.drawing._is_owned()))  # type: ignore[attr-defined]  # what a Condition asks
        done.set()

    sample.work(lambda: 7, take)

    assert done.wait(30)
    assert [(7, True)] == owners


def test_a_job_that_fails_is_stated_and_a_later_one_takes_it_back(sample: Sample) -> None:
    """It never vanishes, and is never printed."""
    sample.work(lambda: 1 / 0, kind="sum")
    sample._worker.join(30)
    during = sample.problem
    sample.work(lambda: 1, kind="sum")
    sample._worker.join(30)

    assert ("ZeroDivisionError: division by zero", "") == (during, sample.problem)


def test_a_job_may_have_somebody_for_its_error(sample: Sample) -> None:
    """Who then says what there is to say."""
    heard: list[str] = []
    sample.work(lambda: 1 / 0, failed=lambda error: heard.append(str(error)))
    sample._worker.join(30)

    assert (["division by zero"], "") == (heard, sample.problem)


@pytest.mark.parametrize("run", [lambda act: act(), in_thread], ids=["main thread", "subshell thread"])
def test_a_callback_of_a_control_holds_the_lock_and_states_its_error(sample: Sample, run: Callable[..., None]) -> None:
    """Whichever thread the front end's message comes on."""

    class Clumsy(Sample):
        def press(self, button: object) -> None:
            self.was_locked = self.drawing._is_owned()  # type: ignore[attr-defined]  # as above
            raise KeyError("button")

    clumsy = Clumsy()
    clumsy.button.on_click(clumsy.guarded(clumsy.press))
    run(clumsy.button.click)
    problem = clumsy.problem
    clumsy.close()

    assert (True, "KeyError: 'button'") == (clumsy.was_locked, problem)


def test_a_message_of_the_front_end_waits_for_the_picture(sample: Sample) -> None:
    """One writer at a time: ipywidgets itself has no locks."""
    arrived = threading.Event()
    message = {"content": {"data": {"method": "update", "state": {"value": "typed"}}}, "buffers": []}
    handle = sample.text.comm._msg_callback

    def receive() -> None:
        handle(message)
        arrived.set()

    thread = threading.Thread(target=receive)
    with sample.drawing:
        thread.start()
        has_waited = not arrived.wait(0.05)
        before = sample.text.value
    thread.join(30)

    assert (True, "", "typed") == (has_waited, before, sample.text.value)


def test_it_follows_until_it_is_stopped_and_goes_on_when_asked(sample: Sample) -> None:
    """Displaying it does not undo what a person stopped."""
    sample.follow()
    sample.follow()
    sample.stop()
    sample.stop()
    sample._repr_mimebundle_()
    stopped = list(sample.feeds)
    sample.follow()

    assert (["begin", "end"], ["begin", "end", "begin"]) == (stopped, sample.feeds)


def test_closed_from_any_thread_twice_while_it_is_painted(sample: Sample) -> None:
    """No deadlock, no trace: models, threads and feeds are gone."""
    stop = threading.Event()

    def paint() -> None:
        while not stop.is_set():
            sample.invalidate()
            sample.paint_now()

    models = list(models_of(sample.box))
    sample.follow()
    painting = threading.Thread(target=paint)
    painting.start()
    assert sample.painted.wait(30)
    closers = [threading.Thread(target=sample.close) for _ in range(2)]
    for each in closers:
        each.start()
    for each in closers:
        each.join(30)
    stop.set()
    painting.join(30)

    assert ["begin", "end"] == sample.feeds
    assert [] == [model for model in models if model.comm is not None]
    assert [] == our_threads()
    assert VIEW not in sample._repr_mimebundle_()[0]


def test_one_that_nobody_holds_goes_away_with_its_models() -> None:
    """ipywidgets keeps every model until it is closed, so somebody has to."""
    sample = Sample()
    sample.button.on_click(sample.guarded(sample.say))
    sample.follow()
    sample.work(lambda: 1)
    sample._worker.join(30)
    models, gone = list(models_of(sample.box)), weakref.ref(sample)
    del sample
    wait_for(lambda: gc.collect() >= 0 and gone() is None)  # the painter may be at it just then

    assert (None, []) == (gone(), [model for model in models if model.comm is not None])
    assert [] == our_threads()


def test_a_closed_session_ends_it_and_is_said() -> None:
    """What came last stays on the screen."""
    with connect("market") as session:
        sample = Sample(session)
        sample.follow()
        sample.invalidate()
    sample.paint_now()
    problem = shown_problem(sample)
    sample.close()

    assert (["begin", "end"], "The session was closed: this is the last that came.") == (sample.feeds, problem)


def test_a_closed_widget_is_no_burden_to_its_session() -> None:
    """A session that lives for days forgets those that came and went."""
    with connect("market") as session:
        for _ in range(3):
            Sample(session).close()

        assert [] == session._told_of_end


def test_the_bundle_has_widget_picture_and_words() -> None:
    """In one message, with the size at which the picture is shown."""

    class Painted(Sample):
        def picture(self) -> bytes:
            return PIXEL

    painted = Painted()
    data, metadata = painted._repr_mimebundle_()
    painted.close()

    assert {VIEW, "image/png", "text/plain"} == set(data)
    assert (PIXEL, "a sample") == (base64.b64decode(data["image/png"]), data["text/plain"])
    assert {"width", "height", "alt"} == set(metadata["image/png"])


def test_a_picture_that_fails_takes_nothing_along(sample: Sample) -> None:
    """The widget and its words are there, and the reason is stated."""
    data, metadata = sample._repr_mimebundle_()

    assert ({VIEW, "text/plain"}, {}) == (set(data), metadata)
    assert "ValueError: no ink" == sample.problem


def test_without_a_kernel_displaying_opens_nothing(sample: Sample) -> None:
    """A terminal draws no widget, so no feed and no thread is spent on it."""
    sample._repr_mimebundle_()

    assert ([], False) == (sample.feeds, sample.is_following)


def test_nothing_is_painted_faster_than_ten_times_a_second(sample: Sample) -> None:
    """Counted by the clock on the wall over several pictures."""
    times = []
    enough = threading.Event()

    def note(change: object) -> None:
        times.append(time.monotonic())
        enough.set() if len(times) == 4 else sample.invalidate()

    sample.text.observe(note, "value")
    with following(sample):
        sample.invalidate()
        assert enough.wait(30)

    assert times[-1] - times[0] >= 0.29
