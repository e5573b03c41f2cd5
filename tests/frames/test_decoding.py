"""One reply, one frame: shapes, parts, missing and unknown fields, empty answers, and bodies of another kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import ReplyError, UsageError

Decode = Callable[..., pd.DataFrame]

# Any: JSON
CANDLE: list[Any] = [1577836800000, "7195.24", "7196.25", "7183.14", "7186.68", "51.64", 1577836859999, "371233.5", 493]
CANDLE += ["19.59", "140888.4", "0"]
TRADE = {
    "id": 7,
    "price": "0.1",
    "qty": "3",
    "quoteQty": "0.3",
    "time": 1577836800001,
    "isBuyerMaker": True,
    "isBestMatch": False,
}
ACK = {"symbol": "BTCUSDT", "orderId": 28, "orderListId": -1, "clientOrderId": "a", "transactTime": 1507725176595}
FILL = {"price": "2", "qty": "3", "commission": "0.1", "commissionAsset": "BNB", "tradeId": -1}
UTC_MS = pd.DatetimeTZDtype("ms", "UTC")
UTC_US = pd.DatetimeTZDtype("us", "UTC")


def test_candles_are_indexed_by_their_start(read: Decode) -> None:
    """A candle stands at its open time, and its meaningless twelfth value is gone."""
    frame = read("klines", [CANDLE])

    assert [pd.Timestamp("2020-01-01", tz="UTC")] == frame.index.tolist()
    assert ("open_time", UTC_MS) == (frame.index.name, frame.index.dtype)
    assert "open high low close volume close_time quote_volume trade_count taker_buy_base_volume " + (
        "taker_buy_quote_volume closed"
    ) == " ".join(frame.columns)


@pytest.mark.parametrize(("after_close_ms", "closed"), [(-1, False), (0, False), (1, True)])
def test_a_candle_is_closed_once_its_last_moment_is_over(after_close_ms: int, closed: bool, read: Decode) -> None:
    """The flag compares the close time with the server's time."""
    frame = read("klines", [CANDLE], now_ms=CANDLE[6] + after_close_ms)

    assert [closed] == frame["closed"].tolist()
    assert frame["closed"].dtype == "bool"


def test_nobody_knows_whether_a_candle_is_closed_without_the_time(read: Decode) -> None:
    """Without the server's time the flag is NA."""
    frame = read("klines", [CANDLE])

    assert frame["closed"].isna().all()
    assert pd.BooleanDtype() == frame["closed"].dtype


def test_microseconds_stay_microseconds(read: Decode) -> None:
    """Times asked for in microseconds keep them, and the closed flag still compares moments."""
    micro = [CANDLE[0] * 1000, *CANDLE[1:6], CANDLE[6] * 1000 + 999, *CANDLE[7:]]
    frame = read("klines", [micro], time_unit="us", now_ms=CANDLE[6])

    assert (UTC_US, UTC_US) == (frame.index.dtype, frame["close_time"].dtype)
    assert pd.Timestamp("2020-01-01 00:00:59.999999", tz="UTC") == frame["close_time"].iloc[0]
    assert [False] == frame["closed"].tolist()


def test_microseconds_are_not_read_as_milliseconds(read: Decode) -> None:
    """A reply in microseconds where milliseconds were asked for is refused, not dated 51970."""
    with pytest.raises(ReplyError, match="time is in microseconds where milliseconds were asked for"):
        read("trades", [TRADE | {"time": 1577836800001000}])


def test_an_unknown_time_unit_is_refused(read: Decode) -> None:
    """Times count milliseconds or microseconds, nothing else."""
    with pytest.raises(UsageError, match="'ns'"):
        read("trades", [], time_unit="ns")


def test_rows_keep_the_order_in_which_they_came(read: Decode) -> None:
    """Nothing is sorted: the exchange sends the oldest first."""
    frame = read("trades", [TRADE | {"id": number} for number in (3, 1, 2)])

    assert [3, 1, 2] == frame["id"].tolist()


# Those that answer with one object have no empty answer, unless their rows are an array in it.
CAN_BE_EMPTY = [
    name
    for name, endpoint in ENDPOINTS.items()
    if endpoint.answers != "object" or endpoint.rows.at or not endpoint.rows.columns
]


