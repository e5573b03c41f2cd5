"""The gauge: request weight used, clock and environment at a glance, while it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import ipywidgets
from IPython.core.getipython import get_ipython

from binance_nb.rendering import (
    armed_band,
    ban_words,
    clock_words,
    gauge_sheet,
    server_time_words,
    tag,
    weight_words,
    where,
)
from binance_nb.widgets.pulse import Pulse

__all__ = ["Gauge"]

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_HIGH, _FULL = 0.6, 0.9
_SECONDS = 0.5

_Standing = Mapping[str, Any]  # Any: plain facts of several types


class Gauge:
    """A bar for the request weight of this minute, with the clock and the environment beside it.

    Displaying it in a notebook shows a widget that follows by itself, also while a cell runs or none does; a table or
    text stands everywhere else. Nothing is asked of the exchange.

    Args:
        read: Returns the facts of `Session.status`, without asking the exchange; None where there is no session.

    Attributes:
        box: The ipywidgets container, to put into a layout of one's own.
        is_closed: Whether it was taken off the screen.
    """

    def __init__(self, read: Callable[[], _Standing | None]) -> None:
        self._read = read
        self._standing: _Standing | None = None
        self._place = ipywidgets.HTML()
        self._bar = ipywidgets.IntProgress(layout=ipywidgets.Layout(width="20em", max_width="100%"))
        self._weight = ipywidgets.HTML()
        self._clock = ipywidgets.HTML()
        self._armed = ipywidgets.HTML()
        wrapped = ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 0.8em")
        row = ipywidgets.Box([self._bar, self._weight], layout=wrapped)
        self.box = ipywidgets.VBox([self._place, row, self._clock, self._armed])
        self.is_closed = False
        # Widgets are not made for two threads at once, and cells refresh it as well as the pulse.
        self._drawing = Lock()
        self._pulse = Pulse(self.refresh, _SECONDS)
        self.refresh()

    @property
    def is_following(self) -> bool:
        """Whether it is brought up to date by itself."""
        return self._pulse.is_beating

    def follow(self) -> None:
        """Begin to follow; displaying it in a notebook does so."""
        if not self.is_closed:
            self._pulse.start()

    def refresh(self) -> None:
        """Show the present facts."""
        with self._drawing:
            standing = None if self.is_closed else self._read()
            if standing is not None:
                self._standing = standing
                self._draw(standing)

    def _draw(self, standing: _Standing) -> None:
        used, limit = standing["weight_used"], standing["weight_limit"]
        self._place.value = tag("strong", where(standing))
        # The maximum first: a value above it would be cut down to it.
        self._bar.max, self._bar.value = max(limit, 1), min(used, limit)
        self._bar.bar_style = _bar_style(standing)
        self._weight.value = tag("span", f"weight {weight_words(standing)}")
        self._clock.value = tag("span", _clock_and_ban(standing))
        band = armed_band(standing)
        self._armed.value = band.html() if band else ""

    def stop(self) -> None:
        """Stop following; what it showed last stays on the screen."""
        self._pulse.stop()

    def close(self) -> None:
        """Stop following, and take the widget off the screen."""
        self.stop()
        with self._drawing:
            if self.is_closed:
                return
            self.is_closed = True
            for widget in (*self.box.children[1].children, *self.box.children, self.box):
                widget.close()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        sheet = gauge_sheet(self._standing or {})
        bundle: dict[str, object] = {"text/plain": sheet.text(), "text/html": sheet.html()}
        if not self.is_closed:
            bundle[_WIDGET_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
            if getattr(get_ipython(), "kernel", None) is not None:
                self.follow()  # a terminal draws no widgets, so nobody would see it
        return bundle

    def __repr__(self) -> str:
        return gauge_sheet(self._standing or {}).text()


def _bar_style(standing: _Standing) -> str:
    share = standing["weight_used"] / max(1, standing["weight_limit"])
    if standing["banned_until_ms"] or share >= _FULL:
        return "danger"
    return "warning" if share >= _HIGH else "info"


def _clock_and_ban(standing: _Standing) -> str:
    ban, time = ban_words(standing), server_time_words(standing)
    return f"clock {clock_words(standing)}{f'; there it is {time}' if time else ''}{f'; banned {ban}' if ban else ''}"
