"""Widgets: what moves while you look at it, each with a static twin. The first one loads ipywidgets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from binance_nb.widgets.book import Book
    from binance_nb.widgets.chart import Chart
    from binance_nb.widgets.explore import Explore
    from binance_nb.widgets.gauge import Gauge
    from binance_nb.widgets.live import Live
    from binance_nb.widgets.portfolio import Portfolio
    from binance_nb.widgets.ticket import Ticket
    from binance_nb.widgets.watch import Watch

__all__ = ["Book", "Chart", "Explore", "Gauge", "Live", "Portfolio", "Ticket", "Watch"]


def __getattr__(name: str) -> Any:  # Any: a module attribute can be anything
    # Whoever looks at a chart does not wait for the order form.
    if name in __all__:
        return getattr(import_module(f"{__name__}.{name.lower()}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