@pytest.mark.parametrize("name", CAN_BE_EMPTY)
def test_empty_answers_have_the_right_columns(name: str, read: Decode, text_dtype: object) -> None:
    """No rows, but columns, dtypes and index as ever."""
    rows = ENDPOINTS[name].rows
    keys = [rows.at] if rows.at else rows.beside
    frame = read(name, {key: [] for key in keys} if ENDPOINTS[name].answers == "object" else [], now_ms=0)
    dtypes = (frame if frame.index.name is None else frame.reset_index()).dtypes

    assert len(frame) == 0
    assert (rows.index or None) == frame.index.name
    for column in rows.columns:
        kinds = {"decimal": "float64", "time": UTC_MS, "text": text_dtype, "nested": "object"}
        kinds |= {"count": "Int64" if column.is_optional else "int64"}
        kinds |= {"flag": "boolean" if column.is_optional else "bool"}
        assert kinds[column.kind] == dtypes[column.name], column.name


def test_an_empty_book_side_is_padded(read: Decode) -> None:
    """A book with one side has NaN on the other, in float columns."""
    frame = read("depth", {"lastUpdateId": 1, "bids": [], "asks": [["2", "3"]]})

    assert [True, True, False, False] == frame.isna().iloc[0].tolist()
    assert {"float64"} == set(map(str, frame.dtypes))


def test_book_sides_come_as_parts(read: Decode) -> None:
    """One side of the book is a table of prices and quantities; the update id stays beside it."""
    frame = read("depth", {"lastUpdateId": 1, "bids": [["2", "3"], ["1", "4"]], "asks": []}, part="bids")

    assert [("price", [2.0, 1.0]), ("quantity", [3.0, 4.0])] == [(name, frame[name].tolist()) for name in frame]
    assert ("bids", {"last_update_id": 1}) == (frame.attrs["binance"]["part"], frame.attrs["binance"]["reply"])


def test_one_object_is_one_row(read: Decode) -> None:
    """A ticker of one symbol and of several have the same shape."""
    one = read("ticker_price", {"symbol": "ETHBTC", "price": "0.1"})
    several = read("ticker_price", [{"symbol": "ETHBTC", "price": "0.1"}])

    pd.testing.assert_frame_equal(one, several)
    assert 0.1 == one.loc["ETHBTC", "price"]


def test_an_acknowledged_order_lacks_nothing_but_values(read: Decode) -> None:
    """An order answered with ACK has the columns of a full answer, and NaN, NaT or NA in them."""
    frame = read("new_order", ACK)

    assert frame[["order_list_id", "price", "status", "working_time"]].isna().all(axis=None)
    assert ["Int64", "float64", UTC_MS] == frame[["order_list_id", "price", "working_time"]].dtypes.tolist()
    assert "trailing_delta" not in frame.columns


def test_fills_come_as_a_part(read: Decode) -> None:
    """The fills of an order are a table of their own, with the order's facts beside it."""
    frame = read("new_order", ACK | {"fills": [FILL, FILL | {"tradeId": 56}]}, part="fills")

    assert [2.0, 2.0] == frame["price"].tolist()
    assert [True, False] == frame["trade_id"].isna().tolist()
    assert 28 == frame.attrs["binance"]["reply"]["order_id"]


def test_an_order_without_fills_has_an_empty_part(read: Decode) -> None:
    """ACK and RESULT answers have no fills: an empty table, not an error."""
    frame = read("new_order", ACK, part="fills")

    assert 0 == len(frame)
    assert "float64" == frame["price"].dtype


def test_an_unknown_part_names_the_nearest(read: Decode) -> None:
    """A typo in a part says which parts there are."""
    with pytest.raises(UsageError) as caught:
        read("new_order", ACK, part="fill")

    assert ("fill", "fills", ["fills"]) == (
        caught.value.culprit,
        caught.value.suggestion,
        caught.value.details["parts"],
    )


def test_a_part_of_a_reply_without_parts_says_so(read: Decode) -> None:
    """Where there are no parts, the error does not suggest any."""
    with pytest.raises(UsageError) as caught:
        read("klines", [], part="bids")

    assert (None, "It has no parts at all.") == (caught.value.suggestion, caught.value.hint)


