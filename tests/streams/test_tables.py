"""Events as frames: columns, dtypes and indices by the declaration."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from binance_nb.catalog import ColumnKind
from binance_nb.catalog.streams import MARKET_STREAMS
from binance_nb.catalog.user_events import USER_EVENTS
from binance_nb.errors import StreamError
from binance_nb.streams.events import Declared, Event
from binance_nb.streams.tables import events_frame
from tests.streams.events import NOW_MS, kline, trade

MOMENT = "datetime64[ms, UTC]"


def events(declared: Declared, *payloads: dict[str, Any], stream: str = "btcusdt@trade") -> list[Event]:
    return [Event(declared, payload, NOW_MS + at, stream) for at, payload in enumerate(payloads)]


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def test_trades_have_the_dtypes_of_calls() -> None:
    """Indexed by when they were sent, without what means nothing or is the same in all."""
    declared = MARKET_STREAMS["trade"]
    frame = events_frame(events(declared, trade(1), trade(2, price="67000.1234567890123")), declared)
    text = str(pd.Series(["text"]).dtype)

    assert {
        "symbol": text,
        "trade_id": "int64",
        "price": "float64",
        "quantity": "float64",
        "trade_time": MOMENT,
        "is_buyer_maker": "bool",
    } == dtypes(frame)
    assert ("event_time", MOMENT) == (frame.index.name, str(frame.index.dtype))
    assert [float("67000.10"), float("67000.1234567890123")] == frame["price"].tolist()
    assert pd.Timestamp("2024-06-01T12:00:01Z") == frame.index[0]


def test_exact_keeps_the_digits() -> None:
    """As Decimals."""
    declared = MARKET_STREAMS["trade"]
    frame = events_frame(events(declared, trade(1, price="67000.10000000")), declared, exact=True)

    assert "67000.10000000" == str(frame["price"].iloc[0])
    assert isinstance(frame["quantity"].iloc[0], Decimal)


def test_a_candle_is_one_row() -> None:
    """Its inner fields stand beside the event's; a candle without trades has no ids."""
    declared = MARKET_STREAMS["kline"]
    frame = events_frame(events(declared, kline(1), kline(2, first_id=-10)), declared)

    assert ["symbol", "open_time", "close_time", "interval", "first_trade_id"] == list(frame.columns[:5])
    assert ("Int64", MOMENT, "float64", "bool") == tuple(
        str(frame[name].dtype) for name in ("first_trade_id", "open_time", "close", "is_closed")
    )
    assert [False, True] == frame["first_trade_id"].isna().tolist()
    assert "unused" not in frame


def test_a_book_has_a_row_for_each_level() -> None:
    """Its symbol is the stream's, and its time that at which it came, because it says neither."""
    declared = MARKET_STREAMS["partial_depth"]
    data = {"lastUpdateId": 7, "bids": [["2.0", "1"], ["1.5", "3"]], "asks": [["2.5", "4"]]}
    frame = events_frame(events(declared, data, stream="btcusdt@depth5"), declared)

    assert ["symbol", "last_update_id", "side", "price", "quantity"] == list(frame.columns)
    assert [["bid", 2.0], ["bid", 1.5], ["ask", 2.5]] == frame[["side", "price"]].to_numpy().tolist()
    assert ("received", {"BTCUSDT"}) == (frame.index.name, set(frame["symbol"]))
    assert {pd.Timestamp(NOW_MS, unit="ms", tz="UTC")} == set(frame.index)


def test_a_position_has_a_row_for_each_balance() -> None:
    """And says where it comes from, if that is asked for."""
    declared = USER_EVENTS["outboundAccountPosition"]
    balances = [{"a": "ETH", "f": "1", "l": "0"}, {"a": "BTC", "f": "2", "l": "1"}]
    found = events(declared, {"e": "outboundAccountPosition", "E": NOW_MS, "u": NOW_MS, "B": balances}, stream="")
    frame = events_frame(found, declared, has_source=True)

    assert ["last_account_update_time", "source", "asset", "free", "locked"] == list(frame.columns)
    assert [["ETH", 1.0], ["BTC", 2.0]] == frame[["asset", "free"]].to_numpy().tolist()
    assert ["stream", "stream"] == frame["source"].tolist()


def test_conditional_fields_are_columns_only_when_one_has_them() -> None:
    """And missing where another has none."""
    declared = USER_EVENTS["executionReport"]
    example = {str(column.field): _sample(column.kind) for column in declared.payload.columns}
    plain = events_frame(events(declared, example), declared)
    both = events_frame(events(declared, example, {**example, "d": 4}), declared)

    assert "trailing_delta" not in plain
    assert [True, False] == both["trailing_delta"].isna().tolist()
    assert "Int64" == str(both["order_list_id"].dtype)


def _sample(kind: ColumnKind) -> Any:
    samples: dict[ColumnKind, Any] = {
        ColumnKind.DECIMAL: "1.5",
        ColumnKind.COUNT: 1,
        ColumnKind.TIME: NOW_MS,
        ColumnKind.FLAG: True,
    }
    return samples.get(kind, "X")


@pytest.mark.parametrize("declared", [*MARKET_STREAMS.values(), *USER_EVENTS.values()], ids=lambda each: each.name)
def test_an_empty_frame_has_the_columns_and_dtypes_of_a_full_one(declared: Any, spec_folder: Path) -> None:
    """Of every kind; filled with the documented example."""
    spec = json.loads((spec_folder / "ws_streams.json").read_text())
    known = {each["name"]: each["example"] for each in spec["market_streams"]["streams"]}
    known |= {each["name"]: each["example"]["event"] for each in spec["user_data_stream"]["events"]}
    example = known[declared.name]
    data = example[0] if isinstance(example, list) else example
    empty, full = events_frame([], declared), events_frame(events(declared, data), declared)
    shared = [name for name in full.columns if name in empty.columns]

    assert list(empty.columns) == shared
    assert dtypes(empty) == dtypes(full[shared])
    assert (empty.index.name, str(empty.index.dtype)) == (full.index.name, str(full.index.dtype))
    assert 1 <= len(full)


def test_a_field_that_nobody_declared_is_kept() -> None:
    """The exchange adds some now and then."""
    declared = MARKET_STREAMS["trade"]
    frame = events_frame(events(declared, trade(1, Zz="new")), declared)

    assert ["new"] == frame["zz"].tolist()


def test_windows_of_several_lengths_are_told_apart() -> None:
    """By what they say they are, which other kinds leave out."""
    assert "event_type" in events_frame([], MARKET_STREAMS["rolling_ticker"])
    assert "event_type" not in events_frame([], MARKET_STREAMS["ticker"])


def test_what_is_not_as_declared_is_refused_in_words() -> None:
    """With the field that is wrong."""
    declared = MARKET_STREAMS["trade"]

    with pytest.raises(StreamError, match=r"The events of trade cannot be read: price .*"):
        events_frame(events(declared, trade(1, p=[1])), declared)
