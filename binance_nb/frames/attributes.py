"""What a frame knows about where it comes from: ``frame.attrs["binance"]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import snake_case

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fact", "describe", "outer_scalars"]

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
    found: dict[str, Fact] = {}
    for key in payload.keys() - set(taken):
        found |= _flatten(snake_case(key), payload[key])
    # Sets have no order; the reply's own is kept, so that two readings of it look the same.
    order = {snake_case(key): place for place, key in enumerate(payload)}
    return dict(sorted(found.items(), key=lambda item: order[item[0].split(".")[0]]))


def _flatten(name: str, value: Any) -> dict[str, Fact]:
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in _flatten(f"{name}.{snake_case(key)}", inner).items()}
    if isinstance(value, list):
        is_plain = not any(isinstance(item, dict | list) for item in value)
        return {name: ",".join(map(str, value))} if is_plain else {}
    return {name: str(value) if isinstance(value, Decimal) else value}
