"""The part of a chart that is in the browser: its traits are all that goes there."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from binance_nb.widgets.bundles import bundle
from binance_nb.widgets.chart_market import INTERVALS

__all__ = ["ChartView"]


class ChartView(anywidget.AnyWidget):
    """What `js/chart.js` draws.

    It sends ``{"ask": "show", "symbol": ..., "interval": ...}``, ``{"ask": "older"}``, and ``{"ask": "all"}`` when it
    was drawn, perhaps long after the candles were sent.

    Attributes:
        candles: All candles, as `Candles.packed` has them.
        latest: Those that changed since: seconds, open, high, low, close, volume.
        overlays: Lines, as `placed` has them.
        marks: Marks, as `pinned` has them.
        symbol: Which symbol it shows.
        interval: How long a candle lasts.
        symbols: Which symbols there are.
        intervals: Which intervals there are.
        digits: How many decimals a price has.
        tick: The step of a price.
        place: Where the data is from.
        state: How the feed stands: a ``word`` and a ``text``.
        busy: What is being done, or empty.
        fit: Whether all candles are to be seen at first, however narrow they get.
        has_older: Whether there may be candles before the first.
        local_time: Whether the legend has the reader's own time beside UTC.
    """

    candles = traitlets.Bytes(b"").tag(sync=True)
    latest: traitlets.List[list[float]] = traitlets.List().tag(sync=True)
    overlays: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    marks: traitlets.List[list[Any]] = traitlets.List().tag(sync=True)
    symbol = traitlets.Unicode("").tag(sync=True)
    interval = traitlets.Unicode("").tag(sync=True)
    symbols: traitlets.List[str] = traitlets.List().tag(sync=True)
    intervals = traitlets.List(list(INTERVALS)).tag(sync=True)
    digits = traitlets.Int(2).tag(sync=True)
    tick = traitlets.Float(0.01).tag(sync=True)
    place = traitlets.Unicode("").tag(sync=True)
    state = traitlets.Dict({"word": "still", "text": ""}).tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
    fit = traitlets.Bool(False).tag(sync=True)
    has_older = traitlets.Bool(True).tag(sync=True)
    local_time = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits: Any) -> None:  # Any: the traits above
        self._esm = bundle("chart.js")  # not of the class: importing this room needs no bundle
        super().__init__(**traits)

    def __repr__(self) -> str:
        return f"ChartView({self.symbol} {self.interval})"
