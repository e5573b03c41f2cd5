"""A line to paste, with a button that copies it."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from binance_nb.widgets.bundles import bundle

__all__ = ["CopyLine"]


class CopyLine(anywidget.AnyWidget):
    """A line of code with a name and a button; where the page may not use the clipboard, the button selects the line.

    Args:
        label: What it is, in a word or two.
        text: The line; nothing is shown as long as it is empty.
    """

    label = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, text: str = "", **layout: Any) -> None:  # Any: as ipywidgets takes it
        self._esm = bundle("copy")  # not of the class: importing this room needs no bundle
        super().__init__(label=label, **layout)
        self.show(text)

    def show(self, text: str) -> None:
        """Show another line; with none there is nothing to see.

        Args:
            text: The line.
        """
        self.text = text
        self.layout.display = "" if text else "none"

    def __repr__(self) -> str:
        return self.text
