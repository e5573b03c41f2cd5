"""The description of a frame agrees with the frame, and costs no pandas."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.frames import frame_doc

Examples = Callable[[str], list[dict[str, Any]]]
Decode = Callable[..., pd.DataFrame]


# These mix rows of several kinds, each with fields of its own, which no declaration lists.
MIXED = {"cancel_open_orders", "my_filters"}


@pytest.mark.parametrize("name", sorted(set(ENDPOINTS) - MIXED))
def test_the_description_is_that_of_the_frame(name: str, examples: Examples, read: Decode, text_dtype: object) -> None:
    """Every column of every documented reply is described, with its dtype."""
    described = dict(re.findall(r"^    (\w+) {2,}(\S+(?: UTC\])?)", frame_doc(ENDPOINTS[name]), re.MULTILINE))
    for example in examples(name):
        frame = read(name, example["body"], now_ms=0)
        table = frame if frame.index.name is None else frame.reset_index()

        for column, dtype in table.dtypes.items():
            # Text is object on pandas 2.2, as nested cells are on both.
            words = {str(dtype), "str"} if dtype == text_dtype else {str(dtype)}
            assert described[str(column)] in words, column


def test_the_description_of_candles() -> None:
    """Index, columns, dtypes, and what the flag means."""
    lines = frame_doc(ENDPOINTS["klines"]).splitlines()

    assert ["One row: one candle, oldest first.", "Index:", "    open_time  datetime64[ms, UTC]"] == lines[:3]
    assert "    open                    float64" == lines[4]
    assert "    closed                  bool" == lines[-2]


def test_the_description_of_a_book_reads_like_the_book() -> None:
    """The four columns of the ladder, and its sides as parts."""
    text = frame_doc(ENDPOINTS["depth"])

    assert text.index("bid_quantity") < text.index("bid_price") < text.index("ask_price") < text.index("ask_quantity")
    assert "part='bids': one bid, best first" in text


@pytest.mark.parametrize("name", ENDPOINTS)
def test_lines_fit_a_docstring(name: str) -> None:
    """No line is too wide for help in a terminal, and none ends in a space."""
    lines = frame_doc(ENDPOINTS[name]).splitlines()

    assert [] == [line for line in lines if len(line) > 100 or line != line.rstrip()]


def test_describing_needs_no_pandas() -> None:
    """Docstrings of a session are made without the quarter of a second that pandas takes."""
    code = "import sys; from binance_nb.frames import frame_doc; sys.exit('pandas' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
