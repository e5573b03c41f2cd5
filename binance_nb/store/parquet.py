"""Frames to Parquet and back, without losing a bit of any number."""

from __future__ import annotations

import errno
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import Column, ColumnKind
from binance_nb.errors import StoreError
from binance_nb.store.datasets import Dataset

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["frame_of", "parquet_bytes", "read_tables", "schema_of", "table_of"]


def table_of(dataset: Dataset, frame: pd.DataFrame) -> pa.Table:
    """Return a frame as a table with the data set's columns.

    Args:
        dataset: Tells the columns.
        frame: As the session returns it, times in ms.

    Returns:
        The table.

    Raises:
        StoreError: A column is missing, or holds something else.
    """
    import pyarrow as pa

    flat = frame.reset_index() if frame.index.name is not None else frame
    schema = schema_of(dataset)
    try:
        arrays = [pa.array(flat[field.name], type=field.type, from_pandas=False) for field in schema]
    except (KeyError, pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise StoreError(f"A frame of {dataset} does not fit the store: {error}.") from error
    return pa.Table.from_arrays(arrays, schema=schema)


def frame_of(dataset: Dataset, table: pa.Table) -> pd.DataFrame:
    """Return a table as the frame that the session returns.

    Args:
        dataset: Tells the index, and whether candles are meant.
        table: The rows.

    Returns:
        The frame; stored candles are all closed.
    """
    import pyarrow as pa

    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    for name in (field.name for field in table.schema if pa.types.is_timestamp(field.type)):
        # Arrow takes the UTC of another library where that is installed, and pandas tells the two apart.
        frame[name] = frame[name].dt.tz_convert("UTC")
    if dataset.interval is None:
        return frame
    frame = frame.set_index(dataset.time_column)
    frame["closed"] = True
    return frame


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file.

    Args:
        table: The rows.
    """
    import pyarrow.parquet as pq

    # No dictionaries: hardly a price comes twice. Times as the logical type that all engines know.
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd", use_dictionary=False, store_schema=False)
    return written.getvalue()


def read_tables(dataset: Dataset, paths: Sequence[Path]) -> list[pa.Table]:
    """Read files of a data set.

    Args:
        dataset: Tells the columns.
        paths: The files.

    Returns:
        A table each.

    Raises:
        FileNotFoundError: One is gone.
        StoreError: One cannot be read, or holds other columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, tables = schema_of(dataset), []
    for path in paths:
        try:
            # The folder's name says symbol and interval for other engines; here they would be columns too many.
            table = pq.read_table(path, partitioning=None, memory_map=True)
            tables.append(table.cast(schema))
        except FileNotFoundError:
            raise FileNotFoundError(errno.ENOENT, "It is gone", str(path)) from None  # Arrow's does not say which
        except (OSError, ValueError, pa.ArrowException) as error:
            raise StoreError(
                f"{path} cannot be read as Parquet of {dataset}.",
                hint="%binance store verify tells which files are damaged; what is removed is fetched again.",
                details={"path": str(path)},
            ) from error
    return tables


def schema_of(dataset: Dataset) -> pa.Schema:
    """Return the columns of a data set's files.

    Args:
        dataset: The data set.
    """
    import pyarrow as pa

    kinds: dict[ColumnKind, Any] = {  # Any: pyarrow has no types of its own here
        ColumnKind.DECIMAL: pa.float64(),
        ColumnKind.COUNT: pa.int64(),
        ColumnKind.TIME: pa.timestamp("ms", tz="UTC"),
        ColumnKind.FLAG: pa.bool_(),
        ColumnKind.TEXT: pa.string(),
    }
    columns: Sequence[Column] = dataset.endpoint.rows.columns
    return pa.schema([pa.field(column.name, kinds[column.kind], nullable=column.is_optional) for column in columns])
