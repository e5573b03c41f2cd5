"""The order form and the explorer in JupyterLab, by keyboard, on a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SETUP = """import binance_nb
%load_ext binance_nb
from binance_nb.widgets import Explore, Ticket
session = binance_nb.connect("sandbox", seed=1, frozen="2024-06-01T12:00:00Z")"""
OVERFLOW = "box => { const own = box.querySelector('.binance-nb'); return own.scrollWidth > own.clientWidth + 1; }"
LABEL_OF_FOCUS = """() => {
    const at = document.activeElement;
    const label = at.labels && at.labels.length ? at.labels[0].textContent : '';
    return at.textContent.trim() || label || at.getAttribute('aria-label') || at.title || '';
}"""


@pytest.fixture
def notebook(run_notebook: Callable[..., Any]) -> Any:
    return run_notebook(
        "ticket = Ticket(session, 'BTCUSDT')\nticket",
        "explore = Explore(session, start='-2d')\nexplore",
        setup=SETUP,
    )


def tab_to(notebook: Any, name: str, most: int = 40) -> list[str]:
    """Press the tabulator until something of that name has the focus; what was passed on the way."""
    passed: list[str] = []
    while not passed or not passed[-1].startswith(name):
        assert len(passed) < most, passed
        notebook.page.keyboard.press("Tab")
        passed.append(notebook.page.evaluate(LABEL_OF_FOCUS))
    return passed


def test_an_order_is_typed_tested_confirmed_and_placed_by_keyboard_alone(notebook: Any) -> None:
    """Every control has a name, and nothing is placed before the question is answered."""
    page = notebook.page
    notebook.element(1, "input").focus()
    passed = tab_to(notebook, "Amount")
    page.keyboard.type("0.01")
    notebook.wait_for("ticket._checked is not None")
    passed += tab_to(notebook, "Test order")
    page.keyboard.press("Enter")
    notebook.wait_for("'nothing was placed' in ticket.view._result.value")
    passed += tab_to(notebook, "Place…")
    page.keyboard.press("Enter")
    notebook.element(1, "button:has-text('Yes, place it: SANDBOX')")
    before = notebook.ask("len(session.journal())")
    passed += tab_to(notebook, "Yes, place it")
    page.keyboard.press("Enter")
    notebook.wait_for("ticket.order is not None")
    notebook.element(1, "strong:has-text('FILLED')")

    assert ("0", "1") == (before, notebook.ask("len(session.journal())"))
    assert [] == [name for name in passed if not name]


def test_a_call_is_filled_in_and_run_by_keyboard_alone(notebook: Any) -> None:
    """The frame is there, below its lines, and in the next cell."""
    page = notebook.page
    notebook.element(2, "input").focus()
    passed = tab_to(notebook, "limit")
    page.keyboard.type("5000")
    notebook.element(2, "text=limit must be at most 1000")
    passed += tab_to(notebook, "Take limit 1000")
    page.keyboard.press("Enter")
    passed += tab_to(notebook, "Run")
    page.keyboard.press("Enter")
    notebook.wait_for("explore.frame is not None")
    notebook.element(2, "table.dataframe")

    assert "%binance klines BTCUSDT 1h --limit 1000 --start -2d" == notebook.element(2, ".bn-copy pre").inner_text()
    assert [] == [name for name in passed if not name]


def test_the_forms_fit_a_narrow_dark_page(notebook: Any) -> None:
    """At 400 pixels nothing has to be moved sideways but the table, which does so by itself."""
    notebook.set_theme("JupyterLab Dark")
    notebook.page.set_viewport_size({"width": 480, "height": 1200})
    notebook.element(2, "button:has-text('Run')").click()
    notebook.element(2, "table.dataframe")
    wide = [notebook.output(cell).evaluate(OVERFLOW) for cell in (1, 2)]
    notebook.set_theme("JupyterLab Light")

    assert [False, False] == wide


def test_a_line_is_copied_from_its_button(blank_page: Callable[..., Any]) -> None:
    """The button says so; where the page may not use the clipboard, the line is at least selected."""
    drawn = blank_page("copy", text="%binance ping", label="As a line")
    drawn.find("button").click()
    drawn.page.wait_for_function("() => document.querySelector('[role=status]').textContent !== ''")
    selected = drawn.page.evaluate("() => String(window.getSelection())")
    said = drawn.find("[role=status]").inner_text()
    drawn.set(text="%binance time")

    assert said == "Copied" or selected == "%binance ping"
    assert drawn.find("pre").inner_text() == "%binance time"
    assert drawn.find("button").get_attribute("aria-label") == "Copy: As a line"
