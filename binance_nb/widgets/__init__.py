"""Widgets: what moves while you look at it, each with a static twin. Importing this room loads ipywidgets."""

from __future__ import annotations

from binance_nb.widgets.gauge import Gauge

__all__ = ["Gauge"]
