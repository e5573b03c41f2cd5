"""How long after its cell begins to run is the first candle of a chart on the screen, in JupyterLab?

Once in a kernel that has only connected, where the cell loads ipywidgets, pandas and Pillow too, and then warm. The
floor is the first picture of a Button: what JupyterLab itself takes to run a cell and to draw any widget.
"""

from __future__ import annotations

from statistics import median

from benchmarks.servers.lab import opened

SAMPLES = 7
SETUP = "import binance_nb; session = binance_nb.connect('sandbox', seed=1)"
BUTTON = "import ipywidgets; ipywidgets.Button(description='floor')"
CHART = "from binance_nb.widgets import Chart; Chart(session, 'BTCUSDT', '1h')"
BUTTON_IS_THERE = "(cell) => cell.querySelector('.jp-OutputArea-output button') !== null"
# A candle is there when a canvas has something in the middle that is neither clear nor the paper in its corner.
CHART_IS_THERE = """(cell) => [...cell.querySelectorAll(".bn-chart canvas")].some((canvas) => {
    if (!canvas.width || !canvas.height) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let inked = 0;
    for (let at = 0; at < data.length; at += 4) inked += data[at] < 40 && data[at + 1] > 90 && data[at + 2] > 150;
    return inked > 100;
})"""
RUN = """async ([index, source]) => {
    const isThere = eval(source);
    const notebook = window.panel.content;
    notebook.activeCellIndex = index;
    const node = notebook.widgets[index].node;
    const outputs = notebook.widgets[index].outputArea.model;
    outputs.clear();
    await new Promise((done) => setTimeout(done, 300));
    const began = performance.now();
    window.jupyterapp.commands.execute("notebook:run-cell");
    while (!isThere(node)) {
        if (performance.now() - began > 60000) throw new Error(node.innerText);
        await new Promise(requestAnimationFrame);
    }
    return performance.now() - began;
}"""


def main() -> None:
    with opened(SETUP, BUTTON, CHART) as notebook:
        notebook.run(0)
        first = notebook.page.evaluate(RUN, [2, CHART_IS_THERE])
        notebook.wait_idle()
        print(f"{'a chart of 500 candles, in a fresh kernel':42} {first:6.0f}")
        print(f"{'median of ' + str(SAMPLES):42} {'ms':>6} {'slowest':>8}")
        for name, cell, is_there in (
            ("a Button (floor)", 1, BUTTON_IS_THERE),
            ("a chart of 500 candles", 2, CHART_IS_THERE),
        ):
            spent = [notebook.page.evaluate(RUN, [cell, is_there]) for _ in range(SAMPLES)]
            print(f"{name:42} {median(spent):6.0f} {max(spent):8.0f}")


if __name__ == "__main__":
    main()
