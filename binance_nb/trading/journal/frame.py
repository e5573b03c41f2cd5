"""The journal as a frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import Column, ColumnKind
from binance_nb.trading.journal.entries import Entry

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["journal_frame", "order_id_of"]


def order_id_of(entry: Entry) -> int | None:
    """Return the exchange's own id of the order a call placed.

    Args:
        entry: The call.

    Returns:
        Its id, or None where no reply says one.
    """
    try:
        reply = json.loads(entry.reply_body or "null")
    except ValueError:
        return None
    found = reply.get("orderId") if isinstance(reply, dict) else None
    return found if isinstance(found, int) else None


def _said(name: str) -> Callable[[Entry], str | None]:
    return lambda entry: entry.sent.get(name)


_TIME, _TEXT, _COUNT = ColumnKind.TIME, ColumnKind.TEXT, ColumnKind.COUNT
_COLUMNS: Mapping[str, tuple[ColumnKind, Callable[[Entry], Any]]] = {  # Any: a column has cells of its kind
    "time": (_TIME, lambda entry: entry.stamped_ms),
    "place": (_TEXT, lambda entry: entry.place),
    "operation": (_TEXT, lambda entry: entry.operation),
    "symbol": (_TEXT, _said("symbol")),
    "side": (_TEXT, _said("side")),
    "type": (_TEXT, _said("type")),
    "quantity": (_TEXT, _said("quantity")),
    "quote_order_qty": (_TEXT, _said("quoteOrderQty")),
    "price": (_TEXT, _said("price")),
    "verdict": (_TEXT, lambda entry: entry.verdict),
    "code": (_COUNT, lambda entry: entry.code),
    "message": (_TEXT, lambda entry: entry.message or None),
    "client_order_id": (_TEXT, lambda entry: entry.client_order_id),
    "order_id": (_COUNT, order_id_of),
    "valid_until": (_TIME, lambda entry: entry.valid_until_ms),
    "server_time": (_TIME, lambda entry: entry.server_ms),
    "written": (_TIME, lambda entry: entry.written_ms),
    "concluded": (_TIME, lambda entry: entry.concluded_ms),
    "cell": (_TEXT, lambda entry: entry.cell),
    "run": (_TEXT, lambda entry: entry.run),
    "ordinal": (_COUNT, lambda entry: entry.ordinal),
    "kernel": (_TEXT, lambda entry: entry.kernel),
    "told": (_TEXT, lambda entry: entry.told),
    "sent": (_TEXT, lambda entry: json.dumps(dict(entry.sent))),
    "reply": (_TEXT, lambda entry: entry.reply_body),
}
_OPTIONAL = ("code", "order_id")
_Array = Any  # Any: pandas' stubs tell one array from another, and a frame takes them all


def journal_frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return calls as a frame, a row each.

    Args:
        entries: The calls.

    Returns:
        The frame, in the order given. Index ``number``, int64. Times are datetime64[ms, UTC], codes, ids and the
        ordinal int64 (Int64 where they may be missing), the rest text in pandas' default string type: quantities and
        prices with the digits that were sent. Without rows it has the same columns and dtypes.
    """
    import pandas as pd

    from binance_nb.frames.attributes import DIARY

    columns = {name: _array(name, kind, [cell(entry) for entry in entries]) for name, (kind, cell) in _COLUMNS.items()}
    frame = pd.DataFrame(columns, index=pd.Index([entry.number for entry in entries], dtype="int64", name="number"))
    frame.attrs[DIARY] = True
    return frame


def _array(name: str, kind: ColumnKind, cells: list[Any]) -> _Array:  # Any: as in _COLUMNS
    import pandas as pd

    from binance_nb.frames.arrays import Reading, array_of

    if kind is _COUNT:
        # Not array_of: in replies a negative number means that there is none, and codes are negative.
        return pd.array(cells, dtype="Int64") if name in _OPTIONAL else pd.array(cells, dtype="int64")
    return array_of(Column(name, kind, name), cells, Reading())
