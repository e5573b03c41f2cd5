"""What a frame knows about where it comes from: ``frame.attrs["binance"]``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zlib import crc32

from binance_nb.catalog import snake_case

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DIARY", "Fact", "describe", "is_as_delivered", "outer_scalars", "seal"]

DIARY = "binance_diary"
"""The attribute of a frame that tells what was done on this computer and when: no data, and another in each run."""

Fact = str | int | float | bool | None | Mapping[str, "Fact"]
"""What ``to_parquet`` can store of a frame's attributes: JSON scalars, and objects of them."""


def describe(frame: pd.DataFrame, **facts: Fact) -> pd.DataFrame:
    """Add facts to ``frame.attrs["binance"]``.

    Args:
        frame: The frame, changed in place.
        **facts: Facts by name; one that is there already is replaced.

    Returns:
        The same frame.

    Raises:
        TypeError: A fact is something else than JSON scalars, such as a Timestamp: ``to_parquet`` would fail on it.
    """
    for name, fact in facts.items():
        _demand_plain(name, fact)
    frame.attrs["binance"] = {**frame.attrs.get("binance", {}), **facts}
    return frame


def seal(frame: pd.DataFrame) -> pd.DataFrame:
    """Write down what a frame looks like as it is handed over, so that a changed one can be told from it later.

    Args:
        frame: The finished frame, changed in its attributes only.

    Returns:
        The same frame; ``attrs["binance"]["delivered"]`` holds how many rows it has, its columns, the name of its
        index, and a checksum of its first and last row.
    """
    return describe(frame, delivered=_marks(frame))


def is_as_delivered(frame: pd.DataFrame) -> bool:
    """Whether a frame still looks as it did when it was sealed.

    pandas hands attributes on to whatever is computed from a frame; facts such as its weight do not hold there.

    Args:
        frame: Any frame.

    Returns:
        True when rows, columns, index and both ends are those of the seal; False also without a seal.
    """
    return bool(frame.attrs.get("binance", {}).get("delivered") == _marks(frame))


def _marks(frame: pd.DataFrame) -> dict[str, Fact]:
    return {
        "rows": len(frame),
        "columns": ",".join(map(str, frame.columns)),
        "index": str(frame.index.name),
        "ends": crc32(" ".join(_ends(frame)).encode()),
    }


def _ends(frame: pd.DataFrame) -> Iterator[str]:
    """Texts of the numbers and words in the first and last row, and of their labels."""
    if len(frame) == 0:
        return
    for place in (0, -1):
        label = frame.index[place]
        # A label is a moment, and other times are left out: another zone, or unit after Parquet, is no other frame.
        yield str(label.timestamp() if hasattr(label, "timestamp") else label)
        yield from (str(cell) for cell in frame.iloc[place].tolist() if not _is_fickle(cell))


def _is_fickle(cell: object) -> bool:
    """Whether a cell may come back otherwise written: a time, or a list, which Parquet makes an array."""
    return hasattr(cell, "timestamp") or (hasattr(cell, "__len__") and not isinstance(cell, str))


def _demand_plain(name: str, fact: object) -> None:
    if isinstance(fact, dict):
        for key, value in fact.items():
            _demand_plain(f"{name}.{key}", value)
    elif type(fact) not in (str, int, float, bool, type(None)):  # not isinstance: numpy's float64 is a float, too
        raise TypeError(f"{name} is a {type(fact).__name__}; a frame's attributes hold JSON scalars only")


def outer_scalars(payload: Mapping[str, Any], taken: Iterable[str]) -> dict[str, Fact]:  # Any: JSON
    """Return what a reply says beside its rows.

    Args:
        payload: The reply.
        taken: Keys that hold rows or parts.

    Returns:
        Scalars by snake-case name, as they came: decimals as text, times as integers. The fields of an object are named
        with a dot (``commission_rates.maker``), a list of scalars is joined by commas, other lists are left out.
    """
    holders = set(taken)
    found: dict[str, Fact] = {}
    for key, value in payload.items():
        if key not in holders:
            found |= _flatten(snake_case(key), value)
    return found


def _flatten(name: str, value: Any) -> dict[str, Fact]:
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in _flatten(f"{name}.{snake_case(key)}", inner).items()}
    if isinstance(value, list):
        is_plain = not any(isinstance(item, dict | list) for item in value)
        return {name: ",".join(map(str, value))} if is_plain else {}
    return {name: str(value) if isinstance(value, Decimal) else value}
