from __future__ import annotations

from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher

from binance_nb.notebook.waiting import WaitNotice

Shell = Any  # most of what IPython's shell can do has no types


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
    """The line is updated, not repeated, and says in the end that the wait is over."""
    plain_shell.kernel = object()
    notice = WaitNotice(plain_shell)
    notice(7.2, "The weight is used.")
    notice(3.0, "The weight is used.")
    notice.done()

    assert shown(screen) == [
        ("rate limit: going on in 7 s (The weight is used.)", False),
        ("rate limit: going on in 3 s (The weight is used.)", True),
        ("rate limit: waited 7 s", True),
    ]
    assert len({output["transient"]["display_id"] for output in screen.outputs}) == 1


def test_a_terminal_gets_one_line(plain_shell: Shell, screen: CapturingDisplayPublisher) -> None:
    """Nothing can be updated there, so nothing is repeated."""
    notice = WaitNotice(plain_shell)
    notice(7.2, "The weight is used.")
    notice(3.0, "The weight is used.")
    notice.done()

    assert [text for text, _ in shown(screen)] == ["rate limit: going on in 7 s (The weight is used.)"]


def test_without_a_wait_nothing_is_said(plain_shell: Shell, screen: CapturingDisplayPublisher) -> None:
    """Most calls do not wait."""
    WaitNotice(plain_shell).done()

    assert screen.outputs == []


def test_the_next_wait_has_a_line_of_its_own(plain_shell: Shell, screen: CapturingDisplayPublisher) -> None:
    """In its own cell."""
    plain_shell.kernel = object()
    notice = WaitNotice(plain_shell)
    for _ in range(2):
        notice(1.0, "r")
        notice.done()

    assert len({output["transient"]["display_id"] for output in screen.outputs}) == 2
