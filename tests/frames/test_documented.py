"""Every documented reply and every recorded one becomes a frame."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from binance_nb.catalog import ENDPOINTS, Column, ColumnKind

Examples = Callable[[str], list[dict[str, Any]]]
Recorded = Callable[[str], bytes]
Decode = Callable[..., pd.DataFrame]


def dtype_of(column: Column, text: object) -> object:
    """What DESIGN.md promises for a kind of column."""
    if column.is_optional and column.kind is ColumnKind.COUNT:
        return pd.Int64Dtype()
    if column.is_optional and column.kind is ColumnKind.FLAG:
        return pd.BooleanDtype()
    return {
        ColumnKind.DECIMAL: "float64",
        ColumnKind.COUNT: "int64",
        ColumnKind.TIME: pd.DatetimeTZDtype("ms", "UTC"),
        ColumnKind.FLAG: "bool",
        ColumnKind.TEXT: text,
        ColumnKind.NESTED: "object",
    }[column.kind]


@pytest.mark.parametrize("name", ENDPOINTS)
def test_documented_replies_have_the_declared_columns(
    name: str, examples: Examples, read: Decode, text_dtype: object
) -> None:
    """Each documented reply has every declared column, in order and with its dtype, where no field is missing."""
    declared = ENDPOINTS[name].rows.columns
    for example in examples(name):
        frame = read(name, example["body"], now_ms=0)
        table = frame if frame.index.name is None else frame.reset_index()
        fields: set[object] = set()
        rows = example["body"][ENDPOINTS[name].rows.at] if ENDPOINTS[name].rows.at else example["body"]
        for row in rows if isinstance(rows, list) else [rows]:
            kept = set(row) if isinstance(row, dict) else set(range(len(row)))
            fields = fields & kept if fields else kept

        assert [column.name for column in declared] == list(table.columns[: len(declared)])
        for column in declared:
            if column.field in fields:
                assert dtype_of(column, text_dtype) == table[column.name].dtype, column.name


@pytest.mark.parametrize("name", ENDPOINTS)
def test_documented_replies_lose_nothing(name: str, examples: Examples, read: Decode) -> None:
    """Every scalar of a documented reply stands in the frame, its parts, a nested cell or the attributes."""
    for example in examples(name):
        if "layout only" in example["when"]:
            continue  # holds stubs instead of rows
        frames = [read(name, example["body"])] + [
            read(name, example["body"], part=p) for p in ENDPOINTS[name].rows.parts
        ]
        shown = " ".join(
            json.dumps(
                [frame.reset_index().astype(object).to_dict("list"), frame.attrs], default=str, ensure_ascii=False
            )
            for frame in frames
        )

        for scalar in scalars(example["body"]):
            assert any(form in shown for form in forms(scalar)), scalar


def scalars(value: Any) -> list[object]:
    if isinstance(value, dict):
        return [scalar for inner in value.values() for scalar in scalars(inner)]
    if isinstance(value, list):
        # A candle's twelfth value means nothing.
        inner_values = value[:11] if len(value) == 12 else value
        return [scalar for inner in inner_values for scalar in scalars(inner)]
    return [] if value is None or value == -1 else [value]


def forms(scalar: object) -> list[str]:
    """How a value may be written in a frame: as it came, as a float, or as a moment."""
    written = [str(scalar).lower() if isinstance(scalar, bool) else str(scalar)]
    if isinstance(scalar, str) and scalar[-1:].isdigit() and scalar.replace(".", "").lstrip("-").isdigit():
        written.append(str(float(scalar)))
    if isinstance(scalar, int) and not isinstance(scalar, bool):
        written.append(str(pd.Timestamp(scalar, unit="ms", tz="UTC")))
    return written


@pytest.mark.parametrize(
    ("file", "name", "rows"),
    [
        ("agg_trades", "agg_trades", None),
        ("avg_price", "avg_price", 1),
        ("book_ticker", "ticker_book_ticker", 1),
        ("depth", "depth", None),
        ("exchange_info", "exchange_info", None),
        ("historical_trades", "historical_trades", None),
        ("klines", "klines", None),
        ("ticker_price", "ticker_price", 1),
        ("time", "time", 1),
        ("trades", "trades", None),
    ],
)
def test_recorded_replies_decode(
    file: str, name: str, rows: int | None, recorded: Recorded, read: Decode, text_dtype: object
) -> None:
    """Replies of 2021, which lack fields of today, have today's columns and dtypes, and as many rows as came."""
    body = recorded(file)
    frame = read(name, body, now_ms=0)
    came = json.loads(body)
    length = rows or len(came if isinstance(came, list) else came.get("symbols") or came["bids"])
    table = frame if frame.index.name is None else frame.reset_index()

    assert length == len(frame)
    for column in ENDPOINTS[name].rows.columns:
        assert dtype_of(column, text_dtype) == table[column.name].dtype, column.name


def test_recorded_candles_keep_every_float(recorded: Recorded, read: Decode) -> None:
    """Each recorded price is the float of its text, and each time the millisecond that came."""
    rows = json.loads(recorded("klines"))
    frame = read("klines", recorded("klines"), now_ms=rows[-1][6])

    assert [float(row[1]).hex() for row in rows] == [value.hex() for value in frame["open"]]
    assert [float(row[10]).hex() for row in rows] == [value.hex() for value in frame["taker_buy_quote_volume"]]
    assert [row[0] for row in rows] == frame.index.astype("int64").tolist()
    assert [row[8] for row in rows] == frame["trade_count"].tolist()
    assert [True] * (len(rows) - 1) + [False] == frame["closed"].tolist()


def test_a_field_that_did_not_exist_yet_is_missing(recorded: Recorded, read: Decode) -> None:
    """The average price of 2021 has no close time: NaT, in a column of times."""
    frame = read("avg_price", recorded("avg_price"))

    assert frame["close_time"].isna().all()
    assert pd.DatetimeTZDtype("ms", "UTC") == frame["close_time"].dtype
