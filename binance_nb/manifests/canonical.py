"""The bytes of a frame: the same for the same data, whatever pandas, computer or time zone made it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["PIECE_LETTERS", "Fingerprint", "fingerprint", "is_counting", "kind_of_column"]

_MOST_PIECES = 1024
_PIECE_BYTES = 2  # the whole is told by SHA-256; a piece only has to say where
PIECE_LETTERS = 2 * _PIECE_BYTES
"""How many hexadecimal digits tell a piece."""

_CELL_BYTES = 8
_NONE = b"\x00missing"


class Fingerprint:
    """What tells one frame from another.

    Attributes:
        sha256: Over columns, kinds and every value; 64 hexadecimal digits.
        pieces: Four letters for each stretch of rows, oldest first, to find what changed.
        piece_rows: How many rows a stretch has; the last one may have fewer.
    """

    def __init__(self, sha256: str, pieces: str, piece_rows: int) -> None:
        self.sha256 = sha256
        self.pieces = pieces
        self.piece_rows = piece_rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return f"Fingerprint({self.sha256[:12]})"


def fingerprint(frame: pd.DataFrame, piece_rows: int | None = None) -> Fingerprint:
    """Return the fingerprint of a frame.

    A float counts by its bits (every NaN alike, minus zero as zero), a moment as nanoseconds since 1970 UTC whatever
    its unit and zone, a text by its UTF-8. Missing values of all kinds are alike.

    Args:
        frame: Any frame.
        piece_rows: How many rows a stretch has; as many as make some thousand stretches when None.

    Returns:
        The fingerprint.
    """
    columns = [*_index_columns(frame.index), *((str(name), frame.iloc[:, at]) for at, name in enumerate(frame.columns))]
    head = json.dumps([[name, kind_of_column(column)] for name, column in columns]).encode()
    rows = _rows([column for _, column in columns], len(frame))
    size = piece_rows or -(-len(frame) // _MOST_PIECES) or 1
    digest = sha256(head)
    digest.update(rows.data)
    stretches = (rows[at : at + size] for at in range(0, len(rows), size)) if columns else ()
    pieces = "".join(blake2b(each.data, digest_size=_PIECE_BYTES).hexdigest() for each in stretches)
    return Fingerprint(digest.hexdigest(), pieces, size)


def kind_of_column(column: Any) -> str:  # Any: a Series or an Index
    """Return what a column holds, in a word that does not depend on the version of pandas.

    Args:
        column: A Series or an Index.

    Returns:
        ``time``, ``span``, ``float``, ``int``, ``bool``, ``text`` or ``object``.
    """
    import pandas.api.types as types

    dtype = column.dtype
    if types.is_datetime64_any_dtype(dtype):
        return "time"
    if types.is_timedelta64_dtype(dtype):
        return "span"
    if types.is_bool_dtype(dtype):
        return "bool"
    if types.is_integer_dtype(dtype):
        return "int"
    if types.is_float_dtype(dtype):
        return "float"
    if types.is_string_dtype(dtype) and not types.is_object_dtype(dtype):
        return "text"
    if types.is_object_dtype(dtype):
        return "text" if all(isinstance(cell, str) or _is_missing(cell) for cell in column) else "object"
    return "object"


def _index_columns(index: pd.Index[Any]) -> Iterator[tuple[str, Any]]:
    import pandas as pd

    if is_counting(index):
        return
    if isinstance(index, pd.MultiIndex):
        for level, name in enumerate(index.names):
            yield f"index {name}", index.get_level_values(level).to_series()
    else:
        yield f"index {index.name}", index.to_series()


def is_counting(index: pd.Index[Any]) -> bool:
    """Whether an index does nothing but count rows from nought: some versions of pandas make a RangeIndex of it.

    Args:
        index: Any index.
    """
    import numpy as np
    import pandas as pd

    if index.name is not None or isinstance(index, pd.MultiIndex):
        return False
    if len(index) == 0:
        return True
    if isinstance(index, pd.RangeIndex):
        return index.start == 0 and index.step == 1
    return kind_of_column(index) == "int" and bool((index.to_numpy() == np.arange(len(index))).all())


def _rows(columns: Sequence[Any], count: int) -> NDArray[np.uint64]:  # Any: Series
    """Return the cells row by row, eight bytes each."""
    import numpy as np

    table: NDArray[np.uint64] = np.zeros((count, len(columns)), dtype="<u8")
    for place, column in enumerate(columns):
        table[:, place] = _cells(column)
    return table


def _cells(column: Any) -> NDArray[np.uint64]:  # Any: a Series
    import numpy as np
    import pandas as pd

    kind = kind_of_column(column)
    is_missing = column.isna().to_numpy()
    if kind == "text":
        places, texts = pd.factorize(column)  # most texts stand there many times; a missing one is the last of all
        return np.array([*map(_hashed, texts), _hashed(None)], "<u8")[places]
    if kind == "object" or (kind in ("int", "bool") and is_missing.any()):
        return np.array([_hashed(None if gone else cell) for cell, gone in zip(column, is_missing, strict=True)], "<u8")
    if kind == "float":
        # Adding nought makes minus zero zero.
        values = np.where(is_missing, np.nan, column.to_numpy(dtype="float64", na_value=np.nan)) + 0.0
        return np.asarray(values, dtype="<f8").view("<u8")
    if kind == "time":
        moments = column.dt.tz_convert("UTC").dt.tz_localize(None) if column.dt.tz is not None else column
        numbers = moments.to_numpy().astype("datetime64[ns]")
    elif kind == "span":
        numbers = column.to_numpy().astype("timedelta64[ns]")
    else:
        numbers = column.to_numpy(dtype="int64")
    return np.asarray(numbers.astype("<i8")).view("<u8")


def _hashed(cell: object) -> int:
    text = _NONE if cell is None else _bytes(cell)
    return int.from_bytes(blake2b(text, digest_size=_CELL_BYTES).digest(), "little")


def _bytes(cell: object) -> bytes:
    if isinstance(cell, str):
        return b"s" + cell.encode("utf-8", "surrogatepass")
    if isinstance(cell, bool):
        return b"b1" if cell else b"b0"
    if hasattr(cell, "__index__"):
        return b"i" + str(int(cell)).encode()
    if isinstance(cell, (list, tuple, dict)) or hasattr(cell, "tolist"):
        plain = cell.tolist() if hasattr(cell, "tolist") else cell
        return b"j" + json.dumps(plain, sort_keys=True, default=str).encode()
    return b"o" + str(cell).encode("utf-8", "surrogatepass")  # a Decimal by its digits


def _is_missing(cell: object) -> bool:
    import pandas as pd

    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)
