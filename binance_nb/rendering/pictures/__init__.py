"""Static twins: pictures of what widgets show, drawn without a browser. Pillow loads with the first."""

from __future__ import annotations

from binance_nb.rendering.pictures.candles import Mark, candles_png, marks_of
from binance_nb.rendering.pictures.canvas import picture_size
from binance_nb.rendering.pictures.depth import depth_png
from binance_nb.rendering.pictures.forms import Bar, bars_png, form_png
from binance_nb.rendering.pictures.table_layout import Part
from binance_nb.rendering.pictures.tables import table_png, tables_png

__all__ = [
    "Bar",
    "Mark",
    "Part",
    "bars_png",
    "candles_png",
    "depth_png",
    "form_png",
    "marks_of",
    "picture_size",
    "table_png",
    "tables_png",
]
