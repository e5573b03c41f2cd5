"""What a verb of our own is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from binance_nb.grammar import Bound

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk

__all__ = ["Handler", "OwnVerb"]

Handler = Callable[["Desk", Bound], Any]
"""Runs a line. What stands on it is in ``bound.options``; what comes back is shown: a frame, a sheet or a widget."""


@dataclass(frozen=True)
class OwnVerb:
    """A verb of this package.

    Attributes:
        about: What it does.
        usage: How a line with it looks.
        example: A line that runs.
        python: What the example equals in a script.
        places: What is given by place.
        options: What its options do, by name.
        flags: Those of its options that need no value.
        known_as: What others call an option, and what it is called here.
        spare: The option that a number too many belongs to.
        rest: The last place, if every word that is left belongs there.
        run: Runs a line with it; None for what is no line.
    """

    about: str
    usage: str
    example: str
    python: str
    places: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    known_as: Mapping[str, str] = field(default_factory=dict)
    spare: str | None = None
    rest: str | None = None
    run: Handler | None = None
