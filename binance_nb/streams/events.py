"""One event of a stream: the payload as it came, and its values by readable name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from binance_nb.catalog import Column, ColumnKind
from binance_nb.catalog.payloads import Payload

__all__ = ["Declared", "Event"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Reader = Callable[[Mapping[str, Any]], Any]  # Any: this is where JSON enters


class Declared(Protocol):
    """What the catalog says of a kind of event: a `MarketStream` or a `UserEvent`."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def payload(self) -> Payload:
        """What an event holds."""


class Event:
    """What a stream said once.

    Its values are attributes by their readable names, in Python's types: prices and quantities ``Decimal`` with the
    digits that came, ids and counts ``int``, flags ``bool``, times aware ``datetime`` in UTC; None where there is none.
    The two sides of a book, and other lists, are tuples: ``event.bids[0]`` is ``(price, quantity)``.

        event.price, event.is_buyer_maker, event.event_time

    Args:
        declared: What the catalog says of it.
        data: The payload.
        received_ms: When it came.
        stream: By which stream it came, in the exchange's spelling.
        source: ``stream``, or ``rest`` where it was asked for because a stream had missed it.

    Attributes:
        declared: As given.
        data: As given: the payload as it came, with the exchange's short keys.
        received_ms: As given.
        stream: As given.
        source: As given.
    """

    __slots__ = ("data", "declared", "received_ms", "source", "stream")

    def __init__(
        self,
        declared: Declared,
        data: Mapping[str, Any],  # Any: JSON
        received_ms: int,
        stream: str = "",
        source: str = "stream",
    ) -> None:
        self.declared = declared
        self.data = data
        self.received_ms = received_ms
        self.stream = stream or declared.name
        self.source = source

    @property
    def kind(self) -> str:
        """Which kind it is, such as ``trade`` or ``executionReport``."""
        return self.declared.name

    @property
    def received(self) -> datetime:
        """When it came, by the clock of this computer."""
        return _moment(self.received_ms)

    def as_dict(self) -> dict[str, Any]:  # Any: see the class
        """Return all its values by readable name."""
        return {name: getattr(self, name) for name in self._names()}

    def __getattr__(self, name: str) -> Any:  # Any: see the class
        if name.startswith("_") or name in Event.__slots__:
            raise AttributeError(name)  # whoever copies an event asks before there is one
        reader = _readers(self.declared.payload).get(name)
        if reader is not None:
            return reader(self.data)
        if name == "symbol" and "@" in self.stream:
            return self.stream.partition("@")[0].upper()  # the book's levels do not say whose they are
        raise AttributeError(f"An event of the kind {self.kind} has no {name!r}; it has {', '.join(self._names())}.")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._names()})

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in self.as_dict().items() if name != "event_type")
        return f"Event({self.kind}: {shown})"

    def _names(self) -> tuple[str, ...]:
        names = self.declared.payload.names
        return names if "symbol" in names or "@" not in self.stream else ("symbol", *names)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "milliseconds").removesuffix("+00:00")
    return f"{len(value)} rows" if isinstance(value, tuple) else str(value)


# By what a payload is rather than what it says: comparing declarations takes longer than reading an event.
_known: dict[int, tuple[Payload, Mapping[str, _Reader]]] = {}


def _readers(payload: Payload) -> Mapping[str, _Reader]:
    found = _known.get(id(payload))
    if found is None:
        found = _known[id(payload)] = payload, _made(payload)
    return found[1]


def _made(payload: Payload) -> dict[str, _Reader]:
    readers: dict[str, _Reader] = {}
    for inner in payload.inner:
        if inner.is_list:
            readers[inner.name] = _list_reader(inner.key, inner.columns)
        else:
            readers |= {column.name: _reader(column, inner.key) for column in inner.columns}
    readers |= {column.name: _reader(column) for column in payload.own}
    return {name: reader for name, reader in readers.items() if name in payload.names}


def _reader(column: Column, inside: str = "") -> _Reader:
    field = str(column.field)

    def read(data: Mapping[str, Any]) -> Any:
        holder = data.get(inside, {}) if inside else data
        return _value(column, holder.get(field))

    return read


def _list_reader(key: str, columns: tuple[Column, ...]) -> _Reader:
    is_by_place = isinstance(columns[0].field, int)

    def read(data: Mapping[str, Any]) -> Any:
        items = data.get(key) or ()
        if is_by_place:
            return tuple(
                tuple(_value(column, value) for column, value in zip(columns, item, strict=False)) for item in items
            )
        return tuple({column.name: _value(column, item.get(column.field)) for column in columns} for item in items)

    return read


def _value(column: Column, value: Any) -> Any:  # Any: JSON in, see the class of events out
    if value is None:
        return None
    if column.sentinel is not None and isinstance(value, int) and value < 0:
        return None
    if column.kind is ColumnKind.DECIMAL:
        return Decimal(value)
    return _moment(value) if column.kind is ColumnKind.TIME else value


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
