"""Where in a cell the cursor stands: on a line of ours, in the head or body of a cell of ours, or in Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile

from binance_nb.catalog import ENDPOINTS

__all__ = ["LinePlace", "is_head", "place_in", "verb_line"]

_CELL = re.compile(r"\s*%%binance(?:\s|$)")
# Behind whatever it is assigned to, and behind magics such as %time; a modulo before a name is no line of ours.
_LINE = re.compile(r"(?:^|[\s=])%binance[ \t]+")
_ASSIGNED = re.compile(r"\s*(?:([^\W\d]\w*)\s*=\s*)?(?:%{1,2}binance[ \t]+)?")
_WHOLE_ASSIGNED = re.compile(r"\s*([^\W\d]\w*)\s*=\s*(?![=\s])")
_VERB = re.compile(r"\s*(?:[^\W\d]\w*\s*=\s*)?([^\W\d]\w*)[ \t]+")
_PYTHON_GOES_ON = re.compile(r"(?:in|is|and|or|not|if|else|for|as|import)\b")
_WORD_BEGINS = re.compile(r"[\w$\"'\[]|--?\w|\Z")


@dataclass(frozen=True)
class LinePlace:
    """A line of ours with the cursor in it.

    Attributes:
        before: What stands behind ``%binance`` (or ``name =`` in a cell body), up to the cursor.
        after: What stands behind the cursor.
        room: How many letters before the cursor may be replaced: those of this very line.
        is_body: Whether it stands in the body of a cell of ours.
        earlier: The names that earlier lines of the body assign.
    """

    before: str
    after: str
    room: int
    is_body: bool = False
    earlier: tuple[str, ...] = ()


def place_in(lines: Sequence[str], row: int, column: int) -> LinePlace | None:
    """Find the line of ours in which the cursor stands.

    Args:
        lines: The cell.
        row: The cursor's line, counted from 0.
        column: The letters before the cursor.

    Returns:
        The place; None in the head of a cell of ours, in Python and everywhere else.
    """
    before, after = lines[row][:column], lines[row][column:]
    first = next(dropwhile(lambda at: not lines[at].strip(), range(len(lines))), 0)
    if first < row and _CELL.match(lines[first]):
        return _body_place(lines[first + 1 : row], before, after)
    joined = _joined(lines[:row], before)
    found = _LINE.search(joined)
    if found is None or "#" in joined[: found.start()]:
        return None
    return LinePlace(joined[found.end() :], after, len(before))


def is_head(lines: Sequence[str], row: int) -> bool:
    """Return whether a line is the head of a cell of ours.

    Args:
        lines: The cell.
        row: The line, counted from 0.
    """
    return _CELL.match(lines[row]) is not None and not any(line.strip() for line in lines[:row])


def verb_line(before: str, after: str) -> LinePlace | None:
    """Take a line alone for one of a cell body, if it can be no Python: a verb and a space, and more.

    Args:
        before: The line up to the cursor.
        after: The rest of it.

    Returns:
        The place; None when it may be Python.
    """
    head = _VERB.match(before)
    if head is None or head[1] not in ENDPOINTS:
        return None
    rest = before[head.end() :]
    if _PYTHON_GOES_ON.match(rest) or not _WORD_BEGINS.match(rest):
        return None
    return LinePlace(before[head.start(1) :], after, len(before), is_body=True)


def _body_place(above: Sequence[str], before: str, after: str) -> LinePlace:
    joined = _joined(above, before)
    assigned = _ASSIGNED.match(joined)
    start = assigned.end() if assigned else 0
    earlier = tuple(match[1] for line in above if (match := _WHOLE_ASSIGNED.match(line)))
    return LinePlace(joined[start:], after, len(before), is_body=True, earlier=earlier)


def _joined(above: Sequence[str], before: str) -> str:
    """Put the lines that a backslash continues before the cursor's."""
    for line in reversed(above):
        if not line.endswith("\\"):
            break
        before = f"{line[:-1]} {before}"
    return before
