// The chart of binance_nb.widgets.Chart. Its candles come as bytes, the last one as numbers, ten times a second at most.

import css from "./parts/chart.css";
import { chartBar } from "./parts/chart_bar.js";
import { candleOf, ChartCanvas, unpacked } from "./parts/chart_canvas.js";
import { made, priceText, showLegend } from "./parts/chart_legend.js";
import { onTheme } from "./parts/theme.js";

const LINK = "https://www.tradingview.com/";

function render({ model, el }) {
    const root = made("div", { className: "binance-nb bn-chart" });
    root.dataset.lmSuppressShortcuts = "true"; // in a select, a letter chooses; it does not add a cell
    const legend = made("div", { className: "bn-chart-legend" });
    const host = made("div", { className: "bn-chart-canvas", tabIndex: 0 });
    host.setAttribute("role", "application");
    const place = made("span");
    const bar = chartBar(model, (wanted) => model.send({ ask: "show", ...wanted }));
    root.append(made("style", { textContent: css }), bar.element, legend, host, foot(place));
    el.append(root);

    const canvas = new ChartCanvas(host, root);
    let shown = ""; // symbol and interval of what is drawn
    let pointed = null; // the candle that the keyboard points at, by its number
    let asksForOlder = false;

    const format = () => ({ type: "price", precision: model.get("digits"), minMove: model.get("tick") });
    const showLast = () => {
        const rows = canvas.rows;
        const lines = canvas.lines.map(({ name, colour, last }) => [name, colour, last]);
        showLegend(legend, model, rows.at(-1), rows.at(-2), lines);
    };
    const showAt = (index) => {
        const rows = canvas.rows;
        showLegend(legend, model, rows[index], rows[index - 1], canvas.linesAt(rows[index].time));
    };
    const describe = () => {
        const close = canvas.rows.at(-1)?.close;
        const price = close === undefined ? "no candles" : `last price ${priceText(close, model.get("digits"))}`;
        host.setAttribute("aria-label", `Candles of ${model.get("symbol")}, ${model.get("interval")}: ${price}. `
            + "Left and right read candle by candle, plus and minus zoom, End goes to the latest.");
        place.textContent = `${model.get("place")} · times in UTC`;
    };
    const drawAll = () => {
        const now = `${model.get("symbol")} ${model.get("interval")}`;
        pointed = null;
        canvas.setRows(unpacked(model.get("candles")), {
            digits: model.get("digits"),
            tick: model.get("tick"),
            fit: model.get("fit"),
            isSame: now === shown,
            seconds: model.get("interval").endsWith("s"),
        });
        shown = now;
        asksForOlder = false;
        drawLines();
        canvas.mark(model.get("marks"));
        describe();
    };
    const drawLines = () => {
        canvas.setLines(model.get("overlays"), format());
        showLast();
    };
    const drawLatest = () => {
        for (const row of model.get("latest")) canvas.update(candleOf(row));
        if (pointed === null) showLast();
        describe();
    };
    const showState = () => {
        host.setAttribute("aria-busy", String(Boolean(model.get("busy"))));
        bar.show();
    };

    canvas.chart.subscribeCrosshairMove(({ time }) => {
        const index = time === undefined ? -1 : canvas.indexOf(time);
        pointed = index < 0 ? null : index;
        if (index < 0) showLast();
        else showAt(index);
    });
    // Only a person goes to the past; candles that all fit into the picture begin at its left edge, too.
    let moves = false;
    for (const name of ["pointerdown", "wheel", "touchstart", "keydown"]) {
        host.addEventListener(name, () => (moves = canvas.isMoved = true), { passive: true });
    }
    canvas.onLeftEdge(() => {
        if (!moves || asksForOlder || !model.get("has_older")) return;
        asksForOlder = true;
        model.send({ ask: "older" });
    });
    host.addEventListener("keydown", (event) => {
        const next = moved(event.key, canvas, pointed, model.get("fit"));
        if (next === undefined) return;
        event.preventDefault();
        pointed = next;
        if (pointed === null) showLast();
        else showAt(pointed);
    });

    const heard = {
        "change:candles": drawAll,
        "change:overlays": drawLines,
        "change:marks": () => canvas.mark(model.get("marks")),
        "change:latest": drawLatest,
        "change:local_time": showLast,
    };
    const stated = ["busy", "state", "symbol", "symbols", "interval", "intervals"];
    for (const name of stated) heard[`change:${name}`] = showState;
    for (const [name, listener] of Object.entries(heard)) model.on(name, listener);
    const endTheme = onTheme(() => canvas.paint());

    drawAll();
    drawLatest();
    showState();
    model.send({ ask: "all" }); // what came since the bytes were packed, when it is shown a second time

    return () => {
        endTheme();
        for (const [name, listener] of Object.entries(heard)) model.off(name, listener);
        canvas.remove();
        root.remove();
    };
}

function foot(place) {
    const line = made("div", { className: "bn-chart-foot" });
    const link = made("a", { href: LINK, target: "_blank", rel: "noopener noreferrer" });
    link.textContent = "TradingView Lightweight Charts™";
    const credit = made("span");
    credit.append("Drawn with ", link, ", © 2025 TradingView, Inc.");
    line.append(place, credit);
    return line;
}

/** What a key does to the candle pointed at; undefined for a key that does nothing here. */
function moved(key, canvas, pointed, fit) {
    const end = canvas.rows.length - 1;
    if (key === "+" || key === "-") {
        canvas.zoom(key === "+" ? 0.7 : 1.4);
        return pointed;
    }
    if (key === "End" || key === "Escape") {
        canvas.chart.clearCrosshairPosition();
        if (key === "End") canvas.showLatest(fit);
        return null;
    }
    if (key !== "ArrowLeft" && key !== "ArrowRight") return undefined;
    const step = key === "ArrowLeft" ? -1 : 1;
    const next = pointed === null ? end : Math.min(end, Math.max(0, pointed + step));
    if (end < 0) return undefined;
    canvas.point(next);
    return next;
}

export default { render };
