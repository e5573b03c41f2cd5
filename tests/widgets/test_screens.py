from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_nb.widgets.screens import screens
from tests.widgets.sample import Sample, our_threads

Run = Callable[..., Any]


class Kernel:
    """As much of a kernel as tells which cell of the notebook was sent."""

    def __init__(self) -> None:
        self.parent: dict[str, Any] = {}

    def get_parent(self, channel: str = "shell") -> dict[str, Any]:
        return self.parent


@pytest.fixture
def run(shell: Any, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a cell: its source and, where the front end tells one, its id."""
    shell.user_ns["Sample"] = Sample
    numbers = iter(range(1000))

    def run(source: str, cell: str = "") -> Any:
        if cell:
            if getattr(shell, "kernel", None) is None:
                shell.kernel = Kernel()
            shell.kernel.parent = {
                "header": {"msg_id": str(next(numbers)), "msg_type": "execute_request"},
                "metadata": {"cellId": cell},
                "content": {"code": source},
            }
        result = shell.run_cell(source, store_history=True)
        result.raise_error()
        return result.result

    yield run
    screens().close_all()


def test_a_rerun_closes_what_the_cell_had_made(run: Run) -> None:
    """No ghost goes on behind the new one."""
    first = run("Sample()")
    second = run("Sample()")

    assert (True, False) == (first.is_closed, second.is_closed)


def test_a_cell_is_known_by_its_id_however_it_is_changed(run: Run) -> None:
    """An edited cell is the same place on the screen; what it made goes also when it makes nothing now."""
    first = run("Sample()", "cell-1")
    other = run("Sample()", "cell-2")
    run("1 + 1", "cell-1")

    assert (True, False) == (first.is_closed, other.is_closed)


def test_what_one_cell_made_and_another_shows_survives_the_other(run: Run) -> None:
    """It rests while nobody sees it, and goes on when it is shown again."""
    run("sample = Sample()", "maker")
    shown = run("sample", "viewer")
    shown.follow()
    again = run("sample", "viewer")
    still = again.is_following
    run("1", "viewer")
    resting = (again.is_following, again.is_closed)
    run("sample", "viewer")
    run("sample = Sample()", "maker")

    assert (True, (False, False), True) == (still, resting, again.is_closed)


def test_a_cell_that_shows_the_old_one_again_keeps_it(run: Run) -> None:
    """As cells do that make a widget only when there is none yet."""
    source = "kept = globals().get('kept') or Sample()\nkept"
    first = run(source)
    second = run(source)

    assert (True, False) == (first is second, first.is_closed)


def test_several_of_one_run_stand_side_by_side(run: Run) -> None:
    """Only a later run takes them away."""
    run("samples = [Sample() for _ in range(3)]")
    samples = run("samples")
    run("samples = [Sample() for _ in range(3)]")

    assert [True] * 3 == [each.is_closed for each in samples]


def test_a_cell_that_fails_or_runs_another_settles_once(run: Run, shell: Any) -> None:
    """The inner one of %%capture is part of the outer, and an error is an end like others."""
    first = run("%%capture\nsample = Sample()")
    sample = shell.user_ns["sample"]
    alive = sample.is_closed
    shell.run_cell("other = Sample(); 1 / 0")
    other = shell.user_ns["other"]
    shell.run_cell("other = Sample(); 1 / 0")

    assert (None, False, True) == (first, alive, other.is_closed)


def test_made_in_a_callback_it_belongs_to_no_cell(run: Run, shell: Any) -> None:
    """A click may come while a cell runs; running that again does not take it away."""
    run("1", "cell-1")
    shell.kernel.parent = {"header": {"msg_id": "click", "msg_type": "comm_msg"}}
    sample = Sample()
    run("1", "cell-1")

    assert not sample.is_closed


def test_unloading_closes_all_and_leaves_no_thread(run: Run, shell: Any) -> None:
    """Also those that are followed; loaded again, cells are followed again."""
    shell.run_line_magic("load_ext", "binance_nb")
    events = {name: len(callbacks) for name, callbacks in shell.events.callbacks.items()}
    first = run("Sample()")
    first.follow()
    shell.run_line_magic("unload_ext", "binance_nb")
    left = our_threads()
    shell.run_line_magic("load_ext", "binance_nb")
    after = {name: len(callbacks) for name, callbacks in shell.events.callbacks.items()}
    second, third = run("Sample() # again"), run("Sample() # again")
    shell.run_line_magic("unload_ext", "binance_nb")

    assert (True, [], True, True) == (first.is_closed, left, second.is_closed, third.is_closed)
    assert events == after
