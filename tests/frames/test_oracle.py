"""The decoder against a slow one that knows no catalog, no columns and no dtypes: cell by cell, from the JSON text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.frames import decode

# What each column is read from, and how; written by hand from the documentation, not from the catalog.
KLINES = "open_time:t open:d high:d low:d close:d volume:d close_time:t quote_volume:d trade_count:n"
KLINES += " taker_buy_base_volume:d taker_buy_quote_volume:d"
TRADES = "id:n price:d qty:d quote_qty=quoteQty:d time:t is_buyer_maker=isBuyerMaker:f is_best_match=isBestMatch:f"
AGG_TRADES = "agg_trade_id=a:n price=p:d quantity=q:d first_trade_id=f:n last_trade_id=l:n time=T:t is_buyer_maker=m:f"
AGG_TRADES += " is_best_match=M:f"
ORDERS = "symbol:s order_id=orderId:n order_list_id=orderListId:n client_order_id=clientOrderId:s price:d"
ORDERS += " orig_qty=origQty:d executed_qty=executedQty:d cummulative_quote_qty=cummulativeQuoteQty:d status:s"
ORDERS += " time_in_force=timeInForce:s type:s side:s stop_price=stopPrice:d iceberg_qty=icebergQty:d time:t"
ORDERS += " update_time=updateTime:t is_working=isWorking:f working_time=workingTime:t"
ORDERS += " orig_quote_order_qty=origQuoteOrderQty:d self_trade_prevention_mode=selfTradePreventionMode:s"
CONDITIONAL = "trailing_delta=trailingDelta:n trailing_time=trailingTime:t strategy_id=strategyId:n used_sor=usedSor:f"
CONDITIONAL += " pegged_price=peggedPrice:d expiry_reason=expiryReason:s"
BALANCES = "asset:s free:d locked:d"
NONE_WHEN_NEGATIVE = {"orderListId", "workingTime", "trailingTime", "cummulativeQuoteQty"}


def plan(words: str) -> list[tuple[str, str, str]]:
    """Column, field and kind of each word."""
    split = [word.rpartition(":")[::2] for word in words.split()]
    return [(names.partition("=")[0], names.partition("=")[2] or names, kind) for names, kind in split]


def slow_cell(field: str, kind: str, value: Any, exact: bool) -> object:
    if value is None or (field in NONE_WHEN_NEGATIVE and Decimal(value) < 0):
        return None
    if kind == "d":
        return str(Decimal(value)) if exact else float(value).hex()
    return value


def fast_cell(kind: str, value: Any, exact: bool) -> object:
    if pd.isna(value):
        return None
    if kind == "d":
        return str(value) if exact else value.hex()
    if kind == "t":
        return int(value.asm8.view("i8"))
    return value


def assert_same(rows: list[Any], frame: pd.DataFrame, words: str, exact: bool) -> None:
    table = frame if frame.index.name is None else frame.reset_index()
    for place, (name, field, kind) in enumerate(plan(words)):
        came = [row[place] if isinstance(row, list) else row.get(field) for row in rows]
        expected = [slow_cell(field, kind, value, exact) for value in came]

        assert expected == [fast_cell(kind, value, exact) for value in table[name].tolist()], name


amounts = st.builds(
    lambda whole, digits, places: f"{whole}.{digits:0{places}d}"[: len(str(whole)) + 1 + places],
    st.integers(0, 10**10),
    st.integers(0, 10**8 - 1),
    st.integers(1, 18),
)
numbers = st.integers(0, 2**63 - 1)
moments = st.integers(0, 10**14)
texts = st.text(st.characters(codec="utf-8"), max_size=12)
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "d": amounts | st.sampled_from(["0", "1E-8", "0.1", "123456789012345678.12345678"]),
    "n": numbers,
    "t": moments,
    "f": st.booleans(),
    "s": texts,
}


def objects(words: str, *, optional: str = "") -> st.SearchStrategy[dict[str, Any]]:
    def cell(field: str, kind: str) -> st.SearchStrategy[Any]:
        negative = "-0.5" if kind == "d" else -1
        return BY_KIND[kind] | st.just(negative) if field in NONE_WHEN_NEGATIVE else BY_KIND[kind]

    always = {field: cell(field, kind) for _, field, kind in plan(words)}
    sometimes = {field: cell(field, kind) for _, field, kind in plan(optional)}
    return st.fixed_dictionaries(always, optional=sometimes)


def read(name: str, body: object, exact: bool) -> pd.DataFrame:
    return decode(ENDPOINTS[name], json.dumps(body, ensure_ascii=False).encode(), exact=exact, now_ms=0)


candles = st.tuples(*(BY_KIND[kind] for _, _, kind in plan(KLINES))).map(lambda row: [*row, "0"])


@given(rows=st.lists(candles, max_size=5), exact=st.booleans())
@settings(max_examples=60)
def test_candles_agree(rows: list[Any], exact: bool) -> None:
    """Any candles read as the slow decoder reads them."""
    assert_same(rows, read("klines", rows, exact), KLINES, exact)


@given(rows=st.lists(objects(TRADES), max_size=5), exact=st.booleans())
@settings(max_examples=40)
def test_trades_agree(rows: list[Any], exact: bool) -> None:
    """Any trades read as the slow decoder reads them."""
    assert_same(rows, read("trades", rows, exact), TRADES, exact)


@given(rows=st.lists(objects(AGG_TRADES), max_size=5), exact=st.booleans())
@settings(max_examples=40)
def test_aggregate_trades_agree(rows: list[Any], exact: bool) -> None:
    """Any aggregate trades read as the slow decoder reads them."""
    assert_same(rows, read("agg_trades", rows, exact), AGG_TRADES, exact)


@given(rows=st.lists(objects(ORDERS, optional=CONDITIONAL), max_size=4), exact=st.booleans())
@settings(max_examples=60)
def test_orders_agree(rows: list[Any], exact: bool) -> None:
    """Any orders, conditional fields and sentinels among them, read as the slow decoder reads them."""
    frame = read("all_orders", rows, exact)
    came = [word for word in CONDITIONAL.split() if any(plan(word)[0][1] in row for row in rows)]
    absent = [plan(word)[0][0] for word in CONDITIONAL.split() if word not in came]

    assert_same(rows, frame, ORDERS, exact)
    for word in came:
        name, field, kind = plan(word)[0]
        expected = [slow_cell(field, kind, row.get(field), exact) for row in rows]
        assert expected == [fast_cell(kind, value, exact) for value in frame[name].tolist()]
    assert not set(absent) & set(frame.columns)


@given(balances=st.lists(objects(BALANCES), max_size=5), exact=st.booleans(), rate=amounts)
@settings(max_examples=40)
def test_balances_agree(balances: list[Any], exact: bool, rate: str) -> None:
    """Any account reads as the slow decoder reads it, and its rates keep their digits."""
    body = {"makerCommission": 15, "commissionRates": {"maker": rate}, "canTrade": True, "balances": balances}
    frame = read("account", body, exact)

    assert_same(balances, frame, BALANCES, exact)
    assert {"maker_commission": 15, "commission_rates.maker": rate, "can_trade": True} == frame.attrs["binance"][
        "reply"
    ]


levels = st.lists(st.lists(amounts, min_size=2, max_size=2), max_size=6)


@given(bids=levels, asks=levels, exact=st.booleans())
@settings(max_examples=60)
def test_books_agree(bids: list[list[str]], asks: list[list[str]], exact: bool) -> None:
    """Any book is a ladder: level n holds the n-th of each side, or nothing."""
    frame = read("depth", {"lastUpdateId": 7, "bids": bids, "asks": asks}, exact)

    def side(levels: list[list[str]], place: int) -> list[object]:
        cells = [slow_cell("", "d", level[place], exact) for level in levels]
        return cells + [None] * (len(frame) - len(cells))

    assert max(len(bids), len(asks)) == len(frame)
    assert ["bid_quantity", "bid_price", "ask_price", "ask_quantity"] == list(frame.columns)
    assert list(range(len(frame))) == frame.index.tolist()
    for name, levels, place in [("bid_quantity", bids, 1), ("bid_price", bids, 0), ("ask_price", asks, 0)]:
        assert side(levels, place) == [fast_cell("d", value, exact) for value in frame[name].tolist()]
    assert side(asks, 1) == [fast_cell("d", value, exact) for value in frame["ask_quantity"].tolist()]
