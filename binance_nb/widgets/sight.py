"""The eye in every widget: tells whether a person can see it, and shows what is wrong."""

from __future__ import annotations

from uuid import uuid4

import anywidget
import traitlets

from binance_nb.widgets.bundles import bundle

__all__ = ["Sight"]


class Sight(anywidget.AnyWidget):
    """Tells whether the box it stands in is on somebody's screen, and holds the line for a stated problem.

    Until a front end says otherwise, the box counts as seen.

    Attributes:
        seen: Whether any view of the box is on a screen.
        key: Tells the views of this model from those of others.
        problem: What is wrong, as a line for a person; empty when all is well.
    """

    key = traitlets.Unicode("").tag(sync=True)
    seen = traitlets.Bool(True).tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(self) -> None:
        self._esm, self._css = bundle("sight.js"), bundle("sight.css")
        super().__init__(key=uuid4().hex)
