"""Book and watch list in JupyterLab: live, unseen, closed, run again, stated to be lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MAKE = "from binance_nb.widgets import Book, Watch\nbook = Book(session, 'BTCUSDT', levels=8)\nbook"
WATCH = "watch = Watch(session, 'BTCUSDT,ETHUSDT')\nwatch"
COUNT = "frames = []\nbook.panel.observe(frames.append, 'book')\nNone"
LIVE = ".bn-state[data-tone='good']"
HIDE = """(hidden) => {
    const outputs = document.querySelectorAll(".jp-OutputArea-output");
    for (const output of outputs) output.style.display = hidden ? "none" : "";
}"""


def test_two_live_widgets_keep_their_manners(run_notebook: Callable[..., Any]) -> None:
    """Live at once, at rest while unseen, and gone after a re-run: one notebook, or the test would take a minute."""
    notebook = run_notebook(MAKE, WATCH, COUNT)
    notebook.element(1, LIVE)
    notebook.element(2, LIVE)

    # Unseen it is not painted; seen again it is.
    notebook.page.evaluate(HIDE, True)
    notebook.wait_for("(book.is_seen, watch.is_seen)", "(False, False)")
    notebook.ask("frames.clear()")
    notebook.wait_for("book._is_dirty")
    unseen = notebook.ask("len(frames)")
    notebook.page.evaluate(HIDE, False)
    notebook.wait_for("book.is_seen and len(frames) > 0")

    # A problem is stated inside it, and taken back.
    notebook.ask("book.say('The feed is lost.', 'test')")
    stated = notebook.element(1, ".bn-problem:not(:empty)").inner_text()
    notebook.ask("book.say('', 'test')")

    # The cost of an order comes from the kernel.
    notebook.element(1, "input[type=text]").fill("0.5")
    notebook.element(1, ".bn-cost dd")

    # A slip in the list is answered in place.
    notebook.element(2, ".bn-add input").fill("SOLUSTD")
    notebook.element(2, ".bn-add button").click()
    offered = notebook.element(2, ".bn-answer button").inner_text()

    # Run again, the cell leaves no ghost.
    notebook.ask("globals().update(old=book)")
    notebook.run(1)
    notebook.wait_for("(old.is_closed, old is book, watch.is_closed)", "(True, False, False)")
    notebook.element(1, LIVE)
    threads = notebook.ask("sorted(t.name for t in __import__('threading').enumerate() if 'painter' in t.name)")

    assert ("0", "The feed is lost.", "Add SOLUSDT") == (unseen, stated, offered)
    assert "['binance_nb painter']" == threads
    assert "('', '')" == notebook.ask("(book.problem, watch.problem)")


def test_a_widget_whose_kernel_was_restarted_says_so(run_notebook: Callable[..., Any]) -> None:
    """What it shows would be taken for the present, and nobody else can tell."""
    notebook = run_notebook(MAKE)
    notebook.element(1, LIVE)
    notebook.restart_kernel()
    said = notebook.element(1, ".bn-problem:not(:empty)").inner_text()

    assert "The kernel has ended" in said
