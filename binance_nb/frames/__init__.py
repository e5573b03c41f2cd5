"""The bytes of one reply -> a typed DataFrame, by the catalog's declaration. No network, no clock of its own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from binance_nb.frames.parts import part_of
from binance_nb.frames.schema import ColumnFacts, FrameFacts, frame_doc, frame_facts

if TYPE_CHECKING:
    from binance_nb.frames.attributes import describe, is_as_delivered, seal
    from binance_nb.frames.decoding import decode
    from binance_nb.frames.gathering import Gathering
    from binance_nb.frames.reading import closed_only, in_zone

__all__ = [
    "ColumnFacts",
    "FrameFacts",
    "Gathering",
    "closed_only",
    "decode",
    "describe",
    "frame_doc",
    "frame_facts",
    "in_zone",
    "is_as_delivered",
    "part_of",
    "seal",
]

_HOMES = {
    "Gathering": "gathering",
    "closed_only": "reading",
    "decode": "decoding",
    "describe": "attributes",
    "in_zone": "reading",
    "is_as_delivered": "attributes",
    "seal": "attributes",
}


def __getattr__(name: str) -> Any:  # Any: whatever the module holds
    # Importing pandas takes a quarter of a second, and docstrings need only frame_doc.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
