// The line of numbers: the candle under the crosshair, or the last one.

const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 5 });

/** An element with properties. */
export function made(name, properties = {}) {
    return Object.assign(document.createElement(name), properties);
}

/** A price with as many digits as the symbol's tick has. */
export function priceText(value, digits) {
    return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A time in seconds as "2024-06-01 12:00", with seconds where candles are that short. */
export function timeText(seconds, interval) {
    const text = new Date(seconds * 1000).toISOString().replace("T", " ");
    if (/[dwM]$/.test(interval)) return text.slice(0, 10);
    return text.slice(0, interval.endsWith("s") ? 19 : 16);
}

function localText(seconds) {
    const form = { dateStyle: "short", timeStyle: "short", hourCycle: "h23" };
    return new Date(seconds * 1000).toLocaleString(undefined, form);
}

/** Show a candle: `before` is the one to compare it with, `lines` are [name, colour, value] of overlays. */
export function showLegend(element, model, candle, before, lines) {
    if (!candle) {
        element.replaceChildren(made("span", { textContent: "There are no candles to show." }));
        return;
    }
    const digits = model.get("digits");
    const { time, open, high, low, close, volume } = candle;
    const base = before ? before.close : open;
    const change = base ? (close / base - 1) * 100 : 0;
    const spans = [field("", `${timeText(time, model.get("interval"))} UTC`)];
    if (model.get("local_time")) spans.push(field("local", localText(time)));
    for (const [name, value] of [["O", open], ["H", high], ["L", low], ["C", close]]) {
        spans.push(field(name, priceText(value, digits)));
    }
    const moved = field("", `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(2)} %`);
    moved.className = change < 0 ? "bn-down" : "bn-up";
    spans.push(moved, field("V", COMPACT.format(volume)));
    for (const [name, colour, value] of lines) {
        const span = field("", value === undefined ? name : `${name} ${priceText(value, digits)}`);
        span.prepend(made("b", { className: "bn-chart-line", style: `background: ${colour}` }));
        spans.push(span);
    }
    element.replaceChildren(...spans);
}

function field(name, text) {
    const span = made("span");
    if (name) span.append(made("i", { textContent: name }), " ");
    span.append(text);
    return span;
}
