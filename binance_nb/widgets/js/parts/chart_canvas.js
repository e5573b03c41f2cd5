// Candles, volume, lines and markers on lightweight-charts.

import {
    CandlestickSeries,
    ColorType,
    createChart,
    createSeriesMarkers,
    CrosshairMode,
    HistogramSeries,
    LineSeries,
} from "lightweight-charts";
import { colours } from "./theme.js";

const FIELDS = 6; // time in seconds, open, high, low, close, volume: as widgets/chart_candles.py packs them
const WIDTH = 7; // pixels of a candle that can be read well
const CLOSE_TO_THE_LEFT = 20; // candles

/** The candles in a trait's bytes, which need not begin at a multiple of eight. */
export function unpacked(view) {
    if (!view?.byteLength) return [];
    const numbers = new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    const rows = [];
    for (let at = 0; at < numbers.length; at += FIELDS) rows.push(candleOf(numbers.subarray(at, at + FIELDS)));
    return rows;
}

export function candleOf([time, open, high, low, close, volume]) {
    return { time, open, high, low, close, volume };
}

/** What is drawn. `rows` holds the candles in order; the legend and the keyboard go by it. */
export class ChartCanvas {
    constructor(host, root) {
        this.root = root;
        this.host = host;
        this.rows = [];
        this.lines = [];
        this.chart = createChart(host, {
            autoSize: true,
            crosshair: { mode: CrosshairMode.Normal },
            layout: { attributionLogo: false }, // chart.js prints a link of its own
            rightPriceScale: { borderVisible: false },
            timeScale: { borderVisible: false, timeVisible: true, rightOffset: 3 },
        });
        this.candles = this.chart.addSeries(CandlestickSeries, {});
        this.volume = this.chart.addSeries(HistogramSeries, {
            priceScaleId: "",
            priceFormat: { type: "volume" },
            lastValueVisible: false,
            priceLineVisible: false,
        });
        this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
        this.candles.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.22 } });
        this.markers = createSeriesMarkers(this.candles, []);
        // An output is often narrow, or nothing yet, when it is drawn for the first time. The library takes on a new
        // width later than the page does: what is asked for before that is reckoned by the old one.
        this.isMoved = false; // by a person, who then decides what is seen
        this.chart.timeScale().subscribeSizeChange((width) => {
            const isOther = Math.abs(width - (this.width ?? 0)) >= WIDTH; // a longer price takes a pixel or two
            if (isOther && !this.isMoved) this.showLatest(this.showsAll);
        });
        this.paint();
    }

    /** Take on the colours of the theme. */
    paint() {
        const names = ["ink", "faint", "paper", "line", "up", "down", "up-wash", "down-wash"];
        const now = colours(this.root, names);
        if (JSON.stringify(now) === JSON.stringify(this.colours)) return;
        this.colours = now;
        this.chart.applyOptions({
            layout: {
                background: { type: ColorType.Solid, color: now.paper },
                textColor: now.ink,
                fontFamily: getComputedStyle(this.root).fontFamily,
                panes: { separatorColor: now.line },
            },
            grid: { vertLines: { color: now.line, style: 1 }, horzLines: { color: now.line, style: 1 } },
        });
        // Hollow and filled: nothing hangs on the colour alone.
        this.candles.applyOptions({
            upColor: now.paper,
            downColor: now.down,
            borderUpColor: now.up,
            borderDownColor: now.down,
            wickUpColor: now.up,
            wickDownColor: now.down,
        });
        this.volume.setData(this.rows.map((row) => this.bar(row)));
        this.colourLast();
        this.mark(this.marks ?? []);
    }

    /** The label of the last price: a hollow candle has no colour that letters could stand on. */
    colourLast() {
        const last = this.rows.at(-1);
        const colour = this.colours[last && last.close < last.open ? "down" : "up"];
        if (colour !== this.lastColour) this.candles.applyOptions({ priceLineColor: colour });
        this.lastColour = colour;
    }

    bar({ time, open, close, volume }) {
        return { time, value: volume, color: this.colours[close < open ? "down-wash" : "up-wash"] };
    }

    /** Draw all candles. Those that come before what was there do not move the picture. */
    setRows(rows, { digits, tick, isSame, fit, seconds }) {
        const range = isSame && this.isMoved ? this.chart.timeScale().getVisibleLogicalRange() : null;
        const first = this.rows[0]?.time;
        this.rows = rows;
        this.candles.applyOptions({ priceFormat: { type: "price", precision: digits, minMove: tick } });
        this.chart.timeScale().applyOptions({ secondsVisible: seconds });
        this.candles.setData(rows);
        this.colourLast();
        this.volume.setData(rows.map((row) => this.bar(row)));
        if (range && first !== undefined) {
            const earlier = Math.max(0, rows.findIndex((row) => row.time === first));
            this.chart.timeScale().setVisibleLogicalRange({ from: range.from + earlier, to: range.to + earlier });
        } else {
            this.isMoved = false;
            this.showLatest(fit);
        }
    }

    showLatest(all) {
        this.showsAll = all;
        const scale = this.chart.timeScale();
        this.width = scale.width();
        const room = Math.floor((this.width || this.host.clientWidth || 900) / WIDTH);
        this.candles.priceScale().applyOptions({ autoScale: true });
        if (all || this.rows.length <= room) scale.fitContent();
        else scale.setVisibleLogicalRange({ from: this.rows.length - room, to: this.rows.length + 3 });
    }

    /** Bring the last candle up to date, or begin the next. */
    update(row) {
        const last = this.rows.at(-1);
        if (last && row.time < last.time) return;
        if (last && row.time === last.time) this.rows[this.rows.length - 1] = row;
        else this.rows.push(row);
        this.candles.update(row);
        this.colourLast();
        this.volume.update(this.bar(row));
    }

    /** Draw lines: {name, colour, pane, points}, their points packed as pairs of a time and a value. */
    setLines(overlays, format) {
        for (const { series } of this.lines) this.chart.removeSeries(series);
        this.lines = overlays.map(({ name, colour, pane, points }) => {
            const series = this.chart.addSeries(LineSeries, {
                color: colour,
                lineWidth: 2,
                crosshairMarkerRadius: 3,
                lastValueVisible: pane > 0,
                priceLineVisible: false,
                ...(pane > 0 ? {} : { priceFormat: format }),
            }, pane);
            const drawn = pairs(points);
            series.setData(drawn);
            const values = new Map(drawn.map(({ time, value }) => [time, value]));
            return { name, colour, series, values, last: drawn.at(-1)?.value };
        });
        this.chart.panes().forEach((pane, index) => pane.setStretchFactor(index === 0 ? 3 : 1));
    }

    /** Draw a person's own trades: [time, isBuy, text]. */
    mark(marks) {
        this.marks = marks;
        this.markers.setMarkers(marks.map(([time, isBuy, text]) => ({
            time,
            position: isBuy ? "belowBar" : "aboveBar",
            shape: isBuy ? "arrowUp" : "arrowDown",
            color: this.colours[isBuy ? "up" : "down"],
            text,
        })));
    }

    /** The lines with their values at a time. */
    linesAt(time) {
        return this.lines.map(({ name, colour, values }) => [name, colour, values.get(time)]);
    }

    /** The number of the candle at a time; -1 where there is none. */
    indexOf(time) {
        let low = 0;
        let high = this.rows.length - 1;
        while (low <= high) {
            const middle = (low + high) >> 1;
            if (this.rows[middle].time === time) return middle;
            if (this.rows[middle].time < time) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    /** Put the crosshair on a candle; the library tells nobody of that. */
    point(index) {
        this.chart.setCrosshairPosition(this.rows[index].close, this.rows[index].time, this.candles);
    }

    /** Tell when a person has come near the first candle. */
    onLeftEdge(tell) {
        this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
            if (range && this.rows.length && range.from < CLOSE_TO_THE_LEFT) tell();
        });
    }

    /** Show more or less around what is seen: 0.5 is half as much. */
    zoom(factor) {
        const range = this.chart.timeScale().getVisibleLogicalRange();
        const from = range && range.to - (range.to - range.from) * factor;
        if (range) this.chart.timeScale().setVisibleLogicalRange({ from, to: range.to });
    }

    remove() {
        this.chart.remove();
    }
}

function pairs(view) {
    const numbers = new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    const points = [];
    for (let at = 0; at < numbers.length; at += 2) points.push({ time: numbers[at], value: numbers[at + 1] });
    return points;
}
