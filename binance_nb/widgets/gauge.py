"""The gauge: request weight, orders counted, bans, clock and environment at a glance, while it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import ipywidgets

from binance_nb.rendering import (
    armed_band,
    ban_words,
    clock_words,
    gauge_sheet,
    order_words,
    server_time_words,
    tag,
    weight_words,
    where,
)
from binance_nb.rendering.form_sheets import sentence_html
from binance_nb.rendering.pictures import Bar, bars_png
from binance_nb.widgets.live import Live

__all__ = ["Gauge"]

_HIGH, _FULL = 0.6, 0.9

_Standing = Mapping[str, Any]  # Any: plain facts of several types


class Gauge(Live):
    """A bar for the request weight of this minute, with orders, clock and environment beside it.

    Displaying it in a notebook shows a widget that follows by itself, also while a cell runs or none does; a table,
    a picture or text stands everywhere else. Nothing is asked of the exchange.

    Args:
        read: Returns the facts of `Session.status`, without asking the exchange; None where there is no session.
    """

    kind: ClassVar[str] = "gauge"
    beat_seconds: ClassVar[float | None] = 0.5

    def __init__(self, read: Callable[[], _Standing | None]) -> None:
        self._read = read
        self._standing: _Standing = {}
        self._place, self._weight, self._clock = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._orders, self._armed = ipywidgets.HTML(), ipywidgets.HTML()
        self._bar = ipywidgets.IntProgress(layout=ipywidgets.Layout(width="20em", max_width="100%"))
        wrapped = ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 0.8em")
        row = ipywidgets.Box([self._bar, self._weight], layout=wrapped)
        super().__init__(ipywidgets.VBox([self._place, row, self._orders, self._clock, self._armed]))
        self.refresh()

    def refresh(self) -> None:
        """Show the present facts at once; by itself it does so twice a second."""
        self.paint_now()

    def _paint(self) -> None:
        standing = self._read()
        if standing is None:
            return
        self._standing = standing
        used, limit = standing["weight_used"], standing["weight_limit"]
        self._place.value = tag("strong", where(standing))
        # The maximum first: a value above it would be cut down to it.
        self._bar.max, self._bar.value = max(limit, 1), min(used, limit)
        self._bar.bar_style = _bar_style(standing)
        self._weight.value = sentence_html(f"weight {weight_words(standing)}")
        orders = order_words(standing)
        self._orders.value = sentence_html(f"orders {'; '.join(orders)}" if orders else "")
        self._clock.value = sentence_html(_clock_and_ban(standing))
        band = armed_band(standing)
        self._armed.value = band.html() if band else ""

    def picture(self) -> bytes:
        """Return the bars as a PNG; nothing where there is no session."""
        if not self._standing:
            return b""
        return bars_png(tuple(_bars(self._standing)), where(self._standing), lines=tuple(_lines(self._standing)))

    def words(self) -> str:
        """Return the bar as plain text."""
        return gauge_sheet(self._standing).text()

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:  # Any: what a display message holds
        data, metadata = super()._repr_mimebundle_(include, exclude)
        # So small a table is better read than looked at.
        data["text/html"] = gauge_sheet(self._standing).html()
        return data, metadata


def _bar_style(standing: _Standing) -> str:
    share = standing["weight_used"] / max(1, standing["weight_limit"])
    if standing["banned_until_ms"] or share >= _FULL:
        return "danger"
    return "warning" if share >= _HIGH else "info"


def _clock_and_ban(standing: _Standing) -> str:
    ban, time = ban_words(standing), server_time_words(standing)
    return f"clock {clock_words(standing)}{f'; there it is {time}' if time else ''}{f'; banned {ban}' if ban else ''}"


def _bars(standing: _Standing) -> Iterator[Bar]:
    share = standing["weight_used"] / max(1, standing["weight_limit"])
    yield Bar("weight", share, weight_words(standing), is_high=share >= _HIGH)
    limits = standing.get("order_limits") or {}
    for window, words in zip(standing["order_counts"], order_words(standing), strict=True):
        if window in limits:
            share = standing["order_counts"][window] / max(1, limits[window])
            yield Bar("orders", share, words, is_high=share >= _HIGH)


def _lines(standing: _Standing) -> Iterator[tuple[str, str]]:
    if band := armed_band(standing):
        yield "wrong", f"{band.title}: {band.rest}"
    if ban := ban_words(standing):
        yield "wrong", f"banned {ban}"
    yield "note", f"clock {clock_words(standing)}"
