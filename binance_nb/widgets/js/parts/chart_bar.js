// The line above a chart: which symbol, which interval, and whether it is live.

import { made } from "./chart_legend.js";

let numbers = 0;

/** The controls; `ask({symbol, interval})` is told what a person wants to see instead. */
export function chartBar(model, ask) {
    const id = `bn-chart-${(numbers += 1)}`;
    const symbol = made("input", { type: "text", spellcheck: false, autocomplete: "off" });
    symbol.setAttribute("list", id);
    const choices = made("datalist", { id });
    const interval = made("select");
    const state = made("span", { className: "bn-chart-state" });
    state.setAttribute("role", "status");
    const bar = made("form", { className: "bn-chart-bar" });
    bar.append(labelled("Symbol", symbol), choices, labelled("Interval", interval), state);

    let asked = "";
    const want = () => {
        const wanted = { symbol: symbol.value.trim().toUpperCase() || model.get("symbol"), interval: interval.value };
        const words = JSON.stringify(wanted);
        const is = wanted.symbol === model.get("symbol") && wanted.interval === model.get("interval");
        if (!is && words !== asked) ask(wanted);
        asked = is ? "" : words;
    };
    bar.addEventListener("submit", (event) => event.preventDefault());
    symbol.addEventListener("keydown", (event) => {
        // JupyterLab lets no Enter through to a form.
        if (event.key !== "Enter") return;
        event.preventDefault();
        asked = ""; // who presses it again means it
        want();
    });
    symbol.addEventListener("change", want);
    symbol.addEventListener("focus", () => symbol.select());
    interval.addEventListener("change", want);

    const show = () => {
        if (document.activeElement !== symbol && !asked) symbol.value = model.get("symbol");
        fill(choices, model.get("symbols"));
        fill(interval, model.get("intervals"));
        interval.value = model.get("interval");
        const { word, text } = model.get("state");
        const busy = model.get("busy");
        state.dataset.word = busy ? "busy" : word;
        if (!busy && symbol.value === model.get("symbol")) asked = "";
        if (state.textContent !== (busy || text)) state.textContent = busy || text;
    };
    return { element: bar, show };
}

function labelled(text, control) {
    const label = made("label");
    label.append(text, control);
    return label;
}

function fill(list, values) {
    if (list.dataset.values === String(values.length) && list.lastChild?.value === values.at(-1)) return;
    list.dataset.values = values.length;
    list.replaceChildren(...values.map((value) => made("option", { value, textContent: value })));
}
