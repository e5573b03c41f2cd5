// The watch list: a table that sorts, with a small picture of the day in each row.
import { flashes, make, put } from "./_dom.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH] = [120, 28];
const number = (text) => Number(String(text).replaceAll(",", ""));
const SIGNS = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]];
const COLUMNS = [
    { key: "symbol", label: "Symbol", of: (row) => row[0] },
    { key: "last", label: "Last", of: (row) => number(row[1]) },
    { key: "change", label: "24 h", of: (row) => row[2] },
    { key: "high", label: "High", of: (row) => number(row[3]) },
    { key: "low", label: "Low", of: (row) => number(row[4]) },
    { key: "volume", label: "Volume", of: (row) => row[5] },
];

function brief(value) {
    const [size, sign] = SIGNS.find(([size]) => value >= size) ?? [1, ""];
    return `${(value / size).toFixed(2)} ${sign}`.trim();
}

const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)} %`;

function sparkline() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true"); // what it shows stands in the row as numbers
    const [area, line] = ["bn-area", "bn-path"].map((name) => {
        const shape = document.createElementNS(SVG, "path");
        shape.setAttribute("class", name);
        svg.append(shape);
        return shape;
    });
    let drawn = "";
    function show(points) {
        const key = points.join();
        if (key === drawn) return;
        drawn = key;
        const [low, high] = [Math.min(...points), Math.max(...points)];
        const x = (at) => (points.length > 1 ? at / (points.length - 1) : 0) * WIDE;
        const y = (value) => HIGH - 2 - (high > low ? (value - low) / (high - low) : 0.5) * (HIGH - 4);
        const path = points.map((value, at) => `${at ? "L" : "M"}${x(at).toFixed(1)},${y(value).toFixed(1)}`).join("");
        line.setAttribute("d", path);
        area.setAttribute("d", `${path}L${WIDE},${HIGH}L0,${HIGH}Z`);
    }
    return { svg, show };
}

function rowOf(symbol, remove, flash) {
    const picture = sparkline();
    const cells = Object.fromEntries(COLUMNS.map(({ key }) => [key, make(key === "symbol" ? "th" : "td",
        { class: `bn-${key}`, scope: key === "symbol" ? "row" : undefined })]));
    const name = make("span", { text: symbol });
    cells.symbol.append(name);
    const gone = make("button", { type: "button", class: "bn-remove", title: `Take ${symbol} away`, text: "×",
        "aria-label": `Take ${symbol} away`, on: { click: () => remove(symbol) } });
    const row = make("tr", {}, ...COLUMNS.map(({ key }) => cells[key]),
        make("td", { class: "bn-spark" }, picture.svg), make("td", { class: "bn-end" }, gone));
    let before = null;
    function show(values, path) {
        const [, last, change, high, low, volume, quote] = values;
        put(cells.last, last);
        put(cells.change, signed(change));
        put(cells.high, high);
        put(cells.low, low);
        put(cells.volume, `${brief(volume)} ${quote}`);
        row.dataset.way = change > 0 ? "up" : change < 0 ? "down" : "none";
        const price = number(last);
        if (before !== null && price !== before) flash(cells.last, price > before ? "--bn-up-flash" : "--bn-down-flash");
        before = price;
        picture.show([...path, price]);
    }
    return { row, show, gone };
}

export default {
    render({ model, el }) {
        const state = make("span", { class: "bn-state", role: "status" });
        const [where, note, time] = ["where", "note", "time"].map((name) => make("span", { class: `bn-${name}` }));
        const header = make("header", {}, make("strong", { text: "Watch list" }), where, state, note,
            make("span", { class: "bn-gap" }), time);
        const heads = COLUMNS.map(({ key, label }) => make("th", { scope: "col", class: `bn-${key}` },
            make("button", { type: "button", text: label, on: { click: () => sortBy(key) } })));
        const body = make("tbody");
        const table = make("table", {}, make("caption", { class: "bn-unseen", text: "Prices of the last 24 hours" }),
            make("thead", {}, make("tr", {}, ...heads, make("th", { scope: "col", class: "bn-spark", text: "Path of 24 h" }),
                make("th", { class: "bn-end" }, make("span", { class: "bn-unseen", text: "Take away" })))), body);
        const wish = make("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: "SOLUSDT",
            "aria-label": "Symbol to add" });
        const answer = make("span", { class: "bn-answer", role: "status", "aria-live": "polite" });
        const form = make("div", { class: "bn-add" }, wish, make("button", { type: "button", text: "Add", on: { click: add } }), answer);
        el.classList.add("bn-watch");
        el.append(header, make("div", { class: "bn-scroll" }, table), form);
        const rows = new Map();
        const flash = flashes();

        // Keys typed here are for this field, not for the notebook's own commands.
        wish.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Enter") add(); });

        function add() {
            if (wish.value.trim()) model.send({ do: "add", symbol: wish.value });
        }
        function remove(symbol) {
            // The focus goes on to a neighbour, or it would be lost with the row.
            const at = [...body.rows].indexOf(rows.get(symbol)?.row);
            const next = body.rows[at + 1] ?? body.rows[at - 1];
            (next?.querySelector(".bn-remove") ?? wish).focus();
            model.send({ do: "remove", symbol });
        }
        function sortBy(key) {
            const [now, way] = model.get("sort");
            // Names go upwards first, numbers downwards; the third press brings back the order in which they were added.
            const first = key === "symbol" ? 1 : -1;
            model.set("sort", now !== key ? [key, first] : way === first ? [key, -first] : ["", 1]);
            model.save_changes();
        }
        function order(all) {
            const [key, way] = model.get("sort");
            heads.forEach((head, at) => {
                const is = COLUMNS[at].key === key;
                if (is) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
                else head.removeAttribute("aria-sort");
            });
            const column = COLUMNS.find((each) => each.key === key);
            if (!column) return all;
            return [...all].sort((one, other) => {
                const [a, b] = [column.of(one), column.of(other)];
                return (a < b ? -1 : a > b ? 1 : 0) * way;
            });
        }
        function show() {
            const all = model.get("rows");
            const paths = model.get("paths");
            const listed = new Set(all.map(([symbol]) => symbol));
            for (const [symbol, { row }] of rows) if (!listed.has(symbol)) { row.remove(); rows.delete(symbol); }
            order(all).forEach((values, at) => {
                const symbol = values[0];
                if (!rows.has(symbol)) rows.set(symbol, rowOf(symbol, remove, flash));
                const { row, show } = rows.get(symbol);
                if (body.rows[at] !== row) body.insertBefore(row, body.rows[at] ?? null);
                show(values, paths[symbol] ?? []);
            });
        }
        function stand() {
            const standing = model.get("standing");
            put(where, standing.where ?? "");
            put(state, standing.state ?? "");
            state.dataset.tone = standing.tone ?? "";
            put(note, standing.note ?? "");
            put(time, standing.time ?? "");
        }
        function reply() {
            const { text = "", suggestion, done } = model.get("answer");
            answer.replaceChildren(text);
            if (suggestion) {
                answer.append(" ", make("button", { type: "button", text: `Add ${suggestion}`,
                    on: { click: () => { wish.value = suggestion; add(); wish.focus(); } } }));
            }
            if (done) wish.value = "";
        }
        const listeners = { "change:rows": show, "change:sort": show, "change:standing": stand, "change:answer": reply };
        for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
        show();
        stand();
        return () => {
            flash.cancel();
            for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
        };
    },
};
