"""The gauge: request weight used, clock and environment at a glance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from binance_nb.rendering import ban_words, clock_words, gauge_sheet, tag, weight_words, where

__all__ = ["Gauge"]

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_HIGH, _FULL = 0.6, 0.9


class Gauge:
    """A bar for the request weight of this minute, with the clock and the environment beside it.

    Displaying it shows the widget where widgets work, and a table or text everywhere else.

    Args:
        read: Returns the facts of `Session.status`, without asking the exchange.

    Attributes:
        box: The ipywidgets container, to put into a layout of one's own.
        is_closed: Whether it has stopped following.
    """

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:  # Any: plain facts of several types
        self._read = read
        self._standing: Mapping[str, Any] = {}
        self._place = ipywidgets.HTML()
        self._bar = ipywidgets.IntProgress(layout=ipywidgets.Layout(width="20em", max_width="100%"))
        self._weight = ipywidgets.HTML()
        self._clock = ipywidgets.HTML()
        wrapped = ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 0.8em")
        row = ipywidgets.Box([self._bar, self._weight], layout=wrapped)
        self.box = ipywidgets.VBox([self._place, row, self._clock])
        self.is_closed = False
        self.refresh()

    def refresh(self) -> None:
        """Show the present facts; only one thread may call this."""
        if self.is_closed:
            return
        standing = self._standing = self._read()
        used, limit = standing["weight_used"], standing["weight_limit"]
        self._place.value = tag("strong", where(standing))
        # The maximum first: a value above it would be cut down to it.
        self._bar.max, self._bar.value = max(limit, 1), min(used, limit)
        self._bar.bar_style = _bar_style(standing)
        self._weight.value = tag("span", f"weight {weight_words(standing)}")
        self._clock.value = tag("span", _clock_and_ban(standing))

    def close(self) -> None:
        """Stop following, and take the widget off the screen."""
        if self.is_closed:
            return
        self.is_closed = True
        for widget in (*self.box.children[1].children, *self.box.children, self.box):
            widget.close()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        sheet = gauge_sheet(self._standing)
        bundle: dict[str, object] = {"text/plain": sheet.text(), "text/html": sheet.html()}
        if not self.is_closed:
            bundle[_WIDGET_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return bundle

    def __repr__(self) -> str:
        return gauge_sheet(self._standing).text()


def _bar_style(standing: Mapping[str, Any]) -> str:
    share = standing["weight_used"] / max(1, standing["weight_limit"])
    if standing["banned_until_ms"] or share >= _FULL:
        return "danger"
    return "warning" if share >= _HIGH else "info"


def _clock_and_ban(standing: Mapping[str, Any]) -> str:
    ban = ban_words(standing)
    return f"clock {clock_words(standing)}{f'; banned {ban}' if ban else ''}"
