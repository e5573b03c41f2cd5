"""How long does a cell take there and back while eight widgets are live, in JupyterLab?

Two charts of one-second candles, two books at 100 ms, a watch list, the portfolio, the gauge and an order form. The
floor is the same cell before there is any widget.
"""

from __future__ import annotations

import json
from statistics import median, quantiles

from benchmarks.servers.lab import opened

SAMPLES = 100
SETUP = "import binance_nb, binance_nb.widgets as w; session = binance_nb.connect('sandbox', seed=1)"
WIDGETS = (
    "w.Chart(session, 'BTCUSDT', '1s')",
    "w.Chart(session, 'ETHUSDT', '1s')",
    "w.Book(session, 'BTCUSDT')",
    "w.Book(session, 'ETHUSDT')",
    "w.Watch(session)",
    "w.Portfolio(session)",
    "w.Gauge(session.status)",
    "w.Ticket(session, 'BTCUSDT')",
)
SHOW = f"import ipywidgets\nshown = [{', '.join(WIDGETS)}]\nfor each in shown: display(each)"
SETTLE_MS = 5_000
CLOCKS = "[__import__('time').process_time(), __import__('time').perf_counter()]"
ROUND_TRIPS = """async (count) => {
    const kernel = window.panel.sessionContext.session.kernel;
    const spent = [];
    for (let at = 0; at < count; at += 1) {
        const began = performance.now();
        await kernel.requestExecute({ code: "1 + 1" }).done;
        spent.push(performance.now() - began);
        await new Promise((done) => setTimeout(done, 30));
    }
    return spent;
}"""


def main() -> None:
    with opened(SETUP, SHOW) as notebook:
        notebook.run(0)
        floor = notebook.page.evaluate(ROUND_TRIPS, SAMPLES)
        # As tall as all of them: what is not on the screen rests, and would cost nothing.
        notebook.page.set_viewport_size({"width": 1100, "height": 5000})
        notebook.run(1)
        notebook.page.wait_for_timeout(SETTLE_MS)
        before = notebook.ask(CLOCKS)
        live = notebook.page.evaluate(ROUND_TRIPS, SAMPLES)
        after = notebook.ask(CLOCKS)
        seen = notebook.ask("sum(each.is_seen and each.is_following for each in shown)")
    print(f"{'round trip of 1 + 1, ' + str(SAMPLES) + ' times':42} {'median ms':>9} {'of 95 %':>8} {'slowest':>8}")
    for name, spent in (("no widget (floor)", floor), (f"{seen} widgets seen and live", live)):
        print(f"{name:42} {median(spent):9.1f} {quantiles(spent, n=20)[-1]:8.1f} {max(spent):8.1f}")
    (busy_then, then), (busy_now, now) = json.loads(before), json.loads(after)
    print(f"the kernel was busy {(busy_now - busy_then) / (now - then):.0%} of a core with all of it")


if __name__ == "__main__":
    main()
