"""A table that is wider than its terminal, where the columns that matter stand first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["from_the_left"]

_CUT = "..."


def from_the_left(
    frame: pd.DataFrame,
    body: str,
    how: Mapping[str, Any],
    writers: Mapping[str, Callable[[Any], str]],
) -> str:
    """Return the leading columns that a terminal has room for, where pandas would cut the middle out.

    Args:
        frame: The frame.
        body: The table as pandas writes it.
        how: What pandas writes it with: ``line_width`` is the room.
        writers: What writes the cells, by column.

    Returns:
        The table; below it, how many columns are not shown.
    """
    names, room = list(frame.columns), how["line_width"] or 80
    if _CUT not in body.partition("\n")[0].split():
        return body
    shown, plural = body, "" if len(frame) == 1 else "s"
    for count in range(1, len(names)):
        part = frame.iloc[:, :count]
        formatters: Any = [writers.get(name) for name in names[:count]]  # the stubs know no None among them
        tried: str = part.to_string(**{**how, "show_dimensions": False, "line_width": None}, formatters=formatters)
        if max(map(len, tried.splitlines())) > room:
            break
        shown = f"{tried}\n\n[{len(frame):,} row{plural}; {len(names) - count} more columns]"
    return shown
