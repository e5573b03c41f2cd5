"""The chart in JupyterLab, on an exchange whose clock runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat

from binance_nb import Session
from binance_nb.widgets import Chart
from tests.browser.jupyter import OpenNotebook

Run = Callable[..., OpenNotebook]
LIVE = ".bn-chart-state[data-word='live']"
CHART = "import ipywidgets\nchart = binance_nb.widgets.Chart(session, 'BTCUSDT', '1s', bars=100)\nchart"
SETUP_MORE = "import binance_nb.widgets"
# Every model that a front end could still show; where ipywidgets keeps them changed with its version 8.
VIEWS = (
    "sum(type(each).__name__ == 'ChartView' for each in __import__('ipywidgets').widgets.widget._instances.values())"
)
PAPER = """() => {
    const canvas = document.querySelector(".bn-chart canvas");
    return [...canvas.getContext("2d").getImageData(2, 2, 1, 1).data].slice(0, 3);
}"""


def test_a_chart_lives_in_jupyterlab(run_notebook: Run) -> None:
    """It moves, shows another symbol when asked by keyboard, follows the theme, and its cell leaves no ghost."""
    notebook = run_notebook(f"{SETUP_MORE}\n{CHART}")
    notebook.element(1, ".bn-chart canvas")
    notebook.element(1, LIVE)
    notebook.wait_for("len(chart.to_frame()) > 101")

    notebook.element(1, ".bn-chart input").fill("ETHUSDT")
    notebook.page.keyboard.press("Enter")
    notebook.wait_for("chart.symbol", "'ETHUSDT'")
    notebook.element(1, LIVE)
    light = sum(notebook.page.evaluate(PAPER))
    notebook.set_theme("JupyterLab Dark")
    notebook.page.wait_for_function(f"() => ({PAPER})().reduce((sum, each) => sum + each) < 200")
    notebook.set_theme("JupyterLab Light")
    notebook.run(1)
    notebook.element(1, LIVE)
    notebook.wait_for(VIEWS, "1")

    assert light > 600
    assert 1 == notebook.output(1).locator(".bn-chart").count()
    assert "''" == notebook.ask("chart.problem")


def test_a_feed_that_is_lost_is_stated_inside_the_chart(run_notebook: Run) -> None:
    """The exchange goes away: the candles stay, and a line says until when they are true."""
    setup = "import binance_nb, binance_nb.widgets\nsession = binance_nb.connect('sandbox', seed=1)"
    notebook = run_notebook("chart = binance_nb.widgets.Chart(session, 'BTCUSDT', '1s', bars=50)\nchart", setup=setup)
    notebook.element(1, LIVE)
    notebook.ask("session.sandbox.stop()")
    notebook.element(1, ".bn-chart-state[data-word='lost']")
    said = notebook.output(1).get_by_text("The feed was lost")
    said.first.wait_for()

    assert 0 < notebook.output(1).locator(".bn-chart canvas").count()


def test_without_its_kernel_a_picture_is_there(run_notebook: Run, session: Session) -> None:
    """A notebook that is only read, and trusted by nobody, shows the twin."""
    data, metadata = Chart(session, "BTCUSDT", "1h", bars=100)._repr_mimebundle_()
    v4: Any = nbformat.v4  # Any: nbformat has no types
    shown = v4.new_output("execute_result", data, metadata=metadata, execution_count=1)
    cell = v4.new_code_cell("chart", outputs=[shown], execution_count=1)

    notebook = run_notebook(cell, setup="", run=False)
    box = notebook.element(1, "img").bounding_box()

    assert box is not None
    assert box["width"] > 400
    assert box["height"] > 200
