// The order book: a ladder, the curve of its depth, and what a market order would cost.
import { debounced, flashes, make, put, unique } from "./_dom.js";

const QUIET_MS = 250;
const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH] = [600, 200];

function ladder(book) {
    const price = make("th", { scope: "col", text: "Price" });
    const amount = make("th", { scope: "col", text: "Quantity" });
    const head = make("thead", {}, make("tr", {}, price, amount, make("th", { scope: "col", text: "Added up" })));
    const middle = make("td", { colspan: "3" });
    const parts = { asks: make("tbody", { class: "bn-asks" }), bids: make("tbody", { class: "bn-bids" }) };
    const middleRow = make("tbody", { class: "bn-middle" }, make("tr", {}, middle));
    const caption = make("caption", { class: "bn-unseen" });
    const table = make("table", { class: "bn-ladder" }, caption, head, parts.asks, middleRow, parts.bids);
    const flash = flashes();
    let before = null;

    function fill(body, rows, side) {
        while (body.rows.length < rows.length) body.append(make("tr", {}, make("td"), make("td"), make("td")));
        while (body.rows.length > rows.length) body.lastChild.remove();
        const known = before?.[side];
        const now = new Map();
        rows.forEach(([price, quantity, total, share], at) => {
            const row = body.rows[at];
            [price, quantity, total].forEach((text, cell) => put(row.cells[cell], text));
            row.style.setProperty("--share", `${share / 10}%`);
            now.set(price, quantity);
            if (known && known.get(price) !== quantity) flash(row.cells[1], side === "bids" ? "--bn-up-flash" : "--bn-down-flash");
        });
        return now;
    }

    function show(book) {
        put(caption, `Order book of ${book.symbol}: asks from high to low, then bids`);
        put(price, `Price ${book.quote}`);
        put(amount, `Quantity ${book.base}`);
        const key = `${book.symbol} ${book.group}`;
        if (before?.key !== key) before = null; // another width of the lines is no change of the book
        const asks = fill(parts.asks, [...book.asks].reverse(), "asks");
        const bids = fill(parts.bids, book.bids, "bids");
        before = { key, asks, bids };
        put(middle, book.mid ? `${book.mid}   spread ${book.spread} · ${book.bps} bps` : "one side is empty");
    }
    return { table, show, cancel: flash.cancel };
}

function path(points, end, scale) {
    // A step at each price: what stands there is there from that price on.
    let [x, y] = [scale.x(points[0][0]), HIGH];
    let drawn = `M${x},${HIGH}`;
    for (const [price, total] of points) {
        x = scale.x(price);
        drawn += `H${x.toFixed(1)}`;
        y = scale.y(total);
        drawn += `V${y.toFixed(1)}`;
    }
    return { line: `${drawn}H${end}`, area: `${drawn}H${end}V${HIGH}Z` };
}

function depth() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("role", "img");
    const shapes = ["bn-bid-area", "bn-bid-line", "bn-ask-area", "bn-ask-line", "bn-mid-line", "bn-hair"].map((name) => {
        const shape = document.createElementNS(SVG, "path");
        shape.setAttribute("class", name);
        svg.append(shape);
        return shape;
    });
    const labels = ["low", "mid", "high"].map((name) => make("span", { class: `bn-${name}` }));
    const most = make("span", { class: "bn-most" });
    const said = make("span", { class: "bn-said" });
    const box = make("div", { class: "bn-curve" }, svg, most, said, make("div", { class: "bn-axis" }, ...labels));
    let shown = null;

    const number = (value, like) => value.toLocaleString("en-US", {
        minimumFractionDigits: like, maximumFractionDigits: like });

    svg.addEventListener("pointermove", (event) => {
        if (!shown) return;
        const { left, width } = svg.getBoundingClientRect();
        const price = shown.low + (event.clientX - left) / width * (shown.high - shown.low);
        const side = price < shown.middle ? shown.bids : shown.asks;
        const reached = side.filter(([at]) => (price < shown.middle ? at >= price : at <= price));
        const total = reached.length ? reached[reached.length - 1][1] : 0;
        shapes[5].setAttribute("d", `M${((price - shown.low) / (shown.high - shown.low) * WIDE).toFixed(1)},0V${HIGH}`);
        put(said, `${number(total, 4)} ${shown.base} to ${number(price, shown.digits)}`);
    });
    svg.addEventListener("pointerleave", () => { shapes[5].setAttribute("d", ""); put(said, ""); });

    function show(book) {
        const [bids, asks] = book.curves;
        box.hidden = !bids.length || !asks.length;
        if (box.hidden) return;
        const middle = (bids[0][0] + asks[0][0]) / 2;
        const reach = Math.max(middle - bids[bids.length - 1][0], asks[asks.length - 1][0] - middle) || middle * 1e-6;
        const [low, high] = [middle - reach, middle + reach];
        const top = Math.max(bids[bids.length - 1][1], asks[asks.length - 1][1]) * 1.08;
        const scale = { x: (price) => (price - low) / (high - low) * WIDE, y: (total) => HIGH - total / top * HIGH };
        const [bid, ask] = [path(bids, 0, scale), path(asks, WIDE, scale)];
        [bid.area, bid.line, ask.area, ask.line, `M${WIDE / 2},0V${HIGH}`].forEach((d, at) => shapes[at].setAttribute("d", d));
        const digits = (book.groups[0][1].split(".")[1] ?? "").length;
        shown = { bids, asks, low, high, middle, digits, base: book.base };
        [low, middle, high].forEach((price, at) => put(labels[at], number(price, digits)));
        put(most, `${number(top / 1.08, 2)} ${book.base}`);
        svg.setAttribute("aria-label", `Depth of ${book.symbol}: within ${number(reach, digits)} of the middle stand `
            + `${number(bids[bids.length - 1][1], 2)} ${book.base} of bids and ${number(asks[asks.length - 1][1], 2)} of asks`);
    }
    return { box, show };
}

