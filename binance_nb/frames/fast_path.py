"""Replies made of digits -> the frames that parsing their JSON would give, several times faster.

The exchange writes candles, trades and the book in one way only, without spaces and with all fields in one order.
A reply that is written so is read where it stands: its commas tell where its values are, everything else must be the
template of its rows to the byte, and then all values of a kind become numbers together. Any other reply is left to the
JSON parser.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from binance_nb.catalog import Endpoint, Rows
from binance_nb.frames.arrays import LATEST_MS, Array, Reading, moments
from binance_nb.frames.blocks import Block, frame_of
from binance_nb.frames.cells import Cells, find_cells
from binance_nb.frames.digits import MOST_DIGITS, MOST_PLACES, Floats, decimals, integers
from binance_nb.frames.layout import CLOSED, rungs
from binance_nb.frames.table import closed
from binance_nb.frames.template import Template, template_of

__all__ = ["Columns", "frame_of_columns", "read_columns", "read_digits"]

_Integers = npt.NDArray[np.int64]


class Columns(NamedTuple):
    """The columns of rows that are made of digits, those of a kind together: a line each.

    Attributes:
        floats: The decimals.
        stamps: The times, as they came.
        counts: The counts.
        flags: The flags.
    """

    floats: Floats
    stamps: _Integers
    counts: _Integers
    flags: npt.NDArray[np.bool_]


# By the number of its digits, the smallest number without a leading zero.
_SMALLEST = np.array([0, 0, *(10**digits for digits in range(1, MOST_DIGITS))], np.uint64)

# As far as an int64 goes, and without a leading zero, which JSON forbids.
_BOOK_HEAD = re.compile(rb'\{"lastUpdateId":(0|[1-9][0-9]{0,17}),"bids":')
_BOOK_MIDDLE = b',"asks":'


def read_digits(endpoint: Endpoint, body: bytes, how: Reading) -> tuple[pd.DataFrame, Any] | None:  # Any: JSON
    """Read a reply without parsing JSON.

    Args:
        endpoint: What was called.
        body: The reply's bytes.
        how: How to read them.

    Returns:
        The frame, and the reply without its rows; None if the reply has to be parsed.
    """
    rows = endpoint.rows
    if how.exact:
        return None
    if rows.beside == ("bids", "asks") and endpoint.answers == "object":
        return _book(rows, body)
    if rows.at or rows.beside or rows.stacked or endpoint.answers != "array":
        return None
    columns = read_columns(rows, body, how.unit)
    return None if columns is None else (frame_of_columns(rows, columns, how), [])


def read_columns(rows: Rows, body: bytes, unit: str) -> Columns | None:
    """Read an array of rows without parsing JSON.

    Args:
        rows: What the rows hold.
        body: The array.
        unit: What its times count: ``ms`` or ``us``.

    Returns:
        The columns; None if the array has to be parsed.
    """
    template = template_of(rows.columns, rows.skipped)
    if template is None or (rows.index and rows.index not in template.times):
        return None
    cells = find_cells(template, memoryview(body))
    if cells is None:
        return None
    whole, floats = _whole_numbers(template, cells), _floats(template, cells)
    if whole is None or floats is None:
        return None
    stamps, counts = whole[: len(template.times)], whole[len(template.times) :]
    if unit == "ms" and stamps.max(initial=0) > LATEST_MS:
        return None  # the parser says what is wrong with it
    return Columns(floats, stamps, counts, cells.flags)


def frame_of_columns(rows: Rows, columns: Columns, how: Reading) -> pd.DataFrame:
    """Return columns as the frame that parsing would have given.

    Args:
        rows: What the rows hold.
        columns: Their columns.
        how: How to read them.

    Returns:
        The frame, which owns the columns.
    """
    template = template_of(rows.columns, rows.skipped)
    assert template is not None
    floats, stamps, counts, flags = columns
    times = _times(template, stamps, how)
    index = pd.DatetimeIndex(times.pop(rows.index), name=rows.index) if rows.index else pd.RangeIndex(floats.shape[1])
    blocks = [
        Block(tuple(template.decimals), floats),
        Block(tuple(template.counts), counts),
        Block(tuple(template.flags), flags),
        *(Block((name,), values) for name, values in times.items()),
    ]
    order = [column.name for column in rows.columns if column.name != rows.index]
    if rows.closes_at:
        order.append(CLOSED)
        blocks.append(Block((CLOSED,), closed(stamps[list(template.times).index(rows.closes_at)], how)))
    return frame_of(blocks, tuple(order), index)


def _times(template: Template, stamps: _Integers, how: Reading) -> dict[str, Array]:
    """Return the columns of times; made at once, because the making costs more than the numbers."""
    if not template.times:
        return {}
    together, length = moments(stamps.reshape(-1), how), stamps.shape[1]
    return {name: together[place * length : (place + 1) * length] for place, name in enumerate(template.times)}


def _book(rows: Rows, body: bytes) -> tuple[pd.DataFrame, Any] | None:  # Any: JSON
    head, middle = _BOOK_HEAD.match(body), body.find(_BOOK_MIDDLE)
    if head is None or middle < 0 or not body.endswith(b"}"):
        return None
    text = memoryview(body)
    bids = _side(rows.parts["bids"], text[head.end() : middle])
    asks = _side(rows.parts["asks"], text[middle + len(_BOOK_MIDDLE) : -1])
    if bids is None or asks is None:
        return None
    sides = {"bids": bids, "asks": asks}
    names = tuple(rung.name for rung in rungs(rows))
    levels = max(side[name].size for side in sides.values() for name in side)
    values = np.full((len(names), levels), np.nan)
    for line, rung in zip(values, rungs(rows), strict=True):
        numbers = sides[rung.part][rung.column.name]
        line[: numbers.size] = numbers
    frame = frame_of([Block(names, values)], names, pd.RangeIndex(levels, name=rows.index))
    return frame, {"lastUpdateId": int(head[1])}


def _side(rows: Rows, text: memoryview) -> dict[str, Floats] | None:
    template = template_of(rows.columns, rows.skipped)
    cells = None if template is None else find_cells(template, text)
    if template is None or cells is None:
        return None
    numbers = _floats(template, cells)
    return None if numbers is None else dict(zip(template.decimals, numbers, strict=True))


def _whole_numbers(template: Template, cells: Cells) -> _Integers | None:
    """Return the times, then the counts, or None where one needs more care."""
    if not len(template.whole_cells):
        return np.empty((0, cells.ends.shape[1]), np.int64)
    ends, lengths = cells.ends.take(template.whole_cells, axis=0), cells.lengths.take(template.whole_cells, axis=0)
    if lengths.max() > MOST_DIGITS:
        return None
    numbers = integers(cells.text, ends, lengths)
    # JSON forbids 007, and the parser knows best how to say so.
    return None if (numbers < _SMALLEST.take(lengths)).any() else numbers.view(np.int64)


def _floats(template: Template, cells: Cells) -> Floats | None:
    """Return the decimals, or None where one needs more care."""
    ends, lengths = cells.ends.take(template.decimal_cells, axis=0), cells.lengths.take(template.decimal_cells, axis=0)
    # The exchange writes as many places everywhere, so the first decimal tells where all points are. Where it has none
    # (-1), the check of the points fails.
    first = cells.text.bytes[ends[0, 0] - lengths[0, 0] : ends[0, 0]]
    places = first[::-1].find(b".")
    lengths -= places + 1
    if places > MOST_PLACES or lengths.min() < 1 or lengths.max() > MOST_DIGITS:
        return None
    if (cells.text.letters.take(ends - (places + 1)) != ord(".")).any():
        return None
    return decimals(cells.text, ends, lengths, places)
