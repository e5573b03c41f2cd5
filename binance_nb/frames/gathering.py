"""The pages of a range -> one frame, each page read as it comes, so that no text has to be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from binance_nb.catalog import ColumnKind, Endpoint, Rows
from binance_nb.frames.arrays import Reading
from binance_nb.frames.attributes import describe
from binance_nb.frames.decoding import promised, public
from binance_nb.frames.fast_path import Columns, frame_of_columns, read_columns
from binance_nb.frames.payload import Misfit, parse, unreadable
from binance_nb.frames.table import table
from binance_nb.frames.template import Template, template_of

__all__ = ["Gathering"]

# So much of the room may stay unused before the rows are copied out of it.
_SPARE = 8


class Gathering:
    """The rows of a range that comes in pages, which may land in any order.

    Each page has a place, and the room that was made for it there; one that is never added is a hole. The frame is the
    one that `decode` would make of all pages joined to one reply.

    Args:
        endpoint: What is called; its reply is an array.
        rooms: The most rows of each page.
        time_unit: What the replies' times count: ``ms``, or ``us`` when microseconds were asked for.
    """

    def __init__(self, endpoint: Endpoint, rooms: Sequence[int], *, time_unit: str = "ms") -> None:
        self._endpoint = endpoint
        self._unit = time_unit
        self._begins = [0, *accumulate(rooms)]
        self._counts: dict[int, int] = {}
        self._odd: dict[int, list[Any]] = {}  # Any: JSON
        self._template = template_of(endpoint.rows.columns, endpoint.rows.skipped)
        self._room = None if self._template is None else _room(self._template, self._begins[-1])

    def __len__(self) -> int:
        return sum(self._counts.values()) + sum(map(len, self._odd.values()))

    def add(self, place: int, body: bytes) -> None:
        """Read a page.

        Args:
            place: Which one it is.
            body: Its bytes.

        Raises:
            ReplyError: They are not JSON, or not what the endpoint promises.
        """
        try:
            columns = read_columns(self._endpoint.rows, body, self._unit)
            if columns is None or columns.floats.shape[1] > self._begins[place + 1] - self._begins[place]:
                columns = self._parsed(place, body)
        except Misfit as misfit:
            raise unreadable(self._endpoint, body, str(misfit)) from misfit
        if columns is None or self._room is None:
            return
        begin, count = self._begins[place], columns.floats.shape[1]
        for there, lines in zip(self._room, columns, strict=True):
            there[:, begin : begin + count] = lines
        self._counts[place] = count

    def finish(self, *, parameters: Mapping[str, str] | None = None, now_ms: int | None = None) -> pd.DataFrame:
        """Return the frame. Nothing can be added after that.

        Args:
            parameters: As of `decode`.
            now_ms: As of `decode`.

        Returns:
            The frame, in the order of the places.

        Raises:
            ReplyError: Pages do not fit together.
        """
        how, rows = Reading(unit=self._unit, now_ms=now_ms), self._endpoint.rows
        if self._odd or self._room is None:
            try:
                frame = table(rows, list(self._items()), how)
            except Misfit as misfit:
                raise unreadable(self._endpoint, b"", str(misfit)) from misfit
        else:
            frame = frame_of_columns(rows, self._closed_up(), how)
        # The room is the frame's now.
        self._room = None
        kept = public(self._endpoint, parameters or {})
        return describe(frame, operation=self._endpoint.name, parameters=kept, time_unit=self._unit, reply={})

    def _parsed(self, place: int, body: bytes) -> Columns | None:
        """Parse a page that is not written as the others; one that has other columns or too many rows is kept so."""
        items: list[Any] = promised(self._endpoint, parse(body))
        frame = table(self._endpoint.rows, items, Reading(unit=self._unit, now_ms=0))
        fits = self._template is not None and len(items) <= self._begins[place + 1] - self._begins[place]
        columns = _columns(self._endpoint.rows, self._template, frame) if self._template is not None and fits else None
        if columns is None:
            self._odd[place] = items
        return columns

    def _closed_up(self) -> Columns:
        """Return the rows without the room that pages have left."""
        assert self._room is not None
        stop = 0
        for place, count in sorted(self._counts.items()):
            begin = self._begins[place]
            if begin != stop:
                for lines in self._room:
                    lines[:, stop : stop + count] = lines[:, begin : begin + count]
            stop += count
        floats, stamps, counts, flags = self._room
        rows = Columns(floats[:, :stop], stamps[:, :stop], counts[:, :stop], flags[:, :stop])
        if (self._begins[-1] - stop) * _SPARE <= self._begins[-1]:
            return rows
        return Columns(rows.floats.copy(), rows.stamps.copy(), rows.counts.copy(), rows.flags.copy())

    def _items(self) -> Iterator[Any]:  # Any: JSON
        """Return all rows as they would be parsed, those that have been read already, too."""
        for place in sorted({*self._counts, *self._odd}):
            if place in self._odd:
                yield from self._odd[place]
            elif self._counts[place]:
                yield from self._unread(self._begins[place], self._counts[place])

    def _unread(self, begin: int, count: int) -> Iterator[Any]:  # Any: JSON
        assert self._room is not None
        assert self._template is not None
        lines = dict(zip(_names(self._template), (line for block in self._room for line in block), strict=True))
        declared = self._endpoint.rows.columns
        cells = [lines[column.name][begin : begin + count].tolist() for column in declared]
        # Text, because that is what decimals are; it is the number's own, to the last bit.
        texts = [
            map(repr, each) if column.kind is ColumnKind.DECIMAL else each
            for column, each in zip(declared, cells, strict=True)
        ]
        is_by_place = isinstance(declared[0].field, int)
        for row in zip(*texts, strict=True):
            yield list(row) if is_by_place else {c.field: cell for c, cell in zip(declared, row, strict=True)}


def _room(template: Template, rows: int) -> Columns:
    # Not filled: what is not used is not even fetched from the system.
    return Columns(
        np.empty((len(template.decimals), rows), np.float64),
        np.empty((len(template.times), rows), np.int64),
        np.empty((len(template.counts), rows), np.int64),
        np.empty((len(template.flags), rows), np.bool_),
    )


def _names(template: Template) -> list[str]:
    """Return the names of columns, in the order in which `Columns` holds their lines."""
    return [*template.decimals, *template.times, *template.counts, *template.flags]


def _columns(rows: Rows, template: Template, frame: pd.DataFrame) -> Columns | None:
    """Return a parsed page's columns; None where it has others, or lacks cells."""
    plain = frame.reset_index() if rows.index else frame
    names = [column.name for column in rows.columns]
    if [name for name in plain.columns if name != "closed"] != names:
        return None
    stamps = {name: pd.DatetimeIndex(plain[name]) for name in template.times}
    kinds = {str(plain[name].dtype) for name in template.counts} | {str(plain[name].dtype) for name in template.flags}
    if not kinds <= {"int64", "bool"} or any(times.hasnans for times in stamps.values()):
        return None
    return Columns(
        _lines([plain[name].to_numpy() for name in template.decimals], np.float64, len(plain)),
        _lines([times.asi8 for times in stamps.values()], np.int64, len(plain)),
        _lines([plain[name].to_numpy() for name in template.counts], np.int64, len(plain)),
        _lines([plain[name].to_numpy() for name in template.flags], np.bool_, len(plain)),
    )


def _lines(columns: Sequence[Any], dtype: type, rows: int) -> npt.NDArray[Any]:  # Any: pandas' stubs know no more
    return np.array(columns, dtype).reshape(len(columns), rows)