function leaning() {
    const bar = make("span", { class: "bn-lean-bar", "aria-hidden": "true" }, make("i"));
    const text = make("span");
    const box = make("div", { class: "bn-lean" }, bar, text);
    function show(book) {
        const share = book.imbalance;
        bar.firstChild.style.width = `${(share + 1) * 50}%`;
        const towards = Math.abs(share) < 0.005 ? "even" : share > 0 ? "more bids" : "more asks";
        put(text, `imbalance ${share > 0 ? "+" : share < 0 ? "−" : ""}${Math.abs(share).toFixed(2)} · ${towards}`);
    }
    return { box, show };
}

function costing(model) {
    const name = unique("side");
    const size = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false",
        placeholder: "0.5", "aria-label": "Size of the market order" });
    const unit = make("select", { "aria-label": "What the size counts" });
    const sides = ["BUY", "SELL"].map((side, at) => {
        const input = make("input", { type: "radio", name, value: side, checked: at === 0 ? "" : undefined });
        return make("label", { class: `bn-${side.toLowerCase()}` }, input, make("span", { text: side }));
    });
    const answer = make("dl", { class: "bn-cost", "aria-live": "polite" });
    const box = make("fieldset", { class: "bn-costing" }, make("legend", { text: "Cost of a market order" }),
        make("div", { class: "bn-line" }, make("span", { class: "bn-sides" }, ...sides), size, unit), answer);

    const ask = () => model.send({ do: "cost", side: box.querySelector("input:checked").value,
        size: size.value.replaceAll(",", ""), unit: unit.value });
    const soon = debounced(ask, QUIET_MS);
    size.addEventListener("input", soon);
    size.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Enter") soon.flush(); });
    box.addEventListener("change", (event) => { if (event.target !== size) soon.flush(); });

    const facts = { average: "Average", worst: "Worst", slippage: "Slippage", levels: "Levels", sum: "In all" };
    function show() {
        const cost = model.get("cost");
        const lines = Object.entries(facts).filter(([key]) => cost[key]).map(([key, label]) => [label, cost[key]]);
        if (cost.problem) lines.push(["⚠", cost.problem]);
        while (answer.children.length > lines.length) answer.lastChild.remove();
        lines.forEach(([label, value], at) => {
            if (!answer.children[at]) answer.append(make("div", {}, make("dt"), make("dd")));
            put(answer.children[at].firstChild, label);
            put(answer.children[at].lastChild, value);
        });
    }
    function units(book) {
        if (unit.options.length) return;
        unit.append(make("option", { value: "base", text: book.base }), make("option", { value: "quote", text: book.quote }));
    }
    return { box, show, units, cancel: soon.cancel };
}

export default {
    render({ model, el }) {
        const title = make("strong");
        const where = make("span", { class: "bn-where" });
        const state = make("span", { class: "bn-state", role: "status" });
        const note = make("span", { class: "bn-note" });
        const time = make("span", { class: "bn-time" });
        const width = make("select", { on: { change: () => model.send({ do: "group", to: Number(width.value) }) } });
        const widthLabel = make("label", { class: "bn-width" }, "Lines of ", width);
        const [rungs, curve, lean, cost] = [ladder(), depth(), leaning(), costing(model)];
        const top = make("header", {}, title, where, state, note, make("span", { class: "bn-right" }, time, widthLabel));
        const body = make("div", { class: "bn-columns" }, make("div", { class: "bn-scroll" }, rungs.table),
            make("div", { class: "bn-side" }, curve.box, lean.box, cost.box));
        el.classList.add("bn-book");
        el.append(top, body);

        function show() {
            const book = model.get("book");
            if (!book.symbol) return;
            put(title, book.symbol);
            put(where, book.where);
            put(state, book.state);
            state.dataset.tone = book.tone;
            put(note, book.note);
            put(time, book.time);
            if (!width.options.length) {
                width.append(...book.groups.map(([ticks, step]) => make("option", { value: ticks, text: `${step} ${book.quote}` })));
            }
            if (document.activeElement !== width) width.value = String(book.group);
            for (const part of [rungs, curve, lean]) part.show(book);
            cost.units(book);
        }
        model.on("change:book", show);
        model.on("change:cost", cost.show);
        show();
        cost.show();
        return () => {
            cost.cancel();
            rungs.cancel();
            model.off("change:book", show);
            model.off("change:cost", cost.show);
        };
    },
};
