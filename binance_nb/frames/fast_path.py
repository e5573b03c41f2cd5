"""Replies made of digits -> the frames that parsing their JSON would give, several times faster.

The exchange writes candles, trades and the book in one way only, without spaces and with all fields in one order.
A reply that is written so is read where it stands: its digits are found, what is left must be the template of its rows
to the byte, and then all cells of a kind become numbers together. Any other reply is left to the JSON parser.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from binance_nb.catalog import ColumnKind, Endpoint, Rows
from binance_nb.frames.arrays import Array, Reading, moments
from binance_nb.frames.digits import MOST_DIGITS, MOST_PLACES, Places, decimals, edges, integers, padded
from binance_nb.frames.layout import CLOSED, rungs
from binance_nb.frames.table import assemble, closed
from binance_nb.frames.template import Template, template_of

__all__ = ["read_digits"]

_Flags = npt.NDArray[np.bool_]
_Numbers = dict[str, npt.NDArray[Any]]

# By the number of its digits, the smallest number without a leading zero.
_SMALLEST = np.array([0, 0, *(10**digits for digits in range(1, MOST_DIGITS))], np.uint64)

# As far as an int64 goes, and without a leading zero, which JSON forbids.
_BOOK_HEAD = re.compile(rb'\{"lastUpdateId":(0|[1-9][0-9]{0,17}),"bids":')


def read_digits(endpoint: Endpoint, body: bytes, how: Reading) -> tuple[pd.DataFrame, Any] | None:  # Any: JSON
    """Read a reply without parsing JSON.

    Args:
        endpoint: What was called.
        body: The reply's bytes.
        how: How to read them.

    Returns:
        The frame, and the reply without its rows; None if the reply has to be parsed.

    Raises:
        Misfit: The times are in another unit than was asked for.
    """
    rows = endpoint.rows
    if how.exact:
        return None
    if rows.beside == ("bids", "asks") and endpoint.answers == "object":
        return _book(rows, body, how)
    if rows.at or rows.beside or rows.stacked or endpoint.answers != "array":
        return None
    arrays = _arrays(rows, body, how)
    if arrays is None:
        return None
    length = len(next(iter(arrays.values())))
    if rows.closes_at:
        arrays[CLOSED] = closed(arrays[rows.closes_at], how)
    return assemble(arrays, rows.index, length), []


def _book(rows: Rows, body: bytes, how: Reading) -> tuple[pd.DataFrame, Any] | None:  # Any: JSON
    head = _BOOK_HEAD.match(body)
    bids, _, rest = body.partition(b',"asks":')
    if head is None or not rest.endswith(b"}"):
        return None
    sides = {
        "bids": _arrays(rows.parts["bids"], bids[head.end() :], how),
        "asks": _arrays(rows.parts["asks"], rest[:-1], how),
    }
    columns: dict[str, Array] = {}
    for rung in rungs(rows):
        side = sides[rung.part]
        if side is None:
            return None
        columns[rung.name] = side[rung.column.name]
    levels = max(map(len, columns.values()))
    columns = {name: _lengthened(values, levels) for name, values in columns.items()}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(levels, name=rows.index))
    return frame, {"lastUpdateId": int(head[1])}


def _lengthened(values: Array, length: int) -> Array:
    return np.concatenate([values, np.full(length - len(values), np.nan)])


def _arrays(rows: Rows, text: bytes, how: Reading) -> dict[str, Array] | None:
    """Return the declared columns of a JSON array, or None if it is not written as expected."""
    template = template_of(rows.columns, rows.skipped)
    if template is None:
        return None
    room = padded(text)
    found = edges(room)
    if not len(found) or len(found) % (2 * template.per_row):
        return None
    # From now on a line for each field, one behind the other in memory.
    begins, ends = found.reshape(-1, template.per_row, 2).transpose(2, 1, 0).copy()
    flags = _flags(template, room, ends[-1])
    if not _is_written_so(template, room, begins, ends, flags):
        return None
    lengths = ends - begins
    whole_numbers = _whole_numbers(template, room, ends, lengths)
    floats = _floats(template, room, ends, lengths)
    if whole_numbers is None or floats is None:
        return None
    arrays = whole_numbers | floats | dict(zip(template.flags, flags, strict=True))
    return {
        column.name: moments(column, arrays[column.name], how)
        if column.kind is ColumnKind.TIME
        else arrays[column.name]
        for column in rows.columns
    }


def _flags(template: Template, room: bytes, places: Places) -> _Flags:
    """Return a guess at the flags behind these places, by the one letter at which true would begin."""
    letters = np.frombuffer(room, np.uint8)
    flags = np.empty((len(template.flags), len(places)), np.bool_)
    for flag, gap in zip(flags, template.before_flags, strict=True):
        places = places + gap
        flag[:] = letters.take(places, mode="clip") == ord("t")
        places = places + np.where(flag, len("true"), len("false"))
    return flags


def _is_written_so(template: Template, room: bytes, begins: Places, ends: Places, flags: _Flags) -> bool:
    """Whether the text is rows of the template, with these flags and with its numbers in the right places."""
    texts = template.rows_without_digits
    if len(texts) == 1:
        row_texts = texts[0] * begins.shape[1]
    else:
        bits = flags[::-1] << np.arange(len(flags))[:, np.newaxis]
        row_texts = b"".join([texts[kind] for kind in bits.sum(axis=0).tolist()])
    if room.translate(None, b"0123456789") != padded(b"[" + row_texts[:-1] + b"]"):
        return False
    # Every decimal stands between its quotes, because its point does. What stands as far from it as it should be is in
    # its place, too.
    return bool((begins[1:] - ends[:-1] == np.array(template.gaps)[:, np.newaxis]).all())


def _whole_numbers(template: Template, room: bytes, ends: Places, lengths: Places) -> _Numbers | None:
    """Return the columns of whole numbers, or None where one needs more care."""
    wanted = template.whole_numbers
    if not wanted:
        return {}
    ends, lengths = ends[list(wanted.values())], lengths[list(wanted.values())]
    if lengths.max() > MOST_DIGITS:
        return None
    numbers = integers(room, ends, lengths)
    # JSON forbids 007, and the parser knows best how to say so.
    if (numbers < _SMALLEST[lengths]).any():
        return None
    return dict(zip(wanted, numbers.view(np.int64), strict=True))


def _floats(template: Template, room: bytes, ends: Places, lengths: Places) -> _Numbers | None:
    """Return the columns of decimals, or None where one needs more care."""
    wanted = template.decimals
    ends, lengths = ends[list(wanted.values())], lengths[list(wanted.values())]
    # The exchange writes as many places everywhere, so the first decimal tells where all points are. Where it has none
    # (-1), the check of the points fails.
    places = room[ends[0, 0] - lengths[0, 0] : ends[0, 0]][::-1].find(b".")
    wholes = lengths - (places + 1)
    if places > MOST_PLACES or wholes.min() < 1 or wholes.max() > MOST_DIGITS:
        return None
    letters = np.frombuffer(room, np.uint8)
    if (letters[ends - (places + 1)] != ord(".")).any():
        return None
    numbers = decimals(room, ends, wholes, places)
    return None if numbers is None else dict(zip(wanted, numbers, strict=True))