@pytest.mark.parametrize(
    ("field", "column"), [("orderListId", "order_list_id"), ("workingTime", "working_time")], ids=str
)
def test_minus_one_stands_for_nothing(field: str, column: str, read: Decode) -> None:
    """The exchange's -1 becomes NA or NaT; 0 stays a value."""
    frame = read("cancel_open_orders", [ACK | {field: -1}, ACK | {field: 0}])

    assert [True, False] == frame[column].isna().tolist()


@pytest.mark.parametrize("exact", [False, True])
def test_a_negative_quote_quantity_stands_for_nothing(exact: bool, read: Decode) -> None:
    """Old orders report a negative quote quantity where it is not known."""
    frame = read("new_order", ACK | {"cummulativeQuoteQty": "-8.5"}, exact=exact)

    assert frame["cummulative_quote_qty"].isna().all()


def test_floats_are_exactly_those_of_the_text(read: Decode) -> None:
    """A price is float(text), bit for bit, however many digits came."""
    texts = ["0.1", "60759.60000000", "0.30000000000000004", "9007199254740993", "1e-8", "-0.0"]
    frame = read("trades", [TRADE | {"price": text} for text in texts])

    assert [float(text).hex() for text in texts] == [value.hex() for value in frame["price"]]


def test_exact_keeps_the_digits_that_came(read: Decode) -> None:
    """Decimals keep trailing zeros and every digit."""
    frame = read("trades", [TRADE | {"price": "60759.60000000"}], exact=True)

    assert ["60759.60000000"] == [str(price) for price in frame["price"]]
    assert isinstance(frame["price"].iloc[0], Decimal)
    assert "object" == frame["price"].dtype


def test_a_number_that_is_no_text_keeps_its_digits(read: Decode) -> None:
    """Should a price come as a JSON number, its digits survive, too."""
    body = json.dumps([TRADE]).replace('"0.1"', "0.10000000000000000000001").encode()

    assert ["0.10000000000000000000001"] == [str(price) for price in read("trades", body, exact=True)["price"]]
    assert [0.1] == read("trades", body)["price"].tolist()


def test_unknown_fields_follow_the_known_ones(read: Decode, text_dtype: object) -> None:
    """A field that nobody declared is kept: by its usual kind where it has one, else by what it holds."""
    new = {"newFlag": True, "newCount": 5, "newText": "0.5", "peggedPrice": "0.5", "newList": [1], "newRatio": 0.5}
    frame = read("trades", [TRADE | new, TRADE | new])
    added = frame.iloc[:, len(TRADE) :]

    assert ["new_flag", "new_count", "new_text", "pegged_price", "new_list", "new_ratio"] == list(added.columns)
    assert ["bool", "int64", text_dtype, "float64", "object", "float64"] == added.dtypes.tolist()
    assert [[1], [1]] == added["new_list"].tolist()


def test_an_unknown_field_that_some_rows_lack_can_say_so(read: Decode) -> None:
    """Integers and flags become nullable where a row lacks an undeclared field."""
    frame = read("trades", [TRADE | {"newFlag": True, "newCount": 5}, TRADE])

    assert ["boolean", "Int64"] == [str(frame[name].dtype) for name in ("new_flag", "new_count")]
    assert [False, True] == frame["new_count"].isna().tolist()


def test_an_unknown_field_never_overwrites_a_known_column(read: Decode) -> None:
    """A new field with the name of a renamed one stands beside it."""
    row = {"a": 1, "p": "0.1", "q": "1", "f": 1, "l": 1, "T": 1, "m": True, "M": True, "price": "5"}
    frame = read("agg_trades", [row])

    assert ([0.1], [5.0]) == (frame["price"].tolist(), frame["price_"].tolist())


def test_an_unknown_field_of_an_odd_kind_is_kept_as_it_came(read: Decode) -> None:
    """What fits no dtype, even against its usual kind, is kept as it is: nothing promised is broken."""
    frame = read("trades", [TRADE | {"updateTime": {"at": 1}, "newCount": 2**80}])

    assert [{"at": 1}] == frame["update_time"].tolist()
    assert [2**80] == frame["new_count"].tolist()


