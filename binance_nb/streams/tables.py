"""Events -> a typed frame, by the catalog's declaration; columns and dtypes as those of frames of replies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import Column, ColumnKind, Rows
from binance_nb.catalog.payloads import Inner, Payload
from binance_nb.catalog.streams import MarketStream
from binance_nb.errors import StreamError
from binance_nb.streams.events import Declared, Event

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["events_frame", "index_of", "rows_of"]

# What an event does not hold is kept beside it under names that no key of the exchange has.
_RECEIVED, _SYMBOL, _SOURCE, _SIDE = ".received", ".symbol", ".source", ".side"
_EVENT_TIME = "event_time"


def index_of(payload: Payload) -> str:
    """Return by which time events are told apart.

    Args:
        payload: What they hold.

    Returns:
        ``event_time``; ``received`` where they do not say when they were sent.
    """
    return _EVENT_TIME if payload.has_event_time else "received"


def events_frame(
    events: Sequence[Event], declared: Declared, *, exact: bool = False, has_source: bool = False
) -> pd.DataFrame:
    """Return events as a frame.

    Args:
        events: Events of one kind.
        declared: What the catalog says of them.
        exact: Whether prices and quantities are Decimals with the digits that came, instead of float64.
        has_source: Whether to say which of them were asked for because the stream had missed them.

    Returns:
        A row an event, in their order; a row for each item of the list that they hold: for each level of a book
        (``side``, ``price``, ``quantity``), each balance, each order of a list. Indexed as `index_of` says; with
        the declared columns and dtypes also where there is no event.

    Raises:
        StreamError: An event does not hold what it should.
    """
    from binance_nb.frames.arrays import Reading
    from binance_nb.frames.payload import Misfit
    from binance_nb.frames.table import table

    payload = declared.payload
    rows = rows_of(declared, has_source=has_source)
    skipped = _declared(payload) - {column.field for column in (*rows.columns, *rows.extra)}
    items = [
        {key: value for key, value in item.items() if key not in skipped}
        for event in events
        for item in _items(event, payload)
    ]
    try:
        return table(rows, items, Reading(exact=exact))
    except Misfit as misfit:
        raise StreamError(
            f"The events of {events[0].kind if events else 'this stream'} cannot be read: {misfit}.",
            hint="Either the exchange has changed them, or something on the way has; event.data shows one as it came.",
            operation="stream",
        ) from misfit


def _declared(payload: Payload) -> set[str | int]:
    """Name all that is known of an event; what a frame holds besides is what the exchange has added since."""
    own = {column.field for column in payload.own}
    inner = {_inside(None if each.is_list else each, column.field) for each in payload.inner for column in each.columns}
    return {*own, *inner, _RECEIVED, _SYMBOL, _SOURCE, _SIDE}


def rows_of(declared: Declared, *, has_source: bool = False) -> Rows:
    """Return the frame of a kind of event as a declaration, as those of replies are.

    Args:
        declared: What the catalog says of the events.
        has_source: Whether to say which of them were asked for because the stream had missed them.

    Returns:
        Index, columns, and the columns that come only when an event has them.
    """
    payload = declared.payload
    is_of_symbol = isinstance(declared, MarketStream) and declared.is_of_symbol
    # Of one kind all events say the same of themselves, but for windows of several lengths.
    has_type = isinstance(declared, MarketStream) and "<" in (declared.event_type or "")
    own = [column for column in payload.columns if column.name != "unused"]
    if not has_type:
        own = [column for column in own if column.name != "event_type"]
    names = {column.name for column in own}
    if "symbol" not in names and is_of_symbol:
        own.insert(0, Column("symbol", ColumnKind.TEXT, _SYMBOL))
    if not payload.has_event_time:
        own.insert(0, Column("received", ColumnKind.TIME, _RECEIVED))
    if has_source:
        own.append(Column("source", ColumnKind.TEXT, _SOURCE))
    inner = [column for column in _inner_columns(payload) if column.name not in names | {"unused"}]
    known = {column.field for column in own}
    extra = tuple(column for column in payload.extra if column.field not in known)
    return Rows((*own, *inner), index=index_of(payload), extra=extra)


def _inner_columns(payload: Payload) -> Iterator[Column]:
    lists = [each for each in payload.inner if each.is_list]
    for each in payload.inner:
        if not each.is_list:
            yield from (replace(column, field=_inside(each, column.field)) for column in each.columns)
    if lists:
        if len(lists) > 1:
            yield Column("side", ColumnKind.TEXT, _SIDE)
        yield from (replace(column, field=_inside(None, column.field)) for column in lists[0].columns)


def _inside(inner: Inner | None, field: str | int) -> str:
    """Name a field of what stands in an event; those of lists go by one name, whichever list it is."""
    return f"{inner.key if inner else ''}.{field}"


def _items(event: Event, payload: Payload) -> Iterator[dict[str, Any]]:  # Any: JSON
    """Yield the rows of an event, all fields side by side."""
    data, inside = event.data, {each.key for each in payload.inner}
    own = {key: value for key, value in data.items() if key not in inside}
    own[_RECEIVED], own[_SYMBOL], own[_SOURCE] = event.received_ms, _symbol(event), event.source
    lists = [each for each in payload.inner if each.is_list]
    for each in payload.inner:
        if not each.is_list:
            own |= {_inside(each, key): value for key, value in data.get(each.key, {}).items()}
    if not lists:
        yield own
    for each in lists:
        side = each.name.removesuffix("s")
        for item in data.get(each.key) or ():
            pairs = item.items() if isinstance(item, dict) else enumerate(item)
            yield {**own, _SIDE: side, **{_inside(None, key): value for key, value in pairs}}


def _symbol(event: Event) -> str:
    return event.stream.partition("@")[0].upper()
