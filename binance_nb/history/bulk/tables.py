"""The rows of a bulk file as the store keeps them: what the API would have answered, to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from binance_nb.archive import COLUMNS, ArchiveName, csv_of, read_columns, time_unit
from binance_nb.archive.names import ArchiveKind
from binance_nb.catalog import ENDPOINTS, ColumnKind
from binance_nb.errors import StoreError
from binance_nb.store import Dataset

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["KINDS", "OPERATIONS", "table_of_file"]

OPERATIONS = {"klines": "klines", "agg_trades": "agg_trades", "trades": "historical_trades"}
"""The call that brings what a person asks for; `trades` are those of any time, not the last ones."""

KINDS: dict[str, ArchiveKind] = {
    endpoint.name: cast("ArchiveKind", endpoint.bulk_kind) for endpoint in ENDPOINTS.values() if endpoint.bulk_kind
}
"""The kind of file that holds what a call brings, by the call's name."""

_SHOWN = 80


def table_of_file(data: bytes, name: ArchiveName, dataset: Dataset) -> pa.Table:
    """Return the rows of a bulk file.

    Whether it has a header and which unit its times are in is told by its first row, never by its date: old files are
    made again with today's habits.

    Args:
        data: The zip.
        name: What it is.
        dataset: What its rows are rows of.

    Returns:
        A table with the data set's columns; times in ms, as the API gives them.

    Raises:
        StoreError: The zip is damaged, or its rows are not those of its name.
    """
    import pyarrow as pa

    text = csv_of(data, source=name.file_name)
    first = text[: text.find(b"\n")] if b"\n" in text else text
    has_header = not first.split(b",")[0].isdigit()
    body = text[len(first) + 1 :] if has_header else text
    if not body.strip():
        return _schema(dataset).empty_table()
    try:
        table = _parsed(body, name.kind)
    except pa.ArrowInvalid as error:
        # The reader that looks at every row by itself says which one is wrong.
        read_columns(data, name)
        raise StoreError(f"{name.file_name} cannot be read: {str(error)[:_SHOWN]}.", culprit=name.file_name) from error
    return _checked(_fitted(table, dataset, _unit(body, name)), name, dataset, data)


def _parsed(body: bytes, kind: ArchiveKind) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    whole, flags = {"open_time", "close_time", "time", "count", "id", "agg_id", "first_id", "last_id"}, ("is_",)
    types: dict[str, Any] = {  # Any: pyarrow's types have no common name
        column: pa.int64() if column in whole else pa.bool_() if column.startswith(flags) else pa.float64()
        for column in COLUMNS[kind]
    }
    source: Any = pa.BufferReader(body)  # which the stubs do not know of
    return csv.read_csv(
        source,
        read_options=csv.ReadOptions(column_names=list(COLUMNS[kind])),
        convert_options=csv.ConvertOptions(
            column_types=types, null_values=[], true_values=["True", "true"], false_values=["False", "false"]
        ),
    )


def _unit(body: bytes, name: ArchiveName) -> str:
    cells = body[: body.find(b"\n")].decode("ascii", "replace").split(",")
    column = "open_time" if name.kind == "klines" else "time"
    return time_unit(cells[COLUMNS[name.kind].index(column)], source=name.file_name)


def _fitted(table: pa.Table, dataset: Dataset, unit: str) -> pa.Table:
    """Give columns the data set's names; those of a file lie in the same order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    arrays = []
    for place, (field, column) in enumerate(zip(_schema(dataset), dataset.endpoint.rows.columns, strict=True)):
        array = table.column(place)
        if column.kind is ColumnKind.TIME and unit == "us":
            array = pc.divide(array, pa.scalar(1000, pa.int64()))
        arrays.append(array.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=_schema(dataset))


def _checked(table: pa.Table, name: ArchiveName, dataset: Dataset, data: bytes) -> pa.Table:
    import pyarrow as pa

    keys = table[dataset.key].cast(pa.int64()).to_numpy()
    times = table[dataset.time_column].cast(pa.int64()).to_numpy()
    is_long = name.interval in {"3d", "1w", "1M"}  # such a candle may open before the month that lists it
    is_within = is_long or (name.start_ms <= times[0] and times[-1] < name.end_ms)
    is_ordered = (keys[1:] > keys[:-1]).all() and (times[1:] >= times[:-1]).all()
    if is_within and is_ordered and all(_are_plain(table[field.name]) for field in table.schema):
        return table
    read_columns(data, name)
    raise StoreError(f"{name.file_name} cannot be used: its ids are not in order.", culprit=name.file_name)


def _are_plain(column: pa.ChunkedArray[Any]) -> bool:
    """Whether no number is one that only a parser of CSV takes for one, such as nan."""
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    return not kinds.is_floating(column.type) or bool(pc.all(pc.is_finite(column)).as_py())


def _schema(dataset: Dataset) -> pa.Schema:
    from binance_nb.store.parquet import schema_of

    return schema_of(dataset)
