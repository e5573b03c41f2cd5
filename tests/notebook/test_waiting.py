from __future__ import annotations

import io
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher

from binance_nb.notebook.waiting import WaitNotice

Shell = Any  # most of what IPython's shell can do has no types


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(plain_shell: Shell, monkeypatch: pytest.MonkeyPatch) -> CapturingDisplayPublisher:
    """What was displayed, in order."""
    publisher = CapturingDisplayPublisher()  # type: ignore[no-untyped-call]  # IPython does not type it
    monkeypatch.setattr(plain_shell, "display_pub", publisher)
    return publisher


def shown(screen: CapturingDisplayPublisher) -> list[tuple[str, bool]]:
    published: list[dict[str, Any]] = screen.outputs
    return [(output["data"]["text/plain"], bool(output.get("update"))) for output in published]


def test_a_notebook_counts_down_in_one_place(plain_shell: Shell, screen: CapturingDisplayPublisher) -> None:
    """The line is updated, not repeated, and empty when the wait is over: nothing of it is saved."""
    plain_shell.kernel = object()
    notice = WaitNotice(plain_shell)
    notice(7.01, "The weight is used. Please slow down.")
    notice(3.0, "The weight is used. Please slow down.")
    notice(0.0, "The weight is used. Please slow down.")

    assert shown(screen) == [
        ("waiting: going on by itself in 8 s (The weight is used)", False),
        ("waiting: going on by itself in 3 s (The weight is used)", True),
        ("", True),
    ]
    assert len({output["transient"]["display_id"] for output in screen.outputs}) == 1


def test_a_second_wait_of_a_cell_takes_the_same_place(plain_shell: Shell, screen: CapturingDisplayPublisher) -> None:
    """A long pull may wait many times."""
    plain_shell.kernel = object()
    notice = WaitNotice(plain_shell)
    for _ in range(2):
        notice(1.0, "r")
        notice(0.0, "r")

    assert len({output["transient"]["display_id"] for output in screen.outputs}) == 1
    assert shown(screen)[2][0] != ""


def test_an_interrupted_wait_leaves_nothing(plain_shell: Shell, screen: CapturingDisplayPublisher) -> None:
    """The end of the cell takes the line away, once; the next cell's wait gets a line of its own."""
    plain_shell.kernel = object()
    notice = WaitNotice(plain_shell)
    for _ in range(2):
        notice(5.0, "r")
        notice.done()
        notice.done()

    assert [text for text, _ in shown(screen)] == ["waiting: going on by itself in 5 s (r)", ""] * 2
    assert len({output["transient"]["display_id"] for output in screen.outputs}) == 2


def test_a_terminal_counts_down_in_its_line(
    plain_shell: Shell, screen: CapturingDisplayPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is written over, never longer than the terminal is wide, and wiped in the end."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    notice = WaitNotice(plain_shell)
    notice(2.0, "The weight is used")
    notice(1.0, "The weight is used")
    notice(0.0, "The weight is used")

    assert terminal.getvalue() == (
        "\rwaiting: going on by itself in 2 s (Th\x1b[K\rwaiting: going on by itself in 1 s (Th\x1b[K\r\x1b[K"
    )
    assert screen.outputs == []


def test_a_log_gets_one_line(plain_shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing can be updated there, so nothing is repeated."""
    notice = WaitNotice(plain_shell)
    notice(7.2, "The weight is used.")
    notice(3.0, "The weight is used.")
    notice.done()

    assert capsys.readouterr().err == "waiting: going on by itself in 8 s (The weight is used)\n"


def test_without_a_wait_nothing_is_said(plain_shell: Shell, screen: CapturingDisplayPublisher) -> None:
    """Most calls do not wait."""
    WaitNotice(plain_shell).done()

    assert screen.outputs == []
