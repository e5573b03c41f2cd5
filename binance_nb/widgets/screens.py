"""Which cell made which widget and which cells show it, so that none goes on after its cell was run again."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from typing import Protocol

from binance_nb.widgets.cells import CellRun, Cells
from binance_nb.widgets.painter import painter

__all__ = ["Screens", "Shown", "screens"]

_PATIENCE_SECONDS = 2.0


class Shown(Protocol):
    """A widget, as far as its place on the screen goes."""

    def close(self) -> None:
        """End it for good."""
        ...

    def rest(self) -> None:
        """Let go of its feeds until it is shown again."""
        ...


@dataclass
class _Place:
    made_in: CellRun | None
    # The last run of each cell that shows it.
    shown_in: dict[str, CellRun] = field(default_factory=dict)


class Screens:
    """Keeps book of widgets, weakly: it keeps none alive.

    When a cell has run again, what it had made before is closed, unless this run showed it too; and what it showed
    before and no cell shows any more rests.
    """

    def __init__(self) -> None:
        self._guards_places = threading.RLock()  # reentrant: a garbage collection may come in between
        self._places: weakref.WeakKeyDictionary[Shown, _Place] = weakref.WeakKeyDictionary()
        self.cells = Cells(self.settle)

    def made(self, shown: Shown) -> None:
        """Note that a widget was made.

        Args:
            shown: The widget.
        """
        with self._guards_places:
            self._places[shown] = _Place(self.cells.current())

    def show(self, shown: Shown) -> None:
        """Note that a widget is displayed.

        Args:
            shown: The widget.
        """
        with self._guards_places:
            run, place = self.cells.current(), self._places.get(shown)
            if run is not None and place is not None:
                place.shown_in[run.cell] = run

    def forget(self, shown: Shown) -> None:
        """Note that a widget was closed.

        Args:
            shown: The widget.
        """
        with self._guards_places:
            self._places.pop(shown, None)

    def settle(self, ended: CellRun) -> None:
        """Close and send to rest what an earlier run of a cell left behind.

        Args:
            ended: The run that has just ended.
        """
        ghosts: list[Shown] = []
        idle: list[Shown] = []
        with self._guards_places:
            for shown, place in list(self._places.items()):
                before = place.shown_in.get(ended.cell)
                if before == ended:
                    continue
                if place.made_in is not None and place.made_in.cell == ended.cell and place.made_in != ended:
                    ghosts.append(shown)
                elif before is not None:
                    del place.shown_in[ended.cell]
                    if not place.shown_in:
                        idle.append(shown)
        for shown in ghosts:
            shown.close()
        for shown in idle:
            shown.rest()

    def close_all(self) -> None:
        """Close every widget, and follow cells no more."""
        with self._guards_places:
            everything = list(self._places)
        for shown in everything:
            shown.close()
        self.cells.leave()
        painter().join(_PATIENCE_SECONDS)


_screens = Screens()


def screens() -> Screens:
    """Return the screens of this process."""
    return _screens