def test_a_longer_candle_keeps_what_was_added(read: Decode) -> None:
    """A thirteenth value of a candle is kept under its place."""
    frame = read("klines", [[*CANDLE, "more"]])

    assert ["closed", "field_12"] == list(frame.columns[-2:])


def test_a_known_field_that_is_missing_turns_its_column_nullable(read: Decode) -> None:
    """A count or flag that a row lacks is NA, and its column can say so."""
    whole = read("trades", [TRADE])
    short = {key: value for key, value in TRADE.items() if key not in ("id", "isBestMatch")}
    frame = read("trades", [TRADE, short])

    assert ["Int64", "boolean"] == [str(frame[name].dtype) for name in ("id", "is_best_match")]
    assert list(whole.columns) == list(frame.columns)


def test_symbols_may_be_written_in_any_script(read: Decode) -> None:
    """Non-ASCII symbols come through, as index and as attributes."""
    frame = read("ticker_price", [{"symbol": "币安人生USDT", "price": "1"}], parameters={"symbols": '["币安人生USDT"]'})

    assert ["币安人生USDT"] == frame.index.tolist()
    assert {"symbols": '["币安人生USDT"]'} == frame.attrs["binance"]["parameters"]


def test_commissions_are_stacked(read: Decode) -> None:
    """Each kind of commission is a row; the rest of the reply is an attribute."""
    rate = {"maker": "0.1", "taker": "0.2", "buyer": "0.3", "seller": "0.4"}
    body = {"symbol": "BTCUSDT", "standardCommission": rate, "taxCommission": rate, "discount": {"discount": "0.75"}}
    frame = read("account_commission", body)

    assert (["standard", "tax"], "kind") == (frame.index.tolist(), frame.index.name)
    assert [[0.1, 0.2, 0.3, 0.4]] == frame.loc[["tax"]].to_numpy().tolist()
    assert {"symbol": "BTCUSDT", "discount.discount": "0.75"} == frame.attrs["binance"]["reply"]


def test_cancelled_orders_and_lists_share_a_table(read: Decode) -> None:
    """Orders and order lists in one answer are rows of one table with the columns of both."""
    order_list = {"orderListId": 1929, "contingencyType": "OCO", "symbol": "BTCUSDT", "orders": [{"orderId": 20}]}
    frame = read("cancel_open_orders", [ACK, order_list])

    assert ["Int64", "Int64"] == [str(frame[name].dtype) for name in ("order_id", "order_list_id")]
    assert [{"orderId": 20}] == frame["orders"].iloc[1]
    assert [True, False] == frame["contingency_type"].isna().tolist()


def test_filters_of_all_kinds_share_a_table(read: Decode) -> None:
    """Each filter brings its own fields; numbers are numbers in all of them."""
    filters: list[dict[str, Any]] = [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1", "tickSize": "0.01"},
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
        {"filterType": "ICEBERG_PARTS", "limit": 10},
    ]
    frame = read("my_filters", {"symbolFilters": filters, "exchangeFilters": [], "assetFilters": []})

    assert ["float64", "Int64", "float64"] == [str(frame[c].dtype) for c in ("tick_size", "max_num_orders", "limit")]


def test_attributes_say_what_was_asked(read: Decode) -> None:
    """Operation, public parameters and unit are kept; what is not a declared parameter is not."""
    sent = {"symbol": "BTCUSDT", "timestamp": "1", "signature": "f" * 64, "recvWindow": "5000"}
    frame = read("account", {"balances": [], "uid": 5, "permissions": ["SPOT", "MARGIN"]}, parameters=sent)

    assert frame.attrs["binance"] == {
        "operation": "account",
        "parameters": {"recvWindow": "5000"},
        "time_unit": "ms",
        "reply": {"uid": 5, "permissions": "SPOT,MARGIN"},
    }


def test_attributes_survive_json_and_picking_columns(read: Decode) -> None:
    """Attributes are plain JSON, and pandas hands them on."""
    frame = read("klines", [CANDLE], now_ms=0)[["close"]]

    assert frame.attrs == json.loads(json.dumps(frame.attrs))


