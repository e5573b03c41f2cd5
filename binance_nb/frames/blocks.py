"""Columns that lie one behind the other in memory -> a frame, without copying or looking at them one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

try:
    from pandas.api.internals import create_dataframe_from_blocks  # type: ignore[import-not-found]  # not in the stubs
except ImportError:  # pandas 2.2
    create_dataframe_from_blocks = None

__all__ = ["Block", "frame_of", "names_index"]


class Block(NamedTuple):
    """Columns of one dtype.

    Attributes:
        names: Their names.
        values: A row for each column, or one column.
    """

    names: tuple[str, ...]
    values: npt.NDArray[Any] | ExtensionArray

    @property
    def rows(self) -> npt.NDArray[Any] | ExtensionArray:
        """The values as pandas has them in a block."""
        # Its own arrays may have one dimension, numpy's have two.
        return self.values.reshape(len(self.names), -1) if isinstance(self.values, np.ndarray) else self.values


def frame_of(blocks: Sequence[Block], order: tuple[str, ...], index: pd.Index[Any]) -> pd.DataFrame:
    """Return columns as a frame that owns them.

    Args:
        blocks: The columns.
        order: The order of their names in the frame.
        index: The index.
    """
    blocks = [block for block in blocks if block.names]
    if create_dataframe_from_blocks is not None:
        placed = [(block.rows, _places(block.names, order)) for block in blocks]
        frame: pd.DataFrame = create_dataframe_from_blocks(placed, index, names_index(order))
        return frame
    columns = {name: column for block in blocks for name, column in _columns(block)}
    frame = pd.DataFrame({place: columns[name] for place, name in enumerate(order)}, index=index, copy=False)
    frame.columns = names_index(order)
    return frame


def _columns(block: Block) -> Iterator[tuple[str, Any]]:
    rows = block.rows
    return zip(block.names, rows if isinstance(rows, np.ndarray) else [rows], strict=True)


@cache
def _places(names: tuple[str, ...], order: tuple[str, ...]) -> npt.NDArray[np.intp]:
    return np.array([order.index(name) for name in names], np.intp)


def names_index(names: tuple[str, ...]) -> pd.Index[Any]:
    """Return names as the columns of a frame."""
    # A view each, because a person may name the axis.
    return _kept_index(names).view()


@cache
def _kept_index(names: tuple[str, ...]) -> pd.Index[Any]:
    # Making it is a fifth of a small frame's cost.
    return pd.Index(names)
