"""One reply -> one frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from binance_nb.catalog import Endpoint, Rows
from binance_nb.errors import UsageError
from binance_nb.frames.arrays import Reading
from binance_nb.frames.attributes import describe, outer_scalars
from binance_nb.frames.fast_path import read_digits
from binance_nb.frames.parts import part_of
from binance_nb.frames.payload import Misfit, json_words, parse, unreadable
from binance_nb.frames.table import ladder, stack, table

__all__ = ["decode", "promised", "public"]


def decode(
    endpoint: Endpoint,
    body: bytes,
    *,
    parameters: Mapping[str, str] | None = None,
    now_ms: int | None = None,
    exact: bool = False,
    time_unit: str = "ms",
    part: str | None = None,
) -> pd.DataFrame:
    """Read a reply as a typed frame.

    Columns, dtypes and index are those of ``frame_doc(endpoint)``, also when there are no rows. Rows keep the order in
    which they came, which is oldest first. A field that the exchange left out is missing (NaN, NaT, NA), and one that
    the catalog does not know follows the others. ``frame.attrs["binance"]`` holds ``operation``, ``parameters``,
    ``time_unit``, ``part`` (if one was asked for) and ``reply``: what the reply says beside its rows.

    Args:
        endpoint: What was called.
        body: The reply's bytes.
        parameters: What was sent, as sent; kept in the attributes as far as the endpoint declares it.
        now_ms: Server time, which decides which candles are closed; without it nobody knows, and the flag is NA.
        exact: Whether prices and quantities become Decimals with the digits that came, instead of float64.
        time_unit: What the reply's times count: ``ms``, or ``us`` when microseconds were asked for.
        part: Another table of the same reply, by its name, such as ``fills``.

    Returns:
        The frame.

    Raises:
        UsageError: There is no such part or time unit.
        ReplyError: The body is not JSON, or not what the endpoint promises.
    """
    if time_unit not in ("ms", "us"):
        raise UsageError(f"There is no time unit {time_unit!r}: ms or us.", culprit=time_unit, operation=endpoint.name)
    rows = endpoint.rows if part is None else part_of(endpoint, part)
    try:
        frame, payload = _read(endpoint, rows, body, Reading(exact, time_unit, now_ms))
    except Misfit as misfit:
        raise unreadable(endpoint, body, str(misfit)) from misfit
    facts: dict[str, Any] = {} if part is None else {"part": part}
    return describe(
        frame,
        operation=endpoint.name,
        parameters=public(endpoint, parameters or {}),
        time_unit=time_unit,
        reply=_beside(endpoint.rows, rows, payload),
        **facts,
    )


def _read(endpoint: Endpoint, rows: Rows, body: bytes, how: Reading) -> tuple[pd.DataFrame, Any]:  # Any: JSON
    """Return the frame and the reply, which need not have its rows any more."""
    if rows is endpoint.rows and (quick := read_digits(endpoint, body, how)) is not None:
        return quick
    payload = promised(endpoint, parse(body))
    return _frame(endpoint.rows, rows, payload, how), payload


def promised(endpoint: Endpoint, payload: Any) -> Any:  # Any: JSON
    """Return a reply as it is, if its outermost shape is the endpoint's.

    Args:
        endpoint: What was called.
        payload: The reply.

    Raises:
        Misfit: It is not.
    """
    came = json_words({type(payload)})
    wanted = ("array", "object") if endpoint.answers == "either" else (endpoint.answers,)
    if came not in wanted:
        raise Misfit(f"it came as {came} instead of {' or '.join(wanted)}")
    known = _known_keys(endpoint.rows)
    # A test order answers {} unless it was asked for rates: there an object without its fields is right.
    may_be_bare = endpoint.rows.stacked and not payload
    if isinstance(payload, dict) and known and known.isdisjoint(payload) and not may_be_bare:
        raise Misfit("it has none of the fields it should have")
    return payload


def _known_keys(rows: Rows) -> set[str | int]:
    fields = {column.field for column in (*rows.columns, *rows.extra)} if not rows.at else set()
    return fields | {holder.at.split(".")[0] for holder in (rows, *rows.parts.values()) if holder.at}


def _frame(whole: Rows, rows: Rows, payload: Any, how: Reading) -> pd.DataFrame:
    if rows.beside:
        return ladder(rows, {part: _items(rows.parts[part], payload, True) for part in rows.beside}, how)
    if rows.stacked:
        return stack(rows, {part: _items(rows.parts[part], payload, False) for part in rows.stacked}, how)
    is_needed = rows is whole or any(rows is whole.parts[part] for part in whole.beside)
    return table(rows, _items(rows, payload, is_needed), how)


def _items(rows: Rows, payload: Any, is_needed: bool) -> list[Any]:
    """Return the reply's rows, none where it may do without them."""
    found = payload
    for key in rows.at.split(".") if rows.at else ():
        if isinstance(found, list):
            # Rows inside rows: each says which symbol it belongs to.
            found = [{"symbol": one.get("symbol"), **row} for one in found for row in one.get(key, ())]
        else:
            found = found.get(key) if isinstance(found, dict) else None
    if found is None and is_needed:
        raise Misfit(f"it has no {rows.at!r}")
    if found is None or (found == {} and not rows.columns):
        return []
    if not isinstance(found, dict | list):
        raise Misfit(f"{rows.at!r} came as {json_words({type(found)})} instead of array or object")
    return found if isinstance(found, list) else [found]


def public(endpoint: Endpoint, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a call that may be kept with its frame.

    Args:
        endpoint: What was called.
        parameters: What was sent.
    """
    # An allow-list: the signature and whatever else travels with a call stay out of the frame and its files.
    return {parameter.name: parameters[parameter.name] for parameter in endpoint.asked if parameter.name in parameters}


def _beside(whole: Rows, rows: Rows, payload: Any) -> dict[str, Any]:
    is_row_itself = rows is whole and not (rows.at or rows.beside or rows.stacked)
    if is_row_itself or isinstance(payload, list):
        return {}
    return outer_scalars(payload, {holder.at for holder in (whole, *whole.parts.values())})