@pytest.mark.parametrize("exact", [False, True])
def test_frames_survive_parquet(exact: bool, read: Decode, tmp_path: Any) -> None:
    """Frames and their attributes come back from Parquet as they went."""
    pytest.importorskip("pyarrow")
    frame = read("klines", [CANDLE], now_ms=0, exact=exact)
    frame.to_parquet(tmp_path / "candles.parquet")
    back = pd.read_parquet(tmp_path / "candles.parquet")
    # Arrow takes its UTC from pytz where that is installed, and pandas tells it from its own.
    back = back.tz_convert("UTC").assign(close_time=back["close_time"].dt.tz_convert("UTC"))

    assert frame.attrs == back.attrs
    pd.testing.assert_frame_equal(frame, back)


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("klines", b"", "it is empty"),
        ("klines", b"  \n", "it is empty"),
        ("klines", b"[[1,", "it is not JSON"),
        ("klines", b"\xff\xfe", "it is not JSON"),
        ("klines", b"[NaN]", "it is not JSON"),
        ("klines", b"<html>Log in</html>", "it is not JSON"),
        ("trades", b"[" * 100_000, "it is nested too deeply"),
        ("klines", {"code": -1, "msg": "no"}, "it came as object instead of array"),
        ("klines", "text", "it came as text instead of array"),
        ("account", [], "it came as array instead of object"),
        ("ticker_price", 5, "it came as number instead of array or object"),
        ("new_order", None, "it came as null instead of object"),
        ("klines", [{"open": 1}], "a row came as object instead of array"),
        ("trades", [TRADE, [1]], "a row came as array instead of object"),
        ("trades", [TRADE, {"code": -1}], "a row has none of the fields it should have"),
        ("klines", [CANDLE, CANDLE[:7]], "a row has 7 values where 11 or more belong"),
        ("new_order", {"code": -1, "msg": "no"}, "it has none of the fields it should have"),
        ("new_order", {}, "it has none of the fields it should have"),
        ("test_order", {"code": -1, "msg": "no"}, "it has none of the fields it should have"),
        ("depth", {"lastUpdateId": 1, "bids": []}, "it has no 'asks'"),
        ("account", {"makerCommission": 1}, "it has none of the fields it should have"),
        ("exchange_info", {"rateLimits": []}, "it has no 'symbols'"),
        ("account", {"balances": "none"}, "'balances' came as text instead of array or object"),
        ("trades", [TRADE | {"price": "many"}], "price holds something that is no decimal"),
        ("trades", [TRADE | {"price": True}], "price came as true or false instead of decimal"),
        ("trades", [TRADE | {"id": "7"}], "id came as text instead of count"),
        ("trades", [TRADE | {"id": 7.5}], "id came as number instead of count"),
        ("trades", [TRADE | {"id": True}], "id came as true or false instead of count"),
        ("trades", [TRADE | {"id": 2**63}], "id holds something that is no count"),
        ("trades", [TRADE | {"time": "2020"}], "time came as text instead of time"),
        ("trades", [TRADE | {"isBestMatch": 1}], "is_best_match came as number instead of flag"),
        ("ticker_price", {"symbol": 5, "price": "1"}, "symbol came as number instead of text"),
    ],
)
def test_what_is_not_the_promised_reply_is_refused(name: str, body: object, reason: str, read: Decode) -> None:
    """A 200 that cannot be read names the call and what is wrong with the body."""
    with pytest.raises(ReplyError) as caught:
        read(name, body)

    assert caught.value.message.startswith(f"The reply to {name} cannot be read: {reason}")
    assert name == caught.value.operation


def test_exact_refuses_what_is_no_number(read: Decode) -> None:
    """Decimals are checked as floats are."""
    with pytest.raises(ReplyError, match="price holds something that is no decimal"):
        read("trades", [TRADE | {"price": "many"}], exact=True)


def test_a_part_of_another_reply_is_refused(read: Decode) -> None:
    """Asking for a part does not turn an error body into an empty table."""
    with pytest.raises(ReplyError, match="none of the fields"):
        read("new_order", {"code": -1, "msg": "no"}, part="fills")


def test_a_missing_side_of_the_book_is_refused(read: Decode) -> None:
    """A book without bids is no book, also when only the bids are asked for."""
    with pytest.raises(ReplyError, match="it has no 'bids'"):
        read("depth", {"lastUpdateId": 1, "asks": []}, part="bids")
